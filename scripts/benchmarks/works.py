"""The work that is measured. Each is done in a fresh process, by one candidate.

A work gives seconds, but for the one that gives megabytes; and None where a candidate has no client
of that kind. It looks at what came only as far as to be sure that all of it did.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterable, Awaitable, Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from .candidate import AsyncClient, Candidate, SyncClient
from .terms import PAGE, PART, PARTS

AT_A_TIME = 20
GETS = 500
MANY = 2_000
LISTED = 100 * PAGE
WALKS = 3
"""So often the listing is gone through in one process."""
AHEAD = 30 * PAGE
CALLERS_WORK = 0.01
"""Seconds that the caller works on a page."""
LATENCY = 0.02
FAN_OUT = 200
FAN_OUT_LIMIT = FAN_OUT * len(PARTS) * LATENCY / AT_A_TIME
"""Seconds: requests by latency ÷ at a time."""

Roots = dict[str, str]
"""The server's URL for each latency, in seconds as text."""


def root(roots: Roots, items: int, latency: float = 0.0) -> str:
    """The URL of an API that has so many items."""
    return f"{roots[str(float(latency))]}/of-{items}"


def get(candidate: Candidate, roots: Roots) -> float | None:
    """One GET after another."""
    opens = candidate.sync()
    if opens is None:
        return None
    client = opens(root(roots, LISTED))
    for number in range(20):
        client.get(number)
    began = time.perf_counter()
    for number in range(GETS):
        client.get(number)
    return _ended(began, client)


def everything(candidate: Candidate, roots: Roots) -> float | None:
    """A listing of 12,000 in 100 pages."""
    opens = candidate.sync()
    if opens is None:
        return None
    client = opens(root(roots, LISTED))
    client.get(1)
    seconds: list[float] = []
    for _ in range(WALKS):
        began = time.perf_counter()
        assert _count(client.everything()) == LISTED
        seconds.append(time.perf_counter() - began)
    client.close()
    return median(seconds)


def everything_async(candidate: Candidate, roots: Roots) -> float | None:
    """The same, async."""

    async def work(client: AsyncClient) -> None:
        for _ in range(WALKS):
            assert await _acount(client.everything()) == LISTED

    seconds = _timed(candidate, root(roots, LISTED), work)
    return None if seconds is None else seconds / WALKS


def tasks(candidate: Candidate, roots: Roots) -> float | None:
    """2,000 GETs, 20 at a time."""

    async def work(client: AsyncClient) -> None:
        await _taking_turns(client.get(number) for number in range(MANY))

    opens: Any = candidate.sync()
    if hasattr(opens, "many"):
        client = opens(root(roots, LISTED))
        began = time.perf_counter()
        client.many(MANY, AT_A_TIME)
        return _ended(began, client)
    return _timed(candidate, root(roots, LISTED), work)


def threads(candidate: Candidate, roots: Roots) -> float | None:
    """2,000 GETs, 20 threads at a time."""
    opens = candidate.sync()
    if opens is None or hasattr(opens, "many"):
        return None
    client = opens(root(roots, LISTED))
    client.get(1)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        began = time.perf_counter()
        assert _count(pool.map(client.get, range(MANY))) == MANY
        return _ended(began, client)


def fan_out(candidate: Candidate, roots: Roots) -> float | None:
    """Four small lists of each of 200 projects, at 20 ms, 20 at a time."""

    async def work(client: AsyncClient) -> None:
        whole: Callable[[int, int], Awaitable[int]] | None = getattr(client, "fan_out", None)
        if whole is not None:
            assert await whole(FAN_OUT, AT_A_TIME) == FAN_OUT
            return
        parts = await _taking_turns(client.part(*unit) for unit in _units())
        assert {len(part) for part in parts} == {PART}

    return _timed(candidate, root(roots, LISTED, LATENCY), work)


def fan_out_threads(candidate: Candidate, roots: Roots) -> float | None:
    """The same, by threads."""
    opens = candidate.sync()
    if opens is None or hasattr(opens, "many"):
        return None
    client = opens(root(roots, LISTED, LATENCY))
    client.get(1)
    whole: Callable[[int, int], int] | None = getattr(client, "fan_out", None)
    if whole is not None:
        began = time.perf_counter()
        assert whole(FAN_OUT, AT_A_TIME) == FAN_OUT
        return _ended(began, client)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        began = time.perf_counter()
        parts = list(pool.map(client.part, *zip(*_units(), strict=True)))
        assert {len(part) for part in parts} == {PART}
        return _ended(began, client)


