"""Executors keep to the limits. Where one fails, what was read comes first, then a typed error."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import anyio
import msgspec
import pytest
from inventory.elsewhere import die
from inventory.taking import PATIENCE, Taker

from paperspace_projects import (
    AsyncClient,
    Client,
    DeadlineExceededError,
    ExecutorError,
    NotFoundError,
    PaperspaceError,
    ProjectFailure,
)
from paperspace_projects.inventory import remote_worker

KEY = "key-of-a-team-QXZk"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It is found in the environment, and the clients of this process are closed."""
    monkeypatch.setenv("PAPERSPACE_API_KEY", KEY)
    yield
    for *_, client in remote_worker._CLIENTS:
        client.close()
    remote_worker._CLIENTS.clear()


class Served:
    """A real server of so many projects, each of which has a tag.

    It answers no request for tags before `at_a_time` of them are there.
    """

    def __init__(self, count: int, at_a_time: int = 1) -> None:
        self.count = count
        self.projects: list[dict[str, Any]] = [
            {"id": f"p{number}", "name": str(number)} for number in range(count)
        ]
        self.at_a_time = at_a_time
        self.active = self.peak = 0
        self._changed = threading.Condition()
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                content = json.dumps(served.answer(self.path)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path: str) -> object:
        parts = path.partition("?")[0].split("/")[2:]
        with self._changed:
            self.active += 1
            self.peak = max(self.peak, self.active)
            self._changed.notify_all()
            if len(parts) > 1 and self.peak < self.at_a_time:
                assert self._changed.wait_for(lambda: self.peak >= self.at_a_time, PATIENCE)
            self.active -= 1
        match parts:
            case []:
                return {"items": self.projects, "hasMore": False, "nextPage": None}
            case [project]:
                return next(each for each in self.projects if each["id"] == project)
            case _:
                return ["a tag"]


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    servers: list[Served] = []

    def start(count: int = 13, at_a_time: int = 1) -> Served:
        served = Served(count, at_a_time)
        servers.append(served)
        threading.Thread(target=served.server.serve_forever, daemon=True).start()
        return served

    yield start
    for each in servers:
        each.server.shutdown()
        each.server.server_close()


def client_of(taker: Taker, served: Served, **options: Any) -> Any:
    """A client of real time, with a key of its own finding."""
    kind = Client if taker.flavour == "sync" else AsyncClient
    return kind(base_url=served.url, **options)


def names(*numbers: int) -> list[str]:
    return [str(number) for number in numbers]


class Here(Executor):
    """Does each batch at once, or else what `instead` gives for its number."""

    def __init__(self, instead: Callable[[int, Future[Any]], object] | None = None) -> None:
        self.instead = instead
        self.batches: list[Any] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.batches.append(args[0])
        future.set_running_or_notify_cancel()
        if self.instead is None or not self.instead(len(self.batches), future):
            future.set_result(fn(*args, **kwargs))
        return future


@pytest.mark.parametrize(
    ("concurrency", "most"), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 4), (7, 4), (8, 8), (11, 8)]
)
def test_concurrency_is_the_limit_for_all_workers_together(
    taker: Taker, serve: Callable[..., Served], concurrency: int, most: int
) -> None:
    served = serve(24, at_a_time=most)
    with ThreadPoolExecutor(8) as pool:
        taken = taker.take(
            client_of(taker, served), include=["tags"], executor=pool, concurrency=concurrency
        )
    assert len(taken.results) == 24
    assert served.peak == most


@pytest.mark.parametrize("in_order", [False, True])
def test_what_was_read_when_the_time_is_over_comes_first(
    taker: Taker, serve: Callable[..., Served], in_order: bool
) -> None:
    """The first batch is stuck; those after it are done."""
    executor = Here(lambda number, _: number == 1)
    taken = taker.take(
        client_of(taker, serve(), deadline=1),
        include=[],
        executor=executor,
        concurrency=16,
        in_order=in_order,
    )
    assert taken.names == names(*range(4, 13))
    assert isinstance(taken.error, DeadlineExceededError)
    assert "9 projects are done" in str(taken.error)


def test_what_a_batch_has_read_when_its_time_is_over_comes_first(
    taker: Taker, serve: Callable[..., Served]
) -> None:
    def half(_: int, future: Future[Any]) -> bool:
        batch = executor.batches[-1]
        first = msgspec.structs.replace(batch, projects=batch.projects[:2])
        done = remote_worker.read_batch(first)
        over = DeadlineExceededError("over", operation="inventory", method="GET", path="/projects")
        future.set_result(msgspec.structs.replace(done, error=over))
        return True

    executor = Here(half)
    client = client_of(taker, serve(), deadline=1000)
    taken = taker.take(client, include=[], executor=executor, concurrency=4)
    assert taken.names == names(0, 1)
    assert isinstance(taken.error, DeadlineExceededError)
    assert "2 projects are done" in str(taken.error)
    assert 990 < executor.batches[0].deadline < 1000  # what it gives is to come in time


