"""What a call and an import may cost at the most, counted instead of timed. See `--help`.

The budget is committed (`budget.toml`), one for each minor version of Python. It holds Python's
instructions and calls of C functions for a few calls, and which modules are loaded when; and the
machine's instructions, which are compared where valgrind is installed and Python is of the same
build. More than the budget allows fails, by name.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from .candidate import CANDIDATES, OURS
from .counting import NATIVE
from .isolation import hidden_from
from .worker import REPOSITORY, bare, serving

BUDGET = Path(__file__).with_name("budget.toml")
UPDATE = "nox -s bench_budget -- --update"
GROWTH = 1.02
"""So much more than the budget is let pass: a release of what we need may take a little more."""

PYTHON = "{}.{}".format(*sys.version_info)
BUILD = (
    f"{platform.python_implementation()} {platform.python_version()}, {platform.python_compiler()}"
)
NEEDS = CANDIDATES[OURS].needs
OWN = ("paperspace_projects", "paperspace_projects_api")

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
"""Which modules are looked at: those that the second lines load after the first."""

Figures = dict[str, Any]


def modules(root: str) -> dict[str, list[str]]:
    """The modules of each stage: ours one by one, of others the package."""
    found: dict[str, list[str]] = {}
    for stage, lines in STAGES.items():
        first, then = (each.format(root=root) for each in lines)
        program = f"{first}\nbefore = set(sys.modules)\n{then}\nprint(*set(sys.modules) - before)"
        names = {_package(name) for name in bare(program, NEEDS).split()}
        found[stage] = sorted(names)
    return found


def _package(name: str) -> str:
    top = name.partition(".")[0]
    return name if top in OWN else top


def counted(root: str) -> dict[str, dict[str, int]]:
    """Python's instructions and calls of C functions, by call."""
    command = [sys.executable, *_counting(root, natively=False)]
    found: dict[str, dict[str, int]] = json.loads(_output(command))
    return found


