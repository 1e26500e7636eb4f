"""Closing a client ends what is under way on it, at once, and says what became of it."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest
import trustme
from support.driving import KEY, Driver
from support.fault_server import address_lookup
from transport.lifecycles.holding_server import PATIENCE, HoldingServer
from transport.lifecycles.looking import open_sockets, other_threads

from paperspace_projects import AsyncClient, Client, ClientClosedError, RetryPolicy
from paperspace_projects._sync.clock import Clock

AT_ONCE = 0.9
"""Seconds that a busy machine may take to end a call that was told to end."""

CALLS: dict[str, Callable[[Any, str], Any]] = {
    "read": lambda client, name: client.projects.get(name),
    "idempotent write": lambda client, name: client.project(name).update(name=name),
    "write": lambda client, name: client.projects.create(name),
    "delete": lambda client, name: client.projects.delete(name),
}
TELLS = {
    "read": None,
    "idempotent write": "projects.get(id)",
    "write": "projects.find(name)",
    "delete": "projects.get(id)",
}
every_call = pytest.mark.parametrize("kind", CALLS)
every_backend = pytest.mark.parametrize("backend", ["asyncio", "trio"])


class Outcomes:
    """What calls ended with, in threads or tasks."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []

    def thread(self, call: Callable[[], object]) -> threading.Thread:
        def work() -> None:
            try:
                call()
            except Exception as error:
                self.errors.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        return thread

    async def task(self, call: Callable[[], Awaitable[object]]) -> None:
        try:
            await call()
        except Exception as error:
            self.errors.append(error)


def close_under_way(server: HoldingServer, kind: str, name: str, **options: Any) -> BaseException:
    """Close a client while a thread is at a call; what the call ended with."""
    outcomes = Outcomes()
    client = Client(KEY, base_url=server.url, **options)
    thread = outcomes.thread(lambda: CALLS[kind](client, name))
    server.until_asked()
    began = time.monotonic()
    client.close()
    thread.join(PATIENCE)
    assert time.monotonic() - began < AT_ONCE
    (error,) = outcomes.errors
    return error


def aclose_under_way(
    server: HoldingServer, kind: str, name: str, backend: str, **options: Any
) -> BaseException:
    async def main() -> None:
        client = AsyncClient(KEY, base_url=server.url, **options)
        async with anyio.create_task_group() as group:
            group.start_soon(outcomes.task, lambda: CALLS[kind](client, name))
            await anyio.to_thread.run_sync(server.until_asked)
            began = time.monotonic()
            await client.aclose()
        assert time.monotonic() - began < AT_ONCE

    outcomes = Outcomes()
    anyio.run(main, backend=backend)
    (error,) = outcomes.errors
    return error


def assert_tells(error: BaseException, kind: str) -> None:
    assert isinstance(error, ClientClosedError)
    assert "closed during the call" in str(error)
    if TELLS[kind] is None:
        assert "may have been carried out" not in str(error)
    else:
        told = f"The write may have been carried out: check the present state with {TELLS[kind]}"
        assert told in str(error)


@every_call
def test_a_thread_that_waits_for_an_answer_is_told(server: HoldingServer, kind: str) -> None:
    assert_tells(close_under_way(server, kind, "held-1"), kind)


@every_call
@every_backend
def test_a_task_that_waits_for_an_answer_is_told(
    server: HoldingServer, kind: str, backend: str
) -> None:
    assert_tells(aclose_under_way(server, kind, "held-1", backend), kind)


@pytest.mark.parametrize("backend", ["threads", "asyncio", "trio"])
def test_closing_ends_what_is_under_way_on_secured_connections(backend: str) -> None:
    authority = trustme.CA()
    of_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(of_server)
    of_client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(of_client)
    with HoldingServer(tls=of_server) as server:
        if backend == "threads":
            error = close_under_way(server, "write", "held-1", ssl_context=of_client)
        else:
            error = aclose_under_way(server, "write", "held-1", backend, ssl_context=of_client)
        assert_tells(error, "write")


