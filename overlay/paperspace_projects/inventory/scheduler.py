"""Which request comes next: many projects, read part by part, a few of them at a time.

Pure state without I/O, shared by the sync and the async inventory; one thread or task alone is at
it. Work is dealt out in single parts, so that a project that holds much, or is slow, never leaves
the others idle. No more projects are begun and not yet handed over than `concurrency`, and the
listing is never far ahead of them: however many there are, so few are in memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from typing import Final, Literal, cast

from attrs import frozen, mutable

from .._api.presence import not_there
from ..errors import NotFoundError, PaperspaceError
from ..models import (
    ActivityEvent,
    Collaborator,
    Model,
    Project,
    ProjectFailure,
    ProjectSnapshot,
    Secret,
)
from .options import Part, Request, Result, Tally


@mutable(eq=False, kw_only=True)
class Entry:
    """A project, and what was read of it so far."""

    index: int
    id: str
    project: Project | None
    unread: deque[Part | Literal["project"]]
    pending: int = 0
    error: PaperspaceError | None = None
    collaborators: tuple[Collaborator, ...] = ()
    secrets: tuple[Secret, ...] = ()
    tags: tuple[str, ...] = ()
    models: tuple[Model, ...] = ()
    activity: tuple[ActivityEvent, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Whether there is nothing more to read, nor to wait for."""
        return not self.unread and not self.pending

    def take_project(self, project: Project) -> None:
        """Take in the project itself; one that was deleted is none."""
        self.project = project
        if project.is_deleted:
            self.fail(not_there(project))

    def fail(self, error: PaperspaceError) -> None:
        """Note an error. The first counts, but that there is no such project counts more."""
        if self.error is None or isinstance(error, NotFoundError):
            self.error = error

    def result(self, included: tuple[Part, ...]) -> Result:
        """What became of it."""
        if self.error is not None:
            is_gone = isinstance(self.error, NotFoundError)
            return ProjectFailure(project_id=self.id, error=self.error, is_gone=is_gone)
        return ProjectSnapshot(
            project=cast("Project", self.project),  # known, or read, or there was an error
            collaborators=self.collaborators,
            secrets=self.secrets,
            tags=self.tags,
            models=self.models,
            activity=self.activity,
            included=included,
        )


@frozen(eq=False)
class Unit:
    """A part of a project that is to be read: some requests, one after the other."""

    entry: Entry
    part: Part | Literal["project"]


class NextProjects:
    """The next few projects are to be found out: a page of the listing, or an id."""


NEXT_PROJECTS: Final = NextProjects()


class Desk:
    """Deals out what is to be read, and takes in what was.

    Args:
        request: What is asked for.
        tally: What counts along.
        lists: Whether the projects are listed, page by page, which takes requests; else ids come
            one by one.
    """

    def __init__(self, request: Request, tally: Tally, *, lists: bool) -> None:
        self._request = request
        self._tally = tally
        self._lists = lists
        self._count = 0
        self._known: deque[Project | str] = deque()
        self._current: Entry | None = None
        self._begun: dict[int, Entry] = {}
        self._finished: deque[Entry] = deque()
        self._dealt = 0
        self._is_asking = False

    @property
    def is_done(self) -> bool:
        """Whether nothing more will come."""
        if self._tally.is_broken:
            return True
        return self._tally.has_ended and not self._known and not self._begun

    @property
    def can_deliver(self) -> bool:
        """Whether there is something to hand over."""
        return self._next_finished() is not None

    def next_unit(self) -> Unit | NextProjects | None:
        """What is to be done next, or None while there is enough to do.

        Twice as much is dealt out as can be done at a time, so that nobody waits for more.
        """
        if self._tally.is_broken or self._dealt >= 2 * self._request.concurrency:
            return None
        if self._wants_projects():
            self._is_asking = True
            self._dealt += self._lists
            return NEXT_PROJECTS
        while self._current is None or not self._current.unread:
            if not self._known or not self._has_room:
                return None
            self._current = self._begin()
        self._dealt += 1
        self._current.pending += 1
        return Unit(self._current, self._current.unread.popleft())

    @property
    def _has_room(self) -> bool:
        return len(self._begun) < self._request.concurrency

    def _wants_projects(self) -> bool:
        if self._tally.has_ended or self._is_asking:
            return False
        if self._lists:  # ahead of time, as a page takes its time
            return len(self._known) < 2 * self._request.concurrency
        return not self._known and self._has_room and not (self._current and self._current.unread)

    def _begin(self) -> Entry:
        known = self._known.popleft()
        unread = deque[Part | Literal["project"]](self._request.include)
        if isinstance(known, str):
            unread.appendleft("project")
            entry = Entry(index=self._count, id=known, project=None, unread=unread)
        else:
            entry = Entry(index=self._count, id=known.id, project=None, unread=unread)
            entry.take_project(known)
            if entry.error is not None:
                unread.clear()
        self._count += 1
        self._begun[entry.index] = entry
        self._finish(entry)
        return entry

    def _finish(self, entry: Entry) -> None:
        if entry.is_finished and not self._request.in_order:
            self._finished.append(entry)

    def add(self, projects: Collection[Project | str]) -> None:
        """Take in the next few projects, or their ids."""
        self._is_asking = False
        self._dealt -= self._lists
        self._known.extend(projects)
        self._tally.add(len(projects))

    def end(self, problem: BaseException | None = None) -> None:
        """There are no more projects, or no more of them can be found out."""
        self.add(())
        self._tally.end(problem)

    def take(self, unit: Unit) -> None:
        """A unit was read into its entry, or has failed; of a failed project no more is read."""
        entry = unit.entry
        self._dealt -= 1
        entry.pending -= 1
        if entry.error is not None:
            entry.unread.clear()
        self._finish(entry)

    def deliver(self) -> Iterator[Result]:
        """What is finished and was not handed over yet, in the listing's order if asked for."""
        while (entry := self._next_finished()) is not None:
            del self._begun[entry.index]
            if self._finished:
                self._finished.popleft()
            yield entry.result(self._request.include)

    def _next_finished(self) -> Entry | None:
        if not self._request.in_order:
            return self._finished[0] if self._finished else None
        # The first that was begun; when all is over, there are gaps.
        for entry in self._begun.values():
            if entry.is_finished:
                return entry
            if not self._tally.is_broken:
                break
        return None
