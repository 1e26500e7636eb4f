"""`nox -s soak`: many mixed calls by threads, then by tasks, while one request in ten fails.

Each worker has its own project, and a model of its contents. Nothing may be duplicated or lost, a
success must be this call's own, every error must be a `PaperspaceError`, and no thread, socket or
file may stay open. Exit code 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import gc
import inspect
import os
import random
import resource
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import anyio

from paperspace_projects import (
    APIError,
    AsyncClient,
    AttemptEvent,
    Client,
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    PaperspaceError,
    RetryPolicy,
    ServerError,
)
from paperspace_projects.testing import Dialect, Emulator, Fault, FaultPlan

from .server import serving

QUICK = RetryPolicy(initial_wait=0.002, max_wait=0.02)
FAULTS = (
    *(Fault.status(429, retry_after=0), Fault.status(500), Fault.status(500, when="after")),
    Fault.status(502, body="<html>Bad Gateway</html>", content_type="text/html", when="after"),
    *(Fault.status(503), Fault.status(503, retry_after=0)),
    *(Fault.status(503, retry_after=0, when="after"), Fault.status(504, when="after")),
    *(Fault.drop(), Fault.drop(when="after"), Fault.reset(), Fault.reset(when="after")),
    Fault.cut_off(),
)
DIALECTS: tuple[Dialect, ...] = ("contract", "live")
KEYS = 6
"""Names of each kind that a worker uses: few, so that it meets them again."""

Steps = Generator[Callable[[], Any], Any, None]


class Tally:
    """The outcomes of all workers, in lists, which threads may append to concurrently."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []
        self.problems: list[str] = []

    def note(self, outcome: object) -> None:
        is_error = isinstance(outcome, BaseException)
        self.outcomes.append(type(outcome).__name__ if is_error else "success")
        if is_error and not isinstance(outcome, PaperspaceError):
            self.problems.append(f"not a PaperspaceError: {outcome!r}")


class Worker:
    """Works on one project, and records what it must contain."""

    def __init__(self, number: int, calls: int, seed: int, tally: Tally) -> None:
        self.number = number
        self.tally = tally
        self.wrong = tally.problems.append
        self.draw = random.Random(f"{seed} {number}")
        self.left = calls
        self.id = ""
        kinds = ("tags", "secrets", "collaborators", "models")
        self.holds: dict[str, set[str]] = {kind: set() for kind in kinds}
        self.values: dict[str, str | None] = {}
        self.failed_before = False
        """Whether an attempt of the current call has failed."""
        self.name = f"worker {number}"
        self.extra = 0

    def on_event(self, event: AttemptEvent) -> None:
        """Record a failed attempt that may have been applied."""
        if event.wait is not None and event.status_code not in (425, 429):
            self.failed_before = True

    def calls(self, client: Any) -> Steps:
        """The calls of this worker, counted. Each is sent its result or its exception."""
        steps, outcome = self._steps(client.with_options(on_event=self.on_event)), None
        with suppress(StopIteration):
            while True:
                call = steps.send(outcome)
                self.left -= 1
                self.failed_before = False
                outcome = yield call
                self.tally.note(outcome)

    def _steps(self, client: Any) -> Steps:
        while not self.id:
            made = yield lambda: client.projects.ensure(self.name)
            if not isinstance(made, Exception):
                self.id = made.id
        scope = client.project(self.id)
        steps = (self.add, self.add, self.add, self.remove, self.remove, self.read, self.rewrite)
        while self.left > 0:
            yield from self.draw.choice(steps)(scope, self.draw.choice(sorted(self.holds)))
            if self.draw.random() < 0.02:
                yield from self.one_more(client)

    def add(self, scope: Any, kind: str) -> Steps:
        key, part, there = self.pick(scope, kind)
        value = f"value {self.draw.random()}"
        if kind == "secrets":
            outcome = yield lambda: part.create(key, value)
        else:
            outcome = yield lambda: part.add(key)
        if isinstance(outcome, OutcomeUnknownError):
            yield from self.settle(part, kind, key)
            if kind == "secrets" and not there:
                self.values[key] = value
        elif isinstance(outcome, ConflictError):
            if not there:
                self.wrong(f"{kind}: a conflict over {key}, which is not there")
        elif not isinstance(outcome, Exception):
            if there:
                self.wrong(f"{kind}: {key} was there, and is reported as added by this call")
            self.holds[kind].add(key)
            self.values[key] = value
        elif not isinstance(outcome, NotFoundError):
            yield from self.settle(part, kind, key)
            if (key in self.holds[kind]) is not there:
                self.wrong(f"{kind}: {key} was added by a call that failed without saying so")

    def remove(self, scope: Any, kind: str) -> Steps:
        key, part, there = self.pick(scope, kind)
        outcome = yield lambda: part.delete(key) if kind == "secrets" else part.remove(key)
        if isinstance(outcome, NotFoundError) and not isinstance(outcome, OutcomeUnknownError):
            if there:
                self.wrong(f"{kind}: {key} was lost")
        elif isinstance(outcome, Exception):
            yield from self.settle(part, kind, key)
        elif there:
            self.holds[kind].discard(key)
        elif not self.failed_before:
            self.wrong(f"{kind}: {key} was not there, and is reported as removed")

    def pick(self, scope: Any, kind: str) -> tuple[str, Any, bool]:
        """A name at random, the part of the project that may hold it, and whether it does."""
        key = f"{kind}{self.draw.randrange(KEYS)}"
        return key, getattr(scope, kind), key in self.holds[kind]

    def read(self, scope: Any, kind: str) -> Steps:
        found = yield lambda: getattr(scope, kind).list().collect()
        if not isinstance(found, Exception) and keys_of(found) != sorted(self.holds[kind]):
            self.wrong(f"{kind}: {keys_of(found)}, not {sorted(self.holds[kind])}")

    def rewrite(self, scope: Any, _: str) -> Steps:
        key, part, _there = self.pick(scope, "secrets")
        value = f"value {self.draw.random()}"
        outcome = yield lambda: part.set(key, value)
        if not isinstance(outcome, Exception):
            self.holds["secrets"].add(key)
            self.values[key] = value
        elif isinstance(outcome, OutcomeUnknownError):
            self.values[key] = None  # one of two values
            yield from self.settle(part, "secrets", key)
        elif isinstance(outcome, ServerError) or not isinstance(outcome, APIError):
            yield from self.settle(part, "secrets", key)

    def settle(self, part: Any, kind: str, key: str) -> Steps:
        """List until it succeeds, to learn an unknown outcome."""
        while True:
            found = yield lambda: part.list().collect()
            if not isinstance(found, Exception):
                break
        (self.holds[kind].add if key in keys_of(found) else self.holds[kind].discard)(key)

    def one_more(self, client: Any) -> Steps:
        """Create a project with a name of its own, and delete it."""
        self.extra += 1
        name = f"extra {self.number} {self.extra}"
        made = yield lambda: client.projects.create(name)
        while isinstance(made, OutcomeUnknownError) or made is None:
            made = yield lambda: client.projects.find(name)
            if made is None:
                return
        while not isinstance(made, Exception):
            gone = yield lambda: client.projects.delete(made.id)
            if gone is None or isinstance(gone, NotFoundError):
                return


