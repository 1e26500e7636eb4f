"""The plot: a panel for each workload, a bar for each candidate, on a scale of powers of two.

An SVG of a few shapes, whose colours follow the reader's, light or dark.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import ceil, floor, log2

from .candidate import FLOOR, OURS, REFERENCE
from .results import COLUMNS, Results

WIDTH, NAME, ROW, HEAD = 700, 140, 18, 44
"""The widths of all and of the names, the heights of a bar and of a panel's head."""

STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 13px }
.grid { stroke: #8c959f; stroke-opacity: .4 }
.bar { fill: #8c959f }
.reference { fill: #57606a }
.ours { fill: #0969da }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .ours { fill: #4493f8 } }
"""


def drawn(results: Results) -> str:
    """The plot of what was measured as ratios to the reference."""
    panels = [
        (COLUMNS[workload].title, bars)
        for workload in results.workloads()
        if workload != "memory" and (bars := _bars(results, workload))
    ]
    ratios = [ratio for _, bars in panels for ratio, _ in bars]
    low, high = floor(log2(min(ratios))), max(1, ceil(log2(max(ratios))))
    parts: list[str] = []
    height = 0
    for title, bars in panels:
        parts += _panel(title, bars, height, low, high)
        height += HEAD + ROW * len(bars)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">\n'
        "<title>Time as a ratio to raw httpx; less is better</title>\n"
        f"<style>{STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _bars(results: Results, workload: str) -> list[tuple[float, str]]:
    found = {name: results.ratio(workload, name) for name in results.candidates()}
    return sorted((each.middle, name) for name, each in found.items() if each and name != FLOOR)


def _panel(
    title: str, bars: list[tuple[float, str]], top: int, low: int, high: int
) -> Iterator[str]:
    def x(power: float) -> float:
        return round(NAME + (power - low) / (high - low) * (WIDTH - NAME - 50), 1)

    yield f'<text class="title" x="{NAME}" y="{top + 16}">{escape(title)}</text>'
    for power in range(low, high + 1):
        bottom = top + HEAD + ROW * len(bars) - 6
        yield f'<path class="grid" d="M{x(power)} {top + 34}V{bottom}"/>'
        yield f'<text x="{x(power)}" y="{top + 32}" text-anchor="middle">{2.0**power:g}</text>'
    for row, (ratio, name) in enumerate(bars):
        y, end = top + HEAD + row * ROW, x(log2(ratio))
        kind = {OURS: "bar ours", REFERENCE: "bar reference"}.get(name, "bar")
        yield f'<text x="{NAME - 6}" y="{y + 10}" text-anchor="end">{escape(name)}</text>'
        yield f'<path class="{kind}" d="M{NAME} {y}H{max(end, NAME + 1)}V{y + 12}H{NAME}Z"/>'
        yield f'<text x="{end + 4}" y="{y + 10}">{ratio:.2f}</text>'
