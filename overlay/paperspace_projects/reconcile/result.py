"""What came of the steps of a plan, as frozen plain data."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from ..errors import PaperspaceError
from .step import Step

Status = Literal["done", "failed", "skipped"]


@frozen(kw_only=True)
class StepResult:
    """What came of one step.

    `status` is `done`, `failed` or `skipped`; a failed one has its `error`. `detail` says what else
    there is to know: that it was so already, what a failure has left behind, why it was skipped.
    """

    step: Step
    status: Status
    error: PaperspaceError | None = None
    detail: str | None = None

    def describe(self) -> str:
        """What came of it in one line."""
        said = [str(self.error)] if self.error is not None else []
        said += [self.detail] if self.detail is not None else []
        return f"{self.status}: {self.step.describe()}{''.join(f': {each}' for each in said)}"

    def to_dict(self) -> dict[str, object]:
        """The result as plain data for JSON."""
        error = self.error
        return {
            "status": self.status,
            "step": self.step.to_dict(),
            "error": None
            if error is None
            else {"type": type(error).__name__, "message": str(error)},
            "detail": self.detail,
        }


@frozen(kw_only=True)
class Result:
    """What came of a plan: of each of its steps, in the order of the plan."""

    steps: tuple[StepResult, ...]

    @property
    def done(self) -> tuple[StepResult, ...]:
        """The steps that were carried out, or found to be so already."""
        return self._of("done")

    @property
    def failed(self) -> tuple[StepResult, ...]:
        """The steps that failed, each with its error; at most one of each project."""
        return self._of("failed")

    @property
    def skipped(self) -> tuple[StepResult, ...]:
        """The steps that were not tried, as another had failed."""
        return self._of("skipped")

    @property
    def is_ok(self) -> bool:
        """Whether every step was done."""
        return len(self.done) == len(self.steps)

    def summary(self) -> str:
        """How many steps were done, failed and skipped, and what failed, a line each."""
        counts = f"{len(self.done)} of {len(self.steps)} steps done"
        if not self.is_ok:
            counts += f", {len(self.failed)} failed, {len(self.skipped)} skipped"
        return "\n".join([counts, *(each.describe() for each in self.failed)])

    def to_dict(self) -> dict[str, object]:
        """The result as plain data for JSON."""
        return {"ok": self.is_ok, "steps": [each.to_dict() for each in self.steps]}

    def _of(self, status: Status) -> tuple[StepResult, ...]:
        return tuple(each for each in self.steps if each.status == status)
