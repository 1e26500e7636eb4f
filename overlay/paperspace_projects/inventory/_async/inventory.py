"""The inventory: a scheduler decides what comes next; workers or an executor carry it out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import Executor
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any

from ..._api.presence import not_there, present
from ..._api.validation import MAX_PAGE_SIZE
from ..._async.concurrency import AsyncWorkerPool, Callback, iterator_of
from ...errors import (
    ClientClosedError,
    DeadlineExceededError,
    InvalidArgumentError,
    PaperspaceError,
)
from ...models import Page, Project
from ..remote_worker import Batch, BatchScheduler
from ..scheduler import InventoryOptions, ListTask, ReadTask, Result, Scheduler

if TYPE_CHECKING:
    from ... import AsyncPager
    from ..._async.client import AsyncClient
    from ..._retry.deadline import Deadline


class AsyncInventoryReader:
    """Carries out the scheduler's tasks in the workers of a pool."""

    def __init__(
        self,
        client: AsyncClient,
        options: InventoryOptions,
        scheduler: Scheduler | BatchScheduler,
        deadline: Deadline,
    ) -> None:
        self._client = client
        ids = options.project_ids
        self._given: AsyncIterator[str | Project] | None = None if ids is None else iterator_of(ids)
        self.pages: AsyncGenerator[Page[Project], None] = client.projects.list(
            page_size=MAX_PAGE_SIZE
        ).pages()
        self._seen: set[str] = set()
        self._scheduler = scheduler
        self._deadline = deadline

    async def run(self, task: ListTask | ReadTask) -> Callback:
        """Carry out a task. An `Exception` is part of the outcome; the pool takes any other."""
        if self._deadline.is_over:
            return self._scheduler.stop
        try:
            with self._deadline.applied():
                if isinstance(task, ListTask):
                    return partial(self._scheduler.add, await self._next_projects())
                if task.builder.is_failed:
                    return partial(task.builder.fail, None)
                return partial(task.builder.complete, task.part, await self._read(task))
        except Exception as error:
            if isinstance(error, DeadlineExceededError) and self._deadline.is_over:
                return self._scheduler.stop
            if isinstance(error, ClientClosedError):
                return partial(self._scheduler.stop, error)
            if isinstance(task, ListTask):
                return partial(self._scheduler.fail_listing, error)
            if isinstance(error, PaperspaceError):
                task.builder.is_failed = True
                return partial(task.builder.fail, error)
            return partial(self._scheduler.stop, error)

    async def _next_projects(self) -> tuple[str | Project, ...]:
        """Return a page of new projects, or one that the user gives; none at the end."""
        if self._given is None:
            async for page in self.pages:
                new = tuple(each for each in present(page.items) if each.id not in self._seen)
                if new:
                    self._seen.update(each.id for each in new)
                    return new
            return ()
        async for each in self._given:
            if not isinstance(each, str | Project):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
                raise InvalidArgumentError(
                    "project_ids", f"ids or projects, not of type {type(each).__name__}"
                )
            return (each,)
        return ()

    async def _read(self, task: ReadTask) -> object:
        scope = self._client.project(task.builder.id)
        match task.part:
            case "project":
                project = await scope.get()
                if project.is_deleted:
                    raise not_there(project)
                return project
            case "activity":
                return tuple(await scope.activity().collect())
            case part:
                pager: AsyncPager[Any] = getattr(scope, part).list()
                return present(await pager.collect())


async def read_inventory(
    client: AsyncClient,
    begin_deadline: Callable[[], Deadline],
    options: InventoryOptions,
    executor: Executor | None,
    batch: Batch | None,
) -> AsyncGenerator[Result, None]:
    """Yield the results of an inventory; `executor` reads them if given, in copies of `batch`."""
    deadline = begin_deadline()
    pool = AsyncWorkerPool(options.concurrency, "inventory", time_left=deadline.left)
    scheduler: Scheduler | BatchScheduler
    if executor is None or batch is None:
        scheduler = Scheduler(options)
    else:
        scheduler = BatchScheduler(options, batch, executor, deadline.left, pool.watch)
    reader = AsyncInventoryReader(client, options, scheduler, deadline)
    async with aclosing(reader.pages), pool:
        while True:
            while (task := scheduler.next_task()) is not None:
                iterates = isinstance(task, ListTask) and options.project_ids is not None
                submit = pool.submit_iteration if iterates else pool.submit
                submit(partial(reader.run, task))
            if scheduler.is_stopped:  # what has come back by now counts
                pool.cancel_futures()
                for callback in pool.received():
                    callback()
            if (result := scheduler.next_result()) is not None:
                scheduler.count(result)
                yield result
            elif scheduler.is_done:
                break
            else:
                try:
                    callback = await pool.receive()
                except TimeoutError:
                    callback = scheduler.end
                callback()
    scheduler.raise_error()
