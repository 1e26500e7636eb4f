"""What a shell completes: commands and options by click, and the names of projects."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from contextlib import suppress
from itertools import islice, pairwise
from typing import Final

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    add_completion_class,
    get_completion_class,
    shell_complete,
    split_arg_string,
)

from ..errors import PaperspaceError
from .context import CommandContext
from .errors import CommandError
from .output.streams import PROGRAM, printable

_VARIABLE: Final = "_PAPERSPACE_PROJECTS_COMPLETE"  # a shell sets it to ask for completions
_MOST: Final = 600  # projects that are read: five pages
_PATIENCE: Final = 2.0  # seconds for each page


def show_completion(ctx: click.Context, _: click.Parameter, shell: str | None) -> None:
    if shell and (completion := get_completion_class(shell)):
        click.echo(completion(ctx.command, {}, PROGRAM, _VARIABLE).source())
        ctx.exit()


def answer_shell(program: click.Command, context: CommandContext) -> int | None:
    """Write the completions that a shell asks for; return None if none asks."""
    asked = os.environ.get(_VARIABLE)
    return shell_complete(program, {"obj": context}, PROGRAM, _VARIABLE, asked) if asked else None


def complete_project(
    ctx: click.Context, _argument: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Return the names of projects; the id of one that shares its name. Errors complete nothing."""
    from .. import RetryPolicy

    prefix = "name:" if incomplete.startswith("name:") else ""
    context = ctx.ensure_object(CommandContext)
    context.verbose = False
    projects = list[tuple[str, str]]()
    with suppress(PaperspaceError, CommandError), context.client() as client:
        hasty = client.with_options(deadline=_PATIENCE, retry=RetryPolicy(max_attempts=1))
        for each in islice(hasty.projects.list(), _MOST):
            if each.name == printable(each.name):
                projects.append((each.name, each.id))
    count = Counter(name for name, _ in projects)
    values = (
        f"{prefix}{name}" if count[name] == 1 else id
        for name, id in projects
        if name.startswith(incomplete.removeprefix(prefix))
    )
    return [CompletionItem(each) for each in values]


class _Bash(BashComplete):
    """Bash takes `name:vision` for three words, replaces the last, and quotes nothing."""

    _kept = ""  # what stands before the word that bash replaces

    def get_completion_args(self) -> tuple[list[str], str]:
        position = int(os.environ["COMP_CWORD"])
        words = [*split_arg_string(os.environ["COMP_WORDS"]), ""][: position + 1]
        args = words[:1]
        for before, word in pairwise(words):
            if ":" in (before, word):
                args[-1] += word
                self._kept = args[-1][: args[-1].rindex(":") + 1]
            else:
                args.append(word)
                self._kept = ""
        return args[1:-1], args[-1]

    def format_completion(self, item: CompletionItem[str]) -> str:
        return f"{item.type},{shlex.quote(item.value.removeprefix(self._kept))}"


add_completion_class(_Bash)
