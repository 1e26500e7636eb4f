"""Every request that is sent is one that `openapi.yaml` documents, and so is every answer to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.driving import Driver
from support.openapi import LIVE_PAGING, OPERATIONS, Witness

from paperspace_projects.testing import Emulator


def query(witness: Witness, index: int = -1) -> dict[str, str]:
    return dict(witness.requests[index].url.params.multi_items())


def body(witness: Witness, index: int = -1) -> Any:
    return json.loads(witness.requests[index].content)


def with_only_what_is_required(drive: Driver, client: Any) -> None:
    project = drive(client.projects.create("alpha"))
    drive.items(client.projects.list())
    drive(client.projects.get(project.id))
    drive(client.projects.update(project.id, name="beta"))
    scope = client.project(project.id)
    drive(scope.collaborators.add("u1"))
    drive.items(scope.collaborators.list())
    drive(scope.collaborators.remove("u1"))
    drive(scope.secrets.create("TOKEN", "first"))
    drive.items(scope.secrets.list())
    drive(scope.secrets.get("TOKEN"))
    drive(scope.secrets.update("TOKEN", "second"))
    drive(scope.secrets.delete("TOKEN"))
    drive(scope.tags.add("blue"))
    drive.items(scope.tags.list())
    drive(scope.tags.remove("blue"))
    drive(scope.models.add("m1"))
    drive.items(scope.models.list())
    drive(scope.models.remove("m1"))
    drive.items(scope.activity())
    drive(client.projects.delete(project.id))


def resumed(drive: Driver, listing: Any) -> None:
    """Read the first page of a listing, then the rest from the cursor that came with it."""
    (page,) = drive.items(listing().pages(), at_most=1)
    drive.items(listing(after=page.next_cursor))


def with_all_arguments(drive: Driver, client: Any) -> None:
    for name in ("alpha", "beta", "gamma"):
        project = drive(client.projects.create(name, description="a & b / ü"))

    def listing(**after: Any) -> Any:
        return client.projects.list(order_by="dtCreated", order="asc", page_size=1, **after)

    resumed(drive, listing)
    drive(client.projects.get(project.id))
    drive(client.projects.update(project.id, name="new", description=""))
    scope = client.project(project.id)
    for number, role in enumerate(("admin", "member", "viewer")):
        drive(scope.collaborators.add(f"u{number}", role))
        drive(scope.secrets.create(f"TOKEN_{number}", "first"))
        drive(scope.tags.add(f"größe / {number} & more"))
        drive(scope.models.add(f"m/{number}"))
    for part in (scope.collaborators, scope.secrets, scope.tags, scope.models):
        resumed(drive, lambda part=part, **after: part.list(page_size=1, **after))
    resumed(
        drive,
        lambda **after: scope.activity(
            type="tag.added",
            since="2020-01-01T00:00:00Z",
            until="2100-01-01T00:00:00Z",
            page_size=2,
            **after,
        ),
    )
    drive(scope.secrets.get("TOKEN_1"))
    drive(scope.secrets.update("TOKEN_1", "second"))
    drive(scope.collaborators.remove("u1"))
    drive(scope.secrets.delete("TOKEN_1"))
    drive(scope.tags.remove("größe / 1 & more"))
    drive(scope.models.remove("m/1"))
    drive(client.projects.delete(project.id))


def through_a_scope(drive: Driver, client: Any) -> None:
    scope = client.project(drive(client.projects.ensure("alpha", description="new")).id)
    drive(client.projects.ensure("alpha"))
    drive(client.projects.find("alpha"))
    drive(scope.get())
    drive(scope.update(description="other"))
    drive(scope.secrets.set("TOKEN", "first"))
    drive(scope.secrets.set("TOKEN", "second"))
    drive(scope.snapshot())
    drive(scope.delete())


def test_the_spec_documents_20_operations() -> None:
    assert len(OPERATIONS) == 20


@pytest.mark.parametrize("use", [with_only_what_is_required, with_all_arguments])
def test_all_20_operations_keep_to_the_spec(
    drive: Driver, client: Any, witness: Witness, use: Any
) -> None:
    use(drive, client)
    assert set(witness.seen) == set(OPERATIONS)


def test_with_only_what_is_required_each_operation_is_one_request(
    drive: Driver, client: Any, witness: Witness
) -> None:
    with_only_what_is_required(drive, client)
    assert sorted(witness.seen) == sorted(OPERATIONS)


def test_calls_that_are_made_of_several_requests_keep_to_the_spec(
    drive: Driver, client: Any, witness: Witness
) -> None:
    through_a_scope(drive, client)
    assert witness.seen.count("createProject") == 1
    assert witness.seen.count("createProjectSecret") == 1
    assert witness.seen.count("updateProjectSecret") == 2
    assert witness.seen[-6:] == [
        "getProject",
        "listProjectCollaborators",
        "listProjectSecrets",
        "listProjectTags",
        "listProjectModels",
        "deleteProject",
    ]


def test_every_documented_query_name_is_used(drive: Driver, client: Any, witness: Witness) -> None:
    with_all_arguments(drive, client)
    used: dict[str, set[str]] = {id_: set() for id_ in OPERATIONS}
    for id_, request in zip(witness.seen, witness.requests, strict=True):
        used[id_] |= set(request.url.params)
    for operation in OPERATIONS.values():
        assert operation.query <= used[operation.id], operation.id


def test_every_documented_body_property_is_used(
    drive: Driver, client: Any, witness: Witness
) -> None:
    with_all_arguments(drive, client)
    used: dict[str, set[str]] = {id_: set() for id_ in OPERATIONS}
    for id_, request in zip(witness.seen, witness.requests, strict=True):
        used[id_] |= set(json.loads(request.content or b"{}"))
    for operation in OPERATIONS.values():
        assert used[operation.id] == (operation.body or set()), operation.id


@pytest.mark.parametrize("part", ["collaborators", "secrets", "tags", "models"])
def test_a_sub_list_is_asked_for_without_a_query(
    drive: Driver, scope: Any, witness: Witness, part: str
) -> None:
    drive.items(getattr(scope, part).list())
    (request,) = witness.requests
    assert b"?" not in request.url.raw_path


@pytest.mark.parametrize("part", ["collaborators", "secrets", "tags", "models"])
def test_only_a_page_of_a_sub_list_makes_the_next_request_name_a_cursor(
    drive: Driver, scope: Any, witness: Witness, emulator: Emulator, part: str
) -> None:
    sub_list = getattr(scope, part)
    for number in range(25):  # the emulator's pages hold 20
        drive(
            sub_list.create(f"S{number}", "v") if part == "secrets" else sub_list.add(f"{number}")
        )
    witness.requests.clear()
    assert len(drive.items(sub_list.list())) == 25
    queries = [set(request.url.params) for request in witness.requests]
    assert queries == ([set()] if emulator.dialect == "contract" else [set(), {"after"}])


def test_page_size_and_cursor_of_a_sub_list_have_the_live_names(
    drive: Driver, scope: Any, witness: Witness, emulator: Emulator
) -> None:
    for name in ("blue", "green", "red"):
        drive(scope.tags.add(name))
    witness.requests.clear()
    drive.items(scope.tags.list(page_size=2))
    assert query(witness, 0) == {"limit": "2"}
    if emulator.dialect == "live":
        assert query(witness, 1).keys() == LIVE_PAGING


def test_what_is_not_given_is_not_sent(drive: Driver, client: Any, witness: Witness) -> None:
    project = drive(client.projects.create("alpha"))
    assert body(witness) == {"name": "alpha"}
    drive(client.projects.update(project.id, description="new"))
    assert body(witness) == {"description": "new"}
    drive(client.project(project.id).collaborators.add("u1"))
    assert body(witness) == {"userId": "u1"}
    drive.items(client.projects.list())
    assert query(witness) == {}
    drive.items(client.projects.list(page_size=5))
    assert query(witness) == {"limit": "5"}


def test_an_empty_description_is_sent(drive: Driver, client: Any, witness: Witness) -> None:
    project = drive(client.projects.create("alpha", description=""))
    assert body(witness) == {"name": "alpha", "description": ""}
    drive(client.projects.update(project.id, description=""))
    assert body(witness) == {"description": ""}


def test_a_secret_goes_out_as_it_is(
    drive: Driver, scope: Any, witness: Witness, emulator: Emulator
) -> None:
    value = 'a "quoted" välue\nof two lines \x00 and 😀'
    drive(scope.secrets.create("TOKEN", value))
    assert body(witness) == {"name": "TOKEN", "value": value}
    assert emulator.secret_is(scope.id, "TOKEN", value)
    drive(scope.secrets.update("TOKEN", value + "!"))
    assert body(witness) == {"value": value + "!"}
    assert emulator.secret_is(scope.id, "TOKEN", value + "!")
