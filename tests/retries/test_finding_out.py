"""After a write whose outcome is unknown, the client looks by itself where a look can tell."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest
from retries.lookups import (
    LOST,
    NOT_THERE,
    WRITES,
    Writes,
    each_uncertainty,
    each_write,
    posts,
    sent,
)
from support.driving import Driver
from support.servers import Script, json, status

from paperspace_projects import (
    APIConnectionError,
    AttemptEvent,
    Client,
    Collaborator,
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    PaperspaceError,
    RetryPolicy,
    Secret,
    ServerError,
)
from paperspace_projects._api import operations
from paperspace_projects.errors import OutcomeUnknownConflictError
from paperspace_projects.testing import Emulator, Fault, FaultPlan


def assert_made(drive: Driver, write: Writes, client: Any) -> None:
    """The call succeeds, but for a secret: somebody else's may have another value."""
    if write is WRITES["secret"]:
        with pytest.raises(OutcomeUnknownError, match="nothing tells whether this call made it"):
            drive(write.call(client))
    else:
        assert write.is_right(drive(write.call(client)))


@each_uncertainty
@each_write
def test_what_may_have_been_there_before_proves_nothing(
    drive: Driver, write: Writes, failure: Any
) -> None:
    server = Script(failure, write.there)
    with pytest.raises(OutcomeUnknownError, match="nothing tells whether this call made it"):
        drive(write.call(drive.client(server)))
    assert sent(server)[1:] == [f"GET {write.look}"]
    assert posts(server) == 1


@each_uncertainty
@each_write
def test_what_was_not_there_before_was_carried_out(
    drive: Driver, write: Writes, failure: Any
) -> None:
    server = Script(failure, write.not_there, failure, write.there)
    assert_made(drive, write, drive.client(server))
    assert [line.split()[0] for line in sent(server)] == ["POST", "GET"] * 2


@each_uncertainty
@each_write
def test_what_is_not_there_is_sent_again(drive: Driver, write: Writes, failure: Any) -> None:
    server = Script(failure, write.not_there, write.made)
    assert write.is_right(drive(write.call(drive.client(server))))
    assert sent(server)[1] == f"GET {write.look}"
    assert posts(server) == 2


@each_write
def test_each_repeat_is_preceded_by_a_look(drive: Driver, write: Writes) -> None:
    server = Script(
        LOST, write.not_there, status(502), write.not_there, status(504), write.not_there, LOST,
        write.not_there,
    )  # fmt: skip
    with pytest.raises(APIConnectionError, match="shows that it is not there") as caught:
        drive(write.call(drive.client(server)))
    assert [line.split()[0] for line in sent(server)] == ["POST", "GET"] * 4
    assert caught.value.attempts == 4
    assert not isinstance(caught.value, OutcomeUnknownError)


@each_write
def test_the_last_attempt_may_turn_out_to_have_succeeded(drive: Driver, write: Writes) -> None:
    server = Script(LOST, write.not_there, LOST, write.there)
    assert_made(drive, write, drive.client(server, retry=RetryPolicy(max_attempts=2)))
    assert posts(server) == 2


@each_write
def test_a_look_that_fails_leaves_the_outcome_unknown(drive: Driver, write: Writes) -> None:
    server = Script(LOST, status(403))
    with pytest.raises(OutcomeUnknownError, match="failed as well: 403 Forbidden") as caught:
        drive(write.call(drive.client(server)))
    assert posts(server) == 1
    assert any("a look with" in note and "failed" in note for note in caught.value.__notes__)


@each_write
def test_a_project_that_is_gone_is_not_there(drive: Driver, write: Writes) -> None:
    server = Script(LOST, NOT_THERE)
    with pytest.raises(NotFoundError):
        drive(write.call(drive.client(server)))
    assert posts(server) == 2


@each_write
def test_a_conflict_on_the_repeat_is_success_if_it_is_there_by_now(
    drive: Driver, write: Writes
) -> None:
    # The first request arrived after the client had looked.
    server = Script(LOST, write.not_there, status(409), write.there)
    call = write.call
    if write is WRITES["secret"]:  # somebody else may have made it, with a value that none can read
        with pytest.raises(OutcomeUnknownConflictError, match="nothing tells") as caught:
            drive(call(drive.client(server)))
        assert isinstance(caught.value, ConflictError)
    else:
        assert write.is_right(drive(call(drive.client(server))))
    assert posts(server) == 2


