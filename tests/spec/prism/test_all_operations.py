"""All operations against Prism, a mock server of the spec that nobody here wrote.

It validates each request against `openapi.yaml` and answers with examples that it makes from the
schemas: every string is "string", every listing holds one item.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import msgspec
import pytest
from spec.prism.calls import ID, called, operations, result_of
from support.driving import Driver
from support.examples import type_of_result

from paperspace_projects import AttemptEvent, PaginationError, ProjectSnapshot
from paperspace_projects._api.live_dialect import LIVE_ONLY
from scripts.operation_calls import CALLS


@pytest.mark.parametrize("operation", CALLS)
def test_an_operation_gives_what_it_promises(
    drive: Driver, client: Any, events: list[AttemptEvent], operation: str
) -> None:
    value, expected = (
        drive(result_of(called(operation, client), operation)),
        type_of_result(operation),
    )
    assert operations(events) == [operation]
    assert type(value) is expected
    if issubclass(expected, msgspec.Struct):
        fields = value.to_dict()
        assert fields.pop("extra") == {}
        assert {fields.pop(name) for name in LIVE_ONLY[expected]} <= {None}
        assert None not in fields.values()
        for name, field in fields.items():
            assert isinstance(field, datetime) == name.startswith("dt_"), name


def test_one_client_carries_out_all_operations(
    drive: Driver, client: Any, events: list[AttemptEvent]
) -> None:
    for operation in CALLS:
        drive(result_of(called(operation, client), operation))
    assert operations(events) == list(CALLS)


@pytest.mark.parametrize("operation", CALLS)
def test_an_operation_takes_all_its_arguments(
    drive: Driver, client: Any, events: list[AttemptEvent], operation: str
) -> None:
    drive(result_of(called(operation, client, every=True), operation))
    assert operations(events) == [operation]


@pytest.mark.parametrize("operation", [each for each, call in CALLS.items() if call.is_list])
def test_a_listing_takes_a_cursor(
    drive: Driver, client: Any, events: list[AttemptEvent], operation: str
) -> None:
    pager = CALLS[operation](client, ID, every=True, after="x")
    (page,) = drive.items(pager.pages(), at_most=1)
    assert operations(events) == [operation]
    assert [type(item) for item in page.items] == [type_of_result(operation)]


def test_moments_are_aware(drive: Driver, client: Any) -> None:
    project = drive(client.projects.get(ID))
    assert project.dt_created.isoformat() == "2019-08-24T14:15:22+00:00"


def test_a_snapshot_is_put_together(drive: Driver, client: Any, events: list[AttemptEvent]) -> None:
    snapshot = drive(client.project(ID).snapshot())
    assert isinstance(snapshot, ProjectSnapshot)
    assert snapshot.tags == ("string",)
    assert operations(events) == [
        "getProject",
        "listProjectCollaborators",
        "listProjectSecrets",
        "listProjectTags",
        "listProjectModels",
    ]


def test_a_list_that_repeats_its_cursor_ends_in_an_error(
    drive: Driver, client: Any, events: list[AttemptEvent]
) -> None:
    """Prism gives the same page, with the same cursor, whatever it is asked."""
    pager = client.projects.list()
    items = []
    with pytest.raises(PaginationError, match="same cursor twice") as caught:
        collect_into(items, drive, pager)
    assert [project.id for project in items] == ["string", "string"]
    assert operations(events) == ["listProjects", "listProjects"]
    assert caught.value.next_cursor == pager.next_cursor == "string"


def collect_into(items: list[Any], drive: Driver, pager: Any) -> None:
    """Go through a pager and keep what came before it failed."""
    if not hasattr(pager, "__aiter__"):
        for item in pager:
            items.append(item)
        return

    async def run() -> None:
        async for item in pager:
            items.append(item)

    drive(run())


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("POST", "/projects", {"json": {"name": 1}}, 422),
        ("POST", "/projects", {"json": {}}, 422),
        ("GET", "/projects?order=up", {}, 422),
        ("DELETE", "/projects/p1/tags", {}, 422),
        ("PATCH", "/projects/p1", {"json": {}}, 405),
        ("GET", "/v1/projects", {}, 404),
        ("GET", "/projects", {"headers": {"Authorization": ""}}, 401),
    ],
)
def test_prism_refuses_what_is_wrong(
    prism_url: str, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    options = {"headers": {"Authorization": "Bearer any"}, **options}
    assert httpx.request(method, prism_url + path, **options).status_code == status
