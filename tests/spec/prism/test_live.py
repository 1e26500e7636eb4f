"""All operations against Prism as a mock server of the live document.

Prism checks each request against the document that `overlay/live.overlay.yaml` makes of the
contract, and makes its answers of that document's schemas.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest
from spec.prism.calls import ID, called, operations, result_of
from support.driving import Driver
from support.examples import type_of_result
from support.openapi import OPERATIONS, SUB_LISTS

from paperspace_projects import AttemptEvent, PaginationError
from scripts.operation_calls import CALLS

EVENT = "deployment.created"


@pytest.fixture
def client(drive: Driver, prism_live_url: str, events: list[AttemptEvent]) -> Any:
    return drive.client(base_url=prism_live_url, on_event=events.append)


@pytest.mark.parametrize("operation", CALLS)
def test_an_operation_gives_what_it_promises(
    drive: Driver, client: Any, events: list[AttemptEvent], operation: str
) -> None:
    value = drive(result_of(called(operation, client), operation))
    assert operations(events) == [operation]
    assert type(value) is type_of_result(operation)


def test_one_client_carries_out_all_operations(
    drive: Driver, client: Any, events: list[AttemptEvent]
) -> None:
    for operation in CALLS:
        drive(result_of(called(operation, client), operation))
    assert operations(events) == list(CALLS) == list(OPERATIONS)


def test_things_are_read_from_where_the_live_server_has_them(drive: Driver, client: Any) -> None:
    project = drive(client.projects.get(ID))
    assert isinstance(project.dt_created, datetime)
    assert (project.repo_name, project.repo_url, project.extra) == ("string", "string", {})
    scope = client.project(ID)
    person = drive(scope.collaborators.list().first())
    assert (person.user_id, person.email, person.role) == ("string", "user@example.com", None)
    assert drive(scope.activity().first()).type == EVENT
    assert isinstance(drive(scope.secrets.get("A")).has_deployment_attached, bool)
    assert drive(scope.secrets.create("A", "v")).has_deployment_attached is None
    assert isinstance(drive(scope.models.list().first()).is_public, bool)
    assert drive(scope.tags.list_details().first()).id is not None


def test_a_sub_list_takes_a_page_size_and_a_cursor(
    drive: Driver, client: Any, events: list[AttemptEvent]
) -> None:
    for part in ("collaborators", "secrets", "tags", "models"):
        pager = getattr(client.project(ID), part).list(page_size=120, after="x")
        (page,) = drive.items(pager.pages(), at_most=1)
        assert len(page.items) == 1
    assert set(operations(events)) == SUB_LISTS


def test_a_feed_takes_all_its_arguments(drive: Driver, client: Any) -> None:
    pages = (
        client.project(ID)
        .activity(
            type=EVENT,
            since="2000-01-01T00:00:00Z",
            until="2100-01-01T00:00:00Z",
            page_size=5,
            after="x",
        )
        .pages()
    )
    (page,) = drive.items(pages, at_most=1)
    assert [event.type for event in page.items] == [EVENT]


def test_a_list_that_repeats_its_cursor_ends_in_an_error(drive: Driver, client: Any) -> None:
    """Prism gives the same page, with the same cursor, whatever it is asked."""
    with pytest.raises(PaginationError, match="same cursor twice"):
        drive.items(client.project(ID).tags.list())


@pytest.mark.parametrize(
    ("method", "path", "json"),
    [
        ("PUT", "/projects/p1", {}),
        ("PUT", "/projects/p1", {"description": "a"}),
        ("POST", "/projects/p1/secrets", {"name": "1st", "value": ""}),
        ("GET", "/projects?orderBy=name", None),
        ("GET", "/projects/p1/tags?limit=121", None),
        ("GET", "/projects/p1/models?order=up", None),
    ],
)
def test_prism_refuses_what_is_wrong(
    prism_live_url: str, method: str, path: str, json: object
) -> None:
    headers = {"Authorization": "Bearer any"}
    answer = httpx.request(method, prism_live_url + path, headers=headers, json=json)
    assert answer.status_code == 422