@each_write
def test_a_conflict_on_the_repeat_is_unknown_if_the_look_after_it_fails(
    drive: Driver, write: Writes
) -> None:
    server = Script(LOST, write.not_there, status(409), status(403))
    with pytest.raises(OutcomeUnknownConflictError, match="failed as well: 403 Forbidden"):
        drive(write.call(drive.client(server)))


@each_write
def test_a_conflict_on_the_repeat_is_unknown_if_nothing_of_it_is_there(
    drive: Driver, write: Writes
) -> None:
    """It stands in its own way, perhaps: a server that lower-cases names lists another one."""
    server = Script(LOST, write.not_there, status(409), write.not_there)
    with pytest.raises(OutcomeUnknownConflictError, match="it is not there"):
        drive(write.call(drive.client(server)))


@each_write
def test_what_is_not_there_after_a_timeout_may_still_come(drive: Driver, write: Writes) -> None:
    slow = httpx.ReadTimeout("slow")
    once = {"retry": RetryPolicy(max_attempts=1)}
    with pytest.raises(OutcomeUnknownError, match="it is not there"):
        drive(write.call(drive.client(Script(slow, write.not_there), **once)))
    server = Script(slow, write.not_there, status(429))
    with pytest.raises(OutcomeUnknownError) as caught:
        drive(write.call(drive.client(server)))
    assert caught.value.status_code == 429


@pytest.mark.parametrize("role", ["Viewer", "VIEWER"])
def test_a_role_in_another_spelling_is_no_other_role(drive: Driver, role: str) -> None:
    there = json([{"userId": "u1", "role": role}])
    with pytest.raises(OutcomeUnknownError):
        drive(WRITES["collaborator"].call(drive.client(Script(LOST, there))))


@each_write
def test_a_conflict_at_once_is_one(drive: Driver, write: Writes) -> None:
    server = Script(status(409), write.there)
    with pytest.raises(ConflictError):
        drive(write.call(drive.client(server)))
    assert len(server.requests) == 1


@pytest.mark.parametrize("certain", ["425", "429", "ConnectError"])
@each_write
def test_a_conflict_after_what_was_surely_not_carried_out_is_one(
    drive: Driver, write: Writes, certain: str
) -> None:
    first = {
        "425": status(425),
        "429": status(429),
        "ConnectError": httpx.ConnectError("refused"),
    }[certain]
    server = Script(first, status(409), write.there)
    with pytest.raises(ConflictError):
        drive(write.call(drive.client(server)))
    assert len(server.requests) == 2


@pytest.mark.parametrize("role", [None, "viewer"])
def test_a_collaborator_whose_role_is_not_told_may_be_somebody_elses(
    drive: Driver, role: Any
) -> None:
    there = json([{"user": {"id": "u1"}}])
    client = drive.client(Script(LOST, json([]), LOST, there))
    if role is None:  # any role is as asked for
        added = drive(client.project("p1").collaborators.add("u1"))
        assert added == Collaborator(user_id="u1")
    else:
        with pytest.raises(OutcomeUnknownError, match="nothing tells"):
            drive(client.project("p1").collaborators.add("u1", role))


def test_a_collaborator_with_another_role_is_somebody_elses(drive: Driver) -> None:
    other = json([{"userId": "u1", "role": "admin"}])
    server = Script(LOST, other, status(409), other)
    with pytest.raises(ConflictError):
        drive(WRITES["collaborator"].call(drive.client(server)))
    assert posts(server) == 2


def test_a_long_list_is_looked_through_page_by_page(drive: Driver) -> None:
    pages = [
        {"items": [{"id": 1, "name": "red"}], "hasMore": True, "nextPage": "c1"},
        {"items": [{"id": 2, "name": "blue"}], "hasMore": False, "nextPage": None},
    ]
    server = Script(LOST, *map(json, pages))
    with pytest.raises(OutcomeUnknownError, match="shows that it is there"):
        drive(WRITES["tag"].call(drive.client(server)))
    assert server.lines[1:] == [
        "GET /v1/projects/p1/tags",
        "GET /v1/projects/p1/tags?after=c1",
    ]


def test_the_look_has_what_is_left_of_the_deadline(drive: Driver) -> None:
    def slowly(_: httpx.Request) -> httpx.Response:
        drive.clock.advance(4)
        raise LOST

    server = Script(slowly, json([]), status(201))
    drive(WRITES["tag"].call(drive.client(server, deadline=10)))
    assert server.requests[1].extensions["timeout"]["read"] == 5.5


