"""`doctor`: what the other commands go by, and whether it works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import typer

from ... import config
from ..command import command
from ..context import Invocation
from ..exit_codes import Exit
from ..options import Fields, Output
from ..output.messages import say
from ..output.records import Kind, Record
from ..output.writer import Results

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .doctor_checks import Check


def _record(check: Check) -> Record:
    return {
        "check": check.name,
        "verdict": check.verdict,
        "found": check.found,
        "hint": check.hint,
    }


CHECK: Final = Kind["Check"](
    noun="check",
    fields=("check", "verdict", "found", "hint"),
    columns=("check", "verdict", "found"),
    key="check",
    record=_record,
)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "doctor", examples=("doctor", "doctor --team my-team -o json"))(examine)


def examine(invocation: Invocation, output: Output = "table", fields: Fields = None) -> Exit:
    """Show which key and server are used, and if they work.

    Where a thing can come from several places they are listed in their order: the first that has
    it counts. The exit code is that of the first check that failed.
    """
    from .doctor_checks import checks

    results = Results(CHECK, output, fields)
    if invocation.options.timeout is not None:
        config.check_timeout(invocation.options.timeout)
    failures: list[Exit] = []
    hints: list[str] = []

    def noted() -> Iterator[Check]:
        for check in checks(invocation):
            if check.verdict == "failed":
                failures.append(check.code)
            if check.hint is not None:
                hints.append(f"hint: {check.name}: {check.hint}")
            yield check

    results.write_all(noted())
    if hints:
        say("\n".join(hints))
    return failures[0] if failures else Exit.DONE
