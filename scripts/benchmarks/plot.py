"""The plot: one panel for each workload, a bar for each candidate, on a scale of powers of two.

An SVG of a few shapes, whose colours follow the reader's, light or dark.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import ceil, floor, log2

from .candidate import FLOOR, OURS, REFERENCE
from .results import COLUMNS, Results, Spread

WIDTH, NAME, ROW, HEAD, GAP = 400, 120, 18, 34, 26
"""Of a panel: the widths of all and of names, the heights of a bar and a title, the gap."""

STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 13px }
.value { font-size: 11px; fill: #57606a }
.grid { stroke: #8c959f; stroke-opacity: .3 }
.one { stroke: #57606a; stroke-dasharray: 3 3 }
.bar { fill: #8c959f }
.reference { fill: #57606a }
.ours { fill: #0969da }
.range { stroke: #24292f; stroke-opacity: .55 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .value { fill: #9da7b3 }
  .one { stroke: #9da7b3 }
  .reference { fill: #b1bac4 }
  .ours { fill: #4493f8 }
  .range { stroke: #e6edf3 }
}
"""


def drawn(results: Results) -> str:
    """The plot of what was measured against the reference."""
    panels = [workload for workload in results.workloads() if workload != "memory"]
    heights = [_height(_bars(results, workload)) for workload in panels]
    rows = [max(heights[at : at + 2]) for at in range(0, len(heights), 2)]
    parts: list[str] = []
    for index, workload in enumerate(panels):
        x, y = index % 2 * (WIDTH + GAP), sum(rows[: index // 2]) + index // 2 * GAP
        parts.append(f'<g transform="translate({x + GAP / 2:g} {y + GAP / 2:g})">')
        parts.extend(_panel(COLUMNS[workload].title, _bars(results, workload)))
        parts.append("</g>")
    width, height = 2 * WIDTH + 2 * GAP, sum(rows) + len(rows) * GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img">\n'
        "<title>Time as a ratio to raw httpx; less is better</title>\n"
        f"<style>{STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _bars(results: Results, workload: str) -> list[tuple[str, Spread]]:
    found = [
        (name, results.ratio(workload, name)) for name in results.candidates() if name != FLOOR
    ]
    bars = [(name, ratio) for name, ratio in found if ratio is not None]
    return sorted(bars, key=lambda bar: bar[1].middle)


def _height(bars: list[tuple[str, Spread]]) -> int:
    return HEAD + ROW * len(bars)


def _panel(title: str, bars: list[tuple[str, Spread]]) -> Iterator[str]:
    low = min(0.0, *(floor(log2(ratio.least)) for _, ratio in bars))
    high = max(1.0, *(ceil(log2(ratio.most)) for _, ratio in bars))
    room = WIDTH - NAME - 40

    def at(ratio: float) -> float:
        return round(NAME + (log2(ratio) - low) / (high - low) * room, 1)

    yield f'<text class="title" x="{NAME}" y="12">{escape(title)}</text>'
    for power in range(int(low), int(high) + 1):
        kind = "one" if power == 0 else "grid"
        x = at(2.0**power)
        yield f'<line class="{kind}" x1="{x}" x2="{x}" y1="28" y2="{_height(bars)}"/>'
        yield f'<text class="value" x="{x}" y="25" text-anchor="middle">{2.0**power:g}</text>'
    for index, (name, ratio) in enumerate(bars):
        y = HEAD + index * ROW
        kind = {OURS: "bar ours", REFERENCE: "bar reference"}.get(name, "bar")
        end = at(ratio.middle)
        yield f'<text x="{NAME - 6}" y="{y + 10}" text-anchor="end">{escape(name)}</text>'
        yield (
            f'<rect class="{kind}" x="{NAME}" y="{y}" height="{ROW - 6}" '
            f'width="{max(end - NAME, 1):g}"/>'
        )
        yield (
            f'<line class="range" x1="{at(ratio.least)}" x2="{at(ratio.most)}" '
            f'y1="{y + (ROW - 6) / 2:g}" y2="{y + (ROW - 6) / 2:g}"/>'
        )
        beside = max(end, at(ratio.most)) + 4
        yield f'<text class="value" x="{beside}" y="{y + 10}">{ratio.middle:.2f}</text>'
