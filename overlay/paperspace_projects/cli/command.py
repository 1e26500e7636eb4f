"""What commands are declared with: their classes, and the options that many of them share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final, Literal, TypeAlias, TypeVar, get_args

import click

from ..errors import InvalidArgumentError
from . import PROGRAM
from .context import CommandContext
from .errors import CommandError
from .output.records import RecordKind
from .output.writer import OutputFormat, ResultWriter

R = TypeVar("R")
T = TypeVar("T")

RoleName: TypeAlias = Literal["admin", "member", "viewer"]

_LARGEST_PAGE: Final = 120


def global_options(*, hidden: bool) -> list[click.Option]:
    """Return the options that may stand before a command or after it."""

    def option(*names: str, **attributes: Any) -> click.Option:
        return click.Option(
            names, hidden=hidden, expose_value=False, callback=_set_option, **attributes
        )

    return [
        option("--team", metavar="NAME", help="Use this team's key in the credentials file."),
        option(
            "--api-key-env", metavar="VARIABLE", help="Use the key in this environment variable."
        ),
        option("--base-url", metavar="URL", help="The address of the API."),
        option(
            "--timeout",
            type=float,
            metavar="SECONDS",
            help="The limit for one attempt at a request (30).",
        ),
        option(
            "--deadline",
            type=float,
            metavar="SECONDS",
            help="The limit for a call with all its attempts and waits, or for a whole inventory "
            "(none).",
        ),
        option(
            "--allow-insecure-http",
            is_flag=True,
            help="Allow plain http beyond this machine: the key is then sent unencrypted.",
        ),
        option(
            "--verbose", "-v", is_flag=True, help="Show requests and retries on standard error."
        ),
        option("--debug", is_flag=True, help="Show the traceback of an error."),
    ]


def _set_option(ctx: click.Context, option: click.Parameter, value: object) -> None:
    """Store a global option that was given; one after the command replaces one before it."""
    if value is not None and value is not False:
        setattr(ctx.ensure_object(CommandContext).options, str(option.name), value)


_HIDDEN_OPTIONS: Final = global_options(hidden=True)


class Command(click.Command):
    """A command that takes the global options, and whose help ends with examples."""

    def __init__(
        self, name: str | None, *, examples: Sequence[str] = (), **attributes: Any
    ) -> None:
        shown = "\n".join(f"  {PROGRAM} {example}" for example in examples)
        epilog = f"\b\nExamples:\n{shown}\n\nGlobal options: see `{PROGRAM} --help`."
        super().__init__(name, epilog=epilog, **attributes)
        self.examples = examples
        self.params += _HIDDEN_OPTIONS

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. An error names its options in place of arguments of Python."""
        try:
            return super().invoke(ctx)
        except InvalidArgumentError as error:
            for each in self.params:
                if error.argument in (each.name, f"{each.name}_id"):
                    name = each.opts[0] if isinstance(each, click.Option) else each.metavar
                    raise CommandError(f"{name} must be {error.expected}") from error
            raise


class Group(click.Group):
    """A group that lists its commands in the order of their definition."""

    command_class = Command

    def __init__(self, name: str | None = None, **attributes: Any) -> None:
        super().__init__(name, no_args_is_help=False, **attributes)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Return the names of the commands."""
        return list(self.commands)


project_argument = click.argument(
    "project", metavar="PROJECT", help="The project's id, or name:NAME."
)
projects_argument = click.argument(
    "projects", nargs=-1, metavar="[PROJECT]...", help="Project ids, or name:NAME; all if none."
)
yes_option = click.option("--yes", "-y", is_flag=True, help="Do not ask.")
output_option = click.option(
    "--output",
    "-o",
    type=click.Choice(get_args(OutputFormat)),
    default="table",
    metavar="FORMAT",
    help="table, json, jsonl, csv, yaml or name.",
)
fields_option = click.option(
    "--fields", metavar="A,B,…", help="Write only these fields, in this order."
)


def result_options(kind: RecordKind[T]) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Add `--output` and `--fields`, and pass the `ResultWriter` they describe as `results`."""

    def decorate(function: Callable[..., R]) -> Callable[..., R]:
        @output_option
        @fields_option
        @wraps(function)
        def run(*args: Any, output: OutputFormat, fields: str | None, **kwargs: Any) -> R:
            return function(*args, results=ResultWriter(kind, output, fields), **kwargs)

        return run

    return decorate


def page_options(function: Callable[..., R]) -> Callable[..., R]:
    """Add `--limit`, `--after` and `--page-size`; no page is larger than the limit by default."""

    @click.option(
        "--limit",
        type=click.IntRange(1, sys.maxsize),
        metavar="N",
        help="Stop after this number of items (no limit).",
    )
    @click.option("--after", metavar="CURSOR", help="Resume where an earlier listing ended.")
    @click.option(
        "--page-size", type=int, metavar="N", help="Items for each request, 1 to 120 (120)."
    )
    @wraps(function)
    def run(*args: Any, limit: int | None, page_size: int | None, **kwargs: Any) -> R:
        if page_size is None:
            page_size = min(limit or _LARGEST_PAGE, _LARGEST_PAGE)
        return function(*args, limit=limit, page_size=page_size, **kwargs)

    return run


def concurrency_option(what: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Add `--concurrency`."""
    return click.option(
        "--concurrency",
        type=int,
        default=16,
        metavar="N",
        help=f"The number of {what} at a time.",
    )
