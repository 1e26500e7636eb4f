"""A call ends when its time is over, whatever the server does with it; measured by a real clock."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from attrs import frozen
from retries.faults.conftest import Authority
from retries.faults.rig import Rig
from support.fault_server import FaultServer, address_lookup
from support.faults import Connection, Fault, answers, falls_silent, http, trickles

from paperspace_projects import (
    APIError,
    APITimeoutError,
    DeadlineExceededError,
    OutcomeUnknownError,
    RetryPolicy,
)

LIMIT = 0.2
NOISE = 0.15
"""Seconds that a busy machine may add."""
WHOLE = http(200, b'{"id": "p1", "name": "slow"}')
PAGE = json.dumps({"items": [{"id": "p1", "name": "n"}], "hasMore": True, "nextPage": "c"})
SLOW_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
EARLY = b"HTTP/1.1 103 Early Hints\r\n\r\n"


@frozen(eq=False)
class Slow:
    """A way of taking long."""

    id: str
    fault: Fault | None = None
    setting: str = "plain"


def trickles_and_falls_silent(connection: Connection) -> None:
    connection.trickle(WHOLE[:9], 0.02)
    connection.hold()


SILENCE = Slow("silence", falls_silent())
SLOWNESS = [
    SILENCE,
    Slow("silence in the headers", falls_silent(WHOLE[:30])),
    Slow("silence in the body", falls_silent(WHOLE[:-5])),
    Slow("a trickle of headers", trickles(b"", WHOLE)),
    Slow("a trickle of a body", trickles(WHOLE[:-25], WHOLE[-25:])),
    Slow("a trickle of chunks", trickles(SLOW_CHUNKS, b"1\r\n \r\n" * 50)),
    Slow("a trickle of early answers", trickles(b"", EARLY * 9)),
    Slow("a trickle and then silence", Fault(trickles_and_falls_silent)),
    Slow("a full backlog", setting="full"),
    Slow("a silent TLS handshake", Fault(Connection.hold, at="connection"), setting="TLS"),
    Slow("a trickle of an answer over TLS", trickles(b"", WHOLE), setting="TLS"),
    Slow("a lookup without end", setting="lookup"),
]
each_slowness = pytest.mark.parametrize("slow", SLOWNESS, ids=lambda slow: slow.id)
MakeWorld = Callable[..., tuple[FaultServer, Any]]


def get(client: Any) -> Any:
    return client.projects.get("p1")


@pytest.fixture
def world(drive: Rig, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeWorld]:
    """Makes a server that is slow in this way, and a client of it."""
    released = threading.Event()
    with contextlib.ExitStack() as stack:

        def make(slow: Slow, **options: Any) -> tuple[FaultServer, Any]:
            tls = authority.server if slow.setting == "TLS" else None
            server = stack.enter_context(FaultServer(tls=tls, starts=slow.setting != "full"))
            if tls is not None:
                options["ssl_context"] = authority.client
            if slow.setting == "full":
                server.fill_backlog()
            if slow.setting == "lookup":
                lookup = address_lookup("slow.invalid", lambda: released.wait(30))
                monkeypatch.setattr("socket.getaddrinfo", lookup)
                options["base_url"] = f"http://slow.invalid:{server.port}"
                options["allow_insecure_http"] = True
            if slow.fault is not None:
                server.play(slow.fault, for_ever=True)
            return server, drive.client_of(server, real_time=True, **options)

        yield make
        drive.shut_down_clients()
        released.set()


def ends_in_time(drive: Rig, call: Callable[[], Any], error: type[APIError]) -> APIError:
    """The error that a call ends with, in time.

    The best of five: a busy machine may be late to end it, or to send what is to be sent in time.
    """
    ends = []
    for _ in range(5):
        began = time.monotonic()
        outcome = drive.outcome(call)
        taken = time.monotonic() - began
        if isinstance(outcome, error) and taken <= LIMIT + NOISE:
            return outcome
        ends.append(f"{taken:.3f} s: {outcome!r}")
    pytest.fail(f"{LIMIT} s were allowed for a {error.__name__}, and it took\n" + "\n".join(ends))


@each_slowness
def test_a_call_ends_with_its_deadline(drive: Rig, world: MakeWorld, slow: Slow) -> None:
    _, client = world(slow, deadline=LIMIT)
    error = ends_in_time(drive, lambda: get(client), DeadlineExceededError)
    assert "deadline" in str(error)


@each_slowness
def test_an_attempt_ends_with_its_timeout(drive: Rig, world: MakeWorld, slow: Slow) -> None:
    _, client = world(slow, timeout=LIMIT, retry=RetryPolicy(max_attempts=1))
    error = ends_in_time(drive, lambda: get(client), APITimeoutError)
    assert error.attempts == 1


@pytest.mark.parametrize("slow", SLOWNESS[-4:], ids=lambda slow: slow.id)
def test_a_write_that_was_not_sent_in_time_was_surely_not_carried_out(
    drive: Rig, world: MakeWorld, slow: Slow
) -> None:
    server, client = world(slow, deadline=LIMIT)
    was_sent = slow.fault is not None and slow.fault.at == "request"
    error = ends_in_time(drive, lambda: client.projects.create("new"), APIError)
    assert isinstance(error, OutcomeUnknownError if was_sent else DeadlineExceededError)
    assert bool(server.received) == was_sent


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.projects.create("new"),
        lambda client: client.project("p1").secrets.update("TOKEN", "v"),
        lambda client: client.project("p1").secrets.create("TOKEN", "v"),
        lambda client: client.project("p1").tags.add("blue"),
    ],
    ids=["createProject", "updateProjectSecret", "createProjectSecret", "addProjectTag"],
)
def test_a_write_that_ends_with_its_deadline_has_an_unknown_outcome(
    drive: Rig, world: MakeWorld, call: Callable[[Any], Any]
) -> None:
    _, client = world(SILENCE, deadline=LIMIT)
    ends_in_time(drive, lambda: call(client), OutcomeUnknownError)


def test_a_write_and_the_look_for_it_share_a_deadline(drive: Rig, world: MakeWorld) -> None:
    retry = RetryPolicy(initial_wait=0.02)
    server, client = world(SILENCE, deadline=LIMIT, timeout=LIMIT / 2, retry=retry)
    error = ends_in_time(drive, lambda: client.project("p1").tags.add("blue"), OutcomeUnknownError)
    assert "failed as well" in str(error)
    assert [each.method for each in server.received[:2]] == ["POST", "GET"]


@pytest.mark.parametrize("wait", [{}, {"retry_after": "0.05"}], ids=["ours", "the server's"])
def test_attempts_and_their_waits_share_a_deadline(
    drive: Rig, world: MakeWorld, wait: dict[str, str]
) -> None:
    retry = RetryPolicy(max_attempts=100, initial_wait=0.05, max_wait=0.1)
    server, client = world(Slow("503", answers(503, **wait)), deadline=LIMIT, retry=retry)
    error = ends_in_time(drive, lambda: get(client), APIError)
    assert "deadline" in str(error)
    assert len(server.received) >= error.attempts > 1


def test_attempts_that_time_out_share_a_deadline(drive: Rig, world: MakeWorld) -> None:
    retry = RetryPolicy(max_attempts=100, initial_wait=0)
    _, client = world(SILENCE, deadline=LIMIT, timeout=LIMIT / 5, retry=retry)
    error = ends_in_time(drive, lambda: get(client), DeadlineExceededError)
    assert error.attempts > 2


def test_calls_that_make_up_one_share_a_deadline(drive: Rig, world: MakeWorld) -> None:
    server, client = world(SILENCE, deadline=LIMIT)
    slow_404 = http(404, b" " * 6)

    def set_secret() -> Any:
        server.play(trickles(slow_404[:-6], slow_404[-6:]), falls_silent(), falls_silent())
        return client.project("p1").secrets.set("TOKEN", "v")

    error = ends_in_time(drive, set_secret, OutcomeUnknownError)
    assert error.operation == "createProjectSecret"


def test_each_page_of_a_listing_has_a_deadline(drive: Rig, world: MakeWorld) -> None:
    server, client = world(SILENCE, deadline=LIMIT)

    def collect() -> Any:
        server.play(answers(200, PAGE.encode()), falls_silent(), falls_silent())
        return client.projects.list().collect()

    error = ends_in_time(drive, collect, DeadlineExceededError)
    assert any("after='c'" in note for note in error.__notes__)


def test_a_timeout_of_parts_limits_each_part(drive: Rig, world: MakeWorld) -> None:
    timeout = httpx.Timeout(10, read=LIMIT)
    _, client = world(SILENCE, timeout=timeout, retry=RetryPolicy(max_attempts=1))
    ends_in_time(drive, lambda: get(client), APITimeoutError)


def test_a_slow_answer_that_comes_in_time_is_taken(drive: Rig, world: MakeWorld) -> None:
    _, client = world(Slow("slow", trickles(WHOLE[:-10], WHOLE[-10:], 0.005)), timeout=5.0)
    assert drive(get(client)).name == "slow"
