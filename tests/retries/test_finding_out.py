"""After a write whose outcome is unknown, the client looks by itself where a look can tell."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from support.driving import Driver
from support.servers import Script, json, status

import paperspace_projects._operations as operations
from paperspace_projects import (
    APIConnectionError,
    AttemptEvent,
    Collaborator,
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    PaperspaceError,
    RetryPolicy,
    Secret,
    ServerError,
)
from paperspace_projects.errors import OutcomeUnknownConflictError

LOST = httpx.ReadError("reset")
NOT_THERE = status(404)
A_DAY_BEFORE = "2026-03-19T09:46:40Z"
NOW = "Fri, 20 Mar 2026 09:46:40 GMT"


class Writes:
    """What can be looked for: the call, what shows it, what shows something else, the result."""

    def __init__(
        self,
        call: Callable[[Any], Any],
        *,
        shows: Any,
        shows_another: Any,
        look: str,
        result: Callable[[Any], bool],
        made: Any,
    ) -> None:
        self.call = call
        self.there = json(shows)
        self.not_there = NOT_THERE if look.endswith("/TOKEN") else json(shows_another)
        self.look = look
        self.is_right = result
        self.made = made


WRITES = {
    "secret": Writes(
        lambda c: c.project("p1").secrets.create("TOKEN", "v"),
        shows={"name": "TOKEN"},
        shows_another=None,
        look="/v1/projects/p1/secrets/TOKEN",
        result=lambda made: made == Secret(name="TOKEN"),
        made=json({"name": "TOKEN"}, 201),
    ),
    "tag": Writes(
        lambda c: c.project("p1").tags.add("blue"),
        shows=["red", "blue"],
        shows_another=["red", "blu"],
        look="/v1/projects/p1/tags",
        result=lambda made: made is None,
        made=status(201),
    ),
    "collaborator": Writes(
        lambda c: c.project("p1").collaborators.add("u1", "viewer"),
        shows=[{"userId": "u0"}, {"userId": "u1", "role": "viewer"}],
        shows_another=[{"userId": "u0", "role": "viewer"}],
        look="/v1/projects/p1/collaborators",
        result=lambda made: made == Collaborator(user_id="u1", role="viewer"),
        made=json({"userId": "u1", "role": "viewer"}, 201),
    ),
    "model": Writes(
        lambda c: c.project("p1").models.add("m1"),
        shows=[{"id": "m1", "name": "llama"}],
        shows_another=[{"id": "m11"}],
        look="/v1/projects/p1/models",
        result=lambda made: made is None,
        made=status(201),
    ),
}
each_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
UNCERTAIN: dict[str, Any] = {
    "lost": LOST,
    "timeout": httpx.ReadTimeout("slow"),
    "write": httpx.WriteError("broken pipe"),
    **{code: status(int(code)) for code in ("408", "500", "502", "503", "504")},
    "503 with Retry-After": status(503, retry_after="3"),
}
each_uncertainty = pytest.mark.parametrize("failure", UNCERTAIN.values(), ids=UNCERTAIN)


def sent(server: Script) -> list[str]:
    return [f"{each.method} {each.url.path}" for each in server.requests]


def posts(server: Script) -> int:
    return sum(each.method == "POST" for each in server.requests)


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
    assert write.is_right(drive(write.call(drive.client(server))))
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
    client = drive.client(server, retry=RetryPolicy(max_attempts=2))
    assert write.is_right(drive(write.call(client)))
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


def test_what_was_made_while_the_call_waited_to_be_sent_is_not_within_it(drive: Driver) -> None:
    """A 429 that asks for a wait: somebody else makes the secret meanwhile."""
    there = json(created_at({"name": "TOKEN"}, 17), date=answered_at(20))
    server = Script(seen_at(10), status(429, retry_after="10"), LOST, there)
    client = drive.client(server)
    drive(client.projects.get("p1"))
    with pytest.raises(OutcomeUnknownError):
        drive(WRITES["secret"].call(client))


class SlowBody(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes 8 seconds after its head."""

    def __init__(self, drive: Driver, content: bytes) -> None:
        self._drive, self._content = drive, content

    def __iter__(self) -> Iterator[bytes]:
        self._drive.clock.advance(8)
        yield self._content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._drive.clock.advance(8)
        yield self._content


