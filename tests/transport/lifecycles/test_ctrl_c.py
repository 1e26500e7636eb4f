"""A call that Ctrl-C interrupts leaves nothing behind: the next call on the same client works."""

from __future__ import annotations

import gc
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest
from support.driving import KEY
from support.systems import needs
from transport.lifecycles.holding_server import PATIENCE, WHERE, HoldingServer
from transport.lifecycles.looking import assert_nothing_is_under_way, pool_of

from paperspace_projects import Client, ClientClosedError

STEPS_APART = 17
"""Every so manyth step of a call is interrupted; a prime, so that loops are hit at each place."""


@pytest.fixture
def ctrl_c() -> Iterator[Callable[[], None]]:
    """Sends this thread a signal that raises KeyboardInterrupt once, as Ctrl-C does.

    The signal is sent until it has done so: one that comes just before a thread begins to wait for
    a lock is not seen until that wait is over.
    """
    needs("signals")
    arrived = threading.Event()

    def interrupt(_: int, __: FrameType | None) -> None:
        if not arrived.is_set():
            arrived.set()
            raise KeyboardInterrupt

    def send() -> None:
        arrived.clear()
        signal.pthread_kill(main, signal.SIGUSR1)
        while not arrived.wait(0.05):
            signal.pthread_kill(main, signal.SIGUSR1)

    main, before = threading.get_ident(), signal.signal(signal.SIGUSR1, interrupt)
    yield send
    signal.signal(signal.SIGUSR1, before)


def interrupted(
    call: Callable[[], object], until: Callable[[], None], ctrl_c: Callable[[], None]
) -> None:
    """Make a call in this thread, and interrupt it when something is so."""

    def wait() -> None:
        until()
        ctrl_c()

    thread = threading.Thread(target=wait)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        call()
    thread.join()


@pytest.mark.parametrize("where", WHERE)
def test_ctrl_c_in_a_call_leaves_nothing_behind(
    server: HoldingServer, ctrl_c: Callable[[], None], where: str
) -> None:
    waiting = threading.Event()
    with Client(
        KEY,
        base_url=server.url,
        max_concurrency=1,
        on_event=lambda event: event.wait and waiting.set(),
    ) as client:
        for number in range(3):
            waiting.clear()

            def under_way(count: int = len(server.ids) + 1) -> None:
                server.until_asked(count)
                if where == "later-1":
                    assert waiting.wait(PATIENCE)

            interrupted(lambda: client.projects.get(where), under_way, ctrl_c)
            assert client.projects.get(f"next-{number}").id == f"next-{number}"
            assert_nothing_is_under_way(client)
    server.let_go.set()
    server.until(lambda: server.open == 0)


def test_ctrl_c_in_the_queue_takes_no_place(
    server: HoldingServer, ctrl_c: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Client(KEY, base_url=server.url, max_concurrency=1) as client:
        other = threading.Thread(target=client.projects.get, args=("held-1",))
        other.start()
        server.until_asked()
        queued = threading.Event()
        semaphore = pool_of(client).limiter._semaphore
        acquire = semaphore.acquire

        def noted(blocking: bool = True, timeout: float | None = None) -> bool:
            if blocking:
                queued.set()
            return acquire(blocking, timeout)

        with monkeypatch.context() as patched:
            patched.setattr(semaphore, "acquire", noted)
            interrupted(lambda: client.projects.get("p1"), lambda: queued.wait(PATIENCE), ctrl_c)
        server.let_go.set()
        other.join(PATIENCE)
        assert client.projects.get("next").id == "next"
        assert server.ids == ["held-1", "next"]
        assert_nothing_is_under_way(client)


def test_ctrl_c_while_a_connection_is_made_leaves_nothing_behind(
    server: HoldingServer, ctrl_c: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    connecting = threading.Event()

    def slow(*_: Any, **__: Any) -> socket.socket:
        connecting.set()
        threading.Event().wait()
        raise AssertionError

    with Client(KEY, base_url=server.url, max_concurrency=1) as client:
        with monkeypatch.context() as patched:
            patched.setattr(socket, "create_connection", slow)
            interrupted(
                lambda: client.projects.get("p1"), lambda: connecting.wait(PATIENCE), ctrl_c
            )
        assert client.projects.get("next").id == "next"
        assert_nothing_is_under_way(client)


def interrupted_at(call: Callable[[], object], step: int) -> bool:
    """Interrupt a call at a step: where a function begins, or one written in C has ended.

    There, and nowhere else but in loops, Python looks whether a signal has come. Gives whether the
    call has that many steps.
    """
    count = 0

    def look(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        if event in ("call", "c_return"):
            count += 1
            if count == step:
                raise KeyboardInterrupt

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.setprofile(before)
    return count >= step


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # if in a finalizer
def test_ctrl_c_at_any_step_of_a_call_leaves_a_client_that_works(server: HoldingServer) -> None:
    with Client(KEY, base_url=server.url, max_concurrency=1, timeout=PATIENCE) as client:
        step = 0
        while interrupted_at(lambda: client.projects.get("p1"), step := step + STEPS_APART):
            project = f"next-{step}"
            assert client.projects.get(project).id == project
            assert_nothing_is_under_way(client)
        assert step > 500
    gc.collect()
    server.until(lambda: server.open == 0)


def test_other_threads_finish_what_they_are_at_when_one_is_interrupted(
    server: HoldingServer, ctrl_c: Callable[[], None]
) -> None:
    got: list[str] = []
    with Client(KEY, base_url=server.url, max_concurrency=3) as client:
        other = threading.Thread(target=lambda: got.append(client.projects.get("held-2").id))
        other.start()
        server.until_asked(1)
        interrupted(lambda: client.projects.get("held-1"), lambda: server.until_asked(2), ctrl_c)
        assert client.projects.get("next").id == "next"
        server.let_go.set()
        other.join(PATIENCE)
    assert got == ["held-2"]
    server.until(lambda: server.open == 0)


def test_closing_ends_also_what_others_are_at_since_an_interruption(
    server: HoldingServer, ctrl_c: Callable[[], None]
) -> None:
    errors: list[Exception] = []

    def work() -> None:
        try:
            client.projects.get("held-2")
        except ClientClosedError as error:
            errors.append(error)

    client = Client(KEY, base_url=server.url, max_concurrency=3)
    other = threading.Thread(target=work)
    other.start()
    server.until_asked(1)
    interrupted(lambda: client.projects.get("held-1"), lambda: server.until_asked(2), ctrl_c)
    assert client.projects.get("next").id == "next"
    client.close()
    other.join(PATIENCE)
    assert len(errors) == 1
