"""The reference of the command line, as Markdown, from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from paperspace_projects.cli.app import program
from paperspace_projects.cli.commands.doctor import CHECK
from paperspace_projects.cli.commands.sync import CHANGE
from paperspace_projects.cli.exit_codes import MEANINGS
from paperspace_projects.cli.options import GlobalOptions
from paperspace_projects.cli.output.plan_writer import STEP, STEP_RESULT
from paperspace_projects.cli.output.records import COLLABORATOR, EVENT, MODEL, PROJECT, SECRET, TAG
from paperspace_projects.inventory import COLUMNS


def commands(group: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """All commands, each with its name, such as `projects list`."""
    within: Any = program() if group is None else group
    for name in within.list_commands(None):
        each = within.commands[name]
        if hasattr(each, "commands"):
            yield from commands(each, (*path, name))
        else:
            yield " ".join((*path, name)), each


def reference() -> str:
    """Each command with its help, its arguments and options, and examples."""
    return "\n".join(_section(name, command) for name, command in commands())


def _section(name: str, command: Any) -> str:
    own = [each for each in command.params if each.name not in _global_names()]
    arguments = [each for each in own if each.param_type_name == "argument"]
    usage = " ".join([name, *(each.metavar for each in arguments)])
    _, examples = command.epilog.split("Examples:\n", 1)
    lines = [line.strip() for line in examples.split("\n\n")[0].splitlines()]
    described = "".join(f"- {_names(each)}: {each.help}{_default(each)}\n" for each in own)
    return (
        f"### `{usage}`\n\n{command.help.strip()}\n\n"
        + (f"{described}\n" if described else "")
        + "```console\n"
        + "".join(f"$ {line}\n" for line in lines)
        + "```\n"
    )


def _global_names() -> set[str]:
    return {each.name for each in GlobalOptions.parameters(hidden=False)}


def _names(option: Any) -> str:
    if option.param_type_name == "argument":
        return f"`{option.metavar}`"
    names = ", ".join(f"`{each}`" for each in sorted(option.opts, key=len, reverse=True))
    return names if option.is_flag else f"{names} `{option.metavar}`"


def _default(option: Any) -> str:
    is_told = option.default not in (None, False, True, ()) and not option.required
    return f" Default: `{option.default}`." if is_told else ""


def global_options() -> list[list[str]]:
    """The options of all commands, with what they mean."""
    shown, params = {*_global_names(), "version"}, cast("list[Any]", program().params)
    return [[_names(each), each.help] for each in params if each.name in shown]


def exit_codes() -> list[list[str]]:
    """The exit codes, with what they mean."""
    return [[str(int(code)), meaning] for code, meaning in MEANINGS.items()]


def fields() -> list[list[str]]:
    """The fields of each kind of thing that is written."""
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