def test_a_thread_that_has_half_an_answer_is_told(server: HoldingServer) -> None:
    assert_tells(close_under_way(server, "read", "half-1"), "read")


@every_backend
def test_a_task_that_has_half_an_answer_is_told(server: HoldingServer, backend: str) -> None:
    assert_tells(aclose_under_way(server, "read", "half-1", backend), "read")


@pytest.mark.parametrize("kind", ["read", "idempotent write"])
def test_a_wait_before_a_repeat_ends_in_a_thread(server: HoldingServer, kind: str) -> None:
    assert isinstance(close_under_way(server, kind, "later-1"), ClientClosedError)


@pytest.mark.parametrize("kind", ["read", "idempotent write"])
@every_backend
def test_a_wait_before_a_repeat_ends_in_a_task(
    server: HoldingServer, kind: str, backend: str
) -> None:
    assert isinstance(aclose_under_way(server, kind, "later-1", backend), ClientClosedError)


@pytest.mark.parametrize("kind", ["idempotent write", "delete"])
def test_a_wait_after_a_write_that_may_have_been_carried_out_says_so(
    server: HoldingServer, kind: str
) -> None:
    waiting = threading.Event()
    outcomes = Outcomes()
    client = Client(
        KEY,
        base_url=server.url,
        retry=RetryPolicy(initial_wait=100, max_wait=100),
        on_event=lambda event: event.wait and waiting.set(),
    )
    client._session.clock = Clock(uniform=lambda _, high: high)
    thread = outcomes.thread(lambda: CALLS[kind](client, "lost-1"))
    has_waited = waiting.wait(PATIENCE)
    client.close()
    thread.join(PATIENCE)
    (error,) = outcomes.errors
    assert has_waited
    assert_tells(error, kind)


def test_threads_that_queue_are_told_that_nothing_was_sent(server: HoldingServer) -> None:
    outcomes = Outcomes()
    client = Client(KEY, base_url=server.url, max_concurrency=1)
    first = outcomes.thread(lambda: client.projects.get("held-1"))
    server.until_asked()
    queue = [outcomes.thread(lambda: client.projects.create("new")) for _ in range(5)]
    began = time.monotonic()
    client.close()
    for thread in [first, *queue]:
        thread.join(PATIENCE)
    assert time.monotonic() - began < AT_ONCE
    assert {type(each) for each in outcomes.errors} == {ClientClosedError}
    queued = [str(each) for each in outcomes.errors if "during the call" not in str(each)]
    assert len(queued) == 5
    assert not any("carried out" in each for each in queued)
    assert server.ids == ["held-1"]


@every_backend
def test_tasks_that_queue_are_told_that_nothing_was_sent(
    server: HoldingServer, backend: str
) -> None:
    async def main() -> None:
        client = AsyncClient(KEY, base_url=server.url, max_concurrency=1)
        async with anyio.create_task_group() as group:
            group.start_soon(outcomes.task, lambda: client.projects.get("held-1"))
            await anyio.to_thread.run_sync(server.until_asked)
            for _ in range(5):
                group.start_soon(outcomes.task, lambda: client.projects.create("new"))
            await anyio.lowlevel.checkpoint()
            began = time.monotonic()
            await client.aclose()
        assert time.monotonic() - began < AT_ONCE

    outcomes = Outcomes()
    anyio.run(main, backend=backend)
    assert len(outcomes.errors) == 6
    assert {type(each) for each in outcomes.errors} == {ClientClosedError}
    assert server.ids == ["held-1"]


