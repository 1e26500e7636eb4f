"""The program: its commands, its own options, and how a run ends."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

import click

from .. import __version__
from .commands.activity import activity
from .commands.api import api
from .commands.dialect_report import dialect_report
from .commands.doctor import doctor
from .commands.emulator import emulator
from .commands.inventory import inventory
from .commands.parts import collaborators, models, tags
from .commands.projects import projects
from .commands.reconcile import apply, export, plan, schema
from .commands.secrets import secrets
from .completion import answer_shell, show_completion
from .context import CommandContext
from .declare import Group, global_options
from .errors import CommandError, Exit, report_error
from .output.streams import PROGRAM, discard_stream, echo_stderr, prepare_stdout
from .signals import handle_interrupts


@click.group(PROGRAM, cls=Group, context_settings={"show_default": True})
@click.version_option(__version__, message=f"{PROGRAM} %(version)s", help="Show the version.")
@click.option(
    "--show-completion",
    type=click.Choice(["bash", "zsh", "fish"]),
    metavar="SHELL",
    is_eager=True,
    expose_value=False,
    callback=show_completion,
    help="Show the script that completes commands in bash, zsh or fish.",
)
def program() -> None:
    """Manage Paperspace projects and what they contain.

    The key and the server come from the options, else from PAPERSPACE_API_KEY and
    PAPERSPACE_API_URL, else from ~/.paperspace/credentials.toml; `doctor` shows what was found.
    """
    _check_stdout()


program.params += global_options(hidden=False)
for _command in (
    *(projects, activity, collaborators, secrets, tags, models),
    *(inventory, plan, apply, export, schema, api, doctor, dialect_report, emulator),
):
    program.add_command(_command)


def run(arguments: Sequence[str]) -> int:
    """Run one command, and return its exit code; an interrupted command ends the process."""
    context = CommandContext(arguments=arguments)
    with handle_interrupts(context):
        try:
            prepare_stdout()
            code = _invoke(arguments, context)
            _check_stdout()
            sys.stdout.flush()
        except Exception as error:
            if context.debug:
                echo_stderr("".join(traceback.format_exception(error)))
            if context.done is not None:
                echo_stderr(context.done())
            if isinstance(error, ModuleNotFoundError):
                raise  # `main` says what to install
            code = report_error(error, context.hint_for(error))
            discard_stream(sys.stdout)
        return code


def _invoke(arguments: Sequence[str], context: CommandContext) -> int:
    if (code := answer_shell(program, context)) is not None:
        return code
    try:
        with program.make_context(PROGRAM, list(arguments) or ["--help"], obj=context) as ctx:
            return program.invoke(ctx) or Exit.DONE
    except click.exceptions.Exit as end:
        return end.exit_code


def _check_stdout() -> None:
    """Refuse to work without a standard output."""
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison] -- None if closed
        raise CommandError("standard output is closed", Exit.FAILED)
