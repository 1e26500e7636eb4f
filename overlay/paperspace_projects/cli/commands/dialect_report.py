"""`dialect-report`: compare the shapes of a server's answers with what is described."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, Literal

import click

from .. import declare
from ..context import CommandContext, check_can_ask, confirm
from ..errors import CommandError, Exit
from ..output.formats import Record, json_one
from ..output.results import RecordKind, ResultWriter
from ..output.streams import PROGRAM, echo_stderr

if TYPE_CHECKING:
    from ...dialects import OperationReport

_ACTION: Final = "create a scratch project, write to it, and remove it again"
_GRACE: Final = 15.0  # seconds for the removal of the scratch project after Ctrl-C


def _record(made: OperationReport) -> Record:
    empty = [each for each in made.unseen if each.endswith("[]")]
    notes = [f"no items seen in {each.removesuffix('[]')}" for each in empty]
    told = [*map(str, made.differences), *filter(None, [made.reason]), *notes]
    return {"operation": made.operation, "verdict": made.verdict, "what": "; ".join(told) or None}


_COLUMNS: Final = ("operation", "verdict", "what")
_OPERATION: Final = RecordKind("operation", _COLUMNS, _COLUMNS, "operation", _record)


@declare.command("dialect-report", "", "-o json >report.json", "--write --yes -o json")
@declare.flag("--write", help="Also ask the writes, on a scratch project that is removed again.")
@declare.option("--user-id", "USER", "A user to add to the scratch project (an invented id).")
@declare.option("--model-id", "MODEL", "A model to add to it that is not in use (an invented id).")
@declare.yes_option
@declare.output_option(("table", "json"))
@click.pass_obj
def dialect_report(
    context: CommandContext, /, write: bool, yes: bool, output: Literal["table", "json"], **ids: Any
) -> Exit:
    """Compare the shapes of the server's answers with what is described.

    It asks the reading operations of the team and of up to five projects, and compares statuses,
    media types, keys, types and nulls with the contract and with the live dialect. The output holds
    no id, name, value, key or address: it can be put into an issue. The exit code is 1 if anything
    differs.
    """
    from ...dialects import report

    if not write and any(ids.values()):
        raise CommandError("--user-id and --model-id go with --write")
    if write:
        check_can_ask(yes, _ACTION)
        confirm(yes, _ACTION)
    with context.client() as client:
        if write:
            # Ctrl-C leaves the client open, and time to remove the scratch project with it.
            context.open_client, context.grace = None, _GRACE

        def begin(name: str) -> None:
            left = f"if it is left over, `{PROGRAM} projects delete name:{name} --yes` removes it"
            echo_stderr(f"the scratch project {name!r} is removed again; {left}")
            context.progress = lambda: f"the scratch project may be there still: {left}"

        try:
            made = report(client, write=write, on_scratch=begin, **ids)
        except BaseException as error:
            if context.progress is not None:
                notes: list[str] = getattr(error, "__notes__", [])
                left_over = next((each for each in notes if "scratch project" in each), None)
                outcome = left_over or "the scratch project was removed"
                context.progress = context.done = lambda: outcome
            raise
        context.progress = None
    if output == "json":
        sys.stdout.write(json_one(made.to_dict()))
    else:
        ResultWriter(context, _OPERATION, output, None).write_all(made.operations)
    echo_stderr(made.summary)
    if made.left_over is not None:
        echo_stderr(made.left_over)
    elif not made.is_as_described and output == "table":
        echo_stderr("hint: `-o json` makes a report for an issue; there is nothing in it to hide")
    is_fine = made.is_as_described and made.left_over is None
    return Exit.DONE if is_fine else Exit.FAILED
