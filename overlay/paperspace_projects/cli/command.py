"""Declaring commands: each is a function, with its examples, that is given the `Invocation`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import typer
from typer.core import TyperCommand

from . import PROGRAM
from .context import Invocation
from .exit_codes import Exit
from .options import GlobalOptions
from .runner import run_command

F = TypeVar("F", bound=Callable[..., Exit | None])

CONTEXT: Final = inspect.Parameter(
    "ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
)


class Command(TyperCommand):
    """A command whose usage names its arguments as its help does."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The pieces of the usage line."""
        arguments = [each for each in self.get_params(ctx) if each.param_type_name == "argument"]
        return ["[OPTIONS]", *(str(each.metavar) for each in arguments)]


def group(help: str) -> typer.Typer:
    """A group of commands."""
    return typer.Typer(help=help, rich_markup_mode=None, add_completion=False)


def command(
    app: typer.Typer, name: str, *, examples: Sequence[str], cls: type[Command] = Command
) -> Callable[[F], F]:
    """Make a function a command of a program or a group.

    Its docstring is the help. It gets the invocation, and what its parameters ask for; the global
    options are taken in here.

    Args:
        app: The program or the group.
        name: The command's name.
        examples: How it is called, each without the program's name.
        cls: What parses its arguments.
    """

    def decorate(function: F) -> F:
        def run(ctx: typer.Context, **given: Any) -> None:
            invocation: Invocation = ctx.obj
            invocation.options = GlobalOptions.taken_from(given).over(invocation.options)
            raise typer.Exit(run_command(invocation, lambda: function(invocation, **given)))

        _, *own = inspect.signature(function, eval_str=True).parameters.values()
        declare(run, [CONTEXT, *own, *GlobalOptions.parameters(hidden=True)])
        shown = "\n".join(f"  {PROGRAM} {example}" for example in examples)
        epilog = f"\b\nExamples:\n{shown}\n\nGlobal options: see `{PROGRAM} --help`."
        app.command(name, help=inspect.getdoc(function), epilog=epilog, cls=cls)(run)
        return function

    return decorate


def declare(function: Callable[..., object], parameters: Sequence[inspect.Parameter]) -> None:
    """Have a function that takes anything say what it takes."""
    keyword_only = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
    signature = inspect.Signature(keyword_only)
    setattr(function, "__signature__", signature)  # noqa: B010 -- no type checker knows it
    function.__annotations__ = {each.name: each.annotation for each in parameters}
