"""Programs for a Python of their own, where threads, forks and the end of the interpreter meet.

    python -W error programs.py NAME BASE_URL

Each prints nothing; what is wrong shows as a traceback and in the exit status.
"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable

import httpx
import pytest

from paperspace_projects import AsyncClient, Client, ClientClosedError

KEY = "test-key-0123456789"


def child_of(work: Callable[[], object]) -> None:
    """Fork, have the child do something, and wait for its end."""
    sys.stderr.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads and forks, from 3.12 on
        child = os.fork()
    if child == 0:
        faulthandler.dump_traceback_later(8, exit=True)
        try:
            work()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert status == 0, status


def ask(client: Client, *project_ids: str) -> None:
    for each in project_ids:
        assert client.projects.get(each).id == each


def kept_connection_stays_the_parents(url: str) -> None:
    client = Client(KEY, base_url=url, max_concurrency=1)
    ask(client, "parent-1")
    child_of(lambda: ask(client, "child-1", "child-2"))
    ask(client, "parent-2")

    def use_and_close() -> None:
        ask(client, "child-3")
        client.close()

    child_of(use_and_close)
    ask(client, "parent-3")
    child_of(client.close)  # without a call of its own
    ask(client, "parent-4")

    def drop() -> None:
        nonlocal client
        ask(client, "child-4")
        client.close()
        del client
        gc.collect()

    child_of(drop)
    ask(client, "parent-5")
    client.close()


def both_at_once(url: str) -> None:
    client = Client(KEY, base_url=url, max_concurrency=2)
    ask(client, "parent")
    failures: list[BaseException] = []

    def work() -> None:
        try:
            ask(client, *(f"parent-{number}" for number in range(40)))
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    for turn in range(4):
        child_of(lambda turn=turn: ask(client, *(f"child-{turn}-{x}" for x in range(5))))
    thread.join()
    assert failures == []
    client.close()


def while_a_thread_is_at_a_call(url: str) -> None:
    """Another thread has the only place, and waits for an answer; all locks are held."""
    client = Client(KEY, base_url=url, max_concurrency=1)
    ask(client, "parent-1")
    connections = client._session.pools
    (pool,) = connections.open_pools.values()
    answers: list[str] = []
    thread = threading.Thread(
        target=lambda: answers.append(client.projects.get("held-1").id), daemon=True
    )
    thread.start()
    while pool.limiter._semaphore._value:
        os.sched_yield()
    with connections._lock():
        child_of(lambda: ask(client, "child-1"))
    child_of(lambda: ask(client, "let-go"))
    thread.join()
    assert answers == ["held-1"]
    ask(client, "parent-2")
    client.close()


def with_an_http_client(url: str) -> None:
    def refused() -> None:
        for _ in range(2):  # not only the first time
            with pytest.raises(ClientClosedError, match="forked from: make a new client here"):
                client.projects.get("child")
        client.close()

    for given in (
        {"http_client": httpx.Client()},
        {"transport": httpx.HTTPTransport()},
    ):
        client = Client(KEY, base_url=url, **given)  # type: ignore[arg-type]
        ask(client, "parent-1")
        child_of(refused)
        ask(client, "parent-2")
        client.close()
        for each in given.values():
            each.close()


def unused_before(url: str) -> None:
    with httpx.Client() as http, Client(KEY, base_url=url, http_client=http) as client:
        child_of(lambda: ask(client, "child-1"))
        ask(client, "parent-1")


def async_fork(url: str) -> None:
    client = AsyncClient(KEY, base_url=url, max_concurrency=1)

    async def once(project_id: str) -> None:
        assert (await client.projects.get(project_id)).id == project_id

    async def parent() -> None:
        await once("parent-1")

        def child() -> None:
            asyncio.events._set_running_loop(None)
            asyncio.run(once("child-1"))
            asyncio.run(client.aclose())

        child_of(child)
        await once("parent-2")
        await client.aclose()

    asyncio.run(parent())


MODULE_LEVEL: list[object] = []


def unclosed_at_the_end(url: str) -> None:
    warnings.simplefilter("default")  # as it is for users
    warnings.simplefilter("ignore", ResourceWarning)
    client = Client(KEY, base_url=url)
    ask(client, "p1")
    other = AsyncClient(KEY, base_url=url)
    asyncio.run(other.projects.get("p2"))  # type: ignore[arg-type]
    MODULE_LEVEL.extend([client, other])


def interrupted_at_the_end(url: str) -> None:
    """What Ctrl-C ends says that, and nothing else."""
    client = Client(KEY, base_url=url)
    MODULE_LEVEL.append(client)
    warnings.simplefilter("ignore", ResourceWarning)
    ask(client, "p1")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        signal.raise_signal(signal.SIGINT)
        ask(client, "p2")
    except KeyboardInterrupt:
        pass
    ask(client, "p3")


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
