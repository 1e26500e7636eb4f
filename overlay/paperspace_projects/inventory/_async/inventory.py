"""The inventory: many projects and what they hold, with many requests at a time.

It is made of the client's public calls alone. What comes next is decided by the desk; the crew
carries it out, in tasks or in threads, or an executor does, in processes or on other machines.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from concurrent.futures import Executor, Future
from functools import partial
from typing import TYPE_CHECKING

from ..._api.presence import present
from ..._api.validation import MAX_PAGE_SIZE
from ..._async.concurrency import AsyncCrew, AsyncWaker, iterator_of
from ...errors import (
    ClientClosedError,
    DeadlineExceededError,
    InvalidArgumentError,
    PaperspaceError,
)
from ...models import Project
from ..options import Request, Result, Tally
from ..remote_worker import Batches, Done, Work, carry_out, failure, results_of
from ..scheduler import Desk, NextProjects, Unit

if TYPE_CHECKING:
    from ..._async.client import AsyncClient
    from ..._retry.deadline import Deadline


class AsyncSource:
    """Where the projects come from: the listing, page by page, or the user, one by one.

    A project that is listed twice comes once, and one that is listed although it was deleted does
    not come. The user's own come as often as they are given.
    """

    def __init__(
        self,
        client: AsyncClient,
        given: Iterable[str | Project] | AsyncIterable[str | Project] | None,
    ) -> None:
        self._pages = client.projects.list(page_size=MAX_PAGE_SIZE).pages()
        self._given = None if given is None else iterator_of(given)
        self._ids: set[str] = set()

    async def next_few(self) -> tuple[str | Project, ...]:
        """The next few projects; none at the end."""
        if self._given is None:
            async for page in self._pages:
                if few := tuple(
                    each for each in page.items if not each.is_deleted and self._is_new(each.id)
                ):
                    return few
            return ()
        async for each in self._given:
            if not isinstance(each, str | Project):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
                raise InvalidArgumentError(
                    "project_ids", f"ids or projects, not of type {type(each).__name__}"
                )
            return (each,)
        return ()

    def _is_new(self, project_id: str) -> bool:
        if project_id in self._ids:
            return False
        self._ids.add(project_id)
        return True

    async def aclose(self) -> None:
        """Leave the listing."""
        await self._pages.aclose()


class AsyncReader:
    """Carries out what the desk deals, and says what the desk is to be told."""

    def __init__(
        self,
        client: AsyncClient,
        source: AsyncSource,
        desk: Desk,
        tally: Tally,
        deadline: Deadline,
    ) -> None:
        self._client = client
        self._source = source
        self._desk = desk
        self._tally = tally
        self._deadline = deadline

    async def carry_out(self, unit: Unit | NextProjects) -> Callable[[], None]:
        """Do one thing; gives what to call where the desk is, which tells what went wrong, too.

        It raises what is no `Exception`: the crew tells that.
        """
        desk = self._desk
        if self._deadline.is_over:
            return partial(self._tally.break_off, None)
        try:
            with self._deadline.applied():
                if isinstance(unit, NextProjects):
                    projects = await self._source.next_few()
                    return partial(desk.add, projects) if projects else desk.end
                if unit.entry.error is None:  # else no more of it is read
                    await self._read(unit)
                return partial(desk.take, unit)
        except DeadlineExceededError as error:
            if self._deadline.is_over:
                return partial(self._tally.break_off, None)
            return self._failed(unit, error)
        except Exception as error:  # it is raised where the desk is
            return self._failed(unit, error)

    def _failed(self, unit: Unit | NextProjects, error: Exception) -> Callable[[], None]:
        if isinstance(error, ClientClosedError):
            return partial(self._tally.break_off, error)
        if isinstance(unit, NextProjects):
            return partial(self._desk.end, error)
        if isinstance(error, PaperspaceError):
            unit.entry.fail(error)
            return partial(self._desk.take, unit)
        return partial(self._tally.break_off, error)

    async def _read(self, unit: Unit) -> None:
        entry = unit.entry
        scope = self._client.project(entry.id)
        match unit.part:
            case "project":
                entry.take_project(await scope.get())
            case "collaborators":
                entry.collaborators = present(await scope.collaborators.list().collect())
            case "secrets":
                entry.secrets = present(await scope.secrets.list().collect())
            case "tags":
                entry.tags = present(await scope.tags.list().collect())
            case "models":
                entry.models = present(await scope.models.list().collect())
            case "activity":
                entry.activity = tuple(await scope.activity().collect())


async def read_here(
    client: AsyncClient,
    begin_deadline: Callable[[], Deadline],
    request: Request,
    given: Iterable[str | Project] | AsyncIterable[str | Project] | None,
) -> AsyncGenerator[Result, None]:
    """Read with many tasks or threads of this process."""
    tally, source = Tally(request, given), AsyncSource(client, given)
    desk = Desk(request, tally, lists=given is None)
    reader = AsyncReader(client, source, desk, tally, begin_deadline())
    crew = AsyncCrew(request.concurrency, reader.carry_out)
    try:
        while not desk.is_done:
            unit = desk.next_unit()
            if isinstance(unit, NextProjects) and given is not None:
                crew.send_apart(unit)  # what the user's code does is not to be done by many
            elif unit is not None:
                crew.send(unit)
            elif not desk.can_deliver:
                (await crew.receive())()
            for tell in crew.received():
                tell()
            for result in desk.deliver():
                tally.count(result)
                yield result
    finally:
        try:
            await crew.stop()
        finally:
            await source.aclose()
    tally.raise_problem()


async def read_elsewhere(
    client: AsyncClient,
    begin_deadline: Callable[[], Deadline],
    request: Request,
    given: Iterable[str | Project] | AsyncIterable[str | Project] | None,
    *,
    work: Work,
    executor: Executor,
) -> AsyncGenerator[Result, None]:
    """Find out the projects here, and have an executor read them, a few at a time."""
    tally, source = Tally(request, given), AsyncSource(client, given)
    batches, deadline = Batches(work, request, tally), begin_deadline()
    waker = AsyncWaker()
    pending: list[Future[Done]] = []
    results: list[Result] = []
    is_over = False
    try:
        while True:
            while len(pending) < batches.most and not tally.is_broken:
                await _find_out(source, batches, tally, deadline)
                unit = batches.next_work(deadline.left())
                if unit is None:
                    break
                try:
                    pending.append(waker.watch(executor.submit(carry_out, unit)))
                except Exception as error:  # it is raised when what was begun is read
                    tally.break_off(failure(error, executor))
            for result in results:
                tally.count(result)
                yield result
            if tally.is_broken:  # what was not begun is not waited for
                pending = [each for each in pending if not each.cancel()]
            if is_over or not pending:
                break
            awaited = pending[:1] if request.in_order else pending
            if not await waker.until(partial(_is_any_done, awaited), deadline.left()):
                tally.break_off(None)
                is_over, awaited = True, pending
            done = [each for each in awaited if each.done()]
            pending = [each for each in pending if each not in done]
            results = [result for each in done for result in results_of(each, tally, executor)]
    finally:
        try:
            await source.aclose()
        finally:
            await waker.let_go(pending, deadline.left())
    tally.raise_problem()


def _is_any_done(futures: Iterable[Future[Done]]) -> bool:
    return any(future.done() for future in futures)


async def _find_out(
    source: AsyncSource, batches: Batches, tally: Tally, deadline: Deadline
) -> None:
    """Find out as many projects as a unit of work takes."""
    while batches.wants_projects:
        try:
            with deadline.applied():
                projects = await source.next_few()
        except Exception as error:  # it is raised when what is known was read
            tally.end(error)
        else:
            batches.add(projects)
            if not projects:
                tally.end()
