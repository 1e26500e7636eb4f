"""`sync`: make a project's tags, models or collaborators exactly the wanted ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from ...errors import PaperspaceError
from ...models import Changes
from ..command import flag
from ..context import CommandContext
from ..output.records import Record, RecordKind
from ..output.streams import echo_stderr
from ..output.writer import ResultWriter
from ..prompts import confirm

dry_run_option = flag("--dry-run", help="Show the changes, without making them.")

CHANGE: Final = RecordKind[Record](
    noun="change",
    fields=("change", "name", "before", "after"),
    columns=("change", "name", "before", "after"),
    key="name",
    convert=dict,
)


def write_sync(
    context: CommandContext,
    sync: Callable[..., Changes],
    results: ResultWriter[Record],
    *,
    look_at: str,
    dry_run: bool,
    yes: bool,
) -> None:
    """Sync a part of a project, and write the changes.

    It makes the changes that a dry run found, one by one: what somebody else adds during the
    question stays.
    """
    changes = sync(dry_run=True)
    if dry_run:
        results.write_all(_rows(changes))
        return
    if changes.removed and not yes:
        echo_stderr("".join(f"- {name}\n" for name in changes.removed))
        confirm(yes, f"remove what is not wanted ({len(changes.removed)})")
    made: list[Record] = []
    steps = list(_one_by_one(changes))
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
    results.write_all([*made, *_rows(Changes(not_compared=changes.not_compared))])


def _one_by_one(changes: Changes) -> Iterator[Changes]:
    yield from (Changes(added=(each,)) for each in changes.added)
    yield from (Changes(changed=(each,)) for each in changes.changed)
    yield from (Changes(removed=(each,)) for each in changes.removed)


def _rows(changes: Changes) -> Iterator[Record]:
    def row(change: str, name: str, before: str | None = None, after: str | None = None) -> Record:
        return {"change": change, "name": name, "before": before, "after": after}

    yield from (row("added", name) for name in changes.added)
    yield from (row("changed", each.user_id, each.before, each.after) for each in changes.changed)
    yield from (row("removed", name) for name in changes.removed)
    yield from (row("not compared", name) for name in changes.not_compared)
