"""Write a plan, and its steps while they are applied."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from . import formats
from .drawing import show_progress
from .streams import echo_stderr, has_colours, is_terminal, printable

if TYPE_CHECKING:
    from rich.progress import Progress

    from ...reconcile import Plan, Result, Step, StepResult

StepsFormat: TypeAlias = Literal["table", "json", "jsonl", "csv", "yaml"]

# The columns in CSV: the fields that all kinds of steps have, and those of an applied step.
STEP: Final = ("kind", "project", "project_id", "before", "after")
STEP_RESULT: Final = ("status", *STEP, "error", "detail")

_COLOURS: Final = {"  +": 32, "  ~": 33, "  -": 31}


def write_plan(plan: Plan, output: StepsFormat) -> None:
    if output in formats.DOCUMENTS:
        sys.stdout.write(formats.DOCUMENTS[output](plan.to_dict()))
    elif output != "table":
        sys.stdout.writelines(formats.write(output, [step.to_dict() for step in plan.steps], STEP))
        notes = (line for line in str(plan).splitlines() if line.startswith("note: "))
        echo_stderr("\n".join(notes))
    else:
        for line in map(printable, str(plan).splitlines()):
            colour = _COLOURS.get(line[:3]) if has_colours(sys.stdout) else None
            sys.stdout.write(f"\x1b[{colour}m{line}\x1b[0m\n" if colour else f"{line}\n")


class StepWriter:
    """Writes the steps of a plan as they are applied: lines at once, a document at the end. A
    broken output does not stop the work."""

    def __init__(self, plan: Plan, output: StepsFormat, bar: Progress | None) -> None:
        self._steps = plan.steps
        self._output = output
        self._bar = bar
        self._results: list[StepResult] = []
        self._begun: list[str] = []
        self._skipped: set[tuple[str | None, str]] = set()
        self._written = 0
        self._problem: OSError | None = None
        # A bar covers a terminal until the end.
        self._is_drawn = output == "table" and is_terminal(sys.stdout)
        self._writes_lines = not self._is_drawn and output not in formats.DOCUMENTS
        if output == "csv":
            self._write("".join(formats.csv_rows([], STEP_RESULT)))

    def add(self, result: StepResult) -> None:
        self._results.append(result)
        show_progress(self._bar, len(self._results), len(self._steps))
        if self._writes_lines:
            self._written += self._write(self._line(result))

    def finish(self, result: Result) -> None:
        if self._output in formats.DOCUMENTS:
            self._write(formats.DOCUMENTS[self._output](result.to_dict()))
        elif not self._writes_lines:
            self._write("".join(map(self._line, self._results)))
        if self._problem is not None:
            raise self._problem

    def interrupted(self, interruption: KeyboardInterrupt) -> None:
        """Note which steps had begun; each has a note of the interruption."""
        self._begun = getattr(interruption, "__notes__", [])

    def summary(self) -> str:
        counts = Counter(each.status for each in self._results)
        left = len(self._steps) - len(self._results) - len(self._begun)
        parts = {name: counts[name] for name in ("failed", "skipped")}
        parts |= {"perhaps done": len(self._begun), "not tried": left}
        others = [f", {count} {name}" for name, count in parts.items() if count]
        return f"{counts['done']} of {len(self._steps)} steps done{''.join(others)}"

    def progress(self) -> str:
        """The summary, and the steps that were not written: all of them if the output broke."""
        unwritten = self._results[0 if self._problem is not None else self._written :]
        begun = self._begun
        if self._is_drawn and self._problem is None:  # a person is shown what needs attention
            unwritten = [each for each in unwritten if each.status == "failed"]
            begun = [each for each in begun if "may be out" in each]
        return "\n".join([self.summary(), *(each.describe() for each in unwritten), *begun])

    def _line(self, result: StepResult) -> str:
        if self._output == "table":
            return self._row(result)
        record = result.to_dict()
        if self._output == "csv":
            error = None if result.error is None else str(result.error)
            record = {**record, **result.step.to_dict(), "error": error}
        *_, line = formats.write(self._output, [record], STEP_RESULT)  # after the head of CSV
        return line

    def _row(self, result: StepResult) -> str:
        """A line for a step, or for all steps of its project that are skipped."""
        text = result.describe()
        if result.status == "skipped":
            project = _project(result.step)
            if project in self._skipped:
                return ""
            self._skipped.add(project)
            done = {each.step for each in self._results if each.status == "done"}
            left = sum(_project(each) == project and each not in done for each in self._steps)
            if left > 2:  # one of them is the step that failed
                text = f"skipped: {result.step.project!r}: {left - 1} steps: {result.detail}"
        return f"{printable(text)}\n"

    def _write(self, text: str) -> bool:
        """Write, unless the output is broken; return whether it was written."""
        try:
            if self._problem is None:
                sys.stdout.write(text)
                sys.stdout.flush()
        except OSError as error:
            self._problem = error
        return self._problem is None


def _project(step: Step) -> tuple[str | None, str]:
    return step.project_id, step.project
