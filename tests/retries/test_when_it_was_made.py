"""Whether the time of what a look finds tells that this call made it, by the server's clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from retries.lookups import (
    A_DAY_BEFORE,
    LOST,
    NOW,
    WRITES,
    posts,
)
from support.driving import Driver
from support.servers import Script, json, status

from paperspace_projects import ConflictError, OutcomeUnknownError


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
    "collaborator with a role": (
        "collaborator",
        lambda second: [created_at({"userId": "u1", "role": "viewer"}, second)],
    ),
}
HIDES = {"secret", "live collaborator"}  # the value, or the role
each_dated = pytest.mark.parametrize("dated", DATED)
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


def test_a_secret_that_is_older_than_the_call_is_somebody_elses(drive: Driver) -> None:
    older = json({"name": "TOKEN", "dtCreated": A_DAY_BEFORE}, date=NOW)
    server = Script(LOST, older, status(409), older)
    with pytest.raises(ConflictError):
        drive(WRITES["secret"].call(drive.client(server)))
    assert posts(server) == 2


@pytest.mark.parametrize("created", TIMES)
@each_dated
def test_a_time_within_the_call_tells_and_one_near_its_beginning_does_not(
    drive: Driver, dated: str, created: float
) -> None:
    """Of what cannot be read back, a time within the call tells as little."""
    name, shown = DATED[dated]

    def slowly(_: httpx.Request) -> httpx.Response:
        drive.clock.advance(20 - 0.5)
        raise LOST

    drive.clock.epoch = 0  # this machine's clock is wrong, and is not asked
    there = json(shown(created), date=answered_at(30))
    server = Script(seen_at(10), slowly, there, status(409, date=answered_at(31)), there)
    client = drive.client(server)
    drive(client.projects.get("p1"))
    verdict, call = TIMES[created], WRITES[name].call
    if verdict == "within" and dated not in HIDES:
        drive(call(client))
        return
    error = ConflictError if verdict == "before" else OutcomeUnknownError
    with pytest.raises(error) as caught:
        drive(call(client))
    assert isinstance(caught.value, OutcomeUnknownError) is (verdict != "before")
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
