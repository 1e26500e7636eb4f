"""Collects what no longer fits after a regeneration, by contract tests and both type checkers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from ..codegen.provenance import ROOT
from . import skeletons

OVERLAY = "overlay/paperspace_projects"
GENERATED = "paperspace_projects_api"
CONTRACT, DRAFT = "contract test", "new operation"
ASKS_FOR = "add an Operation for "
"""How the contract test begins that finds an operation without an entry."""
MYPY_CACHE = ROOT / ".mypy_cache" / "spec_update"
"""Kept from one update to the next; the environment's MYPY_CACHE_DIR comes first."""

ADVICE: Mapping[str, str] = {
    f"{OVERLAY}/_api/generated.py": "adapt it and the entry of `_api/operations.py`",
    f"{OVERLAY}/_api/operations.py": "adapt the entry to the generated module, or remove it",
    f"{OVERLAY}/_pagination/list_requests.py": "adapt the listing to the generated builder",
    f"{OVERLAY}/_api/decoding.py": "adapt the reader to the generated model",
    **{
        f"{OVERLAY}/_async/resources/{name}.py": "adapt the method, then run `nox -s generate`"
        for name in ("collaborators", "models", "project", "projects", "secrets", "tags")
    },
    f"{OVERLAY}/__init__.py": "adapt the public name to the generated one",
}
"""Advice for a type error, by the file that it is in."""


@dataclass(frozen=True)
class Finding:
    """One thing to follow up by hand: who reports it, its place, the problem and our advice.

    `code` is a draft that compiles, to be pasted into the file of `place` after its line.
    """

    source: str
    place: str
    what: str
    advice: str
    code: str = ""


def collect(tree: Path, done: Callable[[str], None]) -> list[Finding]:
    """Run the contract tests, mypy and pyright on a tree, all at once.

    The code of a new operation takes the place of the contract test that asks for it. `done` is
    called with the name of each that has ended; `RuntimeError` if one does not run.
    """

    def run(name: str) -> list[Finding]:
        found = CHECKS[name](tree)
        done(name)
        return found

    drafts = skeletons.missing(tree)
    with ThreadPoolExecutor(len(CHECKS)) as pool:
        checked = [each for part in pool.map(run, CHECKS) for each in part]
    asked = [each for each in checked if not (drafts and ASKS_FOR in each.what)]
    found = [*map(_of_skeleton, drafts), *asked]
    # Both type checkers report the same line: keep one.
    once = {
        (each.place, each.what if each.source in (CONTRACT, DRAFT) else ""): each
        for each in found[::-1]
    }
    return list(once.values())[::-1]


def _run(tree: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a module of this environment on the tree, with its packages before installed ones."""
    paths = os.pathsep.join(str(tree / name) for name in ("overlay", "generated", "tests"))
    ours = {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", *command],
        check=False,
        capture_output=True,
        text=True,
        cwd=tree,
        env={"MYPY_CACHE_DIR": str(MYPY_CACHE), **os.environ, **ours},
    )


def contract_tests(tree: Path) -> list[Finding]:
    """The contract tests that fail, each with its message."""
    results = tree / ".contract.xml"
    done = _run(
        tree,
        *("pytest", "tests/spec/contract", "-q", "-p", "no:cacheprovider"),
        *("--continue-on-collection-errors", f"--junitxml={results}"),
    )
    if not results.is_file():
        raise RuntimeError(f"the contract tests did not run: {done.stdout[-2000:]}{done.stderr}")
    findings: list[Finding] = []
    for case in ElementTree.parse(results).iter("testcase"):
        for problem in (*case.iter("failure"), *case.iter("error")):
            place = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
            said = problem.get("message") or ""
            if "full report in element text" in said:  # pytest shortens long messages
                said = problem.text or said
            if "collection" in said or not case.get("classname"):
                place, said = str(case.get("name")), _last_error(problem.text or said)
            findings += _of_test(place, said)
    return list(dict.fromkeys(findings))


def _of_test(place: str, said: str) -> list[Finding]:
    """A finding for each line of a contract test's message: each line says what to do."""
    said = re.sub(r"^(\w+\.)*\w*(Error|Exception|Failed): ", "", said.strip())
    lines = said.split("\nassert ")[0].splitlines()
    return [Finding(CONTRACT, place, line.strip()[:600], "") for line in lines if line.strip()]


def _last_error(text: str) -> str:
    """The line of a traceback that names the error."""
    lines = [line[1:].strip() for line in text.splitlines() if line.startswith("E ")]
    return lines[-1] if lines else " ".join(text.split())[:300]


def mypy(tree: Path) -> list[Finding]:
    """The errors of mypy in the overlay."""
    done = _run(tree, "mypy", "--no-error-summary", "--output=json", "overlay")
    if done.returncode not in (0, 1):
        raise RuntimeError(f"mypy did not run: {done.stdout}{done.stderr}")
    entries = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [
        _of_type_checker("mypy", each["file"], each["line"], each["message"])
        for each in entries
        if each["severity"] == "error" and "/_sync/" not in each["file"]
    ]


def pyright(tree: Path) -> list[Finding]:
    """The errors of pyright in the files that import the generated package; mypy reads all."""
    files = [
        file.relative_to(tree).as_posix()
        for file in sorted((tree / "overlay").rglob("*.py"))
        if file.parent.name != "_sync" and GENERATED in file.read_text(encoding="utf-8")
    ]
    done = _run(tree, "pyright", "--outputjson", *files)
    try:
        entries = json.loads(done.stdout)["generalDiagnostics"]
    except (ValueError, KeyError):
        raise RuntimeError(f"pyright did not run: {done.stdout[-2000:]}{done.stderr}") from None
    return [
        _of_type_checker(
            "pyright",
            Path(each["file"]).resolve().relative_to(tree.resolve()).as_posix(),
            each["range"]["start"]["line"] + 1,
            each["message"].splitlines()[0],
        )
        for each in entries
        if each["severity"] == "error"
        and "/_sync/" not in each["file"]
        # A type is unknown because of another error.
        and not each.get("rule", "").startswith("reportUnknown")
    ]


def _of_skeleton(skeleton: skeletons.Skeleton) -> Finding:
    return Finding(
        DRAFT, skeleton.place, f"write {skeleton.what} after this line", "", skeleton.code
    )


def _of_type_checker(tool: str, file: str, line: int, message: str) -> Finding:
    return Finding(tool, f"{file}:{line}", message, ADVICE.get(file, "adapt it to the new types"))


CHECKS: Mapping[str, Callable[[Path], list[Finding]]] = {
    "contract tests": contract_tests,
    "mypy": mypy,
    "pyright": pyright,
}
