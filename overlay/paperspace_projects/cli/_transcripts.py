"""`record` and `dialect-report`: what a server says, and where that is not as documented."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Annotated, Final

import typer

from .. import config
from ._command import command
from ._exits import Exit
from ._invocation import Invocation
from ._kinds import Kind, Record
from ._options import Fields, Output
from ._problems import CommandError
from ._results import Results

if TYPE_CHECKING:
    from ..testing import OperationReport


def _record(report: OperationReport) -> Record:
    return {
        "operation": report.operation,
        "answers": report.answers,
        "dialect": report.spoken,
        "differences": list(report.differences) if report.spoken == "neither" else [],
    }


OPERATION: Final = Kind["OperationReport"](
    noun="operation",
    fields=("operation", "answers", "dialect", "differences"),
    columns=("operation", "answers", "dialect", "differences"),
    key="operation",
    record=_record,
)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    command(
        app,
        "record",
        examples=(
            "record -- paperspace-projects inventory",
            "record --to transcript.jsonl -- python my_tool.py",
        ),
    )(record)
    command(
        app,
        "dialect-report",
        examples=("dialect-report transcript.jsonl", "dialect-report transcript.jsonl -o json"),
    )(report)


def record(
    invocation: Invocation,
    command_line: Annotated[
        list[str], typer.Argument(metavar="COMMAND…", help="What to run, after `--`.")
    ],
    *,
    to: Annotated[
        str, typer.Option("--to", metavar="FILE", help="The transcript; it is added to.")
    ] = "transcript.jsonl",
) -> None:
    """Run a command, and write down what the server answers it.

    The command finds PAPERSPACE_API_URL in its environment, which leads through a relay on this
    machine to the server. The transcript is in JSON Lines, and holds neither the key nor the value
    of a secret: it can be shown to others, with the names and ids that are in it.
    """
    from ..testing import recording_relay

    base_url = invocation.base_url()
    with recording_relay(to, base_url) as relayed:
        done = subprocess.run(
            command_line, env={**os.environ, config.URL_VARIABLE: relayed}, check=False
        )
    if done.returncode:
        told = f"the command that was recorded ended with {done.returncode}"
        raise CommandError(told, Exit.FAILED)


def report(
    _invocation: Invocation,
    transcript: Annotated[
        str, typer.Argument(metavar="TRANSCRIPT", help="A file that `record` wrote.")
    ],
    output: Output = "table",
    fields: Fields = None,
) -> None:
    """Show where a server differs from what is documented of it.

    For each operation of a transcript: which dialect its answers keep to (contract: openapi.yaml;
    live: what the vendor's server is known to send; either, neither), and where they keep to
    neither, how they differ from the nearer. It reads the file and sends nothing.
    """
    from ..testing import dialect_report

    results = Results(OPERATION, output, fields)
    try:
        reports = dialect_report(transcript)
    except ValueError as error:
        raise CommandError(str(error)) from None
    if not reports:
        raise CommandError(f"{transcript}: no operation was answered in it", Exit.FAILED)
    results.write_all(reports)
