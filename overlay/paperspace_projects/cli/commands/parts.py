"""`tags`, `models` and `collaborators`: the parts of a project, with the same four commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Final, get_args

import click

from ...errors import PaperspaceError
from ...models import Changes
from ..command import (
    Group,
    RoleName,
    argument,
    flag,
    option,
    project_argument,
    result_options,
    yes_option,
)
from ..context import CommandContext, check_can_ask, confirm
from ..errors import CommandError
from ..output.records import COLLABORATOR, MODEL, TAG, Record, RecordKind
from ..output.streams import echo_stderr
from ..output.writer import ResultWriter

CHANGE: Final = RecordKind[Record](
    noun="change",
    fields=("change", "name", "before", "after"),
    columns=("change", "name", "before", "after"),
    key="name",
    convert=dict,
)


def _part_group(
    kind: RecordKind[Any],
    parameter: str,
    metavar: str,
    metavar_help: str,
    *,
    add_help: str,
    remove_help: str,
    add_options: Callable[[Callable[..., Any]], Callable[..., Any]] = lambda function: function,
    add_example: str = "",
    list_format: str = "name",
    wanted: tuple[str, str, str] | None = None,
    parse_wanted: Callable[[Iterable[str]], Any] = tuple,
) -> Group:
    """Return the commands `list`, `add`, `remove` and `sync` for a part of a project.

    `parameter` is the client's name for an item; `wanted` is the metavar, the help and the example
    of the items that `sync` takes. `add` shows what was added if `add_options` pass `results`.
    """
    noun, nouns = kind.noun, f"{kind.noun}s"
    look_at = f"{nouns} list PROJECT"
    group = Group(nouns, help=f"List, add, remove and sync the {nouns} of a project.")
    item_argument = argument(parameter, metavar, metavar_help)
    wanted_metavar, wanted_help, wanted_example = wanted or (
        metavar,
        f"The wanted {nouns}.",
        metavar,
    )

    @group.command(
        "list",
        help=f"List the {nouns} of a project.",
        examples=(f"{nouns} list PROJECT", f"{nouns} list name:vision -o {list_format}"),
    )
    @project_argument
    @result_options(kind)
    @click.pass_obj
    def list_items(context: CommandContext, project: str, results: ResultWriter[Any]) -> None:
        with context.project(project) as scope:
            results.write_listing(context, getattr(scope, nouns).list())

    @group.command("add", help=add_help, examples=(f"{nouns} add PROJECT {metavar}{add_example}",))
    @project_argument
    @item_argument
    @add_options
    @click.pass_obj
    def add_item(
        context: CommandContext,
        /,
        project: str,
        results: ResultWriter[Any] | None = None,
        **given: str | None,
    ) -> None:
        with context.project(project) as scope:
            context.begin_write(look_at)
            added = getattr(scope, nouns).add(**given)
            summary = f"added the {noun} {given[parameter]!r}"
            context.end_write(summary, notify_user=results is None)
            if results is not None:
                results.write_one(added)

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
        item = given[parameter]
        action = f"remove the {noun} {item!r} from the project {project!r}"
        check_can_ask(yes, action)
        with context.project(project) as scope:
            confirm(yes, action)
            context.begin_write(look_at)
            getattr(scope, nouns).remove(item)
            context.end_write(f"removed the {noun} {item!r}", notify_user=True)

    @group.command(
        "sync",
        help=f"Make a project's {nouns} exactly these, and show the changes.",
        examples=tuple(
            f"{nouns} sync PROJECT {wanted_example} {each}" for each in ("--dry-run", "--yes")
        ),
    )
    @project_argument
    @argument("items", f"[{wanted_metavar}]...", wanted_help, nargs=-1)
    @flag("--dry-run", help="Show the changes, without making them.")
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
        parsed = parse_wanted(items)
        with context.project(project) as scope:
            sync = partial(getattr(scope, nouns).sync, parsed)
            changes = sync(dry_run=True)
            if dry_run:
                results.write_all(_rows(changes))
                return
            if changes.removed and not yes:
                echo_stderr("".join(f"- {name}\n" for name in changes.removed))
                confirm(yes, f"remove what is not wanted ({len(changes.removed)})")
            made = _make_changes(context, changes, sync, look_at)
            results.write_all([*made, *_rows(Changes(not_compared=changes.not_compared))])

    return group


def _make_changes(
    context: CommandContext, changes: Changes, sync: Callable[..., Changes], look_at: str
) -> list[Record]:
    """Make these changes, one by one; what somebody else added since they were found stays."""
    made: list[Record] = []
    steps = [
        *(Changes(added=(each,)) for each in changes.added),
        *(Changes(changed=(each,)) for each in changes.changed),
        *(Changes(removed=(each,)) for each in changes.removed),
    ]
    for step in steps:
        at_stake = [f"{each.user_id} may be out right now" for each in step.changed]
        context.begin_write(look_at, ", ".join(at_stake) or None)
        try:
            made.extend(_rows(sync(changes=step)))
        except PaperspaceError as error:
            for note in getattr(error, "__notes__", ()):
                if note.startswith(tuple(f"{each.user_id} " for each in step.changed)):
                    echo_stderr(note)  # it says whether the user is out
            raise
        lines = [f"{row['change']} {row['name']}" for row in made]
        context.end_write("\n".join([f"{len(made)} of {len(steps)} changes made", *lines]))
    return made


def _rows(changes: Changes) -> Iterator[Record]:
    def row(change: str, name: str, before: str | None = None, after: str | None = None) -> Record:
        return {"change": change, "name": name, "before": before, "after": after}

    yield from (row("added", name) for name in changes.added)
    yield from (row("changed", each.user_id, each.before, each.after) for each in changes.changed)
    yield from (row("removed", name) for name in changes.removed)
    yield from (row("not compared", name) for name in changes.not_compared)


def _roles_by_user(users: Iterable[str]) -> dict[str, RoleName | None]:
    """Parse `USER_ID` and `USER_ID=ROLE`."""
    roles = dict[str, RoleName | None]()
    for text in users:
        user_id, has_role, name = text.rpartition("=")
        role = next((each for each in get_args(RoleName) if each == name), None)
        if has_role and role is None:
            raise CommandError(f"no role {name!r}: there are {', '.join(get_args(RoleName))}")
        user_id = user_id if has_role else text
        if user_id in roles:
            raise CommandError(f"the user {user_id!r} is given twice")
        roles[user_id] = role if has_role else None
    return roles


def _collaborator_options(function: Callable[..., Any]) -> Callable[..., Any]:
    help_text = "admin, member or viewer; the server's default if not given."
    role_option = option("--role", "ROLE", help_text, type=click.Choice(get_args(RoleName)))
    return role_option(result_options(COLLABORATOR)(function))


tags: Group = _part_group(
    TAG,
    "name",
    "TAG",
    "The tag.",
    add_help="Add a tag; one that the project already has is a conflict.",
    remove_help="Remove a tag.",
)
models: Group = _part_group(
    MODEL,
    "model_id",
    "MODEL_ID",
    "The model's id.",
    add_help="Associate an existing model with a project.",
    remove_help="Remove a model from a project; the model itself stays.",
)
collaborators: Group = _part_group(
    COLLABORATOR,
    "user_id",
    "USER_ID",
    "The user's id.",
    add_help="Add a user to a project, and show the collaborator.",
    remove_help="Remove a user from a project.",
    add_options=_collaborator_options,
    add_example=" --role viewer",
    list_format="csv",
    wanted=(
        "USER_ID[=ROLE]",
        "The wanted users; without a role, it stays.",
        "USER_ID=admin OTHER_ID",
    ),
    parse_wanted=_roles_by_user,
)
