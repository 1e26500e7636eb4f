"""`python -m scripts.mutation_testing`: make mutants, run the contract tests on each, and report.

Exit code 1: a mutant lives that is not in equivalent.toml, or an entry there is wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from . import code_mutants, reporting, running, spec_mutants
from .mutant import Mutant
from .running import Result

ROOT = Path(__file__).resolve().parents[2]
OF_EACH = 3
"""How many mutants of one operator in one file are run, unless all are asked for."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nox -s mutants --", description=__doc__)
    parser.add_argument("--only", choices=("code", "spec"), help="mutants of one kind only")
    parser.add_argument("--operator", action="append", help="mutants of this operator only")
    parser.add_argument("--path", help="mutants of files with this in their path only")
    parser.add_argument("--all", action="store_true", help="every mutant there is: over an hour")
    parser.add_argument("--sample", type=int, metavar="N", help="N of the mutants, drawn by lot")
    parser.add_argument("--seed", type=int, default=0, help="what the lots are drawn with")
    parser.add_argument("--jobs", type=int, default=2, help="how many run at a time (2)")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds for one mutant (60)")
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FILE",
        help="write every result there, as JSON lines, and run none again that is there: goes on "
        "with a run that was stopped, as long as neither the code nor the tests have changed",
    )
    return parser.parse_args()


def chosen(options: argparse.Namespace) -> list[Mutant]:
    """The mutants to run: all of the spec and some of each kind of the code, unless told."""
    found: list[Mutant] = []
    if options.only != "spec":
        found += code_mutants.mutants(ROOT)
    if options.only != "code":
        found += spec_mutants.mutants(ROOT)
    if options.operator:
        found = [each for each in found if each.operator in options.operator]
    if options.path:
        found = [each for each in found if options.path in each.path]
    print(f"{len(found)} mutants can be made", flush=True)
    lots = random.Random(options.seed)
    if options.sample is not None:
        return lots.sample(found, min(options.sample, len(found)))
    return found if options.all else some_of_each(found, lots)


def some_of_each(found: Sequence[Mutant], lots: random.Random) -> list[Mutant]:
    """A few mutants of each operator in each file, or at each level of the spec."""
    groups: dict[tuple[str, str], list[Mutant]] = defaultdict(list)
    for each in found:
        where = each.path if each.kind == "code" else "/".join(each.place.split("/")[:4])
        groups[each.operator, where].append(each)
    return [
        each for group in groups.values() for each in lots.sample(group, min(OF_EACH, len(group)))
    ]


def results_in(file: Path | None, mutants: Sequence[Mutant]) -> list[Result]:
    """What an earlier run wrote of these mutants."""
    if file is None or not file.exists():
        return []
    entries = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    found = {each["mutant"]: each for each in entries}
    return [
        Result(each, entry["outcome"], entry["by"], entry["seconds"])
        for each in mutants
        if (entry := found.get(each.name)) is not None
    ]


def main() -> int:
    options = arguments()
    mutants = chosen(options)
    running.preload()
    results = results_in(options.results, mutants)
    known = {each.mutant.name for each in results}
    started = time.monotonic()

    def note(result: Result) -> None:
        results.append(result)
        if options.results:
            with options.results.open("a", encoding="utf-8") as file:
                entry = {
                    "outcome": result.outcome,
                    "by": result.by,
                    "seconds": round(result.seconds, 2),
                    "mutant": result.mutant.name,
                    "line": result.mutant.line,
                }
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        if len(results) % 100 == 0:
            living = sum(each.outcome == "survived" for each in results)
            print(
                f"{len(results)} of {len(mutants)} run, {living} live, "
                f"{time.monotonic() - started:.0f} s",
                flush=True,
            )

    remaining = [each for each in mutants if each.name not in known]
    # What is said to be equivalent takes the longest, for no test ends it, and is the least news.
    said_of = reporting.equivalences()
    remaining.sort(key=lambda each: reporting.reason_for(each, said_of) is not None)
    running.run_all(remaining, ROOT, jobs=options.jobs, timeout=options.timeout, done=note)
    return report(results, options, time.monotonic() - started)


def report(results: Sequence[Result], options: argparse.Namespace, seconds: float) -> int:
    """Print what came of it all; gives the exit code."""
    known = reporting.equivalences()
    living = reporting.survivors(results, known)
    for each in results:
        reason = reporting.reason_for(each.mutant, known)
        if each.outcome == "survived" and reason is not None:
            print(
                f"equivalent: {each.mutant.path}:{each.mutant.line}: {each.mutant.name}: {reason}"
            )
    for each in living:
        print(f"SURVIVED: {each.mutant.path}:{each.mutant.line}: {each.mutant.name}")
        print(reporting.diff(each.mutant, ROOT))
    print(f"\n{reporting.table(results, known)}\n\n{seconds:.0f} seconds")
    complete = options.all and not (options.only or options.operator or options.path)
    wrong = reporting.wrong_entries(results, known)
    if not complete:
        wrong = [line for line in wrong if not line.startswith("fits no mutant")]
    for line in wrong:
        print(f"equivalent.toml: an entry {line}")
    return 1 if living or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