def test_the_date_of_an_answer_counts_from_its_head(drive: Driver) -> None:
    def slowly(second: int, content: bytes) -> Callable[[httpx.Request], httpx.Response]:
        return lambda _: httpx.Response(
            200, headers={"date": answered_at(second)}, stream=SlowBody(drive, content)
        )

    old = b'{"name": "TOKEN", "dtCreated": "2026-03-20T09:47:17Z"}'
    server = Script(slowly(10, b'{"id": "p1", "name": "n"}'), LOST, slowly(18, old))
    client = drive.client(server)
    drive(client.projects.get("p1"))  # until second 18: the secret is a second older than the call
    with pytest.raises(OutcomeUnknownError):
        drive(WRITES["secret"].call(client))


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


def test_a_secret_that_is_older_than_the_call_is_somebody_elses(drive: Driver) -> None:
    older = json({"name": "TOKEN", "dtCreated": A_DAY_BEFORE}, date=NOW)
    server = Script(LOST, older, status(409), older)
    with pytest.raises(ConflictError):
        drive(WRITES["secret"].call(drive.client(server)))
    assert posts(server) == 2


def answered_at(second: int) -> str:
    """A Date, so many seconds after NOW."""
    return f"Fri, 20 Mar 2026 09:47:{second:02} GMT"


def seen_at(second: int) -> httpx.Response:
    return json({"id": "p1", "name": "n"}, date=answered_at(second))


def created_at(item: dict[str, Any], second: float) -> dict[str, Any]:
    return {**item, "dtCreated": f"2026-03-20T09:47:{second:09.6f}Z"}


DATED: dict[str, tuple[str, Callable[[float], Any]]] = {
    # what tells a time: the write, and the body that shows the thing as created at a second
    "secret": ("secret", lambda second: created_at({"name": "TOKEN"}, second)),
    "live tag": (
        "tag",
        lambda second: {"items": [created_at({"id": 7, "name": "blue"}, second)]},
    ),
    "live collaborator": (
        "collaborator",
        lambda second: {"items": [created_at({"user": {"id": "u1"}}, second)]},
    ),
}
each_dated = pytest.mark.parametrize(("name", "shown"), DATED.values(), ids=DATED)
Within = dict[float, str]
TIMES: Within = {
    # The call begins at second 10 and lasts for 20 seconds. Clocks may differ by 5.
    0.0: "before",
    4.9: "before",
    5.1: "unknown",
    9.9: "unknown",  # made just before by somebody else, or by this call and a slow clock
    10.0: "unknown",
    14.9: "unknown",
    16.1: "within",
    29.9: "within",
    31.1: "unknown",  # by a clock that is ahead: it cannot be trusted to tell anything
    59.0: "unknown",
}


@pytest.mark.parametrize("created", TIMES)
@each_dated
def test_a_time_within_the_call_tells_and_one_near_its_beginning_does_not(
    drive: Driver, name: str, shown: Callable[[float], Any], created: float
) -> None:
    def slowly(_: httpx.Request) -> httpx.Response:
        drive.clock.advance(20 - 0.5)
        raise LOST

    drive.clock.epoch = 0  # this machine's clock is wrong, and is not asked
    there = json(shown(created), date=answered_at(30))
    server = Script(seen_at(10), slowly, there, status(409, date=answered_at(31)), there)
    client = drive.client(server)
    drive(client.projects.get("p1"))
    verdict, call = TIMES[created], WRITES[name].call
    if verdict == "within":
        drive(call(client))
        return
    error = ConflictError if verdict == "before" else OutcomeUnknownError
    with pytest.raises(error) as caught:
        drive(call(client))
    assert isinstance(caught.value, OutcomeUnknownError) is (verdict == "unknown")
    assert posts(server) == (2 if verdict == "before" else 1)


