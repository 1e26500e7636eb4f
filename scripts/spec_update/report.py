"""Reports a spec update: tables, `spec-change.md`, and an entry for the changelog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent

from ..release.changelog import FRAGMENTS
from ..tables import aligned
from ..tables import markdown as markdown_table
from .changes import Change, rows, worst
from .findings import Finding
from .live_comparison import Comparison
from .mentions import Mentions
from .overlay_fit import Verdict
from .pull_request import counted, draft
from .surface import SurfaceChange

KINDS = {"breaking": "breaking", "additive": "added", "editorial": "changed"}
"""The kind of changelog entry for the worst change."""
FOLDERS, OTHERS = ("overlay", "scripts", "tests"), "docs and settings"
"""How the places that speak of a thing are grouped."""


@dataclass(frozen=True)
class Update:
    """The results of an update. The digests and versions are those of the two specs."""

    old_version: str
    new_version: str
    old_digest: str
    new_digest: str
    changes: Sequence[Change]
    overlay: Sequence[Verdict]
    surface: Sequence[SurfaceChange]
    findings: Sequence[Finding]
    mentions: Sequence[Mentions] = ()

    @property
    def rating(self) -> str:
        """That of the worst change of the spec: the generated package is not public."""
        return worst(self.changes)

    @property
    def fragment(self) -> str:
        """The file in the tree for the draft of the changelog entry."""
        return f"{FRAGMENTS}/spec-{self.new_digest[:12]}.{KINDS[self.rating]}.md"


def changes_table(changes: Sequence[Change]) -> str:
    """The classified changes, for a terminal."""
    if not changes:
        return "no change that a reader of the spec would notice"
    return aligned([(each.rating, _shortly(each.places), each.what) for each in rows(changes)])


def fit_table(verdicts: Sequence[Verdict]) -> str:
    """Which actions of the overlay of the live dialect need a look, for a terminal."""
    if not verdicts:
        return "Every action of overlay/live.overlay.yaml still fits."
    rows = aligned([(each.kind, each.target, each.why) for each in verdicts])
    return f"In overlay/live.overlay.yaml:\n{rows}"


def comparison(found: Comparison) -> str:
    """How a document of the vendor's differs from the live document, for a terminal."""
    rows = [(each.operation, each.place, each.ours, each.theirs) for each in found.differences]
    head = ("operation", "where", "contract + overlay", "the document")
    parts = [aligned([head, *rows])] if rows else []
    if found.more_operations:
        listed = "\n".join(f"  {each}" for each in found.more_operations)
        parts.append(f"Below /projects, the document also has:\n{listed}")
    nothing = "Nothing else differs." if found.more_operations else "Nothing differs."
    parts.append(f"{len(rows)} differences." if rows else nothing)
    return "\n\n".join(parts)


def _shortly(places: Sequence[str]) -> str:
    return ", ".join(places) if len(places) < 3 else f"{places[0]} and {len(places) - 1} more"


def markdown(update: Update, version: str) -> str:
    """The text of `spec-change.md`."""
    parts = [
        draft(update, version),
        "## To follow up by hand",
        follow_ups(update.findings),
        "## Where the tree speaks of what is gone or has changed",
        _mentions(update.mentions),
        "## In the spec",
        _rows(
            ("rating", "where", "what"),
            [(each.rating, ", ".join(each.places), each.what) for each in rows(update.changes)],
        ),
        "## In the overlay of the live dialect",
        _rows(
            ("what", "action", "why"),
            [(each.kind, each.target, each.why) for each in update.overlay],
        ),
        "## In the generated package",
        _rows(("rating", "what", "where"), [(s.rating, s.what, s.place) for s in update.surface]),
    ]
    return "\n\n".join(parts) + "\n"


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return markdown_table(head, escaped).rstrip() if rows else "Nothing."


def follow_ups(findings: Sequence[Finding]) -> str:
    if not findings:
        return "Nothing: the contract tests and the type checkers are content."
    return "\n".join(
        f"- [ ] `{each.place}` ({each.source}): {each.what}"
        + (f" -- {each.advice}" if each.advice else "")
        + (f"\n\n{indent(fenced(each.code), '  ')}\n" if each.code else "")
        for each in findings
    )


def fenced(code: str) -> str:
    """A block of Python in Markdown."""
    return f"```python\n{code.rstrip(chr(10))}\n```"


def _mentions(found: Sequence[Mentions]) -> str:
    """Each thing, and the lines that name it: what is true after the change may stay."""
    parts = []
    for each in found:
        advice = f": {each.thing.advice}" if each.thing.advice else ""
        parts.append(f"- [ ] {each.thing.what}{advice}")
        grouped: dict[str, list[str]] = {group: [] for group in (*FOLDERS, OTHERS)}
        for place in each.places:
            folder = place.partition("/")[0]
            grouped[folder if folder in FOLDERS else OTHERS].append(place)
        for group, places in grouped.items():
            parts += [f"  - {group}", *(f"    - {place}" for place in places)] if places else []
    return "\n".join(parts) or "Nothing is gone, renamed or stricter."


def entry(update: Update) -> str:
    """A draft of the changelog entry, to be rewritten for users before a release."""
    listed = "\n".join(
        f"- {each.rating}: {', '.join(each.places)}: {each.what}" for each in rows(update.changes)
    )
    return (
        f"Spec {update.new_version} (`{update.new_digest[:12]}`): "
        f"{counted(rows(update.changes))}.\n\n{listed or '- wording only'}\n"
    )
