"""`tags`, `models` and `collaborators`: the parts of a project, with the same four commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import click
from msgspec.structs import astuple

from ..._api.generated import roles
from ...errors import PaperspaceError
from ...models import Changes
from .. import declare
from ..context import CommandContext, check_can_ask, confirm
from ..declare import Decorator, Function, Group
from ..errors import CommandError
from ..output.formats import Record
from ..output.results import COLLABORATOR, MODEL, TAG, RecordKind, ResultWriter
from ..output.streams import echo_stderr, notify_unconfirmed

_CHANGE_FIELDS: Final = ("change", "name", "before", "after")
CHANGE: Final = RecordKind("change", _CHANGE_FIELDS, _CHANGE_FIELDS, "name", dict)


def add_list_command(group: Group, kind: RecordKind, about: str, *examples: str) -> None:
    @group.subcommand("list", *examples, help=about)
    @declare.in_project
    @declare.results(kind)
    def list_items(scope: declare.Scope, results: ResultWriter) -> None:
        results.write_listing(getattr(scope, f"{kind.noun}s").list())


def add_removal_command(
    group: Group, kind: RecordKind, item: Decorator, verb: str, about: str, *examples: str
) -> None:
    """Add the command that removes a thing; `item` is its argument, `verb` a method's name."""

    @group.subcommand(verb, *examples, help=about)
    @declare.project_argument
    @item
    @declare.yes_option
    @click.pass_obj
    def remove_item(context: CommandContext, /, project: str, yes: bool, **given: str) -> None:
        (name,) = given.values()
        preposition = "of" if verb == "delete" else "from"
        action = f"{verb} the {kind.noun} {name!r} {preposition} the project {project!r}"
        check_can_ask(yes, action)

        def remove(scope: declare.Scope) -> None:
            context.begin_write(f"{kind.noun}s list PROJECT")
            getattr(getattr(scope, f"{kind.noun}s"), verb)(name)
            context.end_write(f"{verb}d the {kind.noun} {name!r}", notify_user=True)

        with context.client() as client:
            if not yes:  # ask only about a project that exists
                found = context.in_project(client, project, lambda scope: scope.get())
                project = f"id:{found.id}"
            confirm(yes, action)
            context.in_project(client, project, remove)


def _part_group(
    kind: RecordKind,
    item: tuple[str, str, str],
    *,
    add_help: str,
    remove_help: str,
    add_options: Decorator = lambda function: function,
    add_example: str = "",
    wanted: tuple[str, str, str] | None = None,
    parse_wanted: Callable[..., dict[str, str | None]] | None = None,
) -> Group:
    """Return the commands `list`, `add`, `remove` and `sync` for a part of a project.

    `item` is the client's name for an item, its metavar and its help; `wanted` the metavar, the
    help and the example of the items of `sync`. `add` shows its result if its options pass one.
    """
    noun, nouns = kind.noun, f"{kind.noun}s"
    parameter, metavar, _ = item
    item_argument = declare.argument(*item)
    metavars, about_wanted, example = wanted or (metavar, f"The wanted {nouns}.", metavar)
    group = Group(nouns, help=f"List, add, remove and sync the {nouns} of a project.")
    about = f"List the {nouns} of a project."
    add_list_command(group, kind, about, "PROJECT", "name:vision -o csv")

    @group.subcommand("add", f"PROJECT {metavar}{add_example}", help=add_help)
    @declare.in_project
    @item_argument
    @add_options
    @click.pass_obj
    def add_item(
        context: CommandContext, /, scope: declare.Scope, results: Any = None, **given: str
    ) -> None:
        context.begin_write(f"{nouns} list PROJECT")
        added = getattr(scope, nouns).add(**given)
        context.end_write(f"added the {noun} {given[parameter]!r}", notify_user=results is None)
        if results is not None:
            results.write_one(added)
            notify_unconfirmed(added, role=given.get("role"))

    examples = (f"PROJECT {metavar}", f"PROJECT {metavar} --yes")
    add_removal_command(group, kind, item_argument, "remove", remove_help, *examples)

    about = f"Make a project's {nouns} exactly these, and show the changes."
    examples = (f"PROJECT {example} --dry-run", f"PROJECT {example} --yes")

    @group.subcommand("sync", *examples, help=about)
    @declare.in_project
    @declare.argument("items", f"[{metavars}]...", about_wanted, nargs=-1, callback=parse_wanted)
    @declare.flag("--dry-run", help="Show the changes, without making them.")
    @declare.yes_option
    @declare.results(CHANGE)
    @click.pass_obj
    def sync_items(
        context: CommandContext, /, scope: declare.Scope, results: ResultWriter, **options: Any
    ) -> None:
        sync = partial(getattr(scope, nouns).sync, options["items"])
        changes = sync(dry_run=True)
        if options["dry_run"]:
            results.write_all(_rows(changes))
            return
        if changes.removed and not options["yes"]:
            echo_stderr("".join(f"- {name}\n" for name in changes.removed))
            confirm(False, f"remove what is not wanted ({len(changes.removed)})")
        made = _make_changes(context, changes, sync, f"{nouns} list PROJECT")
        results.write_all([*made, *_rows(Changes(not_compared=changes.not_compared))])

    return group


