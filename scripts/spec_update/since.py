"""Whether a spec update may work otherwise than on the branch that changes go into."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

PLACES = ("openapi.yaml", "generator-config.yml", "scripts/spec_update", "tests/spec/drill")
MAIN = ("origin/main", "main")
PIN = re.compile(r"openapi-python-client==.*")


def may_differ(root: Path) -> bool:
    """Whether what an update is made of has changed since the merge base with main.

    On main itself, since the commit before. True, too, where git cannot tell.
    """
    base = _base(root)
    if base is None:
        return True
    changed = _git(root, "diff", "--name-only", base, "--", *PLACES)
    new = _git(root, "ls-files", "--others", "--exclude-standard", "--", *PLACES)
    project = _git(root, "show", f"{base}:pyproject.toml")
    if changed is None or new is None or project is None:
        return True
    pinned = PIN.findall((root / "pyproject.toml").read_text(encoding="utf-8"))
    return bool(changed or new) or PIN.findall(project) != pinned


def _base(root: Path) -> str | None:
    head = _git(root, "rev-parse", "HEAD")
    for branch in MAIN:
        if base := _git(root, "merge-base", "HEAD", branch):
            return base if base != head else _git(root, "rev-parse", "--verify", "--quiet", "HEAD^")
    return None


def _git(root: Path, *command: str) -> str | None:
    """What git prints; None if it fails."""
    done = subprocess.run(["git", *command], check=False, capture_output=True, text=True, cwd=root)
    return done.stdout.strip() if done.returncode == 0 else None