def test_without_time_for_a_look_the_outcome_is_unknown(drive: Driver) -> None:
    def slowly(_: httpx.Request) -> httpx.Response:
        drive.clock.advance(9.9)
        raise LOST

    server = Script(slowly)
    with pytest.raises(OutcomeUnknownError, match="deadline leaves no time"):
        drive(WRITES["tag"].call(drive.client(server, deadline=10)))
    assert len(server.requests) == 1


def test_each_step_is_told(drive: Driver, caplog: pytest.LogCaptureFixture) -> None:
    events: list[AttemptEvent] = []
    server = Script(LOST, json([]), LOST, json(["blue"]))
    client = drive.client(server, on_event=events.append)
    with caplog.at_level(logging.INFO, "paperspace_projects"):
        drive(WRITES["tag"].call(client))
    assert [(each.operation, each.error) for each in events] == [
        ("addProjectTag", "APIConnectionError"),
        ("listProjectTags", None),
    ] * 2
    assert any(
        "addProjectTag was carried out: a look with tags.list()" in line for line in caplog.messages
    )


def test_a_server_that_fails_for_good_is_told_with_what_was_looked_for(drive: Driver) -> None:
    write = WRITES["secret"]
    server = Script(status(500), write.not_there, status(500), write.not_there)
    client = drive.client(server, retry=RetryPolicy(max_attempts=2))
    with pytest.raises(ServerError) as caught:
        drive(write.call(client))
    assert not isinstance(caught.value, OutcomeUnknownError)
    assert "a look with secrets.get(name) shows that it is not there" in str(caught.value).lower()
    assert "may have been carried out" not in str(caught.value)


def test_a_write_without_a_way_to_look_is_not_sent_again(drive: Driver) -> None:
    server = Script(LOST)
    client = drive.client(server)
    with pytest.raises(OutcomeUnknownError):
        drive(client._session.call(operations.ADD_MODEL("p1", "m1")))
    assert len(server.requests) == 1


def set_secret(drive: Driver, *answers: Any) -> tuple[Any, Script]:
    """What `secrets.set` of a secret that is not there yet gives or raises, and the server."""
    server = Script(status(404), *answers)
    try:
        return drive(drive.client(server).project("p1").secrets.set("TOKEN", "v")), server
    except PaperspaceError as error:
        return error, server


def test_set_writes_the_value_again_if_nothing_tells_whose_the_secret_is(drive: Driver) -> None:
    there = json({"name": "TOKEN"})
    made, server = set_secret(drive, LOST, there, there)
    assert made == Secret(name="TOKEN")
    assert [line.split()[0] for line in server.lines] == ["PATCH", "POST", "GET", "PATCH"]
    assert server.requests[-1].content == b'{"value":"v"}'


@pytest.mark.parametrize("failure", [status(404), status(403), LOST], ids=["404", "403", "lost"])
def test_set_says_that_the_outcome_is_unknown_if_the_value_cannot_be_written_again(
    drive: Driver, failure: Any
) -> None:
    error, server = set_secret(drive, LOST, json({"name": "TOKEN"}), failure)
    assert isinstance(error, OutcomeUnknownError)
    assert error.operation == "createProjectSecret"
    assert posts(server) == 1


@pytest.mark.parametrize("method", ["create", "set"])
def test_a_secret_of_somebody_else_is_never_taken_for_this_calls(
    drive: Driver, emulator: Emulator, method: str
) -> None:
    """B creates it after the look of A; A's repeat is refused, and the answer is lost."""
    lost = FaultPlan.script(
        [Fault.status(502), Fault.drop(when="after")], only=["createProjectSecret"]
    )
    plan, looks = lost, 0

    def create(event: AttemptEvent) -> None:
        nonlocal looks
        looks += event.operation == "getProjectSecret"
        if event.operation == "getProjectSecret" and looks == 1:
            emulator.faults = None
            somebody.project(project_id).secrets.create("TOKEN", "theirs")
            emulator.faults = plan

    client = drive.client(emulator.transport(), api_key=emulator.api_key, on_event=create)
    with Client(emulator.api_key, transport=emulator.transport()) as somebody:
        project_id = drive(client.projects.create("vision")).id
        emulator.faults = plan
        secrets = client.project(project_id).secrets
        if method == "create":
            with pytest.raises(OutcomeUnknownError, match="nothing tells"):
                drive(secrets.create("TOKEN", "mine"))
        else:  # it writes the value once more
            assert drive(secrets.set("TOKEN", "mine")).name == "TOKEN"
    assert emulator.secret_is(project_id, "TOKEN", "theirs" if method == "create" else "mine")
    assert looks == 2
