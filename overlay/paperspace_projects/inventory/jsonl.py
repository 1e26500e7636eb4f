"""What an inventory yields as JSON Lines: all of it, one project a line, and back again.

The format is the models' own: their fields by name, times in ISO 8601. Lines are pure ASCII, so
that no encoding, and no line separator within a name, can spoil a file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Protocol, TypeAlias, TypeVar, cast

import attrs
from attrs import frozen

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
from .options import Result

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
"""What JSON can hold."""

T = TypeVar("T")


class Writable(Protocol):
    """A text file to write to."""

    def write(self, text: str, /) -> object:
        """Write some text."""
        ...


@frozen(kw_only=True)
class Written:
    """How many snapshots and how many failures were written."""

    snapshots: int = 0
    failures: int = 0

    def and_one(self, result: Result) -> Written:
        """The same, and one more."""
        if isinstance(result, ProjectFailure):
            return attrs.evolve(self, failures=self.failures + 1)
        return attrs.evolve(self, snapshots=self.snapshots + 1)


def write_jsonl(results: Iterable[Result], file: Writable) -> Written:
    """Write results to a text file, one line each, as they come.

    Nothing is left out: `read_jsonl` gives back what was written. In async, hand in each result by
    itself: `write_jsonl([result], file)`.

    Returns:
        How many were written.
    """
    written = Written()
    for result in results:
        file.write(json.dumps(to_json(result), allow_nan=False) + "\n")
        written = written.and_one(result)
    return written


def read_jsonl(file: Iterable[str]) -> Iterator[Result]:
    """Read what `write_jsonl` wrote, line by line; blank lines are passed over.

    Raises, while it is gone through:
        InvalidArgumentError: a line that is none of `write_jsonl`'s; it says which.
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
    """A snapshot or a failure as plain data for `json.dumps`, with nothing left out.

    A float that JSON cannot hold is text: `inf`, `-inf`, `nan`. None comes from a server.
    """
    plain: object
    if isinstance(result, ProjectFailure):
        told = {"type": type(result.error).__name__, "args": result.error.args}
        state = {"text": str(result.error), "state": vars(result.error)}
        plain = {
            "project_id": result.project_id,
            "is_gone": result.is_gone,
            "error": json.loads(
                json.dumps({**told, **state}, default=str),
                parse_constant=lambda constant: str(float(constant)),
            ),
        }
    else:
        plain = json.loads(
            json.dumps(result.to_dict(), default=datetime.isoformat),
            parse_constant=lambda constant: str(float(constant)),
        )
    return cast("dict[str, Json]", plain)


def from_json(data: Mapping[str, Json]) -> Result:
    """The snapshot or the failure that `to_json` was given.

    Raises:
        InvalidArgumentError: it is none of what `to_json` gives.
    """
    try:
        return _failure(data) if "error" in data else _snapshot(data)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise InvalidArgumentError(
            "data", f"what to_json gives, and not what lets {type(error).__name__} happen: {error}"
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
    told = cast("dict[str, Json]", data["error"])
    kind: object = getattr(errors, cast("str", told["type"]), None)
    if not isinstance(kind, type) or not issubclass(kind, PaperspaceError):
        kind = PaperspaceError  # a class of the user's own
    error = kind.__new__(kind)
    error.args = tuple(cast("list[Json]", told["args"]))
    state = cast("dict[str, Json]", told["state"])
    vars(error).update(state)
    vars(error).update({name: _texts(state[name]) for name in ("issues",) if name in state})
    return ProjectFailure(
        project_id=cast("str", data["project_id"]), error=error, is_gone=bool(data["is_gone"])
    )
