"""The results: figures by round, ratios to the reference in the same round, and targets.

Only figures of one round are compared: the machine may be faster or slower in the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from .candidate import CANDIDATES, OURS, REFERENCE
from .workloads import FAN_OUT_LIMIT


@dataclass(frozen=True)
class Spread:
    """The median of some figures, and their range."""

    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, figures: list[float]) -> Spread | None:
        return cls(median(figures), min(figures), max(figures)) if figures else None


@dataclass(frozen=True)
class Column:
    """The title of a workload, and its unit unless figures are shown as ratios."""

    title: str
    unit: str | None = None

    def text(self, figure: float) -> str:
        return f"{figure:.2f}" if self.unit is None else f"{figure:.3g} {self.unit}"


COLUMNS = {
    "get": Column("GET"),
    "list": Column("list"),
    "list-async": Column("list, async"),
    "tasks": Column("20 tasks"),
    "threads": Column("20 threads"),
    "fan-out": Column("fan-out, tasks", unit="s"),
    "fan-out-threads": Column("fan-out, threads", unit="s"),
    "prefetch": Column("slow caller"),
    "prefetch-async": Column("slow caller, async"),
    "import": Column("import"),
    "cold": Column("first call"),
    "memory": Column("memory", unit="MB"),
}
IMPORTS = {
    "import the package": "import paperspace_projects",
    "import the clients": "from paperspace_projects import Client, AsyncClient, Project",
}
"""Imports of ours, compared with the reference's import."""


@dataclass
class Results:
    """The figures of a run, and the errors of candidates, by workload and name."""

    figures: dict[tuple[str, str], dict[int, float]] = field(default_factory=dict)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    imported: dict[str, float] = field(default_factory=dict)
    """Seconds that each package takes of our import, the slowest first."""

    def add(self, workload: str, candidate: str, round_: int, figure: float) -> None:
        self.figures.setdefault((workload, candidate), {})[round_] = figure

    def seconds(self, workload: str, candidate: str) -> Spread | None:
        """The figures in the unit of the workload."""
        return Spread.of(list(self.figures.get((workload, candidate), {}).values()))

    def ratio(self, workload: str, candidate: str) -> Spread | None:
        """The figures as ratios to the reference's of the same round."""
        against = self.figures.get(("import" if workload in IMPORTS else workload, REFERENCE), {})
        found = self.figures.get((workload, candidate), {})
        return Spread.of([found[each] / against[each] for each in found if each in against])

    def shown(self, workload: str, candidate: str) -> Spread | None:
        """The figures as their column shows them."""
        column = COLUMNS.get(workload)
        is_ratio = column is None or column.unit is None
        return (self.ratio if is_ratio else self.seconds)(workload, candidate)

    def candidates(self) -> list[str]:
        """The candidates that were measured, in order."""
        measured = {name for _, name in self.figures}
        return [name for name in CANDIDATES if name in measured]

    def workloads(self) -> list[str]:
        """The workloads that were measured, in order."""
        measured = {workload for workload, _ in self.figures}
        return [workload for workload in COLUMNS if workload in measured]


AT_LEAST = f"(minimum {FAN_OUT_LIMIT:.2f})"
TARGETS = (
    ("GET, to raw httpx", "get", 0.60),
    ("list, typed, to raw httpx", "list", 0.95),
    ("list, typed, async, to raw httpx", "list-async", 0.60),
    ("20 tasks at a time, to raw httpx", "tasks", 0.22),
    ("20 threads, to raw httpx", "threads", 0.60),
    (f"fan-out at 20 ms in tasks, seconds {AT_LEAST}", "fan-out", 0.87),
    (f"fan-out at 20 ms in threads, seconds {AT_LEAST}", "fan-out-threads", 0.87),
    ("30 pages, slow caller, to raw httpx", "prefetch", 0.72),
    ("30 pages, slow async caller, to raw httpx", "prefetch-async", 0.72),
    ("`import paperspace_projects`, to `import httpx`", "import the package", 1.20),
    (f"`{IMPORTS['import the clients']}`, to `import httpx`", "import the clients", 1.50),
    ("first call, to raw httpx", "cold", 1.25),
    ("memory from 1,200 to 120,000 items, MB", "memory", 5.0),
)
"""Goals: a title, a workload, and the most that our figure may be."""
LEAD_OF_AN_SDK = {"fan-out": 1.03, "fan-out-threads": 1.03}
"""How far the best SDK may be ahead of ours, as a factor: all are near the minimum there."""


@dataclass(frozen=True)
class Verdict:
    """A goal, the measured figures, and whether they meet the goal."""

    title: str
    limit: str
    found: Spread
    is_met: bool


def verdicts(results: Results) -> Iterator[Verdict]:
    """Judge the targets that were measured, then compare ours with the best SDK in each column."""
    for title, workload, limit in TARGETS:
        if found := results.shown(workload, OURS):
            yield Verdict(title, f"≤ {limit:.2f}", found, found.middle <= limit)
    sdks = [name for name, each in CANDIDATES.items() if each.is_sdk]
    for workload in results.workloads():
        found = results.shown(workload, OURS)
        spreads = ((results.shown(workload, name), name) for name in sdks)
        figures = [(spread.middle, name) for spread, name in spreads if spread]
        if found is None or not figures:
            continue
        best, name = min(figures)
        title, lead = COLUMNS[workload].title, LEAD_OF_AN_SDK.get(workload)
        if lead is None:
            goal, most, is_met = "ahead of every SDK", f"< {best:.2f}", found.middle < best
        else:
            goal, most = f"no SDK more than {lead - 1:.0%} ahead", f"≤ {best * lead:.2f}"
            is_met = found.middle <= best * lead
        yield Verdict(f"{title}, {goal}", f"{most} ({name} {best:.2f})", found, is_met)
