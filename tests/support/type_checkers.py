"""Type checkers, run as a user runs them: in a project that only has the package installed.

Each is as strict as it can be: mypy refuses `Any` in every expression, and pyright whatever it does
not know.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parents[1] / "repository/type_checking"
FOLDERS = ("programs", "mistakes")
VERSION = "3.11"
"""The oldest Python that the package is for."""


class Complaint(NamedTuple):
    """What a checker says of a line; `follows`, if it only does so from another complaint."""

    file: str
    line: int
    rule: str
    message: str
    follows: bool = False


def make_project(folder: Path) -> None:
    """Make the project of a user, who wrote the programs and the mistakes."""
    for each in FOLDERS:
        shutil.copytree(HERE / each, folder / each, ignore=shutil.ignore_patterns("__pycache__"))
    settings = {
        "typeCheckingMode": "strict",
        "pythonVersion": VERSION,
        "reportMissingModuleSource": False,  # the types of pandas are enough
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")


def mypy(project: Path) -> Iterator[Complaint]:
    options = ["--strict", "--warn-unreachable", f"--python-version={VERSION}", "--output=json"]
    options += [f"--disallow-any-{each}" for each in ("expr", "decorated", "unimported")]
    for line in run(project, "mypy", *options, *FOLDERS).splitlines():
        said = json.loads(line)
        if said["severity"] == "error":
            follows = said["code"] == "misc" and said["message"].startswith("Expression ")
            yield Complaint(said["file"], said["line"], said["code"], said["message"], follows)


def pyright(project: Path) -> Iterator[Complaint]:
    output = run(project, "pyright", "--outputjson", "--pythonpath", sys.executable)
    for said in json.loads(output)["generalDiagnostics"]:
        file = Path(said["file"]).resolve().relative_to(project.resolve()).as_posix()
        rule = said.get("rule", said["severity"])
        line = said["range"]["start"]["line"] + 1
        yield Complaint(file, line, rule, said["message"], rule.startswith("reportUnknown"))


CHECKERS: dict[str, Callable[[Path], Iterator[Complaint]]] = {
    "mypy": mypy,
    "pyright": pyright,
}


def run(project: Path, *command: str) -> str:
    """What a checker prints. It ends with 0 or 1, or has not done its work."""
    done = subprocess.run(command, check=False, cwd=project, capture_output=True, text=True)
    assert done.returncode in {0, 1}, f"{command[0]} failed:\n{done.stderr}{done.stdout}"
    return done.stdout


def marked() -> Iterator[tuple[str, int, dict[str, str]]]:
    """The lines that are marked as wrong, each with what mypy and pyright are to call it."""
    for file in sorted(HERE.glob("mistakes/*.py")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if match := re.search(r"# wrong: (?P<mypy>\S+), (?P<pyright>\S+)$", line):
                yield f"mistakes/{file.name}", number, match.groupdict()
