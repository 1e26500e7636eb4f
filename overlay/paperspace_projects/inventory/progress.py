"""The progress of an inventory, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Sized

from msgspec import Struct

from ..errors import DeadlineExceededError
from ..models import ProjectFailure, ProjectSnapshot


class InventoryProgress(Struct, frozen=True, kw_only=True):
    """The progress of an inventory, passed to `on_progress` before each result.

    `done` projects have been read or have failed, and `failed` of them have failed. `listed` are
    known so far, and `total` is how many there are: None until that is known.
    """

    done: int
    failed: int
    listed: int
    total: int | None


class Progress:
    """Counts projects, and keeps the error that ends an inventory.

    `is_listed`: no more projects will be listed. `is_stopped`: no more projects will be read.
    """

    def __init__(
        self, on_progress: Callable[[InventoryProgress], object] | None, project_ids: object
    ) -> None:
        self._on_progress = on_progress
        self._done = self._failed = self._listed = 0
        self._total = len(project_ids) if isinstance(project_ids, Sized) else None
        self._error: BaseException | None = None
        self.is_listed: bool = False
        self.is_stopped: bool = False

    def add_listed(self, count: int) -> None:
        """Count projects that were listed."""
        self._listed += count

    def add_result(self, result: ProjectSnapshot | ProjectFailure) -> None:
        """Count a project that was read or has failed, and call `on_progress`."""
        self._done += 1
        self._failed += isinstance(result, ProjectFailure)
        if self._on_progress is not None:
            self._on_progress(
                InventoryProgress(
                    done=self._done, failed=self._failed, listed=self._listed, total=self._total
                )
            )

    def end_listing(self, error: Exception | None = None) -> None:
        """Note that all projects are listed, or that an error ended the listing."""
        self.is_listed = True
        if error is None:
            self._total = self._listed
        elif not self.is_stopped:
            self._error = error

    def stop(self, error: Exception | None = None) -> None:
        """Read no more projects, because of an error, or because the deadline has passed (None)."""
        if not self.is_stopped:
            self.is_stopped, self._error = True, error

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
