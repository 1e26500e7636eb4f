"""Compare a document of the vendor's with contract + overlay: `update_spec -- --live PATH_OR_URL`.

Operations are the same where method and path are; what they are called does not matter.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..live_document.shapes import Body, Field, Fields, OperationShape, Reader

MISSING = "missing"
THERE = "there"


@dataclass(frozen=True)
class Difference:
    """One difference: the operation, the place in it, and what either document has there."""

    operation: str
    place: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class Comparison:
    """All differences, and the operations below /projects that only their document has."""

    differences: Sequence[Difference]
    more_operations: Sequence[str]


def compare(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Comparison:
    """Compare two OpenAPI documents, operation by operation of `ours`."""
    found = {each.key: each for each in Reader(theirs).operations()}
    mine = Reader(ours).operations()
    differences = list(_servers(Reader(ours).base_urls(), Reader(theirs).base_urls()))
    for operation in mine:
        other = found.get(operation.key)
        if other is None:
            differences.append(Difference(operation.id, operation.key, THERE, MISSING))
        else:
            differences += _operation(operation, other)
    known = {each.key for each in mine}
    more = [key for key in found if " /projects" in key and key not in known]
    return Comparison(differences, more)


def _servers(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[Difference]:
    if theirs and not set(ours) & set(theirs):
        yield Difference("(all)", "server", ", ".join(ours), ", ".join(theirs))


def _operation(ours: OperationShape, theirs: OperationShape) -> Iterator[Difference]:
    def difference(place: str, mine: object, other: object) -> Difference:
        return Difference(ours.id, place, _shown(mine), _shown(other))

    for aspect in ("security", "servers", "deprecated"):
        mine, other = getattr(ours, aspect), getattr(theirs, aspect)
        if mine != other:
            yield difference(
                aspect, *(x if isinstance(x, bool) else list(x) for x in (mine, other))
            )
    for place, mine, other in _fields(_named(ours.parameters), _named(theirs.parameters)):
        yield difference(place, mine, other)
    for place, mine, other in _body("body", ours.body, theirs.body):
        yield difference(place, mine, other)
    for status in dict.fromkeys([*ours.answers, *theirs.answers]):
        place = f"answer {status}"
        if status not in theirs.answers or status not in ours.answers:
            yield difference(place, *_presence(status in ours.answers))
            continue
        if ours.headers[status] != theirs.headers[status]:
            yield difference(
                f"{place}: headers", *(list(x.headers[status]) for x in (ours, theirs))
            )
        for where, mine, other in _body(place, ours.answers[status], theirs.answers[status]):
            yield difference(where, mine, other)


def _presence(is_ours: bool) -> tuple[str, str]:
    return (THERE, MISSING) if is_ours else (MISSING, THERE)


def _named(parameters: Fields) -> Fields:
    """The parameters by name; those of the path, which have no names on the wire, by position."""
    path = [name for name in parameters if name.startswith("path ")]
    number = {name: f"path parameter {index + 1}" for index, name in enumerate(path)}
    return {number.get(name, name): each for name, each in parameters.items()}


def _body(
    place: str, ours: Body | None, theirs: Body | None
) -> Iterator[tuple[str, object, object]]:
    if ours is None or theirs is None:
        if ours is not theirs:
            yield (f"{place}: a body", *_presence(ours is not None))
        return
    if ours.media_types != theirs.media_types:
        yield f"{place}: media type", list(ours.media_types), list(theirs.media_types)
    if ours.required != theirs.required:
        yield f"{place}: required", ours.required, theirs.required
    for name, mine, other in _fields(ours.fields, theirs.fields):
        yield f"{place}: {name or 'itself'}", mine, other


def _fields(ours: Fields, theirs: Fields) -> Iterator[tuple[str, object, object]]:
    """The fields that differ. What is within a field that is missing is not listed."""
    gone: list[str] = []
    for name in dict.fromkeys([*ours, *theirs]):
        if any(name.startswith((f"{outer}.", f"{outer}[")) for outer in gone):
            continue
        if name not in ours or name not in theirs:
            gone.append(name)
            yield (name, *_presence(name in ours))
            continue
        for aspect, mine, other in _aspects(ours[name], theirs[name]):
            yield (f"{name}, {aspect}" if name else aspect), mine, other


def _aspects(ours: Field, theirs: Field) -> Iterator[tuple[str, object, object]]:
    for aspect in ("type", "required", "nullable"):
        mine, other = getattr(ours, aspect), getattr(theirs, aspect)
        if mine != other:
            yield aspect, mine, other
    for keyword in dict.fromkeys([*ours.keywords, *theirs.keywords]):
        mine, other = ours.keywords.get(keyword), theirs.keywords.get(keyword)
        if keyword == "known values":  # the values that are known of an open list
            mine, other = _sorted(mine), _sorted(theirs.keywords.get("enum", other or mine))
        elif keyword == "enum" and "known values" in ours.keywords:
            continue
        elif keyword == "enum":
            mine, other = _sorted(mine), _sorted(other)
        if mine != other:
            yield keyword, mine, other


def _sorted(values: Any) -> Any:
    return sorted(values, key=str) if isinstance(values, list) else values


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value)
