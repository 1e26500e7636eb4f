"""What is written of a plan, and of its steps while it is applied."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import paperspace_projects.cli._formats as formats

from ._kinds import Record
from ._options import StepsFormat
from ._printable import printable
from ._streams import has_colours, is_terminal

if TYPE_CHECKING:
    from ..reconcile import Plan, Result, StepResult
    from ._progress import Bar

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

    An output that breaks does not stop the work: it is told when all is done.
    """

    def __init__(self, plan: Plan, output: StepsFormat, bar: Bar) -> None:
        self._total = len(plan.steps)
        self._output = output
        self._bar = bar
        self._counts = {"done": 0, "failed": 0, "skipped": 0}
        self._problem: OSError | None = None
        self._waiting: list[str] = []
        if output == "csv":
            self._write("".join(formats.csv_rows([], STEP_RESULT)))

    def take(self, result: StepResult) -> None:
        """Take in what came of a step."""
        self._counts[result.status] += 1
        self._bar.show(sum(self._counts.values()), self._total)
        match self._output:
            case "table":
                self._write(f"{printable(result.describe())}\n")
            case "jsonl":
                self._write("".join(formats.json_lines([result.to_dict()])))
            case "csv":
                _, row = formats.csv_rows([_flat(result)], STEP_RESULT)
                self._write(row)
            case _:
                pass  # at the end

    def end(self, result: Result) -> None:
        """Write what is still to be written.

        Raises:
            OSError: something could not be written.
        """
        sys.stdout.writelines(self._waiting)
        if self._problem is not None:
            raise self._problem
        if self._output == "json":
            sys.stdout.write(formats.json_one(result.to_dict()))
        elif self._output == "yaml":
            sys.stdout.write(formats.yaml_one(result.to_dict()))

    def said(self) -> str:
        """How far it got, in words."""
        counts = self._counts
        others = [f", {counts[each]} {each}" for each in ("failed", "skipped") if counts[each]]
        return f"{counts['done']} of {self._total} steps done{''.join(others)}"

    def reached(self) -> str:
        """How far it got, for one who stops it: with the steps that were not written yet."""
        return "\n".join([self.said(), *(line.rstrip("\n") for line in self._waiting)])

    def _write(self, text: str) -> None:
        if self._output == "table" and is_terminal(sys.stdout):
            self._waiting.append(text)  # the bar is in the way
            return
        try:
            if self._problem is None:
                sys.stdout.write(text)
        except OSError as error:
            self._problem = error


def _flat(result: StepResult) -> Record:
    return {
        **result.step.to_dict(),
        "status": result.status,
        "error": None if result.error is None else str(result.error),
        "detail": result.detail,
    }
