"""What was measured: figures round by round, ratios to the reference in the same round, targets.

Only figures of one round are compared: the machine may be faster or slower in the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median

from .candidate import CANDIDATES, OURS, REFERENCE
from .works import FAN_OUT_LIMIT


@dataclass(frozen=True)
class Spread:
    """The median of some figures, and their ends."""

    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, figures: list[float]) -> Spread:
        return cls(median(figures), min(figures), max(figures))


@dataclass(frozen=True)
class Column:
    """One work, as it is told.

    Args:
        title: What it is, in a table's head.
        unit: What its figures are: `s` or `MB`.
        is_ratio: Whether a figure is told as a ratio to the reference's, or as it is.
    """

    title: str
    unit: str = "s"
    is_ratio: bool = True

    def text(self, figure: float) -> str:
        return f"{figure:.2f}" if self.is_ratio else f"{figure:.3g} {self.unit}"


COLUMNS = {
    "get": Column("GET"),
    "list": Column("list"),
    "list-async": Column("list, async"),
    "tasks": Column("20 tasks"),
    "threads": Column("20 threads"),
    "fan-out": Column("fan-out, tasks", is_ratio=False),
    "fan-out-threads": Column("fan-out, threads", is_ratio=False),
    "ahead": Column("slow caller"),
    "ahead-async": Column("slow caller, async"),
    "import": Column("import"),
    "cold": Column("first call"),
    "memory": Column("memory", unit="MB", is_ratio=False),
}
IMPORTS = {
    "import the package": "import paperspace_projects",
    "import a model": "from paperspace_projects import Project",
}
"""Imports that are ours alone, told as ratios to the reference's import."""


@dataclass
class Results:
    """The figures of a run. `failures` are what candidates failed with, by work and name."""

    figures: dict[tuple[str, str], dict[int, float]] = field(default_factory=dict)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    imported: dict[str, float] = field(default_factory=dict)
    """Seconds that each package takes of our import, the slowest first."""

    def add(self, work: str, candidate: str, round_: int, figure: float) -> None:
        self.figures.setdefault((work, candidate), {})[round_] = figure

    def seconds(self, work: str, candidate: str) -> Spread | None:
        """The figures as they are, in the unit of the work."""
        found = self.figures.get((work, candidate))
        return Spread.of(list(found.values())) if found else None

    def ratio(self, work: str, candidate: str) -> Spread | None:
        """The figures as ratios to the reference's of the same round."""
        against = self.figures.get(("import" if work in IMPORTS else work, REFERENCE), {})
        found = self.figures.get((work, candidate), {})
        both = [found[each] / against[each] for each in found if each in against]
        return Spread.of(both) if both else None

    def told(self, work: str, candidate: str) -> Spread | None:
        """A figure as its column tells it."""
        column = COLUMNS.get(work)
        if column is not None and not column.is_ratio:
            return self.seconds(work, candidate)
        return self.ratio(work, candidate)

    def candidates(self) -> list[str]:
        """Those that were measured, in their order."""
        measured = {name for _, name in self.figures}
        return [name for name in CANDIDATES if name in measured]

    def works(self) -> list[str]:
        measured = {work for work, _ in self.figures}
        return [work for work in COLUMNS if work in measured]


@dataclass(frozen=True)
class Target:
    """What was set as a goal: our figure is to be no more than the limit."""

    title: str
    work: str
    limit: float


TARGETS = (
    Target("GET, to raw httpx", "get", 0.75),
    Target("list, typed, to raw httpx", "list", 0.95),
    Target("20 tasks at a time, to raw httpx", "tasks", 0.25),
    Target(f"fan-out at 20 ms, seconds (limit {FAN_OUT_LIMIT:.2f})", "fan-out", 0.86),
    Target("30 pages, slow caller, to raw httpx", "ahead", 0.72),
    Target("30 pages, slow async caller, to raw httpx", "ahead-async", 0.72),
    Target("`import paperspace_projects`, to `import httpx`", "import the package", 1.20),
    Target("`from paperspace_projects import Project`, to `import httpx`", "import a model", 0.25),
    Target("memory from 1,200 to 120,000 items, MB", "memory", 5.0),
)


@dataclass(frozen=True)
class Verdict:
    """A target, what was measured, and whether it was met."""

    title: str
    limit: str
    found: Spread
    is_met: bool


def verdicts(results: Results) -> Iterator[Verdict]:
    """The targets that were measured, and in each work where an SDK is ahead of ours."""
    for target in TARGETS:
        found = results.told(target.work, OURS)
        if found is not None:
            yield Verdict(
                target.title, f"≤ {target.limit:.2f}", found, found.middle <= target.limit
            )
    for work in results.works():
        ours = results.told(work, OURS)
        best = _best_sdk(work, results.told)
        if ours is not None and best is not None and work != "memory":
            name, spread = best
            limit = f"< {spread.middle:.2f} ({name})"
            yield Verdict(
                f"{COLUMNS[work].title}, before every SDK", limit, ours, ours.middle < spread.middle
            )


def _best_sdk(work: str, told: Callable[[str, str], Spread | None]) -> tuple[str, Spread] | None:
    found = [
        (name, spread)
        for name, each in CANDIDATES.items()
        if each.is_sdk and (spread := told(work, name)) is not None
    ]
    return min(found, key=lambda each: each[1].middle, default=None)
