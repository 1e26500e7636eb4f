"""Calls end with their deadline, and with their client; connections end with their event loop."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from support.driving import FLAVOURS, KEY, Flavour
from support.insides import connections_of
from support.systems import needs
from transport.lifecycles.slow_servers import SlowServer, in_drops, never, serving, wait_long, well

from paperspace_projects import (
    APITimeoutError,
    AsyncClient,
    Client,
    ClientClosedError,
    DeadlineExceededError,
    OutcomeUnknownError,
    RetryPolicy,
)

ONCE = RetryPolicy(max_attempts=1)
NOISE = 0.25
"""Seconds that a busy machine may take on top."""

SLOW: dict[str, Callable[[SlowServer, Any], bool]] = {
    "silence": never,
    "drops of a head": in_drops(b"HTTP/1.1 200 OK\r\n"),
    "drops of a body": in_drops(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n"),
}
every_flavour = pytest.mark.parametrize("flavour", FLAVOURS)
every_slowness = pytest.mark.parametrize("behave", SLOW.values(), ids=SLOW)


def run(flavour: Flavour, url: str, call: Callable[[Any], Any], **options: Any) -> Any:
    """What a call on a new client gives; the client is closed after it."""
    if flavour == "sync":
        with Client(KEY, base_url=url, **options) as client:
            return call(client)

    async def running() -> Any:
        async with AsyncClient(KEY, base_url=url, **options) as client:
            return await call(client)

    return asyncio.run(running())


def get(client: Any) -> Any:
    return client.projects.get("p1")


def create(client: Any) -> Any:
    return client.projects.create("new")


@every_flavour
@every_slowness
def test_a_call_ends_with_its_deadline(
    flavour: Flavour, behave: Callable[[SlowServer, Any], bool]
) -> None:
    with serving(behave) as server:
        began = time.monotonic()
        with pytest.raises(DeadlineExceededError):
            run(flavour, server.url, get, deadline=0.3)
        assert 0.29 < time.monotonic() - began < 0.3 + NOISE


@every_flavour
@every_slowness
def test_a_timeout_limits_the_whole_attempt(
    flavour: Flavour, behave: Callable[[SlowServer, Any], bool]
) -> None:
    with serving(behave) as server:
        began = time.monotonic()
        with pytest.raises(APITimeoutError):
            run(flavour, server.url, get, timeout=0.3, retry=ONCE)
        assert 0.29 < time.monotonic() - began < 0.3 + NOISE


@every_flavour
@every_slowness
def test_a_write_that_runs_out_of_time_has_an_unknown_outcome(
    flavour: Flavour, behave: Callable[[SlowServer, Any], bool]
) -> None:
    with serving(behave) as server:
        with pytest.raises(OutcomeUnknownError):
            run(flavour, server.url, create, deadline=0.2)
        assert len(server.requests) == 1


def test_a_lookup_of_a_name_that_hangs_ends_with_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over = threading.Event()
    real = __import__("socket").getaddrinfo

    def hanging(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "slow.example" and not kwargs.get("flags"):
            over.wait()
        return real("127.0.0.1" if kwargs.get("flags") is None else host, *args, **kwargs)

    monkeypatch.setattr("socket.getaddrinfo", hanging)
    began = time.monotonic()
    with pytest.raises(DeadlineExceededError):
        run("sync", "http://slow.example/v1", create, deadline=0.2, allow_insecure_http=True)
    assert time.monotonic() - began < 0.2 + NOISE
    over.set()


@pytest.mark.parametrize("behave", [never, wait_long], ids=["reading", "waiting"])
@pytest.mark.parametrize("call", [get, create], ids=["read", "write"])
def test_closing_ends_what_other_threads_are_at(
    behave: Callable[[SlowServer, Any], bool], call: Callable[[Any], Any]
) -> None:
    with serving(behave) as server:
        client = Client(KEY, base_url=server.url, max_concurrency=1)
        errors: list[Exception] = []

        def work() -> None:
            try:
                call(client)
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        assert server.came.wait(5)
        client.close()
        for thread in threads:
            thread.join(5)
        assert [type(error) for error in errors] == [ClientClosedError] * 3
        told = [error for error in errors if "during the call" in str(error)]
        if behave is never:
            (error,) = told
            assert ("projects.find(name)" in str(error)) == (call is create)


@pytest.mark.parametrize("behave", [never, wait_long], ids=["reading", "waiting"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_closing_ends_what_other_tasks_are_at(
    behave: Callable[[SlowServer, Any], bool], backend: str
) -> None:
    async def main(server: SlowServer) -> list[Exception]:
        client = AsyncClient(KEY, base_url=server.url, max_concurrency=1)
        errors: list[Exception] = []

        async def work() -> None:
            try:
                await create(client)
            except Exception as error:
                errors.append(error)

        with anyio.fail_after(5):
            async with anyio.create_task_group() as group:
                for _ in range(3):
                    group.start_soon(work)
                await anyio.to_thread.run_sync(server.came.wait)
                await client.aclose()
        return errors

    with serving(behave) as server:
        errors = anyio.run(main, server, backend=backend)
        assert [type(error) for error in errors] == [ClientClosedError] * 3


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_call_leaves_nothing_behind(backend: str) -> None:
    async def main(slow: SlowServer) -> None:
        async with AsyncClient(KEY, base_url=slow.url, max_concurrency=1) as client:
            for _ in range(5):
                with anyio.move_on_after(0.02):
                    await get(client)
            (pool,) = client._session.pools.open_pools.values()
            assert connections_of(pool) == []
            with anyio.fail_after(1):
                await pool.limiter.acquire(None)

    with serving(in_drops(b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n")) as server:
        anyio.run(main, server, backend=backend)


def test_a_client_is_usable_on_one_event_loop_after_the_other() -> None:
    with serving(well) as server:
        client = AsyncClient(KEY, base_url=server.url)
        assert asyncio.run(get(client)).id == "p1"
        assert asyncio.run(get(client)).id == "p1"
        assert anyio.run(get, client, backend="trio").id == "p1"
        asyncio.run(client.aclose())
        assert client.is_closed
        assert server.connections == 3


def test_the_connections_of_a_loop_are_closed_at_its_end() -> None:
    needs("/proc/self/fd")
    with serving(well) as server:
        client = AsyncClient(KEY, base_url=server.url)
        before = len(os.listdir("/proc/self/fd"))
        asyncio.run(get(client))
        gc.collect()
        assert len(os.listdir("/proc/self/fd")) - before <= 1  # the server's end may still close
        asyncio.run(client.aclose())


FORKING = """
import os, sys, threading
from paperspace_projects import Client

