"""Telling what was measured: on the terminal, and as a table and a plot in docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata

from packaging.requirements import Requirement

from . import plot
from .candidate import CANDIDATES, FLOOR, OURS, REFERENCE
from .results import COLUMNS, Results, Spread, verdicts
from .worker import REPOSITORY

PAGE = "docs/performance.md"
PLOT = "docs/performance.svg"
PLACE = re.compile(r"(<!-- bench -->\n).*?(<!-- end of bench -->)", re.DOTALL)


@dataclass(frozen=True)
class Machine:
    """Where and when it was measured. `load` is what the machine was at before, in cores."""

    when: datetime
    cores: int
    load: float

    @classmethod
    def here(cls) -> Machine:
        return cls(datetime.now(UTC), os.cpu_count() or 0, os.getloadavg()[0])

    def __str__(self) -> str:
        busy = "; others used the machine at the time" if self.load > 0.3 else ""
        return (
            f"{self.when:%d %B %Y}, {self.cores} cores, {platform.python_implementation()} "
            f"{platform.python_version()}, {platform.system()}; load before: {self.load:.1f}{busy}."
        )


def table(results: Results, bold: Callable[[str], str]) -> list[list[str]]:
    """Rows of cells, the head first. `bold` marks what is ours."""
    works = results.works()
    rows = [["", *(COLUMNS[work].title for work in works)]]
    for name in results.candidates():
        cells = [_cell(results, work, name) for work in works]
        rows.append([bold(name), *map(bold, cells)] if name == OURS else [name, *cells])
    return rows


def _cell(results: Results, work: str, name: str) -> str:
    if (work, name) in results.failures:
        return "failed"
    told, column = results.told(work, name), COLUMNS[work]
    if told is None:
        return "-"
    text = column.text(told.middle)
    if told.least != told.most:
        text += f" ({_bare(told.least)} - {_bare(told.most)})"
    if name == REFERENCE and column.is_ratio and (seconds := results.seconds(work, name)):
        return f"1 ({_duration(seconds)})"
    return text


def _bare(figure: float) -> str:
    return f"{figure:.2f}"


def _duration(seconds: Spread) -> str:
    return f"{seconds.middle * 1000:.0f} ms"


def goals(results: Results, yes: str, no: str) -> list[list[str]]:
    """Rows that say of each target whether it was met, the head first."""
    rows = [["target", "limit", "measured", "met"]]
    for each in verdicts(results):
        found = f"{each.found.middle:.2f} ({each.found.least:.2f} - {each.found.most:.2f})"
        rows.append([each.title, each.limit, found, yes if each.is_met else no])
    return rows


def imported(results: Results) -> str:
    """Where the time of our import goes, in a sentence; empty if that was not measured."""
    slowest = list(results.imported.items())[:10]
    told = ", ".join(f"{name} {seconds * 1000:.1f}" for name, seconds in slowest)
    return f"Our import, in ms by package, traced (`-X importtime`): {told}." if told else ""


def for_people(results: Results) -> str:
    """The tables in columns, for a terminal; one turned over, so that it fits."""
    turned = [list(row) for row in zip(*table(results, str), strict=True)]
    parts = (_aligned(turned), _aligned(goals(results, "yes", "NO")), imported(results))
    return "\n\n".join(filter(None, parts))


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def markdown(rows: list[list[str]]) -> str:
    head, *rest = rows
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, ["---"] * len(head), *rest))


def versions(names: Iterable[str]) -> str:
    """The versions of what was compared, and of what it stands on."""
    wanted = {Requirement(need).name for name in names for need in CANDIDATES[name].needs}
    wanted |= {"httpcore", "h11", "anyio"}
    return ", ".join(f"{each} {metadata.version(each)}" for each in sorted(wanted))


def write(results: Results, machine: Machine, rounds: int) -> None:
    """Write the tables and the plot into the docs.

    Raises:
        ValueError: the page has no place for them.
    """
    page = REPOSITORY / PAGE
    made = (
        f"{machine} {rounds} rounds; median, with the least and the most.\n\n"
        f"![Ours, raw clients and SDKs, as ratios to raw httpx]({PLOT.rpartition('/')[2]})\n\n"
        f"{markdown(table(results, lambda text: f'**{text}**'))}\n"
        f"`{FLOOR}` is no client: it shows what the server takes. {versions(results.candidates())}."
        f"\n\n{markdown(goals(results, 'yes', '**no**'))}\n{imported(results)}"
    )
    text, count = PLACE.subn(lambda found: f"{found[1]}\n{made}\n{found[2]}", page.read_text())
    if count != 1:
        raise ValueError(f"{PAGE} has no place for what was measured: <!-- bench --> to its end")
    page.write_text(text)
    (REPOSITORY / PLOT).write_text(plot.drawn(results))
