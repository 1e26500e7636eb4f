"""What models, events and errors hold: no attribute is untyped, and none is an `Unset`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import LiteralString, assert_type

import httpx

from paperspace_projects import (
    ActivityEvent,
    AmbiguousNameError,
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    AttemptEvent,
    AuthenticationError,
    BadRequestError,
    Changes,
    Client,
    ClientClosedError,
    Collaborator,
    ConfigurationError,
    ConflictError,
    DeadlineExceededError,
    DesiredStateError,
    EventActor,
    EventData,
    EventDeployment,
    ExecutorError,
    InvalidArgumentError,
    Model,
    NotFoundError,
    Order,
    OutcomeUnknownError,
    Page,
    PaginationError,
    PaperspaceError,
    PermissionDeniedError,
    Project,
    ProjectFailure,
    ProjectSnapshot,
    RateLimitError,
    ResponseError,
    RetryPolicy,
    Role,
    RoleChange,
    Secret,
    SecretReferenceError,
    ServerError,
    Settings,
    StalePlanError,
    Tag,
    UnsetType,
    __spec_sha256__,
    __spec_version__,
    __version__,
)


def constants(role: Role, order: Order, unset: UnsetType) -> None:
    values: tuple[LiteralString, LiteralString] = (role, order)
    print(values)
    assert_type(unset, UnsetType)
    print(__version__.upper(), __spec_version__.upper(), __spec_sha256__.upper())


def models(
    project: Project, collaborator: Collaborator, secret: Secret, event: ActivityEvent, model: Model
) -> None:
    assert_type(project.id, str)
    assert_type(project.name, str)
    assert_type(project.description, str | None)
    assert_type(project.team_id, str | None)
    assert_type(project.dt_created, datetime | None)
    assert_type(project.extra, Mapping[str, object])
    assert_type(project.dt_deleted, datetime | None)
    assert_type(project.repo_name, str | None)
    assert_type(project.repo_node_id, str | None)
    assert_type(project.repo_url, str | None)
    assert_type(project.is_deleted, bool)

    assert_type(collaborator.user_id, str)
    assert_type(collaborator.email, str | None)
    assert_type(collaborator.role, str | None)
    assert_type(collaborator.project_id, str | None)
    assert_type(collaborator.extra, Mapping[str, object])
    assert_type(collaborator.first_name, str | None)
    assert_type(collaborator.last_name, str | None)
    assert_type(collaborator.public_profile_image_url, str | None)
    assert_type(collaborator.dt_created, datetime | None)
    assert_type(collaborator.dt_deleted, datetime | None)
    assert_type(collaborator.is_deleted, bool)

    assert_type(secret.name, str)
    assert_type(secret.dt_created, datetime | None)
    assert_type(secret.dt_modified, datetime | None)
    assert_type(secret.has_deployment_attached, bool | None)
    assert_type(secret.extra, Mapping[str, object])

    assert_type(event.id, str)
    assert_type(event.type, str | None)
    assert_type(event.type_, str | None)
    assert_type(event.message, str | None)
    assert_type(event.user_id, str | None)
    assert_type(event.dt_created, datetime | None)
    assert_type(event.action, str | None)
    assert_type(event.actor, EventActor | None)
    assert_type(event.data, EventData | None)
    assert_type(event.deployment, EventDeployment | None)
    assert_type(event.extra, Mapping[str, object])

    assert_type(model.id, str)
    assert_type(model.name, str | None)
    assert_type(model.description, str | None)
    assert_type(model.dt_created, datetime | None)
    assert_type(model.dt_modified, datetime | None)
    assert_type(model.is_public, bool | None)
    assert_type(model.project_id, str | None)
    assert_type(model.storage_provider_id, str | None)
    assert_type(model.team_id, str | None)
    assert_type(model.extra, Mapping[str, object])

    for each in (project, collaborator, secret, event, model):
        assert_type(each.to_dict(), dict[str, object])


def live_only(tag: Tag, actor: EventActor, data: EventData, deployment: EventDeployment) -> None:
    assert_type(tag.name, str)
    assert_type(tag.id, int | None)
    assert_type(tag.dt_created, datetime | None)

    assert_type(actor.email, str | None)
    assert_type(actor.full_name, str | None)
    assert_type(actor.avatar_url, str | None)

    assert_type(data.from_, int | float | None)
    assert_type(data.to, int | float | None)

    assert_type(deployment.id, str | None)
    assert_type(deployment.name, str | None)
    assert_type(deployment.dt_deleted, datetime | None)
    assert_type(deployment.is_deleted, bool)

    for each in (tag, actor, data, deployment):
        assert_type(each.extra, Mapping[str, object])
        assert_type(each.to_dict(), dict[str, object])


def whole_projects(snapshot: ProjectSnapshot, failure: ProjectFailure, page: Page[Secret]) -> None:
    assert_type(snapshot.project, Project)
    assert_type(snapshot.collaborators, tuple[Collaborator, ...])
    assert_type(snapshot.secrets, tuple[Secret, ...])
    assert_type(snapshot.tags, tuple[str, ...])
    assert_type(snapshot.models, tuple[Model, ...])
    assert_type(snapshot.activity, tuple[ActivityEvent, ...])
    assert_type(snapshot.included, tuple[str, ...])

    assert_type(failure.project_id, str)
    assert_type(failure.error, PaperspaceError)
    assert_type(failure.is_gone, bool)

    assert_type(page.items, tuple[Secret, ...])
    assert_type(page.next_cursor, str | None)
    assert_type(page.has_more, bool)

    for each in (snapshot, failure, page):
        assert_type(each.to_dict(), dict[str, object])


def changes(changes: Changes, change: RoleChange) -> None:
    assert_type(changes.added, tuple[str, ...])
    assert_type(changes.removed, tuple[str, ...])
    assert_type(changes.changed, tuple[RoleChange, ...])
    assert_type(changes.not_compared, tuple[str, ...])
    assert_type(changes.is_empty, bool)

    for each in (changes, change):
        assert_type(each.to_dict(), dict[str, object])

    assert_type(change.user_id, str)
    assert_type(change.before, str | None)
    assert_type(change.after, str)


def options(settings: Settings, retry: RetryPolicy, event: AttemptEvent) -> None:
    assert_type(settings.base_url, str)
    assert_type(settings.team, str | None)
    assert_type(settings.timeout, float | httpx.Timeout)
    assert_type(settings.deadline, float | None)
    assert_type(settings.retry, RetryPolicy)
    assert_type(settings.max_concurrency, int)
    assert_type(settings.max_response_bytes, int)
    assert_type(settings.allow_insecure_http, bool)

    assert_type(retry.max_attempts, int)
    assert_type(retry.initial_wait, float)
    assert_type(retry.max_wait, float)
    assert_type(retry.max_retry_after, float)

    assert_type(event.operation, str)
    assert_type(event.method, str)
    assert_type(event.path, str)
    assert_type(event.attempt, int)
    assert_type(event.status_code, int | None)
    assert_type(event.error, str | None)
    assert_type(event.elapsed, float)
    assert_type(event.wait, float | None)


def errors(client: Client) -> None:  # noqa: PLR0912 -- one branch for each error
    try:
        client.projects.delete("id")
    except InvalidArgumentError as error:
        assert_type(error.argument, str)
    except AmbiguousNameError as error:
        assert_type(error.name, str)
        assert_type(error.project_ids, tuple[str, ...])
    except ExecutorError as error:
        assert_type(error, ExecutorError)
    except DesiredStateError as error:
        assert_type(error.problems, tuple[str, ...])
    except SecretReferenceError as error:
        assert_type(error.reference, str)
    except StalePlanError as error:
        assert_type(error.step, str)
        assert_type(error.planned, str)
        assert_type(error.found, str)
    except PaginationError as error:
        assert_type(error.operation, str)
        assert_type(error.problem, str)
        assert_type(error.next_cursor, str | None)
    except ResponseError as error:
        assert_type(error.json_path, str)
        assert_type(error.expected, str)
        assert_type(error.found, str)
    except RateLimitError as error:
        assert_type(error.retry_after, float | None)
    except (BadRequestError, AuthenticationError, PermissionDeniedError, NotFoundError) as error:
        assert_type(error.status_code, int)
    except (ConflictError, ServerError, APIStatusError) as error:
        assert_type(error.status_code, int)
    except (APIConnectionError, APITimeoutError, DeadlineExceededError) as error:
        assert_type(error.status_code, int | None)
    except (OutcomeUnknownError, APIError) as error:
        assert_type(error.operation, str)
        assert_type(error.method, str)
        assert_type(error.path, str)
        assert_type(error.attempts, int)
        assert_type(error.status_code, int | None)
        assert_type(error.code, str | None)
        assert_type(error.message, str | None)
        assert_type(error.details, object)
        assert_type(error.issues, tuple[str, ...])
        assert_type(error.request_id, str | None)
    except (ConfigurationError, ClientClosedError, PaperspaceError) as error:
        print(error)
