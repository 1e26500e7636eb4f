"""What is said of a run: numbers for each operator, the survivors, and why some may live."""

from __future__ import annotations

import fnmatch
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import yaml

from . import spec_mutants
from .mutant import Mutant
from .running import Result

EQUIVALENT = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True)
class Equivalence:
    """Mutants that no test can tell from the original, and why. The fields are glob patterns."""

    kind: str
    operator: str
    path: str
    place: str
    change: str
    reason: str

    def matches(self, mutant: Mutant) -> bool:
        pairs = (
            (mutant.kind, self.kind),
            (mutant.operator, self.operator),
            (mutant.path, self.path),
            (mutant.place, self.place),
            (mutant.change, self.change),
        )
        return all(fnmatch.fnmatchcase(value, pattern) for value, pattern in pairs)

    def __str__(self) -> str:
        return f"{self.operator} | {self.path} | {self.place} | {self.change}"


def equivalences(file: Path = EQUIVALENT) -> list[Equivalence]:
    entries = tomllib.loads(file.read_text(encoding="utf-8"))["equivalent"]
    return [Equivalence(**{"path": "*", "change": "*", **each}) for each in entries]


def reason_for(mutant: Mutant, known: Iterable[Equivalence]) -> str | None:
    """Why a mutant is equivalent; None if nobody says that it is."""
    return next((each.reason for each in known if each.matches(mutant)), None)


def wrong_entries(results: Sequence[Result], known: Sequence[Equivalence]) -> list[str]:
    """Entries of the list that fit no mutant, or one that a test did tell from the original."""
    lines = []
    for entry in known:
        fitting = [each for each in results if entry.matches(each.mutant)]
        if not fitting:
            lines.append(f"fits no mutant: {entry}")
        lines += [
            f"is killed all the same: {each.mutant.name} (entry: {entry})"
            for each in fitting
            if each.outcome != "survived"
        ]
    return lines


def diff(mutant: Mutant, root: Path) -> str:
    """The lines that the change is about, as they were and as they are."""
    file = root / mutant.path
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    after = mutant.content or ""
    if mutant.kind == "spec":
        before = spec_mutants.written(yaml.safe_load(before))
    old, new = before.splitlines(), after.splitlines()
    first = _same_at_the_start(old, new)
    same = _same_at_the_start(old[first:][::-1], new[first:][::-1])
    gone, come = old[first : len(old) - same], new[first : len(new) - same]
    lines = [*(f"    -{line}" for line in gone[:8]), *(f"    +{line}" for line in come[:8])]
    return "\n".join(lines)


def _same_at_the_start(one: Sequence[str], two: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False)))


def table(results: Sequence[Result], known: Sequence[Equivalence]) -> str:
    """Made, killed, survived and equivalent, for each operator."""
    head = ("mutants of", "operator", "made", "killed", "survived", "equivalent")
    rows: list[tuple[str, ...]] = [head]
    groups = sorted({(each.mutant.kind, each.mutant.operator) for each in results})
    for kind, operator in [*groups, ("code", ""), ("spec", ""), ("", "")]:
        chosen = [
            each
            for each in results
            if kind in ("", each.mutant.kind) and operator in ("", each.mutant.operator)
        ]
        if not chosen:
            continue
        counts = Counter(_verdict(each, known) for each in chosen)
        rows.append(
            (
                kind or "all",
                operator or "all",
                *map(
                    str, (len(chosen), counts["killed"], counts["survived"], counts["equivalent"])
                ),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _verdict(result: Result, known: Sequence[Equivalence]) -> str:
    if result.outcome != "survived":
        return "killed"
    return "survived" if reason_for(result.mutant, known) is None else "equivalent"


def survivors(results: Sequence[Result], known: Sequence[Equivalence]) -> list[Result]:
    """The mutants that live and should not."""
    return [each for each in results if _verdict(each, known) == "survived"]
