"""The reference of the command line in Markdown, made from the commands."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from paperspace_projects.cli.app import program
from paperspace_projects.cli.commands.doctor import CHECK
from paperspace_projects.cli.commands.parts import CHANGE
from paperspace_projects.cli.declare import Command
from paperspace_projects.cli.errors import Exit
from paperspace_projects.cli.output.plan_writer import STEP, STEP_RESULT
from paperspace_projects.cli.output.results import COLLABORATOR, EVENT, MODEL, PROJECT, SECRET, TAG
from paperspace_projects.inventory import COLUMNS

MEANINGS = {
    Exit.DONE: "done",
    Exit.FAILED: "failed in a way that no other code names: no connection, a timeout, a server's "
    "error, an answer that cannot be read, a question answered with no; `dialect-report`: "
    "an answer is not as described",
    Exit.USAGE: "nothing was done: the command, an option, a file or a value cannot be used, or "
    "there is no terminal to ask at and no `--yes`",
    Exit.NOT_FOUND: "no such project, or no such thing in it",
    Exit.AUTHENTICATION: "no usable API key, or the server does not accept it (401, 403)",
    Exit.CONFLICT: "the current state does not allow it: a name that is taken or that several "
    "projects have, a plan that is stale",
    Exit.OUTCOME_UNKNOWN: "a write may or may not have been carried out; the message says how to "
    "find out",
    Exit.PARTLY_FAILED: "a part of the work failed, the rest is done",
    Exit.CHANGES: "`plan --exit-code`: there are changes",
    Exit.INTERRUPTED: "Ctrl-C",
    Exit.BROKEN_PIPE: "the reader of the output has gone, as `head` does",
    Exit.TERMINATED: "SIGTERM",
}

GLOBAL_NAMES = {each.name for each in program.params}


def commands(group: click.Group = program, path: str = "") -> Iterator[tuple[str, Command]]:
    """All commands, each with its name, such as `projects list`."""
    for name, each in group.commands.items():
        if isinstance(each, click.Group):
            yield from commands(each, f"{path}{name} ")
        elif isinstance(each, Command):
            yield f"{path}{name}", each


def reference() -> str:
    """Each command with its help, its arguments and options, and examples."""
    return "\n".join(_section(name, command) for name, command in commands())


def _section(name: str, command: Command) -> str:
    own = [each for each in command.params if each.name not in GLOBAL_NAMES]
    usage = [name, *(str(each.metavar) for each in own if isinstance(each, click.Argument))]
    described = "".join(f"- {names_of(each)}: {each.help}{_default(each)}\n" for each in own)
    return (
        f"### `{' '.join(usage)}`\n\n{inspect.cleandoc(str(command.help))}\n\n"
        + (f"{described}\n" if described else "")
        + "```console\n"
        + "".join(f"$ {program.name} {example}\n" for example in command.examples)
        + "```\n"
    )


def names_of(parameter: click.Parameter) -> str:
    if not isinstance(parameter, click.Option):
        return f"`{parameter.metavar}`"
    names = ", ".join(f"`{each}`" for each in sorted(parameter.opts, key=len, reverse=True))
    return names if parameter.is_flag or parameter.count else f"{names} `{parameter.metavar}`"


def _default(parameter: click.Parameter) -> str:
    default = parameter.to_info_dict()["default"]
    return f" Default: `{default}`." if default else ""


def fields() -> list[list[str]]:
    """The fields of each kind of record in the output."""
    kinds = (PROJECT, EVENT, COLLABORATOR, SECRET, TAG, MODEL, CHANGE, CHECK)
    rows = [[each.noun, _listed(each.fields), f"`{each.key}`"] for each in kinds]
    return [
        *rows,
        ["`inventory`, as a flat record", _listed(COLUMNS), "`project_id`"],
        ["step of `plan`, in CSV", _listed(STEP), ""],
        ["step of `apply`, in CSV", _listed(STEP_RESULT), ""],
    ]


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{each}`" for each in names)
