"""Every request that is sent is one that `openapi.yaml` documents, and so is every answer to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.driving import Driver
from support.openapi import LIVE_PAGING, OPERATIONS, SPEC, Witness
from support.usage import through_a_scope, with_all_arguments, with_only_what_is_required

from paperspace_projects.testing import Emulator


def query(witness: Witness, index: int = -1) -> dict[str, str]:
    return dict(witness.requests[index].url.params.multi_items())


def body(witness: Witness, index: int = -1) -> Any:
    return json.loads(witness.requests[index].content)


@pytest.mark.parametrize("use", [with_only_what_is_required, with_all_arguments])
def test_all_operations_keep_to_the_spec(
    drive: Driver, client: Any, emulator: Emulator, witness: Witness, use: Any
) -> None:
    use(drive, client, emulator)
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


def test_every_documented_query_name_is_used(
    drive: Driver, client: Any, emulator: Emulator, witness: Witness
) -> None:
    with_all_arguments(drive, client, emulator)
    used: dict[str, set[str]] = {id_: set() for id_ in OPERATIONS}
    for id_, request in zip(witness.seen, witness.requests, strict=True):
        used[id_] |= set(request.url.params)
    for operation in OPERATIONS.values():
        assert operation.query <= used[operation.id], operation.id


def test_every_documented_body_property_is_used(
    drive: Driver, client: Any, emulator: Emulator, witness: Witness
) -> None:
    with_all_arguments(drive, client, emulator)
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
    operation = SPEC["paths"][f"/projects/{{id}}/{part}"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    is_whole = emulator.dialect == "contract" and schema.get("type") == "array"
    assert queries == ([set()] if is_whole else [set(), {"after"}])


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


def test_what_is_not_given_is_not_sent(
    drive: Driver, client: Any, witness: Witness, emulator: Emulator
) -> None:
    """But for the name of a project, which a live server requires: it is read first."""
    name = {"name": "alpha"} if emulator.dialect == "live" else {}
    project = drive(client.projects.create("alpha"))
    assert body(witness) == {"name": "alpha"}
    drive(client.projects.update(project.id, description="new"))
    assert body(witness) == {**name, "description": "new"}
    drive(client.project(project.id).collaborators.add("u1"))
    assert body(witness) == {"userId": "u1"}
    drive.items(client.projects.list())
    assert query(witness) == {}
    drive.items(client.projects.list(page_size=5))
    assert query(witness) == {"limit": "5"}


def test_an_empty_description_is_sent(
    drive: Driver, client: Any, witness: Witness, emulator: Emulator
) -> None:
    project = drive(client.projects.create("alpha", description=""))
    assert body(witness) == {"name": "alpha", "description": ""}
    drive(client.projects.update(project.id, description=""))
    name = {"name": "alpha"} if emulator.dialect == "live" else {}
    assert body(witness) == {**name, "description": ""}


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
