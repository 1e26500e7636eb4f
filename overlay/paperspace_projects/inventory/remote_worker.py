"""Reading projects in an executor: batches for other processes or machines.

A batch is plain data. It says where the worker finds the API key, and never holds a key.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct, structs

from .. import config
from ..config import KeySource, Settings
from ..errors import ConfigurationError, DeadlineExceededError, ExecutorError, InvalidArgumentError
from ..models import Project
from .scheduler import BaseScheduler, InventoryOptions, ListTask, Part, Reading, Result

if TYPE_CHECKING:
    from .. import Client

BATCH_SIZE: Final = 4
"""Projects of a batch, and requests that it sends at a time at most."""

_MARGIN: Final = 1.0
"""Seconds at most that a batch ends before the deadline, for its results to come back."""


class Batch(Struct, frozen=True, kw_only=True):
    """Projects, or ids, and how a worker reads them; `deadline` is in seconds from the start."""

    settings: Settings
    key_source: KeySource
    include: tuple[Part, ...]
    concurrency: int
    deadline: float | None = None
    projects: tuple[str | Project, ...] = ()


class BatchResult(Struct, frozen=True, kw_only=True):
    """The results of a batch, and the error that ended it early, if any."""

    results: tuple[Result, ...]
    error: Exception | None = None


def empty_batch(
    options: InventoryOptions,
    executor: object,
    settings: Settings,
    key_source: KeySource | None,
    owns_connections: bool,
) -> Batch:
    """Return a batch without projects, from which the others are made."""
    if not isinstance(executor, Executor):
        raise InvalidArgumentError(
            "executor", f"a concurrent.futures.Executor, not a {type(executor).__name__}"
        )
    if key_source is None:
        raise ConfigurationError(
            "an executor's workers are not sent an API key, and this client was given one as "
            "api_key=...: put it where they find it as well, in PAPERSPACE_API_KEY or in "
            "~/.paperspace/credentials.toml, and make the client without api_key or with team=..."
        )
    if not owns_connections:
        raise ConfigurationError(
            "an executor's workers have connections of their own, and this client was given its "
            "http_client, transport or ssl_context: make one without, or do without executor"
        )
    return Batch(
        settings=settings,
        key_source=key_source,
        include=options.include,
        concurrency=min(BATCH_SIZE, options.concurrency),
    )


class BatchScheduler(BaseScheduler):
    """Submits batches to an executor; their requests together keep to `concurrency`."""

    _waits_for_begun = True

    def __init__(
        self,
        options: InventoryOptions,
        batch: Batch,
        executor: Executor,
        time_left: Callable[[], float | None],
        watch: Callable[[Future[BatchResult], Callable[[], None]], None],
    ) -> None:
        super().__init__(options)
        self._batch = batch
        self._executor = executor
        self._time_left = time_left
        self._watch = watch
        self._limit = options.concurrency // batch.concurrency
        self._wanted = max(BATCH_SIZE, options.concurrency if options.project_ids is None else 0)

    def next_task(self) -> ListTask | None:
        """Submit batches until the executor has enough; return a task if that takes projects."""
        while not self.is_stopped and not self._is_listing:
            if sum(each.results is None for each in self._begun) >= self._limit:
                return None
            if len(self._known) < self._wanted and (task := self._begin_listing()):
                return task
            if not self._known:
                return None
            self._submit()
        return None

    def _submit(self) -> None:
        seconds = self._time_left()
        if seconds is not None and seconds <= 0:
            self.stop()
            return
        taken = [self._known.popleft() for _ in range(min(BATCH_SIZE, len(self._known)))]
        deadline = None if seconds is None else seconds - min(seconds / 10, _MARGIN)
        batch = structs.replace(self._batch, deadline=deadline, projects=tuple(taken))
        try:
            future = self._executor.submit(read_batch, batch)
        except Exception as error:
            self.stop(executor_error(error, self._executor))
        else:
            self._begun.append(reading := Reading())
            self._watch(future, partial(self._complete, future, reading))

    def _complete(self, future: Future[BatchResult], reading: Reading) -> None:
        try:
            done = future.result(timeout=0)
            if not isinstance(done, BatchResult):  # pyright: ignore[reportUnnecessaryIsInstance] -- any executor
                raise RuntimeError(f"a future gave a {type(done).__name__}")
        except Exception as error:
            done = BatchResult(results=(), error=executor_error(error, self._executor))
        if done.error is not None:
            self.stop(None if isinstance(done.error, DeadlineExceededError) else done.error)
        reading.results = done.results


def read_batch(batch: Batch) -> BatchResult:
    """Read the projects of a batch: the function that is submitted to an executor. It returns an
    error, to lose no results; so an error that the future raises is the executor's."""
    results: list[Result] = []
    try:
        client = _client_for(batch).with_options(deadline=batch.deadline)
        for result in client.inventory(
            batch.projects, include=batch.include, concurrency=batch.concurrency, in_order=True
        ):
            results.append(result)
    except Exception as error:
        return BatchResult(results=tuple(results), error=error)
    return BatchResult(results=tuple(results))


def executor_error(error: Exception, executor: Executor) -> Exception:
    """Return an `ExecutorError` for a broken or closed executor's error, else the error itself."""
    package, own = (type(each).__module__.partition(".")[0] for each in (error, executor))
    if package != own and not isinstance(error, RuntimeError | OSError | EOFError | CancelledError):
        return error
    problem = ExecutorError(
        f"the executor failed ({type(error).__name__}: {error}). What was read has been yielded: "
        "make a new executor, and ask for the other projects by their ids"
    )
    problem.__cause__ = error
    return problem


_CLIENTS: list[tuple[Settings, str, Client]] = []
_LOCK = threading.Lock()


def _client_for(batch: Batch) -> Client:
    """Return this process's client for such batches, made once, closed at exit."""
    from .. import Client

    key, source = config.find_key(None, batch.key_source.team)
    if source != batch.key_source:
        raise ConfigurationError(
            f"{batch.key_source.variable} is not set where an executor's worker reads projects: "
            "set it there as well, or name a team of the credentials file with team=..."
        )
    with _LOCK:
        for settings, known_key, client in _CLIENTS:
            if (settings, known_key) == (batch.settings, key):
                return client
        client = Client.from_settings(batch.settings, api_key=key)
        atexit.register(client.close)
        _CLIENTS.append((batch.settings, key, client))
        return client
