"""The two dialects as two classes: how a stored thing looks in JSON, and how a write is answered.

`Contract` says what `openapi.yaml` says; its schemas know no null, so a key without a value is left
out. `Live` says what the table of docs/dialects.md says, every key of it, with null where a value
is not known. Whatever the dialects differ in is here as data or a method; no other module asks
which of them is spoken.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar, Final, Protocol

from .messages import Answer
from .rows import Collaborator, Event, Model, Project, Secret, Tag

Json = dict[str, object]

# An API key belongs to one team; whoever holds the emulator's key acts as this user of this team.
TEAM_ID: Final = "temulator"
USER_ID: Final = "uemulator"


def email_of(user_id: str) -> str:
    """The address of a user, of whom nothing but the id is known."""
    return f"{user_id}@users.example"


def model_name(model: Model) -> str:
    """The name of a model, of which nothing but the id is known."""
    return f"model-{model.id}"


class Speech(Protocol):
    """What a dialect decides."""

    # The values of `orderBy` that listProjects takes, and the columns that they mean.
    order_columns: ClassVar[Mapping[str, str]]
    # Whether the lists within a project are pages, and not bare arrays.
    lists_are_pages: ClassVar[bool]
    # Whether a project takes a description; if not, one that is sent is ignored.
    has_descriptions: ClassVar[bool]
    # What a new secret's name has to match in full.
    secret_name: ClassVar[re.Pattern[str]]

    def project(self, project: Project) -> Json: ...
    def collaborator(self, collaborator: Collaborator) -> Json: ...
    def secret(self, secret: Secret) -> Json: ...
    def tag(self, tag: Tag) -> str | Json: ...
    def model(self, model: Model) -> Json: ...
    def event(self, event: Event) -> Json: ...

    def page(self, items: list[object], next_page: str | None) -> Json:
        """A page of a list; `next_page` is None on the last one."""
        ...

    def created(self, thing: Json) -> Answer:
        """The answer to createProject, addProjectCollaborator and createProjectSecret."""
        ...

    def linked(self, thing: str | Json, /) -> Answer:
        """The answer to addProjectTag and addProjectModel."""
        ...

    def removed(self, trace: Json, /) -> Answer:
        """The answer to a removal; `trace` is what the live server says of the thing removed."""
        ...


class Contract:
    """The dialect of `openapi.yaml`."""

    order_columns: ClassVar[Mapping[str, str]] = {"dtCreated": "dt_created", "name": "name"}
    lists_are_pages: ClassVar[bool] = False
    has_descriptions: ClassVar[bool] = True
    secret_name: ClassVar[re.Pattern[str]] = re.compile(r".+", re.DOTALL)

    def project(self, project: Project) -> Json:
        described: Json = (
            {} if project.description is None else {"description": project.description}
        )
        return {
            "id": project.id,
            "name": project.name,
            **described,
            "teamId": TEAM_ID,
            "dtCreated": project.dt_created,
        }

    def collaborator(self, collaborator: Collaborator) -> Json:
        role: Json = {} if collaborator.role is None else {"role": collaborator.role}
        return {
            "userId": collaborator.user_id,
            "email": email_of(collaborator.user_id),
            **role,
            "projectId": collaborator.project_id,
        }

    def secret(self, secret: Secret) -> Json:
        return {
            "name": secret.name,
            "dtCreated": secret.dt_created,
            "dtModified": secret.dt_modified,
        }

    def tag(self, tag: Tag) -> str:
        return tag.name

    def model(self, model: Model) -> Json:
        return {"id": model.id, "name": model_name(model)}

    def event(self, event: Event) -> Json:
        return {
            "id": event.id,
            "type": event.type,
            "message": event.message,
            "userId": USER_ID,
            "dtCreated": event.dt_created,
        }

    def page(self, items: list[object], next_page: str | None) -> Json:
        # nextPage is a string that may not be null: on the last page it is not there.
        cursor: Json = {} if next_page is None else {"nextPage": next_page}
        return {"items": items, "hasMore": next_page is not None, **cursor}

    def created(self, thing: Json) -> Answer:
        return Answer.json(HTTPStatus.CREATED, thing)

    def linked(self, _thing: str | Json, /) -> Answer:
        return Answer(HTTPStatus.CREATED)

    def removed(self, _trace: Json, /) -> Answer:
        return Answer(HTTPStatus.NO_CONTENT)


class Live:
    """The dialect of the vendor's server, as the table of docs/dialects.md has it."""

    order_columns: ClassVar[Mapping[str, str]] = {"dtCreated": "dt_created"}
    lists_are_pages: ClassVar[bool] = True
    has_descriptions: ClassVar[bool] = False
    secret_name: ClassVar[re.Pattern[str]] = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")

    def project(self, project: Project) -> Json:
        return {
            "id": project.id,
            "name": project.name,
            "dtCreated": project.dt_created,
            "dtDeleted": None,
            "repoName": None,
            "repoNodeId": None,
            "repoUrl": None,
        }

    def collaborator(self, collaborator: Collaborator) -> Json:
        return {
            "dtCreated": collaborator.dt_created,
            "dtDeleted": None,
            "user": {
                "id": collaborator.user_id,
                "email": email_of(collaborator.user_id),
                "firstName": None,
                "lastName": None,
                "publicProfileImageUrl": None,
            },
        }

    def secret(self, secret: Secret) -> Json:
        return {
            "name": secret.name,
            "dtCreated": secret.dt_created,
            "dtModified": secret.dt_modified,
            "hasDeploymentAttached": False,
        }

    def tag(self, tag: Tag) -> Json:
        return {"id": tag.seq, "name": tag.name, "dtCreated": tag.dt_created}

    def model(self, model: Model) -> Json:
        return {
            "id": model.id,
            "name": model_name(model),
            "description": None,
            "dtCreated": model.dt_created,
            "dtModified": model.dt_created,
            "isPublic": False,
            "projectId": model.project_id,
            "storageProviderId": None,
            "teamId": TEAM_ID,
        }

    def event(self, event: Event) -> Json:
        return {
            "id": event.id,
            "dtCreated": event.dt_created,
            "action": event.type,
            "actor": {"email": email_of(USER_ID), "fullName": None, "avatarUrl": None},
            "data": None,
            "deployment": None,
        }

    def page(self, items: list[object], next_page: str | None) -> Json:
        return {"hasMore": next_page is not None, "items": items, "nextPage": next_page}

    def created(self, thing: Json) -> Answer:
        return Answer.json(HTTPStatus.OK, thing)

    def linked(self, thing: str | Json, /) -> Answer:
        return Answer.json(HTTPStatus.OK, thing)

    def removed(self, trace: Json, /) -> Answer:
        return Answer.json(HTTPStatus.OK, trace)


SPEECHES: Final[Mapping[str, Speech]] = {"contract": Contract(), "live": Live()}
