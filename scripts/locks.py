"""Renew .ci/requirements/, what the sessions of nox install: `nox -s lock -- [--no-upgrade]`.

Releases must be a week old: most that are broken or malicious are withdrawn sooner. Options go to
`uv pip compile`, in place of `--upgrade`; with them, the tools of node stay as they are.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COOLDOWN = timedelta(weeks=1)
EVERYTHING, NOX = ".ci/requirements/constraints.txt", ".ci/requirements/nox.txt"
# For every Python and system; `uv` writes the command into the file.
COMPILE = (
    *("uv", "pip", "compile", "--quiet", "--universal", "--python-version=3.11"),
    *("--generate-hashes", "--no-annotate", "--custom-compile-command=nox -s lock"),
)


def main() -> None:
    given = sys.argv[1:]
    until = (datetime.now(UTC) - COOLDOWN).isoformat(timespec="seconds")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = (f"--group={each}" for each in project["dependency-groups"])
    options = (*(given or ["--upgrade"]), "--exclude-newer", until)
    run(*COMPILE, *options, "pyproject.toml", "--all-extras", *groups, "-o", EVERYTHING)
    run(*COMPILE, *options, "--group=nox", "--constraint", EVERYTHING, "-o", NOX)
    for folder in () if given else sorted((ROOT / ".ci/requirements/npm").iterdir()):
        where = ("--prefix", str(folder), "--package-lock-only", "--before", until)
        run("npm", "update", "--silent", *where)


def run(*command: str) -> None:
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        sys.exit(f"failed: {' '.join(command)}")


if __name__ == "__main__":
    main()
