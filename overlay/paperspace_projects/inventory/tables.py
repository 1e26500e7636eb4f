"""What an inventory yields as a table: one row a project, with the names of what it holds.

Whoever needs more of a collaborator, a secret or a model than its name takes JSON Lines.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final, TypeAlias

from ..models import ProjectFailure
from .jsonl import Writable, Written
from .options import Result

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingModuleSource] -- its stubs are enough
    import polars

Record: TypeAlias = dict[str, str | bool | list[str] | None]
"""A row: a list is None where that part was not read."""
Cell: TypeAlias = str | bool | datetime | list[str] | None

LISTS: Final = ("collaborators", "secrets", "tags", "models", "activity")
COLUMNS: Final[tuple[str, ...]] = (
    *("project_id", "name", "description", "team_id", "dt_created"),
    *LISTS,
    *("error", "message", "is_gone"),
)
"""The columns of all tables, in their order."""

_FORMULAS: Final = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 -- full-width ones count, too


def records(results: Iterable[Result]) -> Iterator[Record]:
    """Each result as a flat row with the keys of `COLUMNS`.

    `collaborators` holds user ids, `secrets` and `tags` names, `models` and `activity` ids; each is
    None if it was not read. Times are ISO 8601 text, in UTC. Of a failure there are `project_id`,
    `is_gone`, and its error's class and `message`. A lone surrogate, which neither a file nor a
    frame can hold, is written out, as in `\\udc80`.
    """
    for row in _rows(results):
        yield {
            column: cell.isoformat() if isinstance(cell, datetime) else cell
            for column, cell in row.items()
        }


def _rows(results: Iterable[Result]) -> Iterator[dict[str, Cell]]:
    for result in results:
        row: dict[str, Cell] = dict.fromkeys(COLUMNS)
        if isinstance(result, ProjectFailure):
            row["project_id"] = _text(result.project_id)
            row["error"] = type(result.error).__name__
            row["message"] = _text(str(result.error))
        else:
            project = result.project
            row["project_id"] = _text(project.id)
            row["name"] = _text(project.name)
            row["description"] = _text(project.description)
            row["team_id"] = _text(project.team_id)
            row["dt_created"] = project.dt_created and _utc(project.dt_created)
            held: dict[str, Iterable[str]] = {
                "collaborators": (each.user_id for each in result.collaborators),
                "secrets": (each.name for each in result.secrets),
                "tags": result.tags,
                "models": (each.id for each in result.models),
                "activity": (each.id for each in result.activity),
            }
            for part in result.included:
                row[part] = [_whole(each) for each in held[part]]
        row["is_gone"] = isinstance(result, ProjectFailure) and result.is_gone
        yield row


def _utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:  # it is at the end of time, or its beginning, wherever that is
        return time.replace(tzinfo=UTC)


def _text(text: str | None) -> str | None:
    return None if text is None else _whole(text)


def _whole(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def write_csv(
    results: Iterable[Result],
    file: Writable,
    *,
    header: bool = True,
    escape_formulas: bool = True,
) -> Written:
    """Write results as CSV, a row each, as they come. Open the file with `newline=""`.

    A list is a JSON array in its cell, and what there is not is an empty one. In async, hand in
    each result by itself, with `header` for the first one only.

    Args:
        results: What an inventory yields.
        file: A text file.
        header: Whether the first line is to name the columns.
        escape_formulas: Put a `'` before a cell that begins with `=`, `+`, `-`, `@`, a tab or a
            line break. Names and descriptions are what others wrote, and a spreadsheet would take
            such a cell for a formula and run it. Programs that read the file may go without;
            `write_jsonl` is the format in which nothing is changed.

    Returns:
        How many were written.
    """
    writer = csv.writer(file)  # its lines end as RFC 4180 has it
    if header:
        writer.writerow(COLUMNS)
    written = Written()
    for result in results:
        (record,) = records([result])
        writer.writerow([_cell(each, escape_formulas) for each in record.values()])
        written = written.and_one(result)
    return written


def _cell(value: str | bool | list[str] | None, escape_formulas: bool) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return json.dumps(value, ensure_ascii=False)
        case str():
            return f"'{value}" if escape_formulas and value.startswith(_FORMULAS) else value


def to_pandas(results: Iterable[Result]) -> pandas.DataFrame:
    """Results as a pandas frame with the columns of `records`; times are in UTC.

    Raises:
        ImportError: pandas is not installed.
    """
    pd = _installed("pandas")
    rows = list(_rows(results))
    types = {name: "object" if name in LISTS else "string" for name in COLUMNS}
    types |= {"dt_created": "datetime64[us, UTC]", "is_gone": "bool"}
    frame: pandas.DataFrame = pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=kind) for name, kind in types.items()}
    )
    return frame


def to_polars(results: Iterable[Result]) -> polars.DataFrame:
    """Results as a polars frame with the columns of `records`; times are in UTC.

    Raises:
        ImportError: polars is not installed.
    """
    pl = _installed("polars")
    texts: object = pl.List(pl.String)
    types = {name: texts if name in LISTS else pl.String for name in COLUMNS}
    types |= {"dt_created": pl.Datetime("us", "UTC"), "is_gone": pl.Boolean}
    frame: polars.DataFrame = pl.DataFrame(list(_rows(results)), schema=types)
    return frame


def _installed(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(f"{name} makes this frame: `pip install {name}`") from error