def _make_changes(
    context: CommandContext, changes: Changes, sync: Callable[..., Changes], look_at: str
) -> list[Record]:
    """Make these changes, one by one; what somebody else added since they were found stays."""
    made: list[Record] = []
    steps = [
        Changes(**{field: (each,)})
        for field in ("added", "changed", "removed")
        for each in getattr(changes, field)
    ]
    for number, step in enumerate(steps, 1):
        users = [each.user_id for each in step.changed]
        context.begin_write(look_at, "".join(f"{user} may be out right now; " for user in users))
        try:
            made.extend(_rows(sync(changes=step)))
        except PaperspaceError as error:
            for note in getattr(error, "__notes__", ()):
                if note.startswith(tuple(f"{user} " for user in users)):
                    echo_stderr(note)  # it says whether the user is out
            raise
        lines = [f"{row['change']} {row['name']}" for row in made]
        context.end_write("\n".join([f"{number} of {len(steps)} changes made", *lines]))
    return made


def _rows(changes: Changes) -> Iterator[Record]:
    for field in ("added", "changed", "removed", "not_compared"):
        for each in getattr(changes, field):
            values = (each, None, None) if isinstance(each, str) else astuple(each)
            yield dict(zip(_CHANGE_FIELDS, (field.replace("_", " "), *values), strict=True))


def _roles_by_user(
    _ctx: click.Context, _argument: click.Parameter, users: tuple[str, ...]
) -> dict[str, str | None]:
    """Parse `USER_ID` and `USER_ID=ROLE`."""
    wanted = dict[str, str | None]()
    for text in users:
        user_id, _, role = text.rpartition("=") if "=" in text else (text, "", None)
        if role is not None and role not in roles():
            raise CommandError(f"no role {role!r}: there are {', '.join(roles())}")
        if user_id in wanted:
            raise CommandError(f"the user {user_id!r} is given twice")
        wanted[user_id] = role
    return wanted


def _collaborator_options(function: Function) -> Function:
    about = "The role, such as viewer; the server's default if not given."
    role_option = declare.option("--role", "ROLE", about, type=declare.EnumValue(roles))
    return role_option(declare.results(COLLABORATOR)(function))


tags: Final = _part_group(
    TAG,
    ("name", "TAG", "The tag."),
    add_help="Add a tag; one that the project already has is a conflict.",
    remove_help="Remove a tag.",
)
models: Final = _part_group(
    MODEL,
    ("model_id", "MODEL_ID", "The model's id."),
    add_help="Associate an existing model with a project.",
    remove_help="Remove a model from a project; the model itself stays.",
)
_WANTED_USERS: Final = "The wanted users; without a role, it stays."
collaborators: Final = _part_group(
    COLLABORATOR,
    ("user_id", "USER_ID", "The user's id."),
    add_help="Add a user to a project, and show the collaborator.",
    remove_help="Remove a user from a project.",
    add_options=_collaborator_options,
    add_example=" --role viewer",
    wanted=("USER_ID[=ROLE]", _WANTED_USERS, "USER_ID=admin OTHER_ID"),
    parse_wanted=_roles_by_user,
)
