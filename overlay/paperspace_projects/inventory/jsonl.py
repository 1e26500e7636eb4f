"""The results of an inventory as JSON Lines: one project a line, and back again.

The format is the models' own: their fields by name, times in ISO 8601. Lines are pure ASCII, so
that no encoding, and no line separator within a name, can spoil a file.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeAlias, TypeVar, cast

from msgspec import Struct

from .. import errors
from ..errors import InvalidArgumentError, PaperspaceError
from ..models import (
    ActivityEvent,
    Collaborator,
    Model,
    Project,
    ProjectFailure,
    ProjectSnapshot,
    Secret,
)
from .fields import field_names
from .options import Result

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
"""What JSON can hold."""

T = TypeVar("T")


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
    """Write results to a text file, one line each, as they come.

    Nothing is left out: `read_jsonl` returns what was written. In async, pass each result by
    itself: `write_jsonl([result], file)`.

    Returns:
        How many were written.
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
        return cast("dict[str, Json]", _plain(result))
    error = {
        "type": type(result.error).__name__,
        "args": result.error.args,
        "text": str(result.error),
        "state": vars(result.error),
    }
    return {
        "project_id": result.project_id,
        "is_gone": result.is_gone,
        "error": json.loads(
            json.dumps(error, default=str), parse_constant=lambda constant: str(float(constant))
        ),
    }


def _plain(value: Any) -> Json:
    match value:
        case datetime():
            return value.isoformat()
        case float() if not math.isfinite(value):
            return str(value)
        case None | str() | int() | float():
            return value
        case list() | tuple():
            return [_plain(each) for each in cast("list[Any]", value)]
        case dict():
            return {key: _plain(each) for key, each in cast("dict[str, Any]", value).items()}
        case _:
            return {name: _plain(getattr(value, name)) for name in field_names(type(value))}


def from_json(data: Mapping[str, Json]) -> Result:
    """Return the snapshot or the failure from which `to_json` made the data.

    Raises:
        InvalidArgumentError: `to_json` did not make the data.
    """
    try:
        return _failure(data) if "error" in data else _snapshot(data)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise InvalidArgumentError(
            "data", f"what to_json returns: {type(error).__name__}: {error}"
        ) from None


def _snapshot(data: Mapping[str, Json]) -> ProjectSnapshot:
    return ProjectSnapshot(
        project=_model(Project, data["project"]),
        collaborators=_models(Collaborator, data["collaborators"]),
        secrets=_models(Secret, data["secrets"]),
        tags=_texts(data["tags"]),
        models=_models(Model, data["models"]),
        activity=_models(ActivityEvent, data["activity"]),
        included=_texts(data["included"]),
    )


def _models(kind: type[T], data: Json) -> tuple[T, ...]:
    return tuple(_model(kind, each) for each in cast("list[Json]", data))


def _model(kind: type[T], data: Json) -> T:
    values = {
        name: datetime.fromisoformat(cast("str", value))
        if name.startswith("dt_") and value is not None
        else value
        for name, value in cast("dict[str, Json]", data).items()
    }
    return cast("Callable[..., T]", kind)(**values)


def _texts(data: Json) -> tuple[str, ...]:
    return tuple(cast("list[str]", data))


def _failure(data: Mapping[str, Json]) -> ProjectFailure:
    saved = cast("dict[str, Json]", data["error"])
    kind: object = getattr(errors, cast("str", saved["type"]), None)
    if not isinstance(kind, type) or not issubclass(kind, PaperspaceError):
        kind = PaperspaceError  # the class is the user's own
    error = kind.__new__(kind)
    error.args = tuple(cast("list[Json]", saved["args"]))
    state = cast("dict[str, Json]", saved["state"])
    vars(error).update(state)
    if "issues" in state:
        vars(error)["issues"] = _texts(state["issues"])
    return ProjectFailure(
        project_id=cast("str", data["project_id"]), error=error, is_gone=bool(data["is_gone"])
    )