def natively(root: str) -> dict[str, int] | None:
    """The machine's instructions, by call; None where they cannot be counted."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        _output(
            [
                *(valgrind, "--tool=callgrind", f"--callgrind-out-file={folder}/out"),
                *("--zero-before=getpgrp", "--dump-before=getsid", sys.executable),
                *_counting(root, natively=True),
            ]
        )
        found: dict[str, int] = {}
        for number, (call, times) in enumerate(NATIVE.items(), 1):
            text = Path(folder, f"out.{number}").read_text()
            (total,) = re.findall(r"^summary: (\d+)", text, re.MULTILINE)
            found[call] = int(total) // times
        return found


def _counting(root: str, *, natively: bool) -> Iterator[str]:
    asked = {"root": root, "natively": natively, "hidden": hidden_from(NEEDS)}
    yield from ("-m", f"{__package__}.counting", json.dumps(asked))


def _output(command: list[str]) -> str:
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-2000:])
    return done.stdout


def measured() -> Figures:
    """Everything that a budget holds, as it is now."""
    with serving(0) as roots:
        root = f"{roots['0.0']}/of-12000"
        native = natively(root)
        return {
            "versions": versions(),
            "counts": counted(root),
            "modules": modules(root),
            **({} if native is None else {"native": {BUILD: native}}),
        }


def versions() -> dict[str, str]:
    """The versions of what the counts depend on."""
    return {name: metadata.version(name) for name in ("anyio", "attrs", "h11", "httpcore", "httpx")}


def excesses(budget: Figures, now: Figures) -> list[str]:
    """What is more than the budget allows, each in a line."""
    found: list[str] = []
    for call, figures in now["counts"].items():
        for kind, count in figures.items():
            allowed = budget["counts"].get(call, {}).get(kind)
            name = {"python": "Python instructions", "c_calls": "calls of C functions"}[kind]
            found += _more(call, name, count, allowed)
    for build, figures in now.get("native", {}).items():
        for call, count in figures.items():
            allowed = budget.get("native", {}).get(build, {}).get(call)
            if allowed is not None:
                found += _more(call, "machine instructions", count, allowed)
    for stage, names in now["modules"].items():
        for name in _new(names, budget["modules"].get(stage, [])):
            found.append(f"{stage}: loads {name}, which it did not")
    return found


def _more(call: str, name: str, count: int, allowed: int | None) -> Iterator[str]:
    if allowed is None:
        yield f"{call}: {count:,} {name}, and no budget for them"
    elif count > allowed * GROWTH:
        yield f"{call}: {count:,} {name}, {count / allowed - 1:.1%} over the budget of {allowed:,}"


def _new(names: Iterable[str], known: Iterable[str]) -> list[str]:
    return sorted(set(names) - set(known))


def savings(budget: Figures, now: Figures) -> list[str]:
    """What is so much less than the budget that the budget should follow, each in a line."""
    found = [
        f"{call}: {count:,} instead of {budget['counts'][call][kind]:,} ({kind})"
        for call, figures in now["counts"].items()
        for kind, count in figures.items()
        if count * GROWTH < budget["counts"].get(call, {}).get(kind, 0)
    ]
    for stage, names in now["modules"].items():
        found += [
            f"{stage}: no longer loads {name}"
            for name in _new(budget["modules"].get(stage, []), names)
        ]
    return found


def text_of(budgets: Mapping[str, Figures]) -> str:
    """Budgets as TOML, by version of Python."""
    lines = [f"# What calls and imports may cost at the most. `{UPDATE}` makes it anew."]
    for python, budget in sorted(budgets.items()):
        lines += ["", f'["{python}".versions]', *_pairs(budget["versions"])]
        lines += ["", f'["{python}".counts]', *_pairs(budget["counts"])]
        for build, figures in budget.get("native", {}).items():
            lines += ["", f'["{python}".native.{json.dumps(build)}]', *_pairs(figures)]
        lines += ["", f'["{python}".modules]']
        for stage, names in budget["modules"].items():
            listed = "".join(f"    {json.dumps(name)},\n" for name in names)
            lines.append(f"{json.dumps(stage)} = [\n{listed}]")
    return "\n".join(lines) + "\n"


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, dict):
            told = "{ " + ", ".join(f"{key} = {each}" for key, each in value.items()) + " }"
        else:
            told = json.dumps(value)
        yield f"{json.dumps(name)} = {told}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="nox -s bench_budget --", description=__doc__)
    parser.add_argument("--update", action="store_true", help="set the budget to what is counted")
    update: bool = parser.parse_args().update
    budgets = tomllib.loads(BUDGET.read_text()) if BUDGET.exists() else {}
    budget, now = budgets.get(PYTHON), measured()
    if update:
        kept = {} if budget is None else budget.get("native", {})
        now["native"] = {**kept, **now.get("native", {})}
        BUDGET.write_text(text_of({**budgets, PYTHON: now}))
        print(f"{BUDGET.relative_to(REPOSITORY)}: written for Python {PYTHON}")
        return 0
    if budget is None:
        print(f"There is no budget for Python {PYTHON}: nothing is compared. `{UPDATE}` makes one.")
        return 0
    for call, figures in now["counts"].items():
        print(f"{call}: {figures['python']:,} Python instructions, {figures['c_calls']:,} C calls")
    print(_of_the_machine(budget, now))
    for line in savings(budget, now):
        print(f"Less than the budget: {line}")
    found = excesses(budget, now)
    if found:
        print("More than the budget allows:", *found, sep="\n  ")
        others = {k: v for k, v in now["versions"].items() if budget["versions"].get(k) != v}
        if others:
            print("The budget was made with other versions:", budget["versions"], "now:", others)
        print(f"If it is worth that, set the budget anew and commit it: {UPDATE}")
    return 1 if found else 0


def _of_the_machine(budget: Figures, now: Figures) -> str:
    """The machine's instructions, or why they are not compared."""
    figures = now.get("native", {}).get(BUILD)
    if figures is None:
        return "Machine instructions: not counted, as valgrind is not installed."
    told = ", ".join(f"{call} {count:,}" for call, count in figures.items())
    known = BUILD in budget.get("native", {})
    return f"Machine instructions: {told}{'' if known else f' (no budget for {BUILD})'}"


if __name__ == "__main__":
    sys.exit(main())
