"""`sync`: a project's tags, models or collaborators made exactly what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from ._asking import ask
from ._invocation import Invocation
from ._kinds import Kind, Record
from ._messages import say
from ._options import OutputFormat
from ._results import Results

if TYPE_CHECKING:
    from .. import Changes

DryRun: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be changed, and write nothing.")
]


def _same(record: Record) -> Record:
    return record


CHANGE: Final = Kind[Record](
    noun="change",
    fields=("change", "name", "before", "after"),
    columns=("change", "name", "before", "after"),
    key="name",
    record=_same,
)


def write_sync(
    invocation: Invocation,
    sync: Callable[[bool], Changes],
    *,
    look_at: str,
    output: OutputFormat,
    fields: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Make a part of a project what is wanted, and write the changes.

    Args:
        invocation: What it is a part of.
        sync: Does it, or only looks if it is given True.
        look_at: The command that shows what is there.
        output: The format of the changes.
        fields: Which fields of them to write.
        dry_run: Whether only to look.
        yes: Whether not to ask before something is removed.

    Raises:
        CommandError: something would be removed, and the answer is no or nobody can be asked.
        PaperspaceError: it cannot be done.
    """
    results = Results(CHANGE, output, fields)
    if not dry_run and not yes:
        removed = sync(True).removed
        if removed:
            say("".join(f"- {name}\n" for name in removed))
            ask(yes, f"remove what is not wanted ({len(removed)})")
    with invocation.writing(look_at) if not dry_run else nullcontext():
        changes = sync(dry_run)
    results.write_all(_rows(changes))


def _rows(changes: Changes) -> Iterator[Record]:
    empty = {"before": None, "after": None}
    for name in changes.added:
        yield {"change": "added", "name": name, **empty}
    for role in changes.changed:
        yield {
            "change": "changed",
            "name": role.user_id,
            "before": role.before,
            "after": role.after,
        }
    for name in changes.removed:
        yield {"change": "removed", "name": name, **empty}
    for name in changes.not_compared:
        yield {"change": "not compared", "name": name, **empty}
