"""`inventory`: everything of many projects, read many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from ...errors import ConfigurationError, PaperspaceError
from ...models import ProjectFailure
from ..command import command
from ..context import Invocation, project_of
from ..exit_codes import Exit, exit_for, exit_for_all
from ..options import Fields, Output, OutputFormat
from ..output.messages import say, say_error
from ..output.progress import Bar, progress_bar
from ..output.records import Kind, Record
from ..output.writer import Results

if TYPE_CHECKING:
    from ...inventory import InventoryProgress, Part, Result


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(
        app,
        "inventory",
        examples=(
            "inventory",
            "inventory -o jsonl >projects.jsonl",
            "inventory --include tags,collaborators -o csv --fields name,tags,collaborators",
            "inventory name:vision PROJECT -o yaml",
        ),
    )(take_inventory)


def take_inventory(
    invocation: Invocation,
    projects: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PROJECT]...", help="Ids of projects, or name:NAME; else all."),
    ] = None,
    *,
    include: Annotated[
        str,
        typer.Option(
            "--include",
            metavar="A,B,…",
            help="What to read: collaborators, secrets, tags, models, activity.",
        ),
    ] = "collaborators,secrets,tags,models",
    concurrency: Annotated[
        int, typer.Option("--concurrency", metavar="N", help="So many requests at a time.")
    ] = 16,
    in_order: Annotated[
        bool, typer.Option("--in-order", help="Keep the order of the listing, or of the ids.")
    ] = False,
    output: Output = "table",
    fields: Fields = None,
) -> Exit:
    """Read all projects, or some, and what they hold.

    Each is written as soon as it is read. One that cannot be read does not stop the rest: it is a
    record with its error in JSON, YAML and CSV, and a line on standard error else.
    """
    results = Results(kind_for(output, fields), output, fields)
    parts = [part.strip() for part in include.split(",") if part.strip()]
    with invocation.client() as client, progress_bar(invocation, "projects", output) as bar:
        ids = [project_of(client, each).id for each in projects] if projects else None
        count = Count(invocation, bar)
        invocation.progress = count.said
        found = client.inventory(
            ids,
            include=cast("list[Part]", parts),
            concurrency=concurrency,
            in_order=in_order,
            on_progress=count.take,
        )
        try:
            results.write_all(count.counted(found, with_failures=output not in ("table", "name")))
        except PaperspaceError:  # the listing failed, or the time is over
            say(count.said())
            raise
        finally:
            found.close()
    if count.codes:
        say_error(count.said())
    if count.hint is not None:
        say(f"hint: {count.hint}")
    return exit_for_all(count.codes, any_done=count.done > count.failed)


class Count:
    """How many were read and how many failed, with which exit codes, and what to do about it."""

    def __init__(self, invocation: Invocation, bar: Bar) -> None:
        self._invocation = invocation
        self._bar = bar
        self.hint: str | None = None
        self.done = 0
        self.failed = 0
        self.codes: set[Exit] = set()

    def take(self, progress: InventoryProgress) -> None:
        """Take in how far the inventory is."""
        self.done, self.failed = progress.done, progress.failed
        self._bar.show(progress.done, progress.total)

    def said(self) -> str:
        """How far it is, in words."""
        failed = f", {self.failed} of them failed" if self.failed else ""
        return f"{self.done} project{'' if self.done == 1 else 's'} read{failed}"

    def counted(self, found: Iterable[Result], *, with_failures: bool) -> Iterator[Result]:
        """What was found; failures are said instead if they are not to be among it."""
        try:
            for result in found:
                if isinstance(result, ProjectFailure):
                    if isinstance(result.error, ConfigurationError):
                        raise result.error  # it is the same for all of them
                    self.codes.add(exit_for(result.error))
                    self.hint = self.hint or self._invocation.hint_about_proxy(result.error)
                    if not with_failures:
                        say_error(f"{result.project_id}: {result.error}")
                        continue
                yield result
        finally:
            self._bar.stop()


def kind_for(output: OutputFormat, fields: str | None) -> Kind[Any]:
    """All that was read; as a flat record where a table is written, or fields are chosen."""
    from ...inventory import COLUMNS, records, to_json

    def flat(result: Result) -> Record:
        (record,) = records([result])
        return record

    return Kind[Any](
        noun="project",
        fields=COLUMNS,
        columns=("project_id", "name", "collaborators", "secrets", "tags", "models"),
        key="project_id",
        record=flat if fields is not None or output in ("table", "csv", "name") else to_json,
    )
