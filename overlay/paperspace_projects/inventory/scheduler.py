"""An inventory's options, and its scheduler: at most `concurrency` projects are in memory.

Pure state without I/O, changed by one thread or task alone. Requests are scheduled part by part, so
that a large or slow project never leaves the workers idle.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import AsyncIterable, Callable, Collection, Iterable, Sized
from typing import Any, Final, Literal, TypeAlias, get_args

from msgspec import Struct

from .._api import validation as arguments
from .._api.presence import not_there
from ..errors import DeadlineExceededError, InvalidArgumentError, NotFoundError, PaperspaceError
from ..models import Project, ProjectFailure, ProjectSnapshot

Part: TypeAlias = Literal["collaborators", "secrets", "tags", "models", "activity"]
"""What can be read of a project."""
Result: TypeAlias = ProjectSnapshot | ProjectFailure
"""What an inventory yields for a project."""

PARTS: Final[tuple[Part, ...]] = get_args(Part)


class InventoryProgress(Struct, frozen=True, kw_only=True):
    """The progress of an inventory, passed to `on_progress` before each result.

    `done` projects have been read or have failed; `failed` of them have failed. `listed` projects
    are known so far. `total` is the number of all; None until it is known.
    """

    done: int
    failed: int
    listed: int
    total: int | None


class InventoryOptions(Struct, kw_only=True):
    """The arguments of an inventory, checked when it is made. `include` gets the order of `PARTS`,
    and `concurrency` the limit of the client."""

    include: tuple[Part, ...]
    concurrency: int
    in_order: bool
    on_progress: Callable[[InventoryProgress], object] | None
    max_concurrency: int = sys.maxsize
    project_ids: Any = None  # an iterable, in async also an async one; checked as it is iterated

    def __post_init__(self) -> None:
        ids: object = self.project_ids
        if isinstance(ids, str) or not isinstance(ids, Iterable | AsyncIterable | None):
            raise InvalidArgumentError("project_ids", f"several, not one {type(ids).__name__}")
        for part in self.include:
            arguments.one_of("include", part, PARTS)
        arguments.whole_number("concurrency", self.concurrency, least=1)
        arguments.function("on_progress", self.on_progress)
        self.include = tuple(part for part in PARTS if part in self.include)
        self.concurrency = min(self.concurrency, self.max_concurrency)


ReadPart: TypeAlias = Part | Literal["project"]


class ListTask:
    """List the next projects: read a page of the listing, or take an id from the user."""


class ReadTask(Struct, frozen=True, eq=False):
    """Read a part of a project, in one or more requests."""

    builder: ProjectBuilder
    part: ReadPart


class Reading:
    """Projects that are being read, with `pending` requests, until there are `results`."""

    pending: int = 0
    results: tuple[Result, ...] | None = None


class ProjectBuilder(Reading):
    """Collects the parts of one project. A worker sets `is_failed` as soon as a part cannot be
    read: no other part is then read."""

    def __init__(self, project: str | Project, include: tuple[Part, ...]) -> None:
        self._include = include
        self._parts: dict[str, Any] = {}
        self._error: PaperspaceError | None = None
        self.unread: deque[ReadPart] = deque(include)
        self.pending: int = 0
        self.results: tuple[Result, ...] | None = None
        self.is_failed: bool = False
        if isinstance(project, str):
            self.id: str = project
            self.unread.appendleft("project")
        else:
            self.id = project.id
            self._parts["project"] = project
            if project.is_deleted:
                self._error = not_there(project)
                self.unread.clear()
        self._finish()

    def next_task(self) -> ReadTask:
        """Return the task of reading the next part."""
        self.pending += 1
        return ReadTask(self, self.unread.popleft())

    def complete(self, part: ReadPart, value: object) -> None:
        """Add a part that was read."""
        self.pending -= 1
        self._parts[part] = value
        self._finish()

    def fail(self, error: PaperspaceError | None) -> None:
        """Add the error of a part; None if it was not read because of the error of another one."""
        self.pending -= 1
        self.unread.clear()
        # The first error counts, but that there is no such project counts more.
        if self._error is None or _is_gone(error):
            self._error = error
        self._finish()

    def _finish(self) -> None:
        """Make the snapshot or the failure, once no part remains to be read."""
        if self.unread or self.pending:
            return
        if self._error is not None:
            is_gone = _is_gone(self._error)
            self.results = (ProjectFailure(project_id=self.id, error=self._error, is_gone=is_gone),)
        else:
            parts: dict[str, Any] = dict.fromkeys(PARTS, ()) | self._parts
            self.results = (ProjectSnapshot(**parts, included=self._include),)


def _is_gone(error: PaperspaceError | None) -> bool:
    return isinstance(error, NotFoundError) and error.is_from_api


class BaseScheduler:
    """The projects that are known and begun, the progress, and the error that ends it all.
    `is_listed`: no more will be listed. `is_stopped`: no more will be read."""

    _waits_for_begun = False  # after a stop, for the results of reads that have begun

    def __init__(self, options: InventoryOptions) -> None:
        self._options = options
        self._known: deque[str | Project] = deque()
        self._begun: list[Reading] = []
        self._results: deque[Result] = deque()
        self._is_listing = self._is_over = False
        self._done = self._failed = self._listed = 0
        self._total = len(options.project_ids) if isinstance(options.project_ids, Sized) else None
        self._error: BaseException | None = None
        self.is_listed: bool = False
        self.is_stopped: bool = False

    def _begin_listing(self) -> ListTask | None:
        """Begin to list more projects; return None if that has begun, or all are listed."""
        if self._is_listing or self.is_listed:
            return None
        self._is_listing = True
        return ListTask()

    def add(self, projects: Collection[str | Project]) -> None:
        """Add the projects that a `ListTask` has found; none: all are listed."""
        self._is_listing = False
        self._known.extend(projects)
        self._listed += len(projects)
        if not projects:
            self.is_listed, self._total = True, self._listed

    def fail_listing(self, error: Exception) -> None:
        """End the listing with an error, which is raised after the projects listed before it."""
        self._is_listing, self.is_listed = False, True
        if not self.is_stopped:
            self._error = error

    def stop(self, error: Exception | None = None) -> None:
        """Read no more projects, because of an error, or because the deadline has passed (None)."""
        if not self.is_stopped:
            self.is_stopped, self._error = True, error
            self._is_over = not self._waits_for_begun

    def end(self) -> None:
        """Stop because the deadline has passed: wait for no more results."""
        self.stop()
        self._is_over = True

    @property
    def is_done(self) -> bool:
        """Whether no more results will come."""
        has_more = self._known or not self.is_listed
        return self._is_over or not (self._begun or (has_more and not self.is_stopped))

    def next_result(self) -> Result | None:
        """Return a result that is ready; with `in_order` the next one, unless all is over."""
        first = 1 if self._options.in_order and not self._is_over else None
        while not self._results:
            done = next((each for each in self._begun[:first] if each.results is not None), None)
            if done is None:
                return None
            self._begun.remove(done)
            self._results.extend(done.results or ())
        return self._results.popleft()

    def count(self, result: Result) -> None:
        """Count a project that was read or has failed, and call `on_progress`."""
        self._done += 1
        self._failed += isinstance(result, ProjectFailure)
        if self._options.on_progress is not None:
            self._options.on_progress(
                InventoryProgress(
                    done=self._done, failed=self._failed, listed=self._listed, total=self._total
                )
            )

    def raise_error(self) -> None:
        """Raise the error that ended the inventory early, if one did."""
        if self._error is not None:
            raise self._error
        if self.is_stopped:
            raise DeadlineExceededError(
                "the deadline, which is for the whole inventory, leaves no time for more; "
                f"{self._done} projects are done. Allow more time, as in "
                "`client.with_options(deadline=...).inventory()`, or ask for the others by id",
                operation="inventory",
                method="GET",
                path="/projects",
            )


class Scheduler(BaseScheduler):
    """Schedules the requests of this process's workers; pages of the listing are read ahead."""

    def __init__(self, options: InventoryOptions) -> None:
        super().__init__(options)
        self._current: ProjectBuilder | None = None

    def next_task(self) -> ListTask | ReadTask | None:
        """Return the next task; None if each worker has one to do and one to follow."""
        limit, lists = self._options.concurrency, self._options.project_ids is None
        pending = sum(each.pending for each in self._begun) + (lists and self._is_listing)
        if self.is_stopped or pending >= 2 * limit:
            return None
        if lists and len(self._known) < 2 * limit and (task := self._begin_listing()):
            return task
        while self._current is None or not self._current.unread:
            if len(self._begun) >= limit:
                return None
            if not self._known:
                return self._begin_listing()
            self._current = ProjectBuilder(self._known.popleft(), self._options.include)
            self._begun.append(self._current)
        return self._current.next_task()
