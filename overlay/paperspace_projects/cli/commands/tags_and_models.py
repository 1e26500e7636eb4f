"""`tags` and `models`: the same four commands for both."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from ..command import Group, argument, project_argument, result_options, yes_option
from ..context import CommandContext
from ..output.records import MODEL, TAG, Record, RecordKind
from ..output.writer import ResultWriter
from ..prompts import check_can_ask, confirm
from .sync import CHANGE, dry_run_option, write_sync

if TYPE_CHECKING:
    from ... import Models, ProjectScope, Tags


def _part_group(
    kind: RecordKind[Any],
    part_of: Callable[[ProjectScope], Tags | Models],
    *,
    name: str,
    metavar: str,
    argument_help: str,
    add_help: str,
    remove_help: str,
) -> Group:
    """Return the commands `list`, `add`, `remove` and `sync` for a part of a project."""
    noun, nouns = kind.noun, f"{kind.noun}s"
    look_at = f"{nouns} list PROJECT"
    group = Group(nouns, help=f"List, add, remove and sync the {nouns} of a project.")
    item_argument = argument(name, metavar, argument_help)

    @group.command(
        "list",
        help=f"List the {nouns} of a project.",
        examples=(f"{nouns} list PROJECT", f"{nouns} list name:vision -o name"),
    )
    @project_argument
    @result_options(kind)
    @click.pass_obj
    def list_items(context: CommandContext, project: str, results: ResultWriter[Any]) -> None:
        with context.project(project) as scope:
            results.write_listing(context, part_of(scope).list())

    @group.command("add", help=add_help, examples=(f"{nouns} add PROJECT {metavar}",))
    @project_argument
    @item_argument
    @click.pass_obj
    def add_item(context: CommandContext, /, project: str, **given: str) -> None:
        item = given[name]
        with context.project(project) as scope:
            context.begin_write(look_at)
            part_of(scope).add(item)
            context.end_write(f"added the {noun} {item!r}", notify_user=True)

    @group.command(
        "remove",
        help=remove_help,
        examples=(f"{nouns} remove PROJECT {metavar}", f"{nouns} remove PROJECT {metavar} --yes"),
    )
    @project_argument
    @item_argument
    @yes_option
    @click.pass_obj
    def remove_item(context: CommandContext, /, project: str, yes: bool, **given: str) -> None:
        item = given[name]
        action = f"remove the {noun} {item!r} from the project {project!r}"
        check_can_ask(yes, action)
        with context.project(project) as scope:
            confirm(yes, action)
            context.begin_write(look_at)
            part_of(scope).remove(item)
            context.end_write(f"removed the {noun} {item!r}", notify_user=True)

    @group.command(
        "sync",
        help=f"Make a project's {nouns} exactly these, and show the changes.",
        examples=(
            f"{nouns} sync PROJECT {metavar} --dry-run",
            f"{nouns} sync PROJECT {metavar} --yes",
        ),
    )
    @project_argument
    @argument("items", f"[{metavar}]...", f"The wanted {nouns}.", nargs=-1)
    @dry_run_option
    @yes_option
    @result_options(CHANGE)
    @click.pass_obj
    def sync_items(
        context: CommandContext,
        project: str,
        *,
        items: tuple[str, ...],
        dry_run: bool,
        yes: bool,
        results: ResultWriter[Record],
    ) -> None:
        with context.project(project) as scope:
            sync = partial(part_of(scope).sync, items)
            write_sync(context, sync, results, look_at=look_at, dry_run=dry_run, yes=yes)

    return group


tags = _part_group(
    TAG,
    lambda scope: scope.tags,
    name="name",
    metavar="TAG",
    argument_help="The tag.",
    add_help="Add a tag; one that the project already has is a conflict.",
    remove_help="Remove a tag.",
)
models = _part_group(
    MODEL,
    lambda scope: scope.models,
    name="model_id",
    metavar="MODEL_ID",
    argument_help="The model's id.",
    add_help="Associate an existing model with a project.",
    remove_help="Remove a model from a project; the model itself stays.",
)