def keys_of(found: list[Any]) -> list[str]:
    """The names or ids in a listing, each as often as it came."""
    names = ("user_id", "id", "name")
    return sorted(
        item if isinstance(item, str) else next(getattr(item, n) for n in names if hasattr(item, n))
        for item in found
    )


async def work(worker: Worker, client: Any) -> None:
    """Make all calls of a worker with a client of either kind."""
    calls, outcome = worker.calls(client), None
    with suppress(StopIteration):
        while True:
            call = calls.send(outcome)
            try:
                outcome = call()
                if inspect.isawaitable(outcome):
                    outcome = await outcome
            except Exception as error:
                outcome = error


def in_threads(workers: list[Worker], url: str, key: str) -> None:
    with (
        Client(key, base_url=url, retry=QUICK, timeout=20) as client,
        ThreadPoolExecutor(len(workers)) as pool,
    ):
        list(pool.map(lambda worker: anyio.run(work, worker, client), workers))


async def in_tasks(workers: list[Worker], url: str, key: str) -> None:
    async with (
        AsyncClient(key, base_url=url, retry=QUICK, timeout=20) as client,
        anyio.create_task_group() as group,
    ):
        for worker in workers:
            group.start_soon(work, worker, client)


def compare(workers: list[Worker], emulator: Emulator, tally: Tally) -> None:
    """Compare the emulator's state with the models of the workers."""
    with Client(emulator.api_key, transport=emulator.transport()) as client:
        names = Counter(project.name for project in client.projects.list(page_size=120))
        if names != Counter(worker.name for worker in workers):
            tally.problems.append(f"the projects are {dict(names)}")
        for worker in workers:
            there = client.project(worker.id).snapshot()
            for kind, wanted in worker.holds.items():
                if keys_of(list(getattr(there, kind))) != sorted(wanted):
                    tally.problems.append(
                        f"{worker.name}: {kind} are {getattr(there, kind)}, not {wanted}"
                    )
            for name in worker.holds["secrets"]:
                value = worker.values.get(name)
                if value is not None and not emulator.secret_is(worker.id, name, value):
                    tally.problems.append(f"{worker.name}: {name} has another value")


def resources() -> dict[str, int]:
    """The numbers of open files and of threads."""
    gc.collect()
    return {"files": len(os.listdir("/proc/self/fd")), "threads": threading.active_count()}


def soak(way: str, dialect: Dialect, count: int, options: argparse.Namespace) -> bool:
    """Make half of the calls of one kind, in one dialect; returns whether nothing is wrong."""
    tally, seed, calls = Tally(), options.seed, options.calls // 2
    workers = [Worker(number, calls // count, seed, tally) for number in range(count)]
    before = resources()
    began, memory = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    plan = FaultPlan(seed=seed, rate=options.rate, faults=FAULTS)
    with Emulator(dialect, faults=plan) as emulator:
        with serving(emulator, seed) as url:
            if way == "threads":
                in_threads(workers, url, emulator.api_key)
            else:
                anyio.run(in_tasks, workers, url, emulator.api_key)
        seconds, injected = time.monotonic() - began, len(emulator.injected)
        emulator.faults = None
        compare(workers, emulator, tally)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    left = {what: number - before[what] for what, number in resources().items()}
    tally.problems += [f"{number} {what} left open" for what, number in left.items() if number > 0]
    print(
        f"{count} {way}, {dialect}: {len(tally.outcomes):,} calls in {seconds:.0f} s, "
        f"{injected:,} faults; "
        f"outcomes: {dict(Counter(tally.outcomes).most_common())}; "
        f"left: {left}; memory at its highest {grown:+.1f} MB (the emulator's included)"
    )
    for problem in tally.problems[:20]:
        print(f"  WRONG: {problem}")
    return not tally.problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=50_000, help="calls of each kind (50,000)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rate", type=float, default=0.1, help="share of requests that fail")
    options = parser.parse_args()
    well = [
        soak(way, dialect, count, options)
        for dialect in DIALECTS
        for way, count in (("threads", 16), ("tasks", 64))
    ]
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