def test_an_executor_that_is_shut_down_ends_it_after_what_was_begun(
    taker: Taker, serve: Callable[..., Served]
) -> None:
    pool = ThreadPoolExecutor(2)
    taken = taker.take(
        client_of(taker, serve()),
        include=[],
        executor=pool,
        concurrency=4,
        look=lambda _: pool.shutdown(),
    )
    assert taken.names == names(*range(8))
    assert isinstance(taken.error, ExecutorError)
    assert isinstance(taken.error, PaperspaceError)
    assert isinstance(taken.error.__cause__, RuntimeError)
    assert "after shutdown" in str(taken.error)
    taken = taker.take(client_of(taker, serve()), executor=pool)
    assert (taken.results, type(taken.error)) == ([], ExecutorError)


def test_a_future_that_gives_something_else_is_the_executors_error(
    taker: Taker, serve: Callable[..., Served]
) -> None:
    def junk(number: int, future: Future[Any]) -> bool:
        if number == 2:
            future.set_result(None)
        return number == 2

    client = client_of(taker, serve())
    taken = taker.take(client, include=[], executor=Here(junk), concurrency=4)
    assert taken.names == names(*range(4))
    assert isinstance(taken.error, ExecutorError)
    assert "a future gave a NoneType" in str(taken.error)


def test_a_pool_whose_process_dies_ends_it_after_what_was_read(
    taker: Taker, serve: Callable[..., Served]
) -> None:
    class Dying(Executor):
        """At the third batch, a process of it dies."""

        count = 0

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            self.count += 1
            return pool.submit(die if self.count == 3 else fn, *args, **kwargs)

    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        client = client_of(taker, serve())
        taken = taker.take(client, include=[], executor=Dying(), concurrency=4)
    assert taken.names == names(*range(8))
    assert isinstance(taken.error, ExecutorError)
    assert "BrokenProcessPool" in str(taken.error)


def test_futures_that_are_cancelled_by_others_are_not_waited_for(
    taker: Taker, serve: Callable[..., Served]
) -> None:
    """As a pool does that is shut down with `cancel_futures=True` while they are waited for."""
    begun: list[threading.Thread] = []

    def cancel_soon(_: int, future: Future[Any]) -> bool:
        future.__init__()  # type: ignore[misc] -- as one that was not begun
        begun.append(threading.Thread(target=future.cancel))
        begun[-1].start()
        return True

    taken = taker.take(client_of(taker, serve()), executor=Here(cancel_soon))
    assert (taken.results, type(taken.error)) == ([], ExecutorError)
    begun[0].join()


def test_a_task_that_waits_for_an_executor_that_is_stuck_can_be_cancelled(
    serve: Callable[..., Served],
) -> None:
    """By asyncio's own means, which cancel once alone."""
    taker = Taker("asyncio")

    async def run() -> None:
        client = client_of(taker, serve())
        submitted = asyncio.Event()
        stuck = Here(lambda *_: submitted.set() or True)

        async def go_through() -> None:
            async with client:
                async for _ in client.inventory(["p1"], executor=stuck):
                    raise AssertionError

        task = asyncio.create_task(go_through())
        await submitted.wait()
        await anyio.wait_all_tasks_blocked()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    taker.run(run)


class TheirError(Exception):
    """What the package of an executor has for its failures."""


@pytest.mark.parametrize("in_order", [False, True])
@pytest.mark.parametrize("fails", ["cancelled", "lost", "raised"])
def test_where_a_batch_is_lost_the_others_come_first(
    taker: Taker, serve: Callable[..., Served], fails: str, in_order: bool
) -> None:
    error: Exception = TheirError("lost") if fails == "lost" else ZeroDivisionError("in it")

    def fail(number: int, future: Future[Any]) -> bool:
        if number != 2:
            return False
        if fails == "cancelled":
            future.__init__()  # type: ignore[misc] -- as one that was not begun
            future.cancel()
        else:
            future.set_exception(error)
        return True

    results: list[Any] = []
    client = client_of(taker, serve())
    options = {"include": [], "executor": Here(fail), "concurrency": 16, "in_order": in_order}
    if fails == "raised":
        with pytest.raises(ZeroDivisionError, match="in it"):
            taker.take(client, look=results.append, **options)
    else:
        taken = taker.take(client, look=results.append, **options)
        assert isinstance(taken.error, ExecutorError)
        assert fails == "cancelled" or taken.error.__cause__ is error
    assert sorted(each.project.name for each in results) == sorted(names(*range(4), *range(8, 13)))


def test_each_project_comes_once_and_none_that_was_deleted(
    taker: Taker, serve: Callable[..., Served]
) -> None:
    served = serve(4)
    served.projects[1]["dtDeleted"] = "2026-03-18T12:00:00Z"
    served.projects *= 2
    taken = taker.take(client_of(taker, served), executor=Here(), include=[], in_order=True)
    assert (taken.names, taken.errors) == (names(0, 2, 3), [])

    ids = ["p0", "p1", "p3"]
    taken = taker.take(client_of(taker, served), ids, executor=Here(), include=[], in_order=True)
    first, gone, last = taken.results
    assert (first.project.name, last.project.name) == ("0", "3")
    assert isinstance(gone, ProjectFailure)
    assert isinstance(gone.error, NotFoundError)
    assert gone.is_gone