@pytest.mark.parametrize("first", ["asyncio", "trio"])
def test_closing_on_one_loop_ends_what_is_under_way_on_another(
    server: HoldingServer, first: str
) -> None:
    outcomes = Outcomes()
    client = AsyncClient(KEY, base_url=server.url, max_concurrency=2)

    async def calls() -> None:
        async with anyio.create_task_group() as group:
            for project_id in ("later-1", "held-1", "held-2"):
                group.start_soon(outcomes.task, lambda id=project_id: client.projects.get(id))

    async def close() -> None:
        await client.projects.get("p1")
        await client.aclose()

    thread = threading.Thread(target=lambda: anyio.run(calls, backend=first))
    thread.start()
    server.until_asked(2)
    began = time.monotonic()
    asyncio.run(close())
    thread.join(PATIENCE)
    assert time.monotonic() - began < AT_ONCE
    assert [type(each) for each in outcomes.errors] == [ClientClosedError] * 3
    server.let_go.set()
    server.until(lambda: server.open == 0)


def test_a_connection_that_is_made_too_late_is_closed_unused(
    server: HoldingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    connecting, closed = threading.Event(), threading.Event()
    connect = socket.create_connection

    def slow(*args: Any, **kwargs: Any) -> socket.socket:
        connecting.set()
        assert closed.wait(PATIENCE)
        return connect(*args, **kwargs)

    monkeypatch.setattr(socket, "create_connection", slow)
    outcomes = Outcomes()
    client = Client(KEY, base_url=server.url)
    thread = outcomes.thread(lambda: client.projects.create("new"))
    assert connecting.wait(PATIENCE)
    client.close()
    closed.set()
    thread.join(PATIENCE)
    assert [type(each) for each in outcomes.errors] == [ClientClosedError]
    server.until(lambda: server.connections == 1 and server.open == 0)
    assert server.ids == []


def test_a_client_can_be_closed_by_a_call_of_its_own(drive: Driver, server: HoldingServer) -> None:
    client = drive.client(base_url=server.url, on_event=lambda _: None)
    seen: list[bool] = []
    copy = client.with_options(on_event=lambda _: seen.append(client.is_closed))
    assert drive(copy.projects.get("p1")).id == "p1"
    drive.close(copy)
    drive.close(client)
    drive.close(client)
    assert seen == [False]


def test_threads_that_come_as_it_is_closed_leave_nothing_behind(server: HoldingServer) -> None:
    """Whoever came late used to open connections that nobody closed."""
    for _ in range(30):
        outcomes = Outcomes()
        client = Client(KEY, base_url=server.url)
        together = threading.Barrier(4)

        def work(client: Client = client, together: threading.Barrier = together) -> None:
            together.wait(PATIENCE)
            client.projects.get("p1")

        threads = [outcomes.thread(work) for _ in range(3)]
        together.wait(PATIENCE)
        client.close()
        for thread in threads:
            thread.join(PATIENCE)
        assert {type(each) for each in outcomes.errors} <= {ClientClosedError}
        assert client._session.pools.open_pools == {}
        del client, work, threads
    gc.collect()
    server.until(lambda: server.open == 0)


def test_nothing_is_left_of_a_closed_client(drive: Driver, server: HoldingServer) -> None:
    drive(anyio.lowlevel.checkpoint() if drive.flavour == "async" else None)  # starts the loop
    sockets, threads = open_sockets(), other_threads()
    client = drive.client(base_url=server.url)
    drive(client.projects.get("p1"))
    server.until(lambda: server.open == 1)
    drive.close(client)
    server.until(lambda: server.open == 0)
    gone = other_threads() - threads - set(server._threads)
    assert gone == set()
    assert len(open_sockets() - sockets) <= 1  # the server's end of it


def test_the_thread_that_looks_a_name_up_is_gone_with_the_call(
    server: HoldingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking: list[str] = []
    noted = address_lookup(
        "server.example", lambda: looking.append(threading.current_thread().name)
    )
    monkeypatch.setattr(socket, "getaddrinfo", noted)
    url = server.url.replace("127.0.0.1", "server.example")
    with Client(KEY, base_url=url, allow_insecure_http=True) as client:
        assert client.projects.get("p1").id == "p1"
        assert looking == ["lookup of server.example"]
        assert not any("lookup" in each.name for each in other_threads())