client = Client("key", base_url=sys.argv[1], max_concurrency=1)
client.projects.get("p1")
lock = client._session.pools._locks[os.getpid()]
(pool,) = client._session.pools.open_pools.values()
pool.limiter.acquire(None)  # as if another thread had a request under way
lock.acquire()
child = os.fork()
if child == 0:
    assert client.projects.get("p1").id == "p1"
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
lock.release()
pool.limiter.release()
assert client.projects.get("p1").id == "p1"
client.close()
"""
LEAVING = """
import asyncio, sys
from paperspace_projects import AsyncClient, Client

client = Client("key", base_url=sys.argv[1])
client.projects.get("p1")
other = AsyncClient("key", base_url=sys.argv[1])
asyncio.run(other.projects.get("p1"))
"""


def program(text: str, url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", text, url], capture_output=True, text=True, timeout=20, check=False
    )


def test_a_fork_gets_connections_of_its_own_whatever_was_locked() -> None:
    needs("forks")
    with serving(well) as server:
        done = program(FORKING, server.url)
        assert (done.returncode, done.stderr) == (0, "")
        assert server.connections == 2


def test_a_program_that_ends_without_closing_says_nothing_ugly() -> None:
    with serving(well) as server:
        done = program(LEAVING, server.url)
        assert (done.returncode, done.stderr) == (0, "")


def warnings_of(use: Callable[[], object]) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        use()
        gc.collect()
    return [str(each.message) for each in caught if each.category is ResourceWarning]


@every_flavour
def test_a_client_that_was_used_and_not_closed_warns_once(flavour: Flavour) -> None:
    def use() -> None:
        if flavour == "sync":
            client = Client(KEY, base_url=server.url)
            get(client.with_options(deadline=5))
            get(client)
        else:
            other = AsyncClient(KEY, base_url=server.url)
            asyncio.run(get(other.with_options(deadline=5)))

    with serving(well) as server:
        (warning,) = warnings_of(use)
    assert "was not closed" in warning
    assert "`with` block" in warning or "`async with` block" in warning


@every_flavour
def test_a_client_that_was_not_used_or_was_closed_does_not_warn(flavour: Flavour) -> None:
    with serving(well) as server:
        assert warnings_of(lambda: run(flavour, server.url, get)) == []
        assert warnings_of(lambda: repr(Client(KEY))) == []
