"""The results of an inventory as JSON Lines: one project a line, and back again.

The format is the models' own: their fields by name, times in ISO 8601. Lines are pure ASCII, so
that no encoding, and no line separator within a name, can spoil a file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Protocol, TypeAlias, cast

import msgspec
from msgspec import Struct

from .. import errors
from ..errors import InvalidArgumentError, PaperspaceError
from ..models import ProjectFailure, ProjectSnapshot
from .scheduler import Result

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

    Nothing is left out: `read_jsonl` returns what was written. In async, pass each result by
    itself: `write_jsonl([result], file)`.
    """
    return write_results(
        results, lambda each: file.write(json.dumps(to_json(each), allow_nan=False) + "\n")
    )


def read_jsonl(file: Iterable[str]) -> Iterator[Result]:
    """Read what `write_jsonl` wrote, line by line; skip blank lines.

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
    """
    if isinstance(result, ProjectSnapshot):
        return _plain(result.to_dict())
    error = {
        "type": type(result.error).__name__,
        "args": result.error.args,
        "text": str(result.error),
        "state": vars(result.error),
    }
    return _plain({"project_id": result.project_id, "is_gone": result.is_gone, "error": error})


def _plain(data: Mapping[str, object]) -> dict[str, Json]:
    text = json.dumps(data, default=_text)
    plain: dict[str, Json] = json.loads(text, parse_constant=lambda each: str(float(each)))
    return plain


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def from_json(data: Mapping[str, Json]) -> Result:
    """Return the snapshot or the failure from which `to_json` made the data.

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
        project_id=cast("str", data["project_id"]), error=error, is_gone=bool(data["is_gone"])
    )
