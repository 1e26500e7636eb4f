"""Reports a run: numbers for each operator, the survivors, and the equivalent mutants."""

from __future__ import annotations

import difflib
import fnmatch
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from ..tables import aligned
from . import spec_mutants
from .code_mutants import Mutant
from .runner import Result

EQUIVALENT = Path(__file__).with_name("equivalent.toml")

Entry = dict[str, str]
"""Glob patterns for the fields of mutants that are equivalent to the original, and a reason."""


def entries() -> list[Entry]:
    found: list[Entry] = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["equivalent"]
    return found


def matches(entry: Entry, mutant: Mutant) -> bool:
    return all(
        fnmatch.fnmatchcase(getattr(mutant, name), pattern)
        for name, pattern in entry.items()
        if name != "reason"
    )


def reason_for(mutant: Mutant, known: Iterable[Entry]) -> str | None:
    """The reason why a mutant is equivalent; None without an entry."""
    return next((each["reason"] for each in known if matches(each, mutant)), None)


def verdict(result: Result, known: Sequence[Entry]) -> str:
    if result.outcome != "survived":
        return "killed"
    return "survived" if reason_for(result.mutant, known) is None else "equivalent"


def wrong_entries(
    results: Sequence[Result], known: Sequence[Entry], *, is_complete: bool
) -> list[str]:
    """Entries that match a killed mutant or, if every mutant was run, no mutant."""
    lines = []
    for entry in known:
        matching = [each for each in results if matches(entry, each.mutant)]
        if is_complete and not matching:
            lines.append(f"an entry matches no mutant: {entry}")
        lines += [
            f"an entry matches a killed mutant: {each.mutant.name}: {entry}"
            for each in matching
            if each.outcome != "survived"
        ]
    return lines


def diff(mutant: Mutant, root: Path) -> str:
    """The lines that a mutant changes, with their numbers, before and after."""
    file = root / mutant.path
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if mutant.kind == "spec":
        before = spec_mutants.written(yaml.safe_load(before))
    lines = difflib.unified_diff(
        before.splitlines(), (mutant.content or "").splitlines(), lineterm="", n=0
    )
    return "\n".join(f"    {line}" for line in list(lines)[2:19])


def table(results: Sequence[Result], known: Sequence[Entry]) -> str:
    """The numbers of mutants for each operator."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for each in sorted(results, key=lambda each: (each.mutant.kind, each.mutant.operator)):
        for group in ((each.mutant.kind, each.mutant.operator), (each.mutant.kind, "all")):
            counts.setdefault(group, Counter())[verdict(each, known)] += 1
    rows: list[tuple[str, ...]] = [("of", "operator", "made", "killed", "survived", "equivalent")]
    for (kind, operator), count in sorted(counts.items(), key=lambda each: "all" in each[0]):
        figures = (count.total(), count["killed"], count["survived"], count["equivalent"])
        rows.append((kind, operator, *map(str, figures)))
    return aligned(rows)
