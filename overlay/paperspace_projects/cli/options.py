"""The options that all commands have, and what else many of them have in common."""

# Annotations are looked at when a command is made: they are not put off here.

import inspect
from typing import Annotated, Any, Literal, Self, TypeAlias

import attrs
import typer
from attrs import field, frozen

OutputFormat: TypeAlias = Literal["table", "json", "jsonl", "csv", "yaml", "name"]

StepsFormat: TypeAlias = Literal["table", "json", "jsonl", "csv", "yaml"]
RoleName: TypeAlias = Literal["admin", "member", "viewer"]

Output: TypeAlias = Annotated[
    OutputFormat,
    typer.Option("--output", "-o", metavar="FORMAT", help="table, json, jsonl, csv, yaml or name."),
]
Fields: TypeAlias = Annotated[
    str | None,
    typer.Option("--fields", metavar="A,B,…", help="Only these fields, in this order."),
]
Project: TypeAlias = Annotated[
    str, typer.Argument(metavar="PROJECT", help="The project's id, or name:NAME.")
]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def _option(*names: str, default: object = None, **said: str) -> Any:
    return field(default=default, metadata={"names": names, "said": said})


@frozen(kw_only=True)
class GlobalOptions:
    """Which key, which server, how patient, how talkative: before a command or after it."""

    team: str | None = _option(
        "--team", metavar="NAME", help="Use the key of this team in the credentials file."
    )
    api_key_env: str | None = _option(
        "--api-key-env",
        metavar="VARIABLE",
        help="Use the key that this environment variable holds.",
    )
    base_url: str | None = _option("--base-url", metavar="URL", help="Where the API is.")
    timeout: float | None = _option(
        "--timeout", metavar="SECONDS", help="For one attempt at a request (30)."
    )
    deadline: float | None = _option(
        "--deadline",
        metavar="SECONDS",
        help="For a call with all its attempts and waits, or for a whole inventory (none).",
    )
    allow_insecure_http: bool = _option(
        "--allow-insecure-http",
        default=False,
        help="Allow plain http beyond this machine: the key is then sent unencrypted.",
    )
    verbose: bool = _option(
        "--verbose", "-v", default=False, help="Show requests and repeats on standard error."
    )
    debug: bool = _option("--debug", default=False, help="Show the traceback of an error.")

    @classmethod
    def parameters(cls, *, hidden: bool) -> list[inspect.Parameter]:
        """The options as a command's parameters; the help of a single command hides them."""
        return [
            inspect.Parameter(
                each.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=typer.Option(
                    each.default, *each.metadata["names"], hidden=hidden, **each.metadata["said"]
                ),
                annotation=each.type,
            )
            for each in attrs.fields(cls)
        ]

    @classmethod
    def taken_from(cls, given: dict[str, Any]) -> Self:
        """Take the options out of what a command was given."""
        return cls(**{each.name: given.pop(each.name) for each in attrs.fields(cls)})

    def over(self, others: Self) -> Self:
        """These options, and the others where these say nothing."""
        said = attrs.asdict(self, filter=lambda _, value: value is not None and value is not False)
        return attrs.evolve(others, **said)
