"""Derive each `_sync/` of the overlay from its `_async/`, or with --check say what differs.

A short table of words turns async code into the same code in sync. The modules in `BY_HAND` differ
by nature: they are written by hand on both sides and left alone.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from .outputs import is_check, put
from .provenance import ROOT

PACKAGE = ROOT / "overlay" / "paperspace_projects"
ASYNC, SYNC = "_async", "_sync"
BY_HAND = {"__init__.py", "concurrency.py", "connect.py", "prefetch.py", "primitives.py"}
FIRST_PARTY = 'lint.isort.known-first-party=["paperspace_projects", "paperspace_projects_api"]'
HEADER = "# Derived from {name} by `nox -s generate`: change that one.\n"

WORDS = [
    (r"\ban `async with`", "a `with`"),
    (r"\basync (def|with|for)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAwaitable\[(\w+)\]", r"\1"),
    (r"\bAwaitable, ", ""),
    (r"\bAsyncGenerator\[(.+), None\]", r"Generator[\1, None, None]"),
    (r"(\bIterable\[[^\]]+\]) \| Async\1", r"\1"),
    (r", AsyncIterable, ", ", "),
    (r"\bAsync([A-Z]\w+)", r"\1"),
    (r"\b__a(iter|next|enter|exit)__\b", r"__\1__"),
    (r"\baclosing\b", "closing"),
    (r"\bStopAsyncIteration\b", "StopIteration"),
    (r"\bhandle_async_request\b", "handle_request"),
    (r"\ba(close|read)\b", r"\1"),
    (r"\baiter_stream\b", "iter_stream"),
    (r"\._async\b", "._sync"),
    (r"\basync_(plan|export|report)\(", r"\1("),
]
UNUSED = dict(WORDS)
"""The rules that have matched nothing so far. One that stays here is out of date."""


def derive(text: str) -> str:
    """The sync twin of an async module's text."""
    for pattern, replacement in WORDS:
        text, count = re.subn(pattern, replacement, text)
        if count:
            UNUSED.pop(pattern, None)
    return text


def formatted(text: str) -> str:
    """Sort the imports and format with ruff: lines have become shorter."""
    for command in (
        ["check", "--fix-only", "--quiet", "--isolated", "--select=I", f"--config={FIRST_PARTY}"],
        ["format", "--quiet", "--isolated", "--line-length=100"],
    ):
        text = subprocess.run(
            ["ruff", *command, "--no-cache", "--target-version=py311", "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return text


def modules(side: str) -> list[Path]:
    """The modules of one side that are not written by hand."""
    return sorted(
        path
        for path in PACKAGE.rglob("*.py")
        if side in path.parent.relative_to(PACKAGE).parts and path.name not in BY_HAND
    )


def twin(source: Path) -> Path:
    """Where the sync twin of an async module is."""
    parts = source.relative_to(PACKAGE).parts
    return PACKAGE.joinpath(*(SYNC if part == ASYNC else part for part in parts))


def main() -> int:
    check = is_check(__doc__)
    wanted = {
        twin(source): formatted(
            HEADER.format(name=source.relative_to(PACKAGE).as_posix()) + derive(source.read_text())
        ).encode()
        for source in modules(ASYNC)
    }
    if UNUSED:
        print("These rules match nothing; remove them:", *UNUSED, sep="\n  ")
        return 1
    return put(wanted, modules(SYNC), check=check)


if __name__ == "__main__":
    sys.exit(main())
