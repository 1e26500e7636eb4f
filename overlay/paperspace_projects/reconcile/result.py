"""The results of applying the steps of a plan, as frozen data."""

from __future__ import annotations

from typing import Literal

import msgspec

from ..errors import PaperspaceError
from .steps import Step

Status = Literal["done", "failed", "skipped"]


class StepResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one step.

    `status` is `done`, `failed` or `skipped`; a failed step has its `error`. `detail` says that it
    was done already, what a failure left behind, or why it was skipped.
    """

    step: Step
    status: Status
    error: PaperspaceError | None = None
    detail: str | None = None

    def describe(self) -> str:
        """Return the result in one line."""
        parts = [f"{self.status}: {self.step.describe()}"]
        parts += [str(each) for each in (self.error, self.detail) if each is not None]
        return ": ".join(parts)

    def to_dict(self) -> dict[str, object]:
        """Return the result as plain data for JSON."""
        error = self.error
        return {
            "status": self.status,
            "step": self.step.to_dict(),
            "error": error and {"type": type(error).__name__, "message": str(error)},
            "detail": self.detail,
        }


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The results of all steps of a plan, in the order of the plan."""

    steps: tuple[StepResult, ...]

    @property
    def done(self) -> tuple[StepResult, ...]:
        """The steps that were carried out, or found done already."""
        return self._of("done")

    @property
    def failed(self) -> tuple[StepResult, ...]:
        """The steps that failed, each with its error; at most one per project."""
        return self._of("failed")

    @property
    def skipped(self) -> tuple[StepResult, ...]:
        """The steps that were not tried because another one failed."""
        return self._of("skipped")

    @property
    def is_ok(self) -> bool:
        """Whether every step was done."""
        return len(self.done) == len(self.steps)

    def summary(self) -> str:
        """Return how many steps were done, failed and skipped, and a line for each failure."""
        counts = f"{len(self.done)} of {len(self.steps)} steps done"
        if not self.is_ok:
            counts += f", {len(self.failed)} failed, {len(self.skipped)} skipped"
        return "\n".join([counts, *(each.describe() for each in self.failed)])

    def to_dict(self) -> dict[str, object]:
        """Return the results as plain data for JSON."""
        return {"ok": self.is_ok, "steps": [each.to_dict() for each in self.steps]}

    def _of(self, status: Status) -> tuple[StepResult, ...]:
        return tuple(each for each in self.steps if each.status == status)
