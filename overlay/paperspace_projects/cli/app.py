"""The program: its commands, its global options, and what it says to arguments it cannot use."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, cast

import typer
from typer.core import TyperGroup

from . import PROGRAM
from .command import CONTEXT, declare
from .commands import (
    activity,
    collaborators,
    doctor,
    emulator,
    inventory,
    models,
    projects,
    reconcile,
    secrets,
    tags,
)
from .context import Invocation
from .errors import CommandError
from .exit_codes import Exit
from .options import GlobalOptions
from .output.messages import complain, say
from .output.streams import check_stdout, let_go, prepare_stdout
from .runner import failed

# typer has no public name for what its parser raises, but for a class that is derived from it.
_USAGE_ERROR: Final = cast("type[Exception]", typer.BadParameter.__base__)

_HELP: Final = """\
Projects of Paperspace, and what they hold.

A key and a server are looked for in the options, then in PAPERSPACE_API_KEY and PAPERSPACE_API_URL,
then in ~/.paperspace/credentials.toml; `doctor` shows what was found.
"""

_ORDER: Final = (
    *("projects", "activity", "collaborators", "secrets", "tags", "models"),
    *("inventory", "plan", "apply", "export", "schema", "doctor", "emulator"),
)


class Program(TyperGroup):
    """The program, whose commands are listed in the order in which they are of use."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands."""
        return sorted(super().list_commands(ctx), key=_ORDER.index)


def program() -> TyperGroup:
    """The whole program, ready to parse arguments."""
    app = typer.Typer(
        cls=Program, help=_HELP, rich_markup_mode=None, pretty_exceptions_enable=False
    )
    app.callback()(_take_options())
    for name, group in (
        ("projects", projects.app),
        ("collaborators", collaborators.app),
        ("secrets", secrets.app),
        ("tags", tags.app),
        ("models", models.app),
    ):
        app.add_typer(group, name=name)
    for module in (activity, inventory, reconcile, emulator, doctor):
        module.add_to(app)
    return cast("TyperGroup", typer.main.get_command(app))


def _show_version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


_VERSION: Final = inspect.Parameter(
    "version",
    inspect.Parameter.KEYWORD_ONLY,
    default=typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version."
    ),
    annotation=bool,
)


def _take_options() -> Callable[..., None]:
    """What takes the options that stand before the command."""

    def take(ctx: typer.Context, **given: Any) -> None:
        invocation: Invocation = ctx.obj
        invocation.options = GlobalOptions.taken_from(given)

    declare(take, [CONTEXT, _VERSION, *GlobalOptions.parameters(hidden=False)])
    return take


def run(arguments: Sequence[str]) -> int:
    """Run one command; gives the exit code."""
    invocation, stdout = Invocation(), sys.stdout
    try:
        prepare_stdout()
        _check_home(arguments)
        code = _parsed_and_run(arguments, invocation)
        if code == Exit.DONE:
            check_stdout()
            sys.stdout.flush()
    except _USAGE_ERROR as error:
        complain(_usage(error))
        return Exit.USAGE
    except (typer.Abort, KeyboardInterrupt):
        code = Exit.INTERRUPTED
    except ModuleNotFoundError:
        raise  # a part of the extra is not installed
    except Exception as error:
        code = failed(error)
        let_go(stdout)
    if code == Exit.INTERRUPTED:
        say("interrupted" if invocation.done is None else f"interrupted: {invocation.done()}")
    return code


def _parsed_and_run(arguments: Sequence[str], invocation: Invocation) -> int:
    """Parse the arguments, and run what they ask for.

    Raises:
        BrokenPipeError: the reader of the help, or the like, has gone.
    """
    try:
        code: int | None = program().main(
            list(arguments) or ["--help"],
            prog_name=PROGRAM,
            standalone_mode=False,
            obj=invocation,
        )
    except SystemExit as end:  # after completion, and for a pipe that breaks
        if isinstance(end.__context__, BrokenPipeError):
            raise end.__context__ from None
        return end.code if isinstance(end.code, int) else Exit.FAILED
    return code or Exit.DONE


def _check_home(arguments: Sequence[str]) -> None:
    """Refuse to set completion up where there is no home directory to do so in.

    Raises:
        CommandError: there is none.
    """
    if "--install-completion" not in arguments:
        return
    try:
        Path.home()
    except RuntimeError:
        hint = "set HOME, or have --show-completion show what would be set up"
        raise CommandError("there is no home directory", Exit.FAILED, hint) from None


def _usage(error: Any) -> CommandError:
    """What the parser complains of, in two lines."""
    where = PROGRAM if error.ctx is None else error.ctx.command_path
    return CommandError(error.format_message(), hint=f"`{where} --help` shows how it is used")
