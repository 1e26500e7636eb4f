"""Compares the public names of two generated packages, with griffe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import griffe

from ..codegen.provenance import PACKAGE, RECORD


@dataclass(frozen=True)
class SurfaceChange:
    """One change: `breaking`, `changed` or `new`, its place in the code, and a description.

    A changed value, such as the members of an enum, may break or not: see the spec's rating.
    """

    rating: str
    place: str
    what: str


def compare(old: Path, new: Path) -> list[SurfaceChange]:
    """The changes from the package in one folder to that in another, the breaking ones first."""
    before, after = (_load(folder) for folder in (old, new))
    changed = [_breakage(each) for each in griffe.find_breaking_changes(before, after)]
    known = dict(_objects(before))
    added = [
        SurfaceChange("new", _place(thing), f"{thing.kind.value} `{_short(path)}`")
        for path, thing in _objects(after)
        if path not in known and path.rpartition(".")[0] in known
    ]
    ordered = sorted(set(changed), key=lambda each: (each.rating, each.place, each.what))
    return [each for each in ordered + added if RECORD not in each.place]


def _load(folder: Path) -> griffe.Object:
    loaded = griffe.load(PACKAGE, search_paths=[folder], allow_inspection=False)
    assert isinstance(loaded, griffe.Object)
    return loaded


def _objects(thing: griffe.Object) -> Iterator[tuple[str, griffe.Object]]:
    """All public objects below one, by their path."""
    yield thing.path, thing
    for member in thing.members.values():
        if isinstance(member, griffe.Object) and not member.name.startswith("_"):
            yield from _objects(member)


NO_DEFAULT = "unset"
"""griffe's word for the value of an attribute without one."""


def _breakage(breakage: griffe.Breakage) -> SurfaceChange:
    thing = breakage.obj
    old, new = _value(breakage.old_value), _value(breakage.new_value)
    place, name = _place(thing), f"`{_short(thing.path)}`"
    if breakage.kind is griffe.BreakageKind.OBJECT_REMOVED:
        return SurfaceChange("breaking", place, f"public object was removed, {name}")
    if breakage.kind is not griffe.BreakageKind.ATTRIBUTE_CHANGED_VALUE:
        kind = f"{breakage.kind.value[:1].lower()}{breakage.kind.value[1:]}"
        return SurfaceChange("breaking", place, f"{kind}, {name}: {old} -> {new}")
    if new == NO_DEFAULT:
        return SurfaceChange("breaking", place, f"attribute became required, {name}")
    if old == NO_DEFAULT:
        return SurfaceChange("changed", place, f"attribute became optional, {name}")
    return SurfaceChange("changed", place, f"attribute value was changed, {name}: {old} -> {new}")


def _value(value: object) -> str:
    if isinstance(value, griffe.Parameter) and value.default is not None:
        return f"{value.name} = {value.default}"
    return str(getattr(value, "name", value))


def _short(path: str) -> str:
    return path.removeprefix(f"{PACKAGE}.")


def _place(thing: griffe.Object | griffe.Alias) -> str:
    path = thing.filepath
    names = path.parts if isinstance(path, Path) else ()
    inside = "/".join(names[names.index(PACKAGE) :]) if PACKAGE in names else PACKAGE
    return f"generated/{inside}" + (f":{thing.lineno}" if thing.lineno else "")
