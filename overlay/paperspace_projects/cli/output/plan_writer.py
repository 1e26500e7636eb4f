"""What is written of a plan, and of its steps while it is applied."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ..options import StepsFormat
from . import formats
from .records import Record
from .sanitize import printable
from .streams import has_colours, is_terminal

if TYPE_CHECKING:
    from ...reconcile import Plan, Result, StepResult
    from .progress import Bar

STEP: Final = ("kind", "project", "project_id", "before", "after")
"""The fields of a step that all kinds of steps have: those of CSV."""
STEP_RESULT: Final = ("status", *STEP, "error", "detail")
"""The fields of CSV for a step that was applied."""

_COLOURS: Final = {"+": 32, "~": 33, "-": 31}


def write_plan(plan: Plan, output: StepsFormat) -> None:
    """Write a plan."""
    document = plan.to_dict()
    steps = [step.to_dict() for step in plan.steps]
    match output:
        case "table":
            sys.stdout.write(_shown(str(plan)))
        case "json":
            sys.stdout.write(formats.json_one(document))
        case "yaml":
            sys.stdout.write(formats.yaml_one(document))
        case "jsonl":
            sys.stdout.writelines(formats.json_lines(steps))
        case "csv":
            sys.stdout.writelines(formats.csv_rows(steps, STEP))


def _shown(text: str) -> str:
    """A plan in lines, with a colour for each kind of change."""
    lines = map(printable, text.splitlines())
    if has_colours(sys.stdout):
        lines = map(_coloured, lines)
    return "".join(f"{line}\n" for line in lines)


def _coloured(line: str) -> str:
    colour = _COLOURS.get(line.strip()[:1]) if line.startswith("  ") else None
    return line if colour is None else f"\x1b[{colour}m{line}\x1b[0m"


class Applied:
    """Writes the steps of a plan as they are done: lines at once, a document at the end.

    An output that breaks does not stop the work.
    """

    def __init__(self, plan: Plan, output: StepsFormat, bar: Bar) -> None:
        self._steps = plan.steps
        self._total = len(plan.steps)
        self._output = output
        self._bar = bar
        self._results: list[StepResult] = []
        self._written = 0
        self._problem: OSError | None = None
        # On a terminal, the bar is in the way until the end.
        self._at_once = output in ("jsonl", "csv", "table") and not (
            output == "table" and is_terminal(sys.stdout)
        )
        if output == "csv":
            self._write("".join(formats.csv_rows([], STEP_RESULT)))

    def take(self, result: StepResult) -> None:
        """Take in what came of a step."""
        self._results.append(result)
        self._bar.show(len(self._results), self._total)
        if self._at_once and self._write(self._line(result)):
            self._written += 1

    def end(self, result: Result) -> None:
        """Write what is still to be written.

        Raises:
            OSError: something could not be written.
        """
        if self._output == "json":
            self._write(formats.json_one(result.to_dict()))
        elif self._output == "yaml":
            self._write(formats.yaml_one(result.to_dict()))
        elif not self._at_once:
            self._write("".join(map(self._line, self._results)))
        if self._problem is not None:
            raise self._problem

    def said(self) -> str:
        """How far it got, in words."""
        counts = Counter(each.status for each in self._results)
        others = [f", {counts[each]} {each}" for each in ("failed", "skipped") if counts[each]]
        return f"{counts['done']} of {self._total} steps done{''.join(others)}"

    def reached(self) -> str:
        """How far it got, for one who stops it, with the steps that were not written.

        Of an output that broke, nobody knows how much its reader has seen: then it is all steps.
        """
        untold = self._results[0 if self._problem is not None else self._written :]
        lines = [*(each.describe() for each in untold), *self._may_be_out()]
        return "\n".join([self.said(), *map(printable, lines)])

    def _may_be_out(self) -> Iterator[str]:
        """The users whose roles were perhaps being changed: those of each project's next step."""
        from ...reconcile import ChangeRole

        told = {each.step for each in self._results}
        seen = set[tuple[str | None, str]]()
        for step in self._steps:
            place = (step.project_id, step.project)
            if step in told or place in seen:
                continue
            seen.add(place)
            if isinstance(step, ChangeRole):
                yield f"{step.user_id} of {step.project!r} may be out right now: make a new plan"

    def _line(self, result: StepResult) -> str:
        if self._output == "jsonl":
            return "".join(formats.json_lines([result.to_dict()]))
        if self._output == "csv":
            _, row = formats.csv_rows([_flat(result)], STEP_RESULT)
            return row
        return f"{printable(result.describe())}\n"

    def _write(self, text: str) -> bool:
        """Write lines, unless the output is broken; gives whether they were written."""
        try:
            if self._problem is None:
                sys.stdout.write(text)
                sys.stdout.flush()
        except OSError as error:
            self._problem = error
        return self._problem is None


def _flat(result: StepResult) -> Record:
    return {
        **result.step.to_dict(),
        "status": result.status,
        "error": None if result.error is None else str(result.error),
        "detail": result.detail,
    }
