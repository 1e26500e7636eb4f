"""`inventory`: read many projects and what they contain, many requests at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext, suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

import click

from ...errors import (
    AmbiguousNameError,
    APIError,
    ConfigurationError,
    PaginationError,
    PaperspaceError,
)
from ...models import ProjectFailure
from .. import declare
from ..context import PREFIXES, CommandContext, find_project_id
from ..errors import Exit, exit_for, exit_for_all
from ..output.drawing import progress_bar, show_progress
from ..output.formats import Record
from ..output.results import RecordKind, ResultWriter
from ..output.streams import echo_stderr, print_error

if TYPE_CHECKING:
    from rich.progress import Progress

    from ... import Client
    from ...inventory import InventoryProgress, Result


_PARTS: Final = ("collaborators", "secrets", "tags", "models", "activity")


def _kind_for(output: str, fields: str | None) -> RecordKind:
    """Return the kind of the results: flat records for a table or with `--fields`."""
    from ...inventory import COLUMNS, records, to_json

    def flat(result: Result) -> Record:
        return next(records([result]))

    is_flat = fields is not None or output in ("table", "csv", "name")
    columns = ("project_id", "name", "collaborators", "secrets", "tags", "models")
    return RecordKind("project", COLUMNS, columns, "project_id", flat if is_flat else to_json)


@declare.command(
    "inventory",
    "",
    "-o jsonl >projects.jsonl",
    "--include tags,collaborators -o csv --fields name,tags,collaborators",
    "vision PROJECT -o yaml",
)
@declare.projects_argument
@declare.option(
    "--include", "A,B,…", f"What to read: {', '.join(_PARTS)}.", default=",".join(_PARTS[:-1])
)
@declare.concurrency_option("requests")
@declare.flag("--in-order", help="Keep the order of the listing, or of the ids.")
@declare.results(_kind_for)
@click.pass_obj
def inventory(
    context: CommandContext, /, projects: tuple[str, ...], results: ResultWriter, **options: Any
) -> Exit:
    """Read all projects, or some, and what they contain.

    Each is written as soon as it is read. One that cannot be read does not stop the rest: it is a
    record with its error in JSON, YAML and CSV, and else a line on standard error.
    """
    parts = [part.strip() for part in options.pop("include").split(",") if part.strip()]
    with context.client() as client, progress_bar(context, "projects", results.output) as bar:
        ids = [find_project_id(client, each) for each in projects] or None
        counter = _Counter(context, bar)
        context.progress = counter.summary
        found = client.inventory(ids, include=parts, on_progress=counter.update, **options)
        names = {each for each in projects if not each.startswith(PREFIXES)}
        named = _Named(client, names, partial(client.inventory, include=parts))
        shows_failures = results.output not in ("table", "name")
        try:
            items = map(named.find_instead, found)
            results.write_all(counter.counted(items, shows_failures=shows_failures))
        except PaperspaceError:  # the listing failed, or the deadline passed
            echo_stderr(counter.summary())
            raise
        finally:
            found.close()
    if counter.codes:
        print_error(counter.summary())
    if counter.hint is not None:
        echo_stderr(f"hint: {counter.hint}")
    return exit_for_all(counter.codes, any_done=counter.done > counter.failed)


class _Named:
    """Reads projects by their names, where no project has these as ids."""

    def __init__(
        self, client: Client, names: set[str], read: Callable[[list[str]], Iterable[Result]]
    ) -> None:
        self._client = client
        self._names = names
        self._read = read

    @cached_property
    def _ids(self) -> defaultdict[str, list[str]]:
        ids = defaultdict[str, list[str]](list)
        for project in self._client.projects.list():
            ids[project.name].append(project.id)
        return ids

    def find_instead(self, result: Result) -> Result:
        name = result.project_id if isinstance(result, ProjectFailure) and result.is_gone else None
        if name not in self._names:
            return result
        with suppress(APIError, PaginationError):
            match self._ids[name]:
                case []:
                    pass
                case [project_id]:
                    return next(iter(self._read([project_id])))
                case ids:
                    error = AmbiguousNameError(name, tuple(ids))
                    return ProjectFailure(project_id=name, error=error, is_gone=False)
        return result


class _Counter:
    """Counts the projects that were read, and those that failed, with their exit codes."""

    def __init__(self, context: CommandContext, bar: Progress | None) -> None:
        self._context = context
        self._bar = bar
        self.hint: str | None = None
        self.done = self.failed = 0
        self.codes: set[Exit] = set()

    def update(self, progress: InventoryProgress) -> None:
        self.done = progress.done
        show_progress(self._bar, progress.done, progress.total)

    def summary(self) -> str:
        failed = f", {self.failed} of them failed" if self.failed else ""
        return f"{self.done} project{'' if self.done == 1 else 's'} read{failed}"

    def counted(self, found: Iterable[Result], *, shows_failures: bool) -> Iterator[Result]:
        """Yield the results; print failures instead unless `shows_failures`."""
        with self._bar or nullcontext():  # it ends before a table is drawn
            for result in found:
                if isinstance(result, ProjectFailure):
                    if isinstance(result.error, ConfigurationError):
                        raise result.error  # every project would have it
                    self.failed += 1
                    self.codes.add(exit_for(result.error))
                    self.hint = self.hint or self._context.proxy_hint_for(result.error)
                    if not shows_failures:
                        print_error(f"{result.project_id}: {result.error}")
                        continue
                yield result
