"""`sync`: a project's tags, models or collaborators made exactly what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Final, TypeAlias

import typer

from ...errors import PaperspaceError
from ...models import Changes
from ..context import Invocation
from ..options import OutputFormat
from ..output.messages import say
from ..output.records import Kind, Record
from ..output.writer import Results
from ..prompts import ask

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
    sync: Callable[..., Changes],
    *,
    look_at: str,
    output: OutputFormat,
    fields: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Make a part of a project what is wanted, and write the changes.

    What is made are the changes that a dry run has found, one by one: what somebody else adds while
    the question is asked stays.

    Args:
        invocation: What it is a part of.
        sync: The part's `sync`, which knows what is wanted.
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
    changes = sync(dry_run=True)
    if dry_run:
        results.write_all(_rows(changes))
        return
    if changes.removed and not yes:
        say("".join(f"- {name}\n" for name in changes.removed))
        ask(yes, f"remove what is not wanted ({len(changes.removed)})")
    made: list[Record] = []
    steps = list(_one_by_one(changes))
    for step in steps:
        out = [f"{each.user_id} may be out right now" for each in step.changed]
        invocation.writes(look_at, at_stake=", ".join(out) or None)
        try:
            made.extend(_rows(sync(changes=step)))
        except PaperspaceError as error:
            _say_who_is_out(step, error)
            raise
        invocation.wrote(_made(made, len(steps)))
    results.write_all([*made, *_rows(Changes(not_compared=changes.not_compared))])


def _say_who_is_out(step: Changes, error: PaperspaceError) -> None:
    """Say what has become of a user whose role could not be changed: a note of the error tells."""
    for change in step.changed:
        for note in getattr(error, "__notes__", ()):
            if note.startswith((f"{change.user_id} was ", f"{change.user_id} may have been ")):
                say(note)


def _one_by_one(changes: Changes) -> Iterator[Changes]:
    yield from (Changes(added=(each,)) for each in changes.added)
    yield from (Changes(changed=(each,)) for each in changes.changed)
    yield from (Changes(removed=(each,)) for each in changes.removed)


def _made(rows: Sequence[Record], total: int) -> str:
    """What was changed, for where the results cannot be written."""
    lines = [f"{row['change']} {row['name']}" for row in rows]
    return "\n".join([f"{len(rows)} of {total} changes made", *lines])


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
