"""Compares the cost of calls and imports with a budget: counts, which do not jitter as times do.

`budget.toml` holds a budget for each minor version of Python: Python instructions and calls of C
functions for a few calls, the modules that each stage loads, and machine instructions, which are
compared if valgrind is installed and the build of Python is the same.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from .candidate import CANDIDATES, OURS
from .instruction_counts import NATIVE
from .processes import REPOSITORY, run_lines, serving

BUDGET = Path(__file__).with_name("budget.toml")
UPDATE = "nox -s bench_budget -- --update"
GROWTH = 1.02
"""The factor by which a count may exceed the budget: dependencies change a little."""

PYTHON = "{}.{}".format(*sys.version_info)
BUILD = (
    f"{platform.python_implementation()} {platform.python_version()}, {platform.python_compiler()}"
)
NEEDS = CANDIDATES[OURS].needs
OWN = ("paperspace_projects", "paperspace_projects_api")
COUNTS = {"python": "Python instructions", "c_calls": "calls of C functions"}
MODULES = {"own": "modules of ours", "standard": "standard modules"}

CLIENT = "from paperspace_projects import Client; client = Client('bench-key', base_url={root!r})"
STAGES = {
    "import": ("", "import paperspace_projects"),
    "models and errors": ("", "from paperspace_projects import NotFoundError, Project"),
    "client": ("", CLIENT),
    "first call": (CLIENT, "client.projects.get('p-1')"),
    "async client and first call": (
        "",
        """
import asyncio
from paperspace_projects import AsyncClient
async def main():
    async with AsyncClient('bench-key', base_url={root!r}) as client:
        await client.projects.get('p-1')
asyncio.run(main())
""",
    ),
}
"""Counted are the modules that the second lines load after the first."""

COUNTING = """
import json
from scripts.benchmarks.instruction_counts import {function}
print(json.dumps({function}({root!r})))
"""

Figures = dict[str, Any]


def modules(root: str) -> dict[str, Figures]:
    """The number of modules of ours and of Python that each stage loads, and other packages."""
    found: dict[str, Figures] = {}
    for stage, lines in STAGES.items():
        first, then = (each.format(root=root) for each in lines)
        program = f"{first}\nbefore = set(sys.modules)\n{then}\nprint(*set(sys.modules) - before)"
        names = set(run_lines(program, NEEDS).stdout.split())
        own = {name for name in names if name.partition(".")[0] in OWN}
        packages = {name.partition(".")[0] for name in names - own}
        found[stage] = {
            "own": len(own),
            "standard": len(packages & sys.stdlib_module_names),
            "packages": sorted(packages - sys.stdlib_module_names),
        }
    return found


def counted(root: str) -> dict[str, dict[str, int]]:
    """Python instructions and calls of C functions, by call."""
    lines = COUNTING.format(function="counts", root=root)
    found: dict[str, dict[str, int]] = json.loads(run_lines(lines, NEEDS).stdout)
    return found


def machine_instructions(root: str) -> dict[str, int] | None:
    """The machine instructions, by call; None without valgrind."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        command = [valgrind, "--tool=callgrind", f"--callgrind-out-file={folder}/out"]
        command += ["--zero-before=getpgrp", "--dump-before=getsid"]
        run_lines(COUNTING.format(function="make_for_valgrind", root=root), NEEDS, *command)
        found: dict[str, int] = {}
        for number, (call, times) in enumerate(NATIVE.items(), 1):
            text = Path(folder, f"out.{number}").read_text()
            (total,) = re.findall(r"^summary: (\d+)", text, re.MULTILINE)
            found[call] = int(total) // times
        return found


def measured() -> Figures:
    """The current figures of everything in a budget."""
    with serving(0) as roots:
        root = f"{roots['0.0']}/of-12000"
        native = machine_instructions(root)
        needed = ("anyio", "attrs", "h11", "httpcore", "httpx")
        return {
            "versions": {name: metadata.version(name) for name in needed},
            "counts": counted(root),
            "native": {} if native is None else {BUILD: native},
            "modules": modules(root),
        }


