"""The workloads: one candidate carries out one of them in a fresh process.

A workload does not inspect results, except to check that they are complete.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncIterable, Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from .candidate import Candidate
from .candidates import PAGE, PART, PARTS

CONCURRENCY = 20
WARM_UP = 20
GETS = 500
MANY = 2_000
LISTED = 100 * PAGE
PREFETCHED = 30 * PAGE
CALLERS_WORK = 0.01
"""Seconds that the caller spends on a page."""
LATENCY = 0.02
FAN_OUT = 200
FAN_OUT_LIMIT = FAN_OUT * len(PARTS) * LATENCY / CONCURRENCY
"""Seconds of latency alone."""

Roots = dict[str, str]
"""The server's URL for each latency, in seconds as text."""


def root(roots: Roots, items: int, latency: float = 0.0) -> str:
    """The URL of an API with this number of items."""
    return f"{roots[str(float(latency))]}/of-{items}"


def get(client: Any) -> None:
    """One GET after another."""
    for number in range(GETS):
        client.get(number)


def list_all(client: Any, items: int = LISTED) -> None:
    """A listing of 12,000 in 100 pages."""
    assert _count(client.list_all()) == items


async def list_all_async(client: Any, items: int = LISTED) -> None:
    """The same, async."""
    assert await _acount(client.list_all()) == items


async def tasks(client: Any) -> None:
    """2,000 GETs, 20 at a time."""
    await _concurrently(client.get(number) for number in range(MANY))


def threads(client: Any) -> None:
    """2,000 GETs in 20 threads."""
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        assert _count(pool.map(client.get, range(MANY))) == MANY


async def fan_out(client: Any) -> None:
    """Four small lists of each of 200 projects, at 20 ms, 20 at a time."""
    if hasattr(client, "read_parts"):
        assert await client.read_parts(FAN_OUT, CONCURRENCY) == FAN_OUT
        return
    parts = await _concurrently(client.list_part(*unit) for unit in _units())
    assert {len(part) for part in parts} == {PART}


def fan_out_threads(client: Any) -> None:
    """The same, in threads."""
    if hasattr(client, "read_parts"):
        assert client.read_parts(FAN_OUT, CONCURRENCY) == FAN_OUT
        return
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        parts = list(pool.map(client.list_part, *zip(*_units(), strict=True)))
    assert {len(part) for part in parts} == {PART}


def prefetch(client: Any) -> None:
    """30 pages at 20 ms, with a caller that works 10 ms on each."""
    for count, _ in enumerate(getattr(client, "list_prefetching", client.list_all)(), 1):
        if count % PAGE == 0:
            time.sleep(CALLERS_WORK)
    assert count == PREFETCHED


async def prefetch_async(client: Any) -> None:
    """The same, async."""
    count = 0
    async for _ in getattr(client, "list_prefetching", client.list_all)():
        count += 1
        if count % PAGE == 0:
            await asyncio.sleep(CALLERS_WORK)
    assert count == PREFETCHED


def _units() -> Iterator[tuple[int, int]]:
    """The small lists of a fan-out: the number of a project, and which list."""
    return ((number, kind) for number in range(FAN_OUT) for kind in range(len(PARTS)))


def _count(items: Iterable[object]) -> int:
    return sum(1 for _ in items)


async def _acount(items: AsyncIterable[object]) -> int:
    count = 0
    async for _ in items:
        count += 1
    return count


async def _concurrently(calls: Iterator[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Make calls, 20 at a time; returns their results in any order."""
    found: list[Any] = []

    async def caller() -> None:
        for call in calls:
            found.append(await call)

    await asyncio.gather(*(caller() for _ in range(CONCURRENCY)))
    return found


@dataclass(frozen=True)
class Workload:
    """A workload with the number of items that it needs, and the server's latency in seconds."""

    run: Callable[[Any], Any]
    items: int = LISTED
    latency: float = 0.0


WORKLOADS = {
    "get": Workload(get),
    "list": Workload(list_all),
    "list-async": Workload(list_all_async),
    "tasks": Workload(tasks),
    "threads": Workload(threads),
    "fan-out": Workload(fan_out, latency=LATENCY),
    "fan-out-threads": Workload(fan_out_threads, latency=LATENCY),
    "prefetch": Workload(prefetch, PREFETCHED, LATENCY),
    "prefetch-async": Workload(prefetch_async, PREFETCHED, LATENCY),
}


def measure(name: str, candidate: Candidate, roots: Roots) -> float | None:
    """A figure: seconds, or for `memory` megabytes; None if the candidate has no such client."""
    if name == "memory":
        return memory(candidate, roots)
    workload = WORKLOADS[name]
    return _timed(candidate, root(roots, workload.items, workload.latency), workload.run)


def memory(candidate: Candidate, roots: Roots) -> float:
    """Megabytes that the peak grows by, from streaming 1,200 items to streaming 120,000."""
    peaks: list[float] = []
    run = list_all if candidate.client("Sync") else list_all_async
    for items in (10 * PAGE, 1000 * PAGE):
        _timed(candidate, root(roots, items), partial(run, items=items))
        peaks.append(_peak())
    return peaks[1] - peaks[0]


def _peak() -> float:
    """The peak memory of this process, in megabytes.

    `resource.getrusage` may return the peak of the parent process instead.
    """
    (line,) = (x for x in Path("/proc/self/status").read_text().split("\n") if "VmHWM" in x)
    return int(line.split()[1]) / 1024


def _timed(candidate: Candidate, url: str, run: Callable[[Any], Any]) -> float | None:
    """Seconds that `run` takes with a client that has made calls; None without such a client."""
    is_async = inspect.iscoroutinefunction(run)
    opens = candidate.client("Async" if is_async else "Sync")
    if opens is None:
        return None
    if is_async:
        return asyncio.run(_timed_async(opens, url, run))
    client = opens(url)
    for number in range(WARM_UP):
        client.get(number)
    began = time.perf_counter()
    run(client)
    seconds = time.perf_counter() - began
    client.close()
    return seconds


async def _timed_async(opens: Callable[[str], Any], url: str, run: Callable[[Any], Any]) -> float:
    client = opens(url)
    for number in range(WARM_UP):
        await client.get(number)
    began = time.perf_counter()
    await run(client)
    seconds = time.perf_counter() - began
    await client.close()
    return seconds
