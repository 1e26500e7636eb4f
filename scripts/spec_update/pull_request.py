"""Drafts what a reviewer reads first, and the release that a change of the spec needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .changes import ORDER, Row, rows

if TYPE_CHECKING:
    from .findings import Finding
    from .report import Update


def release(version: str, rating: str) -> tuple[str, str]:
    """The release that a change needs, and its version, as docs/explanation/versions.md has it."""
    major, minor, patch = map(int, version.split("."))
    if rating == "editorial":
        return "patch", f"{major}.{minor}.{patch + 1}"
    if rating == "breaking" and major > 0:
        return "major", f"{major + 1}.0.0"
    return "minor", f"{major}.{minor + 1}.0"


def draft(update: Update, version: str) -> str:
    """The first ten lines of a pull request: its title, and what to read."""
    changed = rows(update.changes)
    title = in_short(changed[:1]) + (f" (and {len(changed) - 1} more)" if changed[1:] else "")
    surface = Counter(each.rating for each in update.surface)
    names = ", ".join(f"{surface[rating]} {rating}" for rating in ("breaking", "changed", "new"))
    places = list(dict.fromkeys(f"`{_to_edit(each)}`" for each in update.findings))
    by_hand = _some_of(places) or "nothing that a check finds"
    gone = len(update.mentions) or "nothing"
    lines = (
        f"# openapi.yaml {update.old_version} -> {update.new_version}: {title}",
        "",
        _rated(changed, version),
        "",
        f"- Spec: sha256 {update.old_digest[:12]} -> {update.new_digest[:12]}, byte for byte.",
        f"- By hand: {by_hand}; gone or changed, and spoken of in the tree: {gone}.",
        f"- Live dialect: {fit_in_short(len(update.overlay))}",
        f"- Generated package, which is not public: {names}.",
        f"- Changelog: a draft is in `{update.fragment}`.",
        "- Review what was written by hand: `nox -s check_generated` holds the rest to the spec.",
    )
    return "\n".join(lines)


def verdict(changed: Sequence[Row], unfit: int, version: str) -> str:
    """Three lines: whether a candidate is worth a look."""
    why = {
        "breaking": "yes, programs or this package may break",
        "additive": "yes, there is something new to offer",
        "editorial": "only for its words",
    }[_worst(changed)]
    more = f"; {len(changed) - 1} more with --verbose" if changed[1:] else ""
    lines = (
        _rated(changed, version),
        f"{in_short(changed[:1])}{more}.",
        f"Worth a look: {why}. Live dialect: {fit_in_short(unfit)}",
    )
    return "\n".join(lines)


def counted(changed: Sequence[Row]) -> str:
    """How many changes there are of each rating."""
    counts = Counter(each.rating for each in changed)
    return ", ".join(f"{counts[rating]} {rating}" for rating in ORDER if counts[rating]) or "none"


def in_short(changed: Sequence[Row]) -> str:
    """The first change, in one line."""
    for row in changed:
        places = row.places[0] + (f" and {len(row.places) - 1} more" if row.places[1:] else "")
        return f"{places}: {' '.join(row.what.split()).rstrip('.')}"
    return "no change that a reader of the spec would notice"


def fit_in_short(unfit: int) -> str:
    """What is to be done in the overlay of the live dialect, in one line."""
    if unfit == 1:
        return "1 action of its overlay needs a look."
    return f"{unfit} actions of its overlay need a look." if unfit else "its overlay still fits."


def _worst(changed: Sequence[Row]) -> str:
    return changed[0].rating if changed else ORDER[-1]


def _rated(changed: Sequence[Row], version: str) -> str:
    part, following = release(version, _worst(changed))
    return (
        f"{_worst(changed).capitalize()}, so a {part} release: {version} becomes {following}. "
        f"Changes of the spec: {counted(changed)}."
    )


def _to_edit(finding: Finding) -> str:
    """The file and line to edit: a contract test names them in what it says."""
    named = re.search(r"\((\S+\.py:\d+)\)", finding.what)
    return named[1] if named else finding.place


def _some_of(places: Sequence[str]) -> str:
    return ", ".join(places[:3]) + (f" and {len(places) - 3} more" if places[3:] else "")
