"""What commands are declared with: their classes, and the options that many of them share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeAlias, get_args

import click
from click.shell_completion import CompletionItem

from ..errors import InvalidArgumentError
from .completion import complete_project
from .context import CommandContext
from .errors import CommandError
from .output.results import OutputFormat, RecordKind, ResultWriter
from .output.streams import PROGRAM

if TYPE_CHECKING:
    from .. import ProjectScope

Function: TypeAlias = Callable[..., Any]
Decorator: TypeAlias = Callable[[Function], Function]
Scope: TypeAlias = "ProjectScope"

_LARGEST_PAGE: Final = 120


def option(name: str, metavar: str, help: str, **attributes: Any) -> Decorator:
    return click.option(name, metavar=metavar, help=help, **attributes)


def flag(*names: str, help: str) -> Decorator:
    return click.option(*names, is_flag=True, help=help)


def argument(name: str, metavar: str, help: str, **attributes: Any) -> Decorator:
    return click.argument(name, metavar=metavar, help=help, **attributes)


def global_options(*, hidden: bool) -> list[click.Option]:
    """Return the options that may stand before a command or after it."""

    def declare(*names: str, help: str, **attributes: Any) -> click.Option:
        attributes |= {"hidden": hidden, "expose_value": False, "callback": _set_option}
        return click.Option(names, help=help, **attributes)

    seconds: dict[str, Any] = {"type": float, "metavar": "SECONDS"}
    deadline = "The limit for a call with all attempts and waits, or for a whole inventory (none)."
    insecure = "Allow plain http beyond this machine: the key is then sent unencrypted."
    return [
        declare("--team", metavar="NAME", help="Use this team's key in the credentials file."),
        declare("--api-key-env", metavar="VARIABLE", help="Use the key in this variable."),
        declare("--base-url", metavar="URL", help="The address of the API."),
        declare("--timeout", **seconds, help="The limit for one attempt at a request (30)."),
        declare("--deadline", **seconds, help=deadline),
        declare("--allow-insecure-http", is_flag=True, help=insecure),
        declare("--verbose", "-v", is_flag=True, help="Show requests and retries."),
        declare("--debug", is_flag=True, help="Show the traceback of an error."),
    ]


def _set_option(ctx: click.Context, option: click.Parameter, value: object) -> None:
    """Store a global option that was given; one after the command replaces one before it."""
    if value is not None and value is not False:
        setattr(ctx.ensure_object(CommandContext), str(option.name), value)


_HIDDEN_OPTIONS: Final = global_options(hidden=True)


class Command(click.Command):
    """A command that takes the global options, and whose help ends with examples."""

    def __init__(self, name: str, *, path: str, examples: Sequence[str], **attributes: Any) -> None:
        self.examples: Sequence[str] = [f"{path} {example}".rstrip() for example in examples]
        shown = "\n".join(f"  {PROGRAM} {example}" for example in self.examples)
        epilog = f"\b\nExamples:\n{shown}\n\nGlobal options: see `{PROGRAM} --help`."
        super().__init__(name, epilog=epilog, **attributes)
        self.params: list[click.Parameter] = [*self.params, *_HIDDEN_OPTIONS]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. An error names its options in place of arguments of Python."""
        try:
            return super().invoke(ctx)
        except InvalidArgumentError as error:
            shown = {p.name: p.opts[0] if p.opts[0][0] == "-" else p.metavar for p in self.params}
            name = {"project_id": "PROJECT", **shown}.get(error.argument, error.argument)
            raise CommandError(f"{name} must be {error.expected}") from error


class Group(click.Group):
    """A group that lists its commands in the order of their definition."""

    command_class: type[click.Command] | None = Command

    def __init__(self, name: str | None = None, **attributes: Any) -> None:
        super().__init__(name, no_args_is_help=False, **attributes)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(self.commands)

    def subcommand(self, name: str, *examples: str, help: str | None = None) -> Decorator:
        return self.command(name, path=f"{self.name} {name}", examples=examples, help=help)


def command(name: str, *examples: str) -> Callable[[Function], Command]:
    """Declare a command of the program; its examples are given without its name."""
    return click.command(name, cls=Command, path=name, examples=examples)


project_argument: Final = argument(
    "project", "PROJECT", "The project's id or name.", shell_complete=complete_project
)
projects_argument: Final = argument(
    "projects",
    "[PROJECT]...",
    "Ids or names of projects; all if none.",
    nargs=-1,
    shell_complete=complete_project,
)
yes_option: Final = flag("--yes", "-y", help="Do not ask.")


class EnumValue(click.ParamType[str]):
    """A value of an enum of the spec, whose values are loaded when one is given or completed."""

    name = "value"

    def __init__(self, values: Callable[[], Sequence[str]]) -> None:
        self._values = values

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return click.Choice(self._values()).convert(value, param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return click.Choice(self._values()).shell_complete(ctx, param, incomplete)


def output_option(formats: Sequence[str], default: str = "table") -> Decorator:
    listed = f"{', '.join(formats[:-1])} or {formats[-1]}."
    choice = click.Choice(formats)
    return click.option(
        "--output", "-o", type=choice, default=default, metavar="FORMAT", help=listed
    )


def concurrency_option(what: str) -> Decorator:
    return option("--concurrency", "N", f"The number of {what} at a time.", type=int, default=16)


def in_project(function: Function) -> Function:
    """Add the argument PROJECT, and pass the project's `ProjectScope` as `scope`."""

    @project_argument
    @click.pass_obj
    @wraps(function)
    def run(context: CommandContext, /, *args: Any, project: str, **kwargs: Any) -> Any:
        with context.client() as client:
            return context.in_project(
                client, project, lambda scope: function(*args, scope=scope, **kwargs)
            )

    return run


def results(kind: RecordKind | Callable[[str, str | None], RecordKind]) -> Decorator:
    """Add `--output` and `--fields`, and pass the `ResultWriter` they describe as `results`."""

    def decorate(function: Function) -> Function:
        @output_option(get_args(OutputFormat))
        @option("--fields", "A,B,…", "Write only these fields, in this order.")
        @click.pass_obj
        @wraps(function)
        def run(context: CommandContext, /, *args: Any, **kwargs: Any) -> Any:
            chosen = kwargs.pop("output"), kwargs.pop("fields")
            kind_of_these = kind if isinstance(kind, RecordKind) else kind(*chosen)
            return function(*args, results=ResultWriter(context, kind_of_these, *chosen), **kwargs)

        return run

    return decorate


def _page_size(ctx: click.Context, _option: click.Parameter, size: int | None) -> int:
    """Return the given page size, or one no larger than `--limit`, which is parsed by then."""
    return min(ctx.params.get("limit") or _LARGEST_PAGE, _LARGEST_PAGE) if size is None else size


def pages(function: Function) -> Function:
    about = "Items for each request, 1 to 120 (120)."
    size = option("--page-size", "N", about, type=int, callback=_page_size)
    after = option("--after", "CURSOR", "Resume where an earlier listing ended.")
    limit = option("--limit", "N", "Stop after N items (no limit).", type=click.IntRange(1, 10**9))
    return limit(after(size(function)))
