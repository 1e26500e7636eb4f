"""The changes between two specs, rated by redocly's `diff`: breaking, additive or editorial."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..live_document.openapi_30 import as_30

RATINGS = {"major": "breaking", "minor": "additive", "patch": "editorial"}
ORDER = tuple(RATINGS.values())
WORDS = ("summary", "description", "title", "example", "examples", "version", "openapi", "tags")
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
METHODS = ("get", "put", "post", "delete", "patch", "options", "head", "trace")
THINGS = {"MediaTypesMap": "body", "PathItem": "path", "RequestBody": "body"}
"""Our words for parts of a document, where redocly's in lower case do not fit."""
LISTS = {
    "HeadersMap": "header",
    "NamedParameters": "parameter",
    "NamedResponses": "response",
    "NamedSchemas": "schema",
    "ParameterList": "parameter",
    "SchemaProperties": "property",
}
"""Lists that are added or removed as a whole: their entries are reported."""
USED = ("Operation", "Parameter", "PathItem", "RequestBody", "Response", "Schema")
"""Parts that a program may name: it breaks when one is removed, even if the server does not."""


@dataclass(frozen=True)
class Change:
    """One change: its rating, the operation or schema that it is in, and a description.

    `what` contains `{}` where `names`, several things of one kind, can be listed.
    """

    rating: str
    place: str
    what: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """The same change at one place or several."""

    rating: str
    places: tuple[str, ...]
    what: str


def rows(changes: Iterable[Change]) -> list[Row]:
    """Join equal changes; the breaking ones come first."""
    at_one_place: dict[tuple[str, str, str], list[str]] = {}
    for each in changes:
        names = at_one_place.setdefault((each.rating, each.place, each.what), [])
        names += [name for name in each.names if name not in names]
    places: dict[tuple[str, str], list[str]] = {}
    for (rating, place, what), names in at_one_place.items():
        places.setdefault((rating, _filled(what, names)), []).append(place)
    found = [Row(rating, tuple(sorted(each)), what) for (rating, what), each in places.items()]
    return sorted(found, key=lambda each: (ORDER.index(each.rating), each.places, each.what))


def _filled(what: str, names: list[str]) -> str:
    """The description with the names filled in, and the plural of their kind."""
    if not names:
        return what.replace(" {} ", " ")
    kind, _, verb = what.partition(" {} ")
    if len(names) > 1:
        kind = {"body": "bodies", "property": "properties"}.get(kind, f"{kind}s")
        verb = verb.replace("was", "were", 1)
    return f"{kind} {', '.join(f'`{name}`' for name in names)} {verb}"


Names = Mapping[tuple[str, str], str]


def operation_names(*documents: Mapping[str, Any]) -> Names:
    """The operation id of each method and path; a later document overrides an earlier one."""
    return {
        (path, method): str(operation.get("operationId", f"{method.upper()} {path}"))
        for document in documents
        for path, item in document.get("paths", {}).items()
        for method, operation in item.items()
        if method in METHODS
    }


def compare(redocly: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """The changes from one spec to another; `RuntimeError` if the program `redocly` fails."""
    names = operation_names(old, new)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, document in (("old", old), ("candidate", new)):
            # Without YAML's aliases, of which redocly reports each change at one place only, and
            # in one form, as null is no change because it is written otherwise.
            same_form = {**as_30(document), "openapi": document["openapi"]}
            text = json.dumps(same_form, default=str, ensure_ascii=False)
            (folder / f"{name}.json").write_text(text, encoding="utf-8")
        done = subprocess.run(
            [redocly, "diff", folder / "old.json", folder / "candidate.json", "--format", "json"],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, **QUIET},
        )
    try:
        report = json.loads(done.stdout)
    except ValueError:
        raise RuntimeError(f"redocly diff failed: {done.stderr.strip()[-2000:]}") from None
    return [_change(each, names) for each in report["changes"]]


def worst(changes: Iterable[Change]) -> str:
    """The most severe rating; editorial without changes."""
    return min((each.rating for each in changes), key=ORDER.index, default=ORDER[-1])


def _change(entry: Mapping[str, Any], names: Names) -> Change:
    side = entry.get("revision") or entry.get("base") or {}
    pointer = str(side.get("pointer") or entry["path"])
    said = "; ".join(verdict["message"] for verdict in entry["verdicts"])
    rating = RATINGS[entry["impact"]]
    if rating == "editorial" and entry.get("property") not in WORDS:
        rating = "additive"  # such as another value of an enum
    if entry["typeName"] in USED and (entry["kind"] == "removed" or _is_renamed(entry)):
        rating = "breaking"
    place = _place(pointer, names)
    return Change(rating, place, said) if said else _described(entry, rating, place, pointer)


def _described(entry: Mapping[str, Any], rating: str, place: str, pointer: str) -> Change:
    """Describe a change that redocly rates without a message."""
    parts = _parts(pointer)
    name = parts[-1] if parts else "the document"
    side = entry.get("revision") or entry.get("base") or {}
    kind, value, verb = entry["typeName"], side.get("value"), entry["kind"]
    if _is_renamed(entry):
        return Change(rating, place, f"was renamed from `{entry['base']['value']}`")
    if verb == "modified":
        before, after = (_shown(entry.get(side, {}).get("value")) for side in ("base", "revision"))
        what = f"`{entry.get('property', name)}` changed from {before} to {after}"
        schema = parts[:-1] if name == entry.get("property") else parts
        if _is_property(schema):
            what = f"`{'.'.join([*_properties_around(schema), schema[-1]])}`: {what}"
        return Change(rating, place, what)
    thing = THINGS.get(kind, kind.lower())
    listed: tuple[str, ...] = (name,)
    if kind in LISTS:
        thing = LISTS[kind]
        listed = tuple(map(_name_of, value) if isinstance(value, list) else value or ())
    elif kind in ("Parameter", "Tag") and isinstance(value, dict):
        listed = (_name_of(value),)
    elif kind == "Schema" and _is_property(parts):
        thing = "property"
    elif kind == "MediaTypesMap":
        listed = tuple(value or ())
    if thing == "property":
        outer = "".join(f"{each}." for each in _properties_around(parts))
        listed = tuple(outer + each for each in listed)
    return Change(rating, place, f"{thing} {{}} was {verb}", listed)


def _is_renamed(entry: Mapping[str, Any]) -> bool:
    return entry["kind"] == "modified" and entry.get("property") == "key"


def _is_property(parts: Sequence[str]) -> bool:
    return list(parts[-2:-1]) == ["properties"]


def _properties_around(parts: Sequence[str]) -> list[str]:
    """The names of the properties that enclose the end of a pointer."""
    return [after for each, after in pairwise(parts[:-1]) if each == "properties"]


def _name_of(thing: Mapping[str, Any]) -> str:
    """The name of a parameter or tag, or the last part of its reference."""
    return str(thing.get("name") or str(thing.get("$ref", "?")).rpartition("/")[2])


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def _parts(pointer: str) -> list[str]:
    parts = pointer.removeprefix("#").strip("/").split("/")
    return [part.replace("~1", "/").replace("~0", "~") for part in parts if part]


def _place(pointer: str, names: Names) -> str:
    """The operation or the part of the document that a pointer is in."""
    match _parts(pointer):
        case ["paths", path, method, *_] if method in METHODS:
            return names.get((path, method), f"{method.upper()} {path}")
        case ["paths", path, *_]:
            return ", ".join(name for (each, _), name in names.items() if each == path) or path
        case ["components", kind, name, *_]:
            return f"{kind.rstrip('s')} {name}"
        case [first, *_]:
            return first
        case _:
            return "the document"
