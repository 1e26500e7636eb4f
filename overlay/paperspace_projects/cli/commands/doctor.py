"""`doctor`: show which key and server are used, and whether they work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

import click
import msgspec

from ... import config
from ..command import Command, result_options
from ..context import CommandContext
from ..errors import Exit
from ..output.records import RecordKind
from ..output.streams import echo_stderr
from ..output.writer import ResultWriter

Verdict: TypeAlias = Literal["ok", "info", "warning", "failed", "unknown"]


class Check(msgspec.Struct, frozen=True):
    """The result of one check; `code` is the exit code of `doctor` if it failed."""

    check: str
    verdict: Verdict
    found: str
    hint: str | None = None
    code: Exit = Exit.FAILED


CHECK: Final = RecordKind[Check](
    noun="check",
    fields=("check", "verdict", "found", "hint"),
    columns=("check", "verdict", "found"),
    key="check",
)


@click.command("doctor", cls=Command, examples=("doctor", "doctor --team my-team -o json"))
@result_options(CHECK)
@click.pass_obj
def doctor(context: CommandContext, results: ResultWriter[Check]) -> Exit:
    """Show which key and server are used, and if they work.

    If a setting can come from several places, they are listed in their order: the first that has
    it counts. The exit code is that of the first check that failed.
    """
    from .doctor_checks import run_checks

    if context.options.timeout is not None:
        config.check_timeout(context.options.timeout)
    done: list[Check] = []

    def noted() -> Iterator[Check]:
        for check in run_checks(context):
            done.append(check)
            yield check

    results.write_all(noted())
    for check in done:
        if check.hint is not None:
            echo_stderr(f"hint: {check.check}: {check.hint}")
    return next((check.code for check in done if check.verdict == "failed"), Exit.DONE)
