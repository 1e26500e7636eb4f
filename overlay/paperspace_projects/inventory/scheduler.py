"""Schedules the requests of an inventory; at most `concurrency` projects are in memory.

Pure state without I/O, changed by one thread or task alone. Requests are scheduled part by part, so
that a project that holds much, or is slow, never leaves the workers idle.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from typing import Any, Final, Literal, TypeAlias, cast

from msgspec import Struct

from .._api.presence import not_there
from ..errors import NotFoundError, PaperspaceError
from ..models import Project, ProjectFailure, ProjectSnapshot
from .options import PARTS, InventoryOptions, Part, Result
from .progress import Progress

ReadPart: TypeAlias = Part | Literal["project"]


class ListTask:
    """List the next projects: read a page of the listing, or take an id from the user."""


LIST_PROJECTS: Final = ListTask()


class ReadTask(Struct, frozen=True, eq=False):
    """Read a part of a project, in one or more requests."""

    builder: ProjectBuilder
    part: ReadPart


class ProjectBuilder:
    """Collects the parts of a project.

    A worker sets `is_failed` as soon as a part cannot be read: no other part is then read.
    """

    def __init__(self, project: str | Project, include: tuple[Part, ...]) -> None:
        self._include = include
        self._project: Project | None = None
        self._parts: dict[ReadPart, object] = {}
        self._error: PaperspaceError | None = None
        self.unread: deque[ReadPart] = deque(include)
        self.pending: int = 0
        self.is_failed: bool = False
        if isinstance(project, str):
            self.id: str = project
            self.unread.appendleft("project")
        else:
            self.id = project.id
            self._project = project
            if project.is_deleted:
                self._set_error(not_there(project))

    @property
    def is_finished(self) -> bool:
        """Whether no part remains to be read."""
        return not self.unread and not self.pending

    def next_task(self) -> ReadTask:
        """Return the task of reading the next part."""
        self.pending += 1
        return ReadTask(self, self.unread.popleft())

    def complete(self, part: ReadPart, value: object) -> None:
        """Add a part that was read."""
        self.pending -= 1
        if part == "project":
            self._project = cast("Project", value)
        else:
            self._parts[part] = value

    def fail(self, error: PaperspaceError | None) -> None:
        """Add the error of a part; None if it was not read because of the error of another one."""
        self.pending -= 1
        if error is not None:
            self._set_error(error)

    def _set_error(self, error: PaperspaceError) -> None:
        """Keep the first error, but prefer that there is no such project."""
        if self._error is None or isinstance(error, NotFoundError):
            self._error = error
        self.unread.clear()

    def result(self) -> Result:
        """Return the snapshot, or the failure."""
        if self._error is not None:
            is_gone = isinstance(self._error, NotFoundError)
            return ProjectFailure(project_id=self.id, error=self._error, is_gone=is_gone)
        parts: dict[str, Any] = {part: self._parts.get(part, ()) for part in PARTS}
        project = cast("Project", self._project)  # given, or read, or there was an error
        return ProjectSnapshot(project=project, included=self._include, **parts)


class BaseScheduler:
    """The projects that are listed and not begun."""

    def __init__(self, options: InventoryOptions, progress: Progress) -> None:
        self._options = options
        self._progress = progress
        self._known: deque[str | Project] = deque()
        self._is_listing = False
        self._is_over = False

    def add(self, projects: Collection[str | Project]) -> None:
        """Add the projects that a `ListTask` has found; none: all are listed."""
        self._is_listing = False
        self._known.extend(projects)
        self._progress.add_listed(len(projects))
        if not projects:
            self._progress.end_listing()

    def fail_listing(self, error: Exception) -> None:
        """End the listing with an error."""
        self._is_listing = False
        self._progress.end_listing(error)

    def end(self) -> None:
        """Stop because the deadline has passed: what is not done by now is not waited for."""
        self._is_over = True
        self._progress.stop()


class Scheduler(BaseScheduler):
    """Schedules the requests that workers of this process send.

    Args:
        options: The options of the inventory.
        progress: Its progress.
        lists: Whether the projects are listed page by page, ahead of time, as each page takes a
            request; else ids come one by one.
    """

    def __init__(self, options: InventoryOptions, progress: Progress, *, lists: bool) -> None:
        super().__init__(options, progress)
        self._lists = lists
        self._current: ProjectBuilder | None = None
        self._begun: list[ProjectBuilder] = []

    @property
    def is_done(self) -> bool:
        """Whether no more results will come."""
        if self._progress.is_stopped:
            return True
        return self._progress.is_listed and not self._known and not self._begun

    def next_task(self) -> ListTask | ReadTask | None:
        """Return the next task; None if the workers have enough.

        That is twice as many tasks as there are workers, so that none of them waits for more.
        """
        pending = sum(each.pending for each in self._begun) + (self._lists and self._is_listing)
        if self._progress.is_stopped or pending >= 2 * self._options.concurrency:
            return None
        has_room = len(self._begun) < self._options.concurrency
        if self._needs_projects(has_room):
            self._is_listing = True
            return LIST_PROJECTS
        while self._current is None or not self._current.unread:
            if not self._known or len(self._begun) >= self._options.concurrency:
                return None
            self._current = ProjectBuilder(self._known.popleft(), self._options.include)
            self._begun.append(self._current)
        return self._current.next_task()

    def _needs_projects(self, has_room: bool) -> bool:
        if self._progress.is_listed or self._is_listing:
            return False
        if self._lists:
            return len(self._known) < 2 * self._options.concurrency
        return not self._known and has_room and not (self._current and self._current.unread)

    def next_result(self) -> Result | None:
        """Return a result that is finished, the next one if they are to come in order.

        When the inventory is stopped, the finished ones come in order, with gaps.
        """
        for builder in self._begun:
            if builder.is_finished:
                self._begun.remove(builder)
                return builder.result()
            if self._options.in_order and not self._progress.is_stopped:
                break
        return None
