"""The reference of the command line in Markdown, made from the commands."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from paperspace_projects.cli.app import program
from paperspace_projects.cli.command import Command
from paperspace_projects.cli.commands.doctor import CHECK
from paperspace_projects.cli.commands.parts import CHANGE
from paperspace_projects.cli.output.plan_writer import STEP, STEP_RESULT
from paperspace_projects.cli.output.records import COLLABORATOR, EVENT, MODEL, PROJECT, SECRET, TAG
from paperspace_projects.inventory import COLUMNS

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
    return names if parameter.is_flag else f"{names} `{parameter.metavar}`"


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
