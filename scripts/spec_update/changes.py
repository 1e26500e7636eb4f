"""What changed between two specs, rated by redocly's `diff`: breaking, additive or editorial."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RATINGS = {"major": "breaking", "minor": "additive", "patch": "editorial"}
ORDER = tuple(RATINGS.values())
WORDS = ("summary", "description", "title", "example", "examples", "version", "openapi", "tags")
METHODS = ("get", "put", "post", "delete", "patch", "options", "head", "trace")


@dataclass(frozen=True)
class Change:
    """One change: how it is rated, the operation or schema that it is in, and what it is."""

    rating: str
    place: str
    what: str
    pointer: str


Names = Mapping[tuple[str, str], str]


def operation_names(*documents: Mapping[str, Any]) -> Names:
    """The operation id of each method and path of some specs, the last one's where they differ."""
    return {
        (path, method): str(operation.get("operationId", f"{method.upper()} {path}"))
        for document in documents
        for path, item in document.get("paths", {}).items()
        for method, operation in item.items()
        if method in METHODS
    }


def compare(redocly: Path, old: Path, new: Path, names: Names) -> list[Change]:
    """The changes from one spec file to another, the breaking ones first.

    Args:
        redocly: The redocly program.
        old: The spec that is in the tree.
        new: The candidate.
        names: The operation ids of both (`operation_names`).

    Raises:
        RuntimeError: redocly did not answer.
    """
    done = subprocess.run(
        [redocly, "diff", str(old), str(new), "--format", "json"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
    )
    try:
        report = json.loads(done.stdout)
    except ValueError:
        raise RuntimeError(f"redocly diff failed: {done.stderr.strip()[-2000:]}") from None
    changes = {_change(each, names) for each in report["changes"]}
    return sorted(changes, key=lambda each: (ORDER.index(each.rating), each.place, each.what))


def worst(changes: Iterable[Change]) -> str:
    """The rating of the change that matters most; editorial where there is none."""
    return min((each.rating for each in changes), key=ORDER.index, default=ORDER[-1])


def _change(entry: Mapping[str, Any], names: Names) -> Change:
    side = entry.get("revision") or entry.get("base") or {}
    pointer = str(side.get("pointer") or entry["path"])
    said = "; ".join(verdict["message"] for verdict in entry["verdicts"])
    rating = RATINGS[entry["impact"]]
    if rating == "editorial" and entry.get("property") not in WORDS:
        rating = "additive"  # such as one more value of an enum: somebody may want to use it
    return Change(rating, _place(pointer, names), said or _told(entry, pointer), pointer)


def _told(entry: Mapping[str, Any], pointer: str) -> str:
    """A change that redocly rates without a word about it."""
    name = _parts(pointer)[-1] if _parts(pointer) else "the document"
    if entry["kind"] != "modified":
        kind = "path" if entry["typeName"] == "PathItem" else entry["typeName"].lower()
        return f"{kind} `{name}` was {entry['kind']}"
    before, after = (_shown(entry.get(side, {}).get("value")) for side in ("base", "revision"))
    return f"`{entry.get('property', name)}` changed from {before} to {after}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def _parts(pointer: str) -> list[str]:
    parts = pointer.removeprefix("#").strip("/").split("/")
    return [part.replace("~1", "/").replace("~0", "~") for part in parts if part]


def _place(pointer: str, names: Names) -> str:
    """The operation or the part of the document that a pointer leads into."""
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