def excesses(budget: Figures, now: Figures) -> list[str]:
    """A line for each count and each package that exceeds the budget."""
    native = budget["native"].get(BUILD, {})
    counts = [
        (call, COUNTS[kind], count, budget["counts"].get(call, {}).get(kind))
        for call, figures in now["counts"].items()
        for kind, count in figures.items()
    ]
    for call, count in now["native"].get(BUILD, {}).items():
        counts.append((call, "machine instructions", count, native.get(call, count)))
    found: list[str] = []
    for call, name, count, allowed in counts:
        if allowed is None:
            found.append(f"{call}: {count:,} {name}, and no budget for them")
        elif count > allowed * GROWTH:
            over = f"{count / allowed - 1:.1%} over the budget of {allowed:,}"
            found.append(f"{call}: {count:,} {name}, {over}")
    return found + list(_more(budget, now, "loads {}, which it did not", "loads {} {}, not {}"))


def savings(budget: Figures, now: Figures) -> list[str]:
    """A line for each count so far below the budget that the budget should follow."""
    found = [
        f"{call}: {count:,} instead of {budget['counts'][call][kind]:,} ({kind})"
        for call, figures in now["counts"].items()
        for kind, count in figures.items()
        if count * GROWTH < budget["counts"].get(call, {}).get(kind, 0)
    ]
    return found + list(_more(now, budget, "no longer loads {}", "loads {2} {1} instead of {0}"))


def _more(less: Figures, more: Figures, package: str, count: str) -> Iterator[str]:
    """A line for each package, and each number of modules, by which a stage loads more."""
    for stage, loaded in more["modules"].items():
        other = less["modules"].get(stage, {"own": 0, "standard": 0, "packages": []})
        for name in sorted({*loaded["packages"]} - {*other["packages"]}):
            yield f"{stage}: {package.format(name)}"
        for kind, name in MODULES.items():
            if loaded[kind] > other[kind]:
                yield f"{stage}: {count.format(loaded[kind], name, other[kind])}"


def text_of(budgets: Mapping[str, Figures]) -> str:
    """Budgets as TOML, by version of Python."""
    lines = [f"# What calls and imports may cost at most. `{UPDATE}` rewrites it."]
    for python, budget in sorted(budgets.items()):
        for section, table in budget.items():
            lines += ["", f'["{python}".{section}]']
            lines += [f"{json.dumps(name)} = {_inline(value)}" for name, value in table.items()]
    return "\n".join(lines) + "\n"


def _inline(value: Any) -> str:
    if not isinstance(value, dict):
        return json.dumps(value)
    return "{ " + ", ".join(f"{key} = {_inline(each)}" for key, each in value.items()) + " }"


def main() -> int:
    parser = argparse.ArgumentParser(prog="nox -s bench_budget --", description=__doc__)
    parser.add_argument("--update", action="store_true", help="write the current counts")
    update: bool = parser.parse_args().update
    budgets = tomllib.loads(BUDGET.read_text()) if BUDGET.exists() else {}
    budget, now = budgets.get(PYTHON), measured()
    if update:
        now["native"] = {**(budget or now)["native"], **now["native"]}
        BUDGET.write_text(text_of({**budgets, PYTHON: now}))
        print(f"{BUDGET.relative_to(REPOSITORY)}: written for Python {PYTHON}")
        return 0
    if budget is None:
        print(f"There is no budget for Python {PYTHON}: nothing is compared. `{UPDATE}` makes one.")
        return 0
    for call, figures in now["counts"].items():
        print(f"{call}: {figures['python']:,} Python instructions, {figures['c_calls']:,} C calls")
    figures = now["native"].get(BUILD, {})
    listed = ", ".join(f"{call} {count:,}" for call, count in figures.items())
    known = "" if BUILD in budget["native"] or not figures else f" (no budget for {BUILD})"
    print(f"Machine instructions: {listed or 'not counted, as valgrind is not installed'}{known}")
    for line in savings(budget, now):
        print(f"Less than the budget: {line}")
    found = excesses(budget, now)
    if found:
        print("More than the budget allows:", *found, sep="\n  ")
        others = {k: v for k, v in now["versions"].items() if budget["versions"].get(k) != v}
        if others:
            print("The budget was made with other versions:", budget["versions"], "now:", others)
        print(f"If the change is worth it, update the budget and commit it: {UPDATE}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
