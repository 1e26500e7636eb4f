"""The results of an inventory as JSON Lines and as tables.

JSON Lines hold all, in the models' own fields by name, with times in ISO 8601. A table has one row
a project, with the names of its collaborators, secrets and so on.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, cast

import msgspec
from msgspec import Struct

from .. import errors
from .._api.presence import id_of
from ..errors import InvalidArgumentError, PaperspaceError
from ..models import ProjectFailure, ProjectSnapshot
from .scheduler import PARTS, Result

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingModuleSource] -- its stubs are enough
    import polars

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
"""What JSON can hold."""


class Writable(Protocol):
    """A text file to write to."""

    def write(self, text: str, /) -> object:
        """Write some text."""
        ...


class Written(Struct, frozen=True, kw_only=True):
    """How many snapshots and how many failures were written."""

    snapshots: int = 0
    failures: int = 0


def write_results(results: Iterable[Result], write: Callable[[Result], object]) -> Written:
    """Write each result as it comes; return how many were written."""
    counts = Counter[bool]()
    for result in results:
        write(result)
        counts[isinstance(result, ProjectFailure)] += 1
    return Written(snapshots=counts[False], failures=counts[True])


def write_jsonl(results: Iterable[Result], file: Writable) -> Written:
    """Write results to a text file, one line each, as they come; return how many were written.

    Nothing is left out: `read_jsonl` returns what was written. Lines are pure ASCII, whatever the
    names hold. In async, pass each result by itself: `write_jsonl([result], file)`.

    Example: `with open("new.jsonl", "w") as file: inventory.write_jsonl(client.inventory(), file)`
    """
    return write_results(
        results, lambda each: file.write(json.dumps(to_json(each), allow_nan=False) + "\n")
    )


def read_jsonl(file: Iterable[str]) -> Iterator[Result]:
    """Read what `write_jsonl` wrote, line by line; skip blank lines.

    Example: `with open("team.jsonl") as file: results = list(inventory.read_jsonl(file))`

    Raises, during the iteration:
        InvalidArgumentError: `write_jsonl` did not write this line; the error names it.
    """
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            result = from_json(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise InvalidArgumentError(
                f"line {number}", f"one that write_jsonl has written ({error})"
            ) from None
        yield result


def to_json(result: Result) -> dict[str, Json]:
    """Return a snapshot or a failure as plain data for `json.dumps`, with nothing left out.

    A float that JSON cannot hold is text: `inf`, `-inf`, `nan`. A server sends none.

    Example: `text = json.dumps(inventory.to_json(scope.snapshot()))`
    """
    if isinstance(result, ProjectSnapshot):
        return _plain(result.to_dict())
    error = {
        "type": type(result.error).__name__,
        "args": result.error.args,
        "text": str(result.error),
        "state": vars(result.error),
    }
    names = ("project_id", "name", "is_gone")
    return _plain({name: getattr(result, name) for name in names} | {"error": error})


def _plain(data: Mapping[str, object]) -> dict[str, Json]:
    text = json.dumps(data, default=lambda e: e.isoformat() if isinstance(e, datetime) else str(e))
    plain: dict[str, Json] = json.loads(text, parse_constant=lambda each: str(float(each)))
    return plain


def from_json(data: Mapping[str, Json]) -> Result:
    """Return the snapshot or the failure from which `to_json` made the data.

    Example: `snapshot = inventory.from_json(inventory.to_json(scope.snapshot()))`

    Raises:
        InvalidArgumentError: `to_json` did not make the data.
    """
    try:
        return _failure(data) if "error" in data else msgspec.convert(data, ProjectSnapshot)
    except (LookupError, TypeError, ValueError, AttributeError, msgspec.ValidationError) as error:
        raise InvalidArgumentError(
            "data", f"what to_json returns ({type(error).__name__}: {error})"
        ) from None


def _failure(data: Mapping[str, Json]) -> ProjectFailure:
    saved = cast("dict[str, Json]", data["error"])
    kind: object = getattr(errors, cast("str", saved["type"]), None)
    if not isinstance(kind, type) or not issubclass(kind, PaperspaceError):
        kind = PaperspaceError  # the class is the user's own
    error = kind.__new__(kind)
    error.args = tuple(cast("list[Json]", saved["args"]))
    state = vars(error)
    state.update(cast("dict[str, Json]", saved["state"]))
    if "issues" in state:
        state["issues"] = tuple(state["issues"])
    return ProjectFailure(
        project_id=cast("str", data["project_id"]),
        name=cast("str | None", data.get("name")),
        error=error,
        is_gone=bool(data["is_gone"]),
    )


Record: TypeAlias = dict[str, str | bool | list[str] | None]
"""A row: a list is None where that part was not read."""
Cell: TypeAlias = str | bool | datetime | list[str] | None

COLUMNS: Final[tuple[str, ...]] = (
    *("project_id", "name", "description", "team_id", "dt_created"),
    *PARTS,
    *("error", "message", "is_gone"),
)
"""The columns of all tables, in their order."""

_FORMULAS: Final = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 -- full-width ones count, too


def records(results: Iterable[Result]) -> Iterator[Record]:
    """Return each result as a flat row with the keys of `COLUMNS`.

    `collaborators` holds user ids, `secrets` and `tags` names, `models` and `activity` ids; each is
    None if it was not read. Times are ISO 8601 text, in UTC. A failure has `project_id`, the `name`
    if it is known, `is_gone`, and its error's class and `message`. A lone surrogate, which neither
    a file nor a frame can hold, is escaped, as in `\\udc80`.

    Example: `rows = list(inventory.records(client.inventory()))`
    """
    for result in results:
        yield {
            column: cell.isoformat() if isinstance(cell, datetime) else cell
            for column, cell in _row(result).items()
        }


def _row(result: Result) -> dict[str, Cell]:
    cells: dict[str, Cell]
    if isinstance(result, ProjectFailure):
        cells = {
            "project_id": result.project_id,
            "name": result.name,
            "error": type(result.error).__name__,
            "message": str(result.error),
            "is_gone": result.is_gone,
        }
    else:
        cells = {"project_id": result.project.id, "is_gone": False}
        cells |= {field: getattr(result.project, field) for field in COLUMNS[1:5]}
        cells |= {part: [id_of(e) for e in getattr(result, part)] for part in result.included}
    return {column: _portable(cells.get(column)) for column in COLUMNS}


def _portable(cell: Cell) -> Cell:
    """Escape lone surrogates, and turn a time to UTC."""
    if isinstance(cell, str):
        return _escape(cell)
    if isinstance(cell, list):
        return [_escape(each) for each in cell]
    if not isinstance(cell, datetime):
        return cell
    try:
        return cell.astimezone(UTC)
    except OverflowError:  # the first or last day that there is
        return cell.replace(tzinfo=UTC)


def _escape(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def write_csv(
    results: Iterable[Result],
    file: Writable,
    *,
    header: bool = True,
    escape_formulas: bool = True,
) -> Written:
    """Write results as CSV, a row each, as they come. Open the file with `newline=""`.

    A list is a JSON array in its cell, and None is an empty cell. In async, pass each result by
    itself, with `header` for the first one only. Returns how many were written.

    Example: `with open("team.csv", "w", newline="") as file: inventory.write_csv(results, file)`

    Args:
        header: Whether the first line names the columns.
        escape_formulas: Put a `'` before a cell that begins with `=`, `+`, `-`, `@`, a tab or a
            line break. Others wrote the names and descriptions, and a spreadsheet would run such a
            cell as a formula. Programs that read the file may go without; `write_jsonl` is the
            format that changes nothing.
    """
    writer = csv.writer(file)  # its lines end as RFC 4180 has it
    if header:
        writer.writerow(COLUMNS)

    def write(result: Result) -> None:
        (record,) = records([result])
        writer.writerow([_cell(each, escape_formulas) for each in record.values()])

    return write_results(results, write)


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
    """Return results as a pandas frame with the columns of `records`; times are in UTC.

    Example: `frame = inventory.to_pandas(client.inventory())`

    Raises:
        ImportError: pandas is not installed.
    """
    pd = _import("pandas")
    rows = [_row(each) for each in results]
    types = {name: "object" if name in PARTS else "string" for name in COLUMNS}
    types |= {"dt_created": "datetime64[us, UTC]", "is_gone": "bool"}
    frame: pandas.DataFrame = pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=kind) for name, kind in types.items()}
    )
    return frame


def to_polars(results: Iterable[Result]) -> polars.DataFrame:
    """Return results as a polars frame with the columns of `records`; times are in UTC.

    Example: `frame = inventory.to_polars(client.inventory())`

    Raises:
        ImportError: polars is not installed.
    """
    pl = _import("polars")
    texts: object = pl.List(pl.String)
    types = {name: texts if name in PARTS else pl.String for name in COLUMNS}
    types |= {"dt_created": pl.Datetime("us", "UTC"), "is_gone": pl.Boolean}
    frame: polars.DataFrame = pl.DataFrame([_row(each) for each in results], schema=types)
    return frame


def _import(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(f"{name} makes this frame: `pip install {name}`") from error