def ahead(candidate: Candidate, roots: Roots) -> float | None:
    """30 pages at 20 ms, the caller working 10 ms on each."""
    opens = candidate.sync()
    if opens is None or hasattr(opens, "many"):
        return None
    client = opens(root(roots, AHEAD, LATENCY))
    client.get(1)
    began = time.perf_counter()
    for count, _ in enumerate(getattr(client, "everything_ahead", client.everything)(), 1):
        if count % PAGE == 0:
            time.sleep(CALLERS_WORK)
    assert count == AHEAD
    return _ended(began, client)


def ahead_async(candidate: Candidate, roots: Roots) -> float | None:
    """The same, async."""

    async def work(client: AsyncClient) -> None:
        count = 0
        async for _ in getattr(client, "everything_ahead", client.everything)():
            count += 1
            if count % PAGE == 0:
                await asyncio.sleep(CALLERS_WORK)
        assert count == AHEAD

    return _timed(candidate, root(roots, AHEAD, LATENCY), work)


def memory(candidate: Candidate, roots: Roots) -> float | None:
    """Megabytes that the peak grows by, from streaming 1,200 items to streaming 120,000."""
    few, many = 10 * PAGE, 1000 * PAGE
    opens = candidate.sync()
    if opens is None:
        return _memory_of_tasks(candidate, roots, few, many)
    client = opens(root(roots, few))
    assert _count(client.everything()) == few
    client.close()
    before = _peak()
    client = opens(root(roots, many))
    assert _count(client.everything()) == many
    client.close()
    return _peak() - before


def _memory_of_tasks(candidate: Candidate, roots: Roots, few: int, many: int) -> float | None:
    peaks: list[float] = []
    for items in (few, many):

        async def work(client: AsyncClient, items: int = items) -> None:
            assert await _acount(client.everything()) == items

        if _timed(candidate, root(roots, items), work) is None:
            return None
        peaks.append(_peak())
    return peaks[1] - peaks[0]


def _peak() -> float:
    """The most memory that this process has had, in megabytes.

    Not `resource.getrusage`: what that gives may be the peak of the process that started this one.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not tell the peak of a process")


def _units() -> Iterator[tuple[int, int]]:
    """What a fan-out consists of: the number of a project, and which of its lists."""
    return ((number, kind) for number in range(FAN_OUT) for kind in range(len(PARTS)))


def _count(items: Iterable[object]) -> int:
    count = 0
    for _ in items:
        count += 1
    return count


async def _acount(items: AsyncIterable[object]) -> int:
    count = 0
    async for _ in items:
        count += 1
    return count


async def _taking_turns(calls: Iterator[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Make calls, so many at a time; gives what they gave, in any order."""
    found: list[Any] = []

    async def caller() -> None:
        for call in calls:
            found.append(await call)

    await asyncio.gather(*(caller() for _ in range(AT_A_TIME)))
    return found


def _timed(
    candidate: Candidate, url: str, work: Callable[[AsyncClient], Awaitable[None]]
) -> float | None:
    """Seconds that a work takes a client that has made a call before."""
    opens = candidate.aio()
    if opens is None:
        return None

    async def main() -> float:
        client = opens(url)
        await client.get(1)
        began = time.perf_counter()
        await work(client)
        seconds = time.perf_counter() - began
        await client.close()
        return seconds

    return asyncio.run(main())


def _ended(began: float, client: SyncClient) -> float:
    seconds = time.perf_counter() - began
    client.close()
    return seconds


WORKS: dict[str, Callable[[Candidate, Roots], float | None]] = {
    "get": get,
    "list": everything,
    "list-async": everything_async,
    "tasks": tasks,
    "threads": threads,
    "fan-out": fan_out,
    "fan-out-threads": fan_out_threads,
    "ahead": ahead,
    "ahead-async": ahead_async,
    "memory": memory,
}