@pytest.mark.parametrize(
    ("shown", "headers"),
    [
        ({"name": "TOKEN", "dtCreated": A_DAY_BEFORE}, {}),
        ({"name": "TOKEN", "dtCreated": None}, {"date": NOW}),
        ({"name": "TOKEN"}, {"date": NOW}),
        ({"name": "TOKEN", "dtCreated": A_DAY_BEFORE}, {"date": "a while ago"}),
    ],
    ids=["no Date", "null dtCreated", "no dtCreated", "a Date that is none"],
)
def test_without_both_times_a_secret_proves_nothing(
    drive: Driver, shown: Any, headers: dict[str, str]
) -> None:
    server = Script(status(500, **headers), json(shown, **headers))
    with pytest.raises(OutcomeUnknownError, match="nothing tells"):
        drive(WRITES["secret"].call(drive.client(server)))
    assert posts(server) == 1


@pytest.mark.parametrize("off", [-1.0, -0.1, 0.1, 1.0, 3.0])
def test_a_clock_that_is_a_little_off_makes_no_conflict_of_what_this_call_made(
    drive: Driver, off: float
) -> None:
    def made(second: float) -> httpx.Response:
        return json(created_at({"name": "TOKEN"}, second + off), date=answered_at(int(second)))

    client = drive.client(Script(seen_at(10), status(500, date=answered_at(10)), made(10)))
    drive(client.projects.get("p1"))
    with pytest.raises(OutcomeUnknownError) as caught:
        drive(WRITES["secret"].call(client))
    assert not isinstance(caught.value, ConflictError)


def test_one_answer_of_a_gateway_whose_clock_is_ahead_decides_nothing(drive: Driver) -> None:
    ahead = json({"id": "p1", "name": "n"}, date="Fri, 20 Mar 2026 10:47:10 GMT")
    made = json(created_at({"name": "TOKEN"}, 10), date=answered_at(10))
    client = drive.client(Script(ahead, LOST, made))
    drive(client.projects.get("p1"))
    with pytest.raises(OutcomeUnknownError) as caught:
        drive(WRITES["secret"].call(client))
    assert not isinstance(caught.value, ConflictError)


def test_an_answer_of_a_gateway_whose_clock_is_ahead_is_forgotten(drive: Driver) -> None:
    ahead = json({"id": "p1", "name": "n"}, date="Fri, 20 Mar 2026 10:47:10 GMT")
    right = [seen_at(second) for second in range(8)]
    older = json({"name": "TOKEN", "dtCreated": A_DAY_BEFORE}, date=answered_at(10))
    client = drive.client(Script(ahead, *right, LOST, older, status(409), older))
    for _ in (ahead, *right):
        drive(client.projects.get("p1"))
        drive.clock.advance(1)
    with pytest.raises(ConflictError) as caught:
        drive(WRITES["secret"].call(client))
    assert not isinstance(caught.value, OutcomeUnknownError)


def test_a_live_collaborator_who_was_there_before_is_not_reported_as_added(drive: Driver) -> None:
    viewer = {"items": [{"user": {"id": "u1"}, "dtCreated": A_DAY_BEFORE, "dtDeleted": None}]}
    there = json(viewer, date=NOW)
    server = Script(status(500, date=NOW), there, status(409, date=NOW), there)
    with pytest.raises(ConflictError):
        drive(drive.client(server).project("p1").collaborators.add("u1", role="admin"))


def test_a_live_collaborator_who_was_deleted_is_not_there(drive: Driver) -> None:
    gone = {"user": {"id": "u1"}, "dtCreated": A_DAY_BEFORE, "dtDeleted": A_DAY_BEFORE}
    server = Script(
        status(500), json({"items": [gone]}), json({"user": {"id": "u1"}, "dtCreated": NOW})
    )
    drive(drive.client(server).project("p1").collaborators.add("u1"))
    assert posts(server) == 2


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
