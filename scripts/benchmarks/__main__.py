"""Compare: candidates take turns at each work, round after round. See `--help`."""

from __future__ import annotations

import argparse
import random
import sys
import time
from statistics import median

from . import report
from .candidate import CANDIDATES, OURS, REFERENCE, Candidate
from .results import COLUMNS, IMPORTS, Results
from .worker import beginning, import_times, measured, serving
from .works import LATENCY, LISTED, root

FRESH = 3
"""So many processes give one figure of an import or a first call: their median."""
ONCE = "memory"
"""The work that is done in the first round only: what it gives does not jitter."""


def figure(work: str, candidate: Candidate, roots: dict[str, str]) -> float | None:
    """One figure, from a fresh process or some."""
    if work == "import":
        return _fresh(candidate.imported, candidate.needs)
    if work in IMPORTS:
        return _fresh(IMPORTS[work], candidate.needs) if candidate.name == OURS else None
    if work == "cold":
        if candidate.sync() is None:
            return None
        lines = (
            f"from scripts.benchmarks.candidates.{candidate.module} import Sync\n"
            f"client = Sync({root(roots, LISTED)!r})\nclient.get(1)"
        )
        return _fresh(lines, candidate.needs)
    return measured(work, candidate, roots)


def _fresh(lines: str, needs: tuple[str, ...]) -> float:
    return median(beginning(lines, needs) for _ in range(FRESH))


def compare(works: list[str], names: list[str], rounds: int) -> Results:
    """Measure; candidates take turns, in another order each time."""
    results = Results()
    with serving(0, LATENCY) as roots:
        for round_ in range(rounds):
            for work in works:
                if work == ONCE and round_ > 0:
                    continue
                for name in random.sample(names, len(names)):
                    if (work, name) in results.failures:
                        continue
                    _progress(f"{round_ + 1}/{rounds} {work}: {name}")
                    try:
                        found = figure(work, CANDIDATES[name], roots)
                    except RuntimeError as error:
                        results.failures[work, name] = str(error)
                    else:
                        if found is not None:
                            results.add(work, name, round_, found)
    _progress("")
    if "import" in works and OURS in names:
        ours = CANDIDATES[OURS]
        results.imported = import_times(ours.imported, ours.needs)
    return results


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="default: 3")
    works = [*COLUMNS, *IMPORTS]
    parser.add_argument("--only", nargs="+", choices=works, default=works, metavar="WORK")
    parser.add_argument("--candidates", nargs="+", choices=CANDIDATES, metavar="NAME")
    parser.add_argument("--write", action="store_true", help=f"write {report.PAGE} anew")
    options = parser.parse_args()
    names: list[str] = options.candidates or list(CANDIDATES)
    if REFERENCE not in names:
        names.append(REFERENCE)
    began, machine = time.monotonic(), report.Machine.here()
    results = compare(options.only, names, options.rounds)
    print(report.for_people(results))
    print(f"{options.rounds} rounds, {time.monotonic() - began:.0f} s. {machine}")
    if options.write:
        report.write(results, machine, options.rounds)
    for (work, name), text in results.failures.items():
        print(f"\n{name} failed at {work}:\n{text}", file=sys.stderr)
    return 1 if results.failures else 0


if __name__ == "__main__":
    sys.exit(main())
