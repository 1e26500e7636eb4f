"""What an inventory is asked for, and what it tells of its progress."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Collection, Iterable
from typing import Final, Literal, TypeAlias, cast, get_args

from attrs import frozen

from .._api import validation as arguments
from ..config import Settings
from ..errors import DeadlineExceededError, InvalidArgumentError
from ..models import ProjectFailure, ProjectSnapshot

Part: TypeAlias = Literal["collaborators", "secrets", "tags", "models", "activity"]
"""What can be read of a project."""
Result: TypeAlias = ProjectSnapshot | ProjectFailure
"""What an inventory yields for a project."""

PARTS: Final[tuple[Part, ...]] = get_args(Part)


@frozen(kw_only=True)
class InventoryProgress:
    """How far an inventory is: told before each result.

    `done` projects have been read or have failed, and `failed` of them have failed. `listed` are
    known so far, and `total` is how many there are: None until that is known.
    """

    done: int
    failed: int
    listed: int
    total: int | None


@frozen(kw_only=True)
class Request:
    """What an inventory is asked for, checked."""

    include: tuple[Part, ...]
    concurrency: int
    in_order: bool
    on_progress: Callable[[InventoryProgress], object] | None


def request(
    settings: Settings,
    given: object,
    *,
    include: Collection[Part],
    concurrency: int,
    in_order: bool,
    on_progress: Callable[[InventoryProgress], object] | None,
) -> Request:
    """Check what a user asks for. No more requests are under way than the client allows.

    Raises:
        InvalidArgumentError: an argument that cannot be used.
    """
    if given is not None and (
        isinstance(given, str) or not isinstance(given, Iterable | AsyncIterable)
    ):
        raise InvalidArgumentError("project_ids", f"several, not one {type(given).__name__}")
    for part in include:
        arguments.one_of("include", part, PARTS)
    arguments.whole_number("concurrency", concurrency, least=1)
    arguments.function("on_progress", on_progress)
    return Request(
        include=tuple(part for part in PARTS if part in include),
        concurrency=min(concurrency, settings.max_concurrency),
        in_order=in_order,
        on_progress=on_progress,
    )


class Tally:
    """How far an inventory is, and how it ends: counts what is listed and read, and tells of it.

    `has_ended` says that no more projects will be found out, `is_broken` that none will be read.
    """

    def __init__(self, request: Request, given: object) -> None:
        self._on_progress = request.on_progress
        self._done = self._failed = self._listed = 0
        is_sized = isinstance(given, Collection)
        self._total = len(cast("Collection[object]", given)) if is_sized else None
        self._problem: BaseException | None = None
        self.has_ended: bool = False
        self.is_broken: bool = False

    def add(self, count: int) -> None:
        """So many more projects are known."""
        self._listed += count

    def count(self, result: Result) -> None:
        """A project was read, or has failed."""
        self._done += 1
        self._failed += isinstance(result, ProjectFailure)
        if self._on_progress is not None:
            self._on_progress(
                InventoryProgress(
                    done=self._done, failed=self._failed, listed=self._listed, total=self._total
                )
            )

    def end(self, problem: BaseException | None = None) -> None:
        """All projects are known, or no more of them can be found out."""
        self.has_ended = True
        if problem is None:
            self._total = self._listed
        elif not self.is_broken:
            self._problem = problem

    def break_off(self, problem: BaseException | None) -> None:
        """Nothing more can be read: because of a problem, or as the time is over (None)."""
        if not self.is_broken:
            self.is_broken, self._problem = True, problem

    def raise_problem(self) -> None:
        """Raise why there is not more, if there should be."""
        if self._problem is not None:
            raise self._problem
        if self.is_broken:
            raise DeadlineExceededError(
                "the deadline, which is for the whole of it, leaves no time for more; "
                f"{self._done} projects are done. Allow more time, as in "
                "`client.with_options(deadline=...).inventory()`, or ask for the others by id",
                operation="inventory",
                method="GET",
                path="/projects",
            )
