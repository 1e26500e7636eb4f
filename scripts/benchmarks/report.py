"""Shows the results on the terminal, and as tables in docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib import metadata

from packaging.requirements import Requirement

from ..tables import aligned, markdown
from .candidate import CANDIDATES, FLOOR, OURS, REFERENCE
from .processes import REPOSITORY
from .results import COLUMNS, Results, verdicts

PAGE = "docs/performance.md"
PLACE = re.compile(r"(<!-- bench -->\n).*?(<!-- end of bench -->)", re.DOTALL)


def machine() -> str:
    """The date, the machine, and its load in cores."""
    load = os.getloadavg()[0]
    busy = "; the machine was not idle" if load > 0.3 else ""
    return (
        f"{datetime.now(UTC):%d %B %Y}, {os.cpu_count()} cores, "
        f"{platform.python_implementation()} {platform.python_version()}, {platform.system()}; "
        f"load before: {load:.1f}{busy}."
    )


def table(results: Results, bold: Callable[[str], str]) -> list[list[str]]:
    """Rows of cells, the head first. `bold` marks our own."""
    workloads = results.workloads()
    rows = [["", *(COLUMNS[workload].title for workload in workloads)]]
    for name in results.candidates():
        cells = [name, *(_cell(results, workload, name) for workload in workloads)]
        rows.append([*map(bold, cells)] if name == OURS else cells)
    return rows


def _cell(results: Results, workload: str, name: str) -> str:
    if (workload, name) in results.failures:
        return "failed"
    shown, column = results.shown(workload, name), COLUMNS[workload]
    if shown is None:
        return "-"
    if name == REFERENCE and column.unit is None and (seconds := results.seconds(workload, name)):
        return f"1 ({seconds.middle * 1000:.0f} ms)"
    text = column.text(shown.middle)
    return text if shown.least == shown.most else f"{text} ({shown.least:.2f} - {shown.most:.2f})"


def goals(results: Results, yes: str, no: str) -> list[list[str]]:
    """Rows with each goal and whether it was met, the head first."""
    rows = [["target", "limit", "measured", "met"]]
    for each in verdicts(results):
        found = f"{each.found.middle:.2f} ({each.found.least:.2f} - {each.found.most:.2f})"
        rows.append([each.title, each.limit, found, yes if each.is_met else no])
    return rows


def imported(results: Results) -> str:
    """The time of our import by package, in a sentence; empty if it was not measured."""
    slowest = list(results.imported.items())[:10]
    listed = ", ".join(f"{name} {seconds * 1000:.1f}" for name, seconds in slowest)
    return f"Our import, in ms by package, traced (`-X importtime`): {listed}." if listed else ""


def for_terminal(results: Results) -> str:
    """The tables in columns; the first is transposed to fit."""
    transposed = [list(row) for row in zip(*table(results, str), strict=True)]
    parts = (aligned(transposed), aligned(goals(results, "yes", "no")), imported(results))
    return "\n\n".join(filter(None, parts))


def versions(names: Iterable[str]) -> str:
    """The versions of the candidates, and of the packages below httpx."""
    wanted = {Requirement(need).name for name in names for need in CANDIDATES[name].needs}
    wanted |= {"httpcore", "h11", "anyio"}
    return ", ".join(f"{each} {metadata.version(each)}" for each in sorted(wanted))


def write(results: Results, where: str, rounds: int) -> None:
    """Write the tables into the docs."""
    page = REPOSITORY / PAGE
    head, *rows = table(results, lambda text: f"**{text}**")
    goals_head, *goals_rows = goals(results, "yes", "**no**")
    made = (
        f"{where} {rounds} rounds; median, with the least and the most.\n\n"
        f"{markdown(head, rows)}\n"
        f"`{FLOOR}` is no client: it shows the server's time. {versions(results.candidates())}."
        f"\n\n{markdown(goals_head, goals_rows)}\n{imported(results)}"
    )
    text, count = PLACE.subn(lambda found: f"{found[1]}\n{made}\n{found[2]}", page.read_text())
    if count != 1:
        raise ValueError(f"{PAGE} has no place for the tables, from <!-- bench --> to its end")
    page.write_text(text)
