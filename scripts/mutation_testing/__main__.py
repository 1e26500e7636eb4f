"""`python -m scripts.mutation_testing`: make mutants, run the contract tests on each, and report.

Exit code 1: a mutant survives that is not in equivalent.toml, or an entry there is wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from . import code_mutants, report, runner, spec_mutants
from .code_mutants import Mutant
from .runner import Result

ROOT = Path(__file__).resolve().parents[2]
OF_EACH = 3
"""How many mutants of one operator in one file are run, without --all."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nox -s mutants --", description=__doc__)
    parser.add_argument("--only", choices=("code", "spec"), help="mutants of one kind only")
    parser.add_argument("--operator", action="append", help="mutants of this operator only")
    parser.add_argument("--path", help="mutants of files with this in their path only")
    parser.add_argument("--all", action="store_true", help="every mutant: over an hour")
    parser.add_argument("--sample", type=int, metavar="N", help="N mutants at random")
    parser.add_argument("--seed", type=int, default=0, help="of the random choice")
    parser.add_argument("--jobs", type=int, default=2, help="how many run at a time (2)")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds for one mutant (60)")
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FILE",
        help="append every result to this file, as JSON lines, and skip the mutants in it: resumes "
        "a stopped run, if neither the code nor the tests have changed",
    )
    return parser.parse_args()


def chosen(options: argparse.Namespace) -> list[Mutant]:
    """The mutants to run: a few of each operator in each file or part of the spec by default."""
    makers = {"code": code_mutants.mutants, "spec": spec_mutants.mutants}
    kinds = [options.only] if options.only else list(makers)
    found = [each for kind in kinds for each in makers[kind](ROOT)]
    operators, path = options.operator or {each.operator for each in found}, options.path or ""
    found = [each for each in found if each.operator in operators and path in each.path]
    print(f"{len(found)} mutants can be made", flush=True)
    draw = random.Random(options.seed)
    if options.sample is not None:
        return draw.sample(found, min(options.sample, len(found)))
    groups: dict[tuple[str, str], list[Mutant]] = defaultdict(list)
    for each in found:
        where = each.path if each.kind == "code" else "/".join(each.place.split("/")[:4])
        groups[each.operator, where].append(each)
    few = (draw.sample(group, min(OF_EACH, len(group))) for group in groups.values())
    return found if options.all else [each for group in few for each in group]


def earlier_results(file: Path | None, mutants: Sequence[Mutant]) -> list[Result]:
    """The results of these mutants that an earlier run wrote."""
    if file is None or not file.exists():
        return []
    entries = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    found = {each.pop("name"): each for each in entries}
    return [Result(each, **found[each.name]) for each in mutants if each.name in found]


def main() -> int:
    options = arguments()
    mutants = chosen(options)
    known = report.entries()
    results = earlier_results(options.results, mutants)
    done = {each.mutant.name for each in results}
    remaining = [each for each in mutants if each.name not in done]
    # All tests run on an equivalent mutant, so these come last.
    remaining.sort(key=lambda each: report.reason_for(each, known) is not None)
    started = time.monotonic()
    for result in runner.run_all(remaining, ROOT, jobs=options.jobs, timeout=options.timeout):
        results.append(result)
        if options.results:
            entry = {**asdict(result), "name": result.mutant.name}
            del entry["mutant"]
            with options.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        if len(results) % 100 == 0:
            alive = sum(each.outcome == "survived" for each in results)
            seconds = time.monotonic() - started
            print(f"{len(results)} of {len(mutants)}, {alive} alive, {seconds:.0f} s", flush=True)

    survivors = 0
    for each in results:
        name = each.mutant.name
        match report.verdict(each, known):
            case "equivalent":
                print(f"equivalent: {name}: {report.reason_for(each.mutant, known)}")
            case "survived":
                survivors += 1
                print(f"SURVIVED: {name}\n{report.diff(each.mutant, ROOT)}")
    print(f"\n{report.table(results, known)}\n\n{time.monotonic() - started:.0f} seconds")
    is_complete = options.all and not (options.only or options.operator or options.path)
    wrong = report.wrong_entries(results, known, is_complete=is_complete)
    print(*(f"equivalent.toml: {line}" for line in wrong), sep="\n")
    return 1 if survivors or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
