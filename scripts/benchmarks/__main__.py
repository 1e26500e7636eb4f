"""`nox -s bench`: measure the candidates, show ratios to raw httpx, and check the targets."""

from __future__ import annotations

import argparse
import random
import sys
import time
from itertools import product
from statistics import median

from . import report
from .candidate import CANDIDATES, OURS, REFERENCE, Candidate
from .processes import import_times, measure, serving, time_lines
from .results import COLUMNS, IMPORTS, Results
from .workloads import LATENCY, LISTED, WORKLOADS, root

REPEATS = 3
"""A figure of an import or a first call is the median of this many processes."""
ONCE = "memory"
"""A workload for the first round only: its figures do not jitter."""


def figure(workload: str, candidate: Candidate, roots: dict[str, str]) -> float | None:
    """One figure, from fresh processes; None if the workload does not apply to the candidate."""
    lines = {"import": candidate.imported}
    if candidate.name == OURS:
        lines |= IMPORTS
    if candidate.client("Sync") is not None:
        lines["cold"] = (
            f"from scripts.benchmarks.candidates.{candidate.module} import Sync\n"
            f"client = Sync({root(roots, LISTED)!r})\nclient.get(1)"
        )
    if workload in lines:
        return median(time_lines(lines[workload], candidate.needs) for _ in range(REPEATS))
    return measure(workload, candidate, roots) if workload in (*WORKLOADS, ONCE) else None


def compare(workloads: list[str], names: list[str], rounds: int) -> Results:
    """Measure; the candidates take turns, in random order."""
    results = Results()
    with serving(0, LATENCY) as roots:
        for round_, workload in product(range(rounds), workloads):
            for name in random.sample(names, len(names)):
                if (workload, name) in results.failures or (workload == ONCE and round_ > 0):
                    continue
                _progress(f"{round_ + 1}/{rounds} {workload}: {name}")
                try:
                    found = figure(workload, CANDIDATES[name], roots)
                except RuntimeError as error:
                    results.failures[workload, name] = str(error)
                else:
                    if found is not None:
                        results.add(workload, name, round_, found)
    _progress("")
    if "import" in workloads and OURS in names:
        ours = CANDIDATES[OURS]
        results.imported = import_times(ours.imported, ours.needs)
    return results


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="default: 3")
    workloads = [*COLUMNS, *IMPORTS]
    parser.add_argument(
        "--only", nargs="+", choices=workloads, default=workloads, metavar="WORKLOAD"
    )
    parser.add_argument("--candidates", nargs="+", choices=CANDIDATES, metavar="NAME")
    parser.add_argument("--write", action="store_true", help=f"update {report.PAGE}")
    options = parser.parse_args()
    names: list[str] = options.candidates or list(CANDIDATES)
    if REFERENCE not in names:
        names.append(REFERENCE)
    began, where = time.monotonic(), report.machine()
    results = compare(options.only, names, options.rounds)
    print(report.for_terminal(results))
    print(f"{options.rounds} rounds, {time.monotonic() - began:.0f} s. {where}")
    if options.write:
        report.write(results, where, options.rounds)
    for (workload, name), text in results.failures.items():
        print(f"\n{name} failed at {workload}:\n{text}", file=sys.stderr)
    return 1 if results.failures else 0


if __name__ == "__main__":
    sys.exit(main())
