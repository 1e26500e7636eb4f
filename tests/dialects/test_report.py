"""The report on an emulator: what it asks, what it says, what it leaves and what it hides."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from dialects.altering import ERROR, HTML, TIME, AlteredServer, answer, body, having
from dialects.seeding import client_of, seed
from support.driving import Driver
from support.live_document import LIVE
from support.openapi import OPERATIONS

from paperspace_projects import (
    APIConnectionError,
    AsyncClient,
    AuthenticationError,
    Client,
    InvalidArgumentError,
)
from paperspace_projects.dialects import Report, async_report, report
from paperspace_projects.testing import Emulator
from scripts.codegen import dialect_shapes

Make = Callable[..., Report]
NEVER_ASKED = "the report does not ask this operation yet"


@pytest.fixture
def make(drive: Driver) -> Make:
    """Makes a report with a client of either flavour."""
    function: Any = report if drive.flavour == "sync" else async_report
    return lambda client, **options: drive(function(client, **options))


def verdicts(made: Report) -> dict[str, str]:
    return {each.operation: each.verdict for each in made.operations}


def asked(made: Report, *, writes: bool = True) -> set[str]:
    """The operations that a report asks for, or would if it could."""
    by_hand = {each.operation for each in made.operations if each.reason != NEVER_ASKED}
    return {id for id in by_hand if writes or OPERATIONS[id].method == "GET"}


def names(emulator: Emulator) -> list[str]:
    with client_of(emulator) as client:
        return [each.name for each in client.projects.list()]


def test_the_shapes_of_the_package_are_those_of_the_documents() -> None:
    assert dialect_shapes.FILE.read_text(encoding="utf-8") == dialect_shapes.text()


def test_reads_are_as_described(make: Make, client: Any, emulator: Emulator) -> None:
    seed(emulator)
    made = make(client)
    assert made.is_as_described
    assert made.dialect == emulator.dialect
    reads = asked(made, writes=False)
    assert verdicts(made) == {
        id: emulator.dialect if id in reads else "not asked" for id in OPERATIONS
    }
    reasons = {each.reason for each in made.operations} - {NEVER_ASKED}
    assert reasons == {"", "writes were not asked for"}
    assert all(each.statuses == (200,) for each in made.operations if each.operation in reads)


def test_writes_are_as_described(make: Make, client: Any, emulator: Emulator) -> None:
    seed(emulator)
    begun: list[str] = []
    made = make(client, write=True, on_scratch=begun.append)
    assert made.is_as_described
    found = verdicts(made)
    assert {found[id] for id in asked(made)} <= {emulator.dialect, "both"}
    assert made.dialect == emulator.dialect
    assert made.left_over is None
    assert names(emulator) == ["home"]
    assert begun[0].startswith("dialect-report-")
    assert {each.operation for each in emulator.requests} == asked(made)


def test_an_empty_team_is_asked_what_it_can_be_asked(make: Make, client: Any) -> None:
    made = make(client)
    assert {each.operation: each.reason for each in made.operations if each.reason} == {
        id: "writes were not asked for"
        if OPERATIONS[id].method != "GET"
        else "no secret was found to ask about"
        if id == "getProjectSecret"
        else "no project was found to ask about"
        for id in asked(made)
        if id != "listProjects"
    } | dict.fromkeys(OPERATIONS.keys() - asked(made), NEVER_ASKED)
    assert "$.items[]" in made.operations[0].unseen
    assert made.is_as_described


def test_projects_are_looked_into_until_each_list_has_items(
    make: Make, client: Any, emulator: Emulator
) -> None:
    seed(emulator)
    with client_of(emulator) as other:
        for number in range(6):
            other.projects.create(f"p{number}")
    before = len(emulator.requests)
    make(client)
    asked = [each.operation for each in emulator.requests[before:]]
    assert asked.count("getProject") == 5
    assert asked.count("listProjects") == 1


@pytest.mark.parametrize("given", [True, False])
def test_an_invented_id_may_be_refused_and_a_given_one_not(
    make: Make, drive: Driver, emulator: Emulator, given: bool
) -> None:
    server = AlteredServer(emulator, "addProjectCollaborator", answer(404, json=ERROR))
    client = drive.client(server, api_key=emulator.api_key)
    made = make(client, write=True, **({"user_id": "u7"} if given else {}))
    rows = {each.operation: each for each in made.operations}
    row = rows["addProjectCollaborator"]
    assert row.verdict == ("refused" if given else "not asked")
    assert row.is_as_described is not given
    assert row.statuses == (404,)
    assert rows["removeProjectCollaborator"].reason == "the server did not add what this needs"


@pytest.mark.parametrize(
    "options",
    [
        {"user_id": "u1"},
        {"write": True, "model_id": ".."},
        {"write": True, "on_scratch": "x"},
    ],
)
def test_arguments_are_checked_before_anything_is_sent(
    make: Make, client: Any, emulator: Emulator, options: dict[str, Any]
) -> None:
    with pytest.raises(InvalidArgumentError):
        make(client, **options)
    assert not emulator.requests


def test_a_client_of_the_other_flavour_is_refused(drive: Driver, make: Make) -> None:
    other: Any = AsyncClient("key") if drive.flavour == "sync" else Client("key")
    with pytest.raises(InvalidArgumentError, match="client"):
        make(other)


def test_a_wrong_key_and_no_answer_are_errors(
    make: Make, drive: Driver, emulator: Emulator
) -> None:
    with pytest.raises(AuthenticationError):
        make(drive.client(emulator.transport(), api_key="wrong"))

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(APIConnectionError):
        make(drive.client(refuse))


def test_a_lost_answer_is_no_difference_and_is_no_success(make: Make, drive: Driver) -> None:
    with Emulator("live") as emulator:
        seed(emulator)

        def handle(request: httpx.Request) -> httpx.Response:
            if LIVE.operation_of(request).id == "listProjectTags":
                raise httpx.ReadTimeout("too late", request=request)
            return emulator.handle(request)

        made = make(drive.client(handle, api_key=emulator.api_key))
        row = next(each for each in made.operations if each.operation == "listProjectTags")
        assert (row.verdict, row.reason) == ("no answer", "APITimeoutError")
        assert not made.is_as_described


def test_a_server_of_two_dialects_is_told_from_the_one_it_speaks_mostly(
    make: Make, drive: Driver
) -> None:
    with Emulator("live") as emulator:
        seed(emulator)
        server = AlteredServer(emulator, "listProjectTags", answer(200, json=["a"]))
        made = make(drive.client(server, api_key=emulator.api_key))
    row = next(each for each in made.operations if each.operation == "listProjectTags")
    assert row.verdict == "differs"
    assert row.reason == "as the other dialect, contract"


# What is left of the writes


@pytest.mark.parametrize(
    "change",
    [
        answer(201, json={}),
        answer(500),
        answer(200, **HTML),
        having(id=None),
        answer(408, json={"code": "TIMEOUT", "message": "Too late."}),
        answer(499, json={"code": "CLIENT_CLOSED_REQUEST", "message": "Gone."}),
        answer(404, **HTML),
        answer(400, json={"code": "BAD_REQUEST", "message": "No."}),
    ],
    ids=["without an id", "an empty 500", "HTML", "a null id", "408", "499", "an HTML 404", "400"],
)
def test_a_project_whose_id_was_not_told_is_found_by_its_name(
    make: Make, drive: Driver, emulator: Emulator, change: Any
) -> None:
    server = AlteredServer(emulator, "createProject", change)
    made = make(drive.client(server, api_key=emulator.api_key), write=True)
    assert names(emulator) == []
    assert made.left_over is None
    assert verdicts(made)["removeProjectTag"] != "not asked"


def test_nothing_else_is_written_if_the_creation_was_refused(
    make: Make, drive: Driver, emulator: Emulator
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(403, json={"code": "FORBIDDEN", "message": "Read only."})
        return emulator.handle(request)

    made = make(drive.client(handle, api_key=emulator.api_key), write=True)
    assert verdicts(made)["createProject"] == "refused"
    assert verdicts(made)["addProjectTag"] == "not asked"
    assert made.left_over is None
    assert {each.operation for each in emulator.requests} == {"listProjects"}


@pytest.mark.parametrize(
    "operation", ["addProjectTag", "createProjectSecret", "updateProject", "getProject"]
)
@pytest.mark.parametrize("raised", [KeyboardInterrupt, ValueError])
def test_the_scratch_project_is_removed_whatever_is_raised(
    make: Make,
    drive: Driver,
    emulator: Emulator,
    operation: str,
    raised: type[BaseException],
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        response = emulator.handle(request)
        if LIVE.operation_of(request).id == operation:
            raise raised
        return response

    with pytest.raises(raised) as caught:
        make(drive.client(handle, api_key=emulator.api_key), write=True)
    assert names(emulator) == []
    assert not getattr(caught.value, "__notes__", [])


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_scratch_project_is_removed_if_the_task_is_cancelled(backend: str) -> None:
    async def main(emulator: Emulator) -> None:
        async def handle(request: httpx.Request) -> httpx.Response:
            response = emulator.handle(request)
            if request.url.path.endswith("/tags"):
                await anyio.sleep_forever()
            await anyio.sleep(0)
            return response

        transport = httpx.MockTransport(handle)
        async with AsyncClient(emulator.api_key, transport=transport) as client:
            with anyio.move_on_after(0.2) as scope:
                await async_report(client, write=True)
            assert scope.cancelled_caught

    with Emulator("live") as emulator:
        anyio.run(main, emulator, backend=backend)
        assert names(emulator) == []


@pytest.mark.parametrize("ends", ["the report", "an error"])
def test_a_project_that_cannot_be_removed_is_named(
    make: Make, drive: Driver, emulator: Emulator, ends: str
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        operation = LIVE.operation_of(request).id
        if operation == "deleteProject":
            return httpx.Response(500)
        if operation == "addProjectTag" and ends == "an error":
            raise KeyboardInterrupt
        return emulator.handle(request)

    client = drive.client(handle, api_key=emulator.api_key)
    if ends == "the report":
        made = make(client, write=True)
        told = made.left_over
        assert verdicts(made)["deleteProject"] == "gateway"
        assert "dialect-report-" not in json.dumps(made.to_dict())
    else:
        with pytest.raises(KeyboardInterrupt) as caught:
            make(client, write=True)
        (told,) = caught.value.__notes__
    (left,) = client_of(emulator).projects.list()
    assert told is not None
    assert left.name in told
    assert f"`paperspace-projects projects delete {left.id} --yes` removes it" in told


def test_a_project_is_gone_if_its_deletion_only_says_so_badly(
    make: Make, drive: Driver, emulator: Emulator
) -> None:
    server = AlteredServer(emulator, "deleteProject", answer(502, **HTML))
    made = make(drive.client(server, api_key=emulator.api_key), write=True)
    assert made.left_over is None
    assert names(emulator) == []


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_project_is_not_gone_because_the_server_says_so(
    make: Make, drive: Driver, emulator: Emulator, status: int
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if LIVE.operation_of(request).id == "deleteProject":
            return httpx.Response(status, json={} if status != 204 else None)
        return emulator.handle(request)

    made = make(drive.client(handle, api_key=emulator.api_key), write=True)
    (left,) = client_of(emulator).projects.list()
    assert made.left_over is not None
    assert left.id in made.left_over


def test_a_project_is_not_gone_because_a_gateway_knows_no_such_page(
    make: Make, drive: Driver, emulator: Emulator
) -> None:
    deleting: list[int] = []

    def handle(request: httpx.Request) -> httpx.Response:
        if LIVE.operation_of(request).id == "deleteProject":
            deleting.append(1)
        return httpx.Response(404, **HTML) if deleting else emulator.handle(request)

    made = make(drive.client(handle, api_key=emulator.api_key), write=True)
    (left,) = client_of(emulator).projects.list()
    assert made.left_over is not None
    assert left.id in made.left_over


# What it hides


def test_nothing_of_a_team_is_in_a_report(make: Make, drive: Driver, emulator: Emulator) -> None:
    """Names, ids, values and the key are planted as values, as keys and in headers."""
    planted = ["vision", "blue", "TOKEN", "u1", "m1", "planted", "ada"]
    project = seed(emulator, "vision")
    planted += [project, emulator.api_key]

    def handle(request: httpx.Request) -> httpx.Response:
        response = emulator.handle(request)
        if not response.content:
            return response
        data = response.json()
        names = {name: name for name in planted}
        things = data.get("items", []) if isinstance(data, dict) else data
        for thing in [data, *things] if isinstance(data, dict) else things:
            if isinstance(thing, dict):
                thing.update({**names, "labels": names, "token": emulator.api_key})
        headers = {"content-type": "application/planted", "x-request-id": emulator.api_key}
        return httpx.Response(response.status_code, json=data, headers=headers)

    made = make(drive.client(handle, api_key=emulator.api_key), write=True)
    text = f"{json.dumps(made.to_dict())} {made.summary} {made!r}"
    assert "$.labels: not described (found: object)" in map(str, made.operations[2].differences)
    assert "$.*: not described (found: string)" in map(str, made.operations[2].differences)
    words = {word for word in planted if word in text}
    assert words == set()
    assert "dialect-report-" not in text
    assert "http" not in text


def test_odd_keys_are_not_shown(make: Make, drive: Driver) -> None:
    odd = ["8f3a", "DB_PASSWORD", "a b", "x" * 41, "a12", "sk-live-7", "naïve", ""]
    odd += ["HF_TOKEN_prod", "acme_corp", "Vision", "JohnSmith"]
    with Emulator("live") as emulator:
        seed(emulator)
        server = AlteredServer(emulator, "getProject", body(lambda d: d | dict.fromkeys(odd, 1)))
        made = make(drive.client(server, api_key=emulator.api_key))
    row = next(each for each in made.operations if each.operation == "getProject")
    assert set(map(str, row.differences)) == {"$.*: not described (found: integer)"}


def test_the_keys_of_what_may_be_a_map_of_names_are_not_shown(make: Make, drive: Driver) -> None:
    with Emulator("live") as emulator:
        server = AlteredServer(emulator, "listProjects", answer(200, json={"vision": 1, "id": 2}))
        made = make(drive.client(server, api_key=emulator.api_key))
    assert set(map(str, made.operations[0].differences)) >= {
        "$.*: not described (found: integer)",
        "$.id: not described (found: integer)",
    }
    assert "vision" not in json.dumps(made.to_dict())


def test_a_project_that_the_server_calls_deleted_is_not_asked_about(
    make: Make, drive: Driver
) -> None:
    with Emulator("live") as emulator:
        project = {"id": seed(emulator), "dtDeleted": TIME}
        page = {"items": [project], "hasMore": False}
        server = AlteredServer(emulator, "listProjects", answer(200, json=page))
        made = make(drive.client(server, api_key=emulator.api_key))
    assert verdicts(made)["getProject"] == "not asked"
