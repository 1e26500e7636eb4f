"""A write that is interrupted leaves no frame that holds the key or the value in its traceback."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import anyio
import httpx
import pytest
from anyio.lowlevel import current_token
from client.secrecy.planted import KEYS, VALUES, assert_hidden_in_error
from support.fault_server import FaultServer
from support.faults import Connection, Fault
from support.systems import needs

from paperspace_projects import AsyncClient, Client, NotFoundError, PaperspaceError, RetryPolicy

KEY, VALUE = KEYS["plain"], VALUES["plain"] * 300_000
"""A value that no socket takes whole: the write is interrupted while it is sent."""
ONCE = RetryPolicy(max_attempts=1)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(narrow=True) as server:
        yield server


def interrupting(interrupt: Callable[[], object]) -> Fault:
    """Interrupts the caller while it sends."""

    def act(connection: Connection) -> None:
        connection.more()
        interrupt()
        connection.server.ending.wait()

    return Fault(act, at="connection")


def test_a_ctrl_c_shows_nothing(server: FaultServer) -> None:
    needs("signals")
    main = threading.main_thread().ident
    assert main == threading.get_ident()
    server.play(interrupting(lambda: signal.pthread_kill(main, signal.SIGINT)))
    client = Client(KEY, base_url=server.url, retry=ONCE)
    with client, pytest.raises(KeyboardInterrupt) as caught:
        client.project("p1").secrets.create("N", VALUE)
    assert_hidden_in_error(caught.value)


async def cancelled(server: FaultServer) -> BaseException:
    """What a write ends with that is cancelled while it is sent."""
    reached, errors = anyio.Event(), list[BaseException]()
    token = current_token()
    server.play(interrupting(lambda: anyio.from_thread.run_sync(reached.set, token=token)))
    async with AsyncClient(KEY, base_url=server.url, retry=ONCE) as client:

        async def call() -> None:
            try:
                await client.project("p1").secrets.create("N", VALUE)
            except BaseException as error:
                errors.append(error)
                raise

        async with anyio.create_task_group() as group:
            group.start_soon(call)
            await reached.wait()
            group.cancel_scope.cancel()
    return errors[0]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancellation_shows_nothing(server: FaultServer, backend: str) -> None:
    assert_hidden_in_error(anyio.run(cancelled, server, backend=backend))


def test_the_timeout_of_asyncio_shows_nothing(server: FaultServer) -> None:
    async def main() -> BaseException:
        loop, timeout = asyncio.get_running_loop(), asyncio.timeout(None)

        def over() -> None:
            loop.call_soon_threadsafe(lambda: timeout.reschedule(loop.time()))

        server.play(interrupting(over))
        async with AsyncClient(KEY, base_url=server.url, retry=ONCE) as client:
            with pytest.raises(TimeoutError) as caught:
                async with timeout:
                    await client.project("p1").secrets.create("N", VALUE)
        return caught.value

    assert_hidden_in_error(asyncio.run(main()))


ECHO = f"{KEY} {VALUES['plain']}"
ECHOES = {
    "json": json.dumps({"code": "BAD", "message": ECHO, "details": {ECHO: [ECHO]}}).encode(),
    "half a surrogate and no end": json.dumps(f"{ECHO} \ud83d").encode()[:-1],
    "latin-1": f"é {ECHO}".encode("latin-1"),
    "html": f"<p>{ECHO}</p>".encode(),
}
READING = ("response_reader.py", "redaction.py", "decoding.py", "error_mapping.py")
"""The files whose lines are interrupted."""
STEP = 2
"""Of so many lines one is."""


@contextlib.contextmanager
def interrupted_at(line: int) -> Iterator[None]:
    """Raise a KeyboardInterrupt at the n-th line that reads an answer."""
    left = itertools.count(line, -1)

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if not frame.f_code.co_filename.endswith(READING):
            return None
        if event == "line" and next(left) == 0:
            sys.settrace(None)
            raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("flavour", ["sync", "async"])
@pytest.mark.parametrize("body", ECHOES.values(), ids=ECHOES)
def test_a_ctrl_c_while_an_answer_is_read_shows_nothing(body: bytes, flavour: str) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(400, content=body))
    options: dict[str, Any] = {"base_url": "http://localhost", "transport": transport}

    kinds = (KeyboardInterrupt, PaperspaceError)

    async def asynchronously(line: int) -> BaseException:
        async with AsyncClient(KEY, retry=ONCE, **options) as client:
            with pytest.raises(kinds) as caught, interrupted_at(line):
                await client.project("p1").secrets.create("N", VALUES["plain"])
        return caught.value

    def call(line: int) -> BaseException:
        if flavour == "async":
            return anyio.run(asynchronously, line)
        client = Client(KEY, retry=ONCE, **options)
        with client, pytest.raises(kinds) as caught, interrupted_at(line):
            client.project("p1").secrets.create("N", VALUES["plain"])
        return caught.value

    for line in itertools.count(step=STEP):
        error = call(line)
        assert_hidden_in_error(error)
        if not isinstance(error, KeyboardInterrupt):
            break
    assert line > 20


DEPTHS = range(10, 90)
"""Frames that a call may still have: too few for it, and enough."""


def levels_left() -> int:
    """How many more calls the stack holds; functions in C take some of it, too."""

    def call(levels: int) -> int:
        try:
            return call(levels + 1)
        except RecursionError:
            return levels

    return call(0)


async def async_levels_left() -> int:
    """The same for coroutines that await each other."""

    async def call(levels: int) -> int:
        try:
            return await call(levels + 1)
        except RecursionError:
            return levels

    return await call(0)


def test_the_end_of_the_stack_shows_nothing() -> None:
    errors: list[BaseException] = []

    def call(client: Client, left: int) -> None:
        if left > 0:
            call(client, left - 1)
            return
        try:
            client.project("p1").secrets.update("N", VALUES["plain"])
        except (RecursionError, PaperspaceError) as error:
            errors.append(error)

    with FaultServer() as server, Client(KEY, base_url=server.url, retry=ONCE) as client:
        client.projects.create("p")  # the first call of a kind loads what it needs
        with contextlib.suppress(NotFoundError):
            client.project("p1").secrets.update("N", "v")
        for depth in DEPTHS:
            call(client, levels_left() - depth)
    assert any(isinstance(each, RecursionError) for each in errors)
    for each in errors:
        assert_hidden_in_error(each)


# asyncio itself leaves a transport open where the stack ends while it makes one, and anyio loses
# track of its scopes: it raises a RuntimeError, or lets a cancellation of its own out.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_end_of_the_stack_shows_nothing_in_async(backend: str) -> None:
    errors: list[BaseException] = []

    async def call(client: AsyncClient, left: int) -> None:
        if left > 0:
            await call(client, left - 1)
            return
        try:
            await client.project("p1").secrets.update("N", VALUES["plain"])
        except (RuntimeError, PaperspaceError, asyncio.CancelledError) as error:
            errors.append(error)

    async def main(url: str) -> None:
        async with AsyncClient(KEY, base_url=url, retry=ONCE) as client:
            await client.projects.create("p")  # the first call of a kind loads what it needs
            with contextlib.suppress(NotFoundError):
                await client.project("p1").secrets.update("N", "v")
            for depth in DEPTHS:
                await call(client, await async_levels_left() - depth)

    with FaultServer() as server:
        anyio.run(main, server.url, backend=backend)
    assert any(isinstance(each, RecursionError) for each in errors)
    for each in errors:
        assert_hidden_in_error(each)
    errors.clear()
    gc.collect()  # what was left open is reported here, and not in another test


def test_what_the_caller_was_handling_keeps_its_traceback(server: FaultServer) -> None:
    needs("signals")
    main = threading.get_ident()
    server.play(interrupting(lambda: signal.pthread_kill(main, signal.SIGINT)))
    with Client(KEY, base_url=server.url, retry=ONCE) as client:
        try:
            raise LookupError
        except LookupError as error:
            handled = error
            with pytest.raises(KeyboardInterrupt) as caught:
                client.project("p1").secrets.create("N", VALUE)
    assert caught.value.__context__ is handled
    assert handled.__traceback__ is not None
