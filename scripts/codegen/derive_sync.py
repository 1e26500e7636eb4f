"""Derive each `_sync/` of the overlay from its `_async/`, or with --check say what differs.

Word by word, with a short table: what is written in async reads as the same thing in sync. A
module that differs by nature is written by hand on both sides (`BY_HAND`) and left alone.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "overlay" / "paperspace_projects"
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
]


UNUSED = dict(WORDS)
"""Rules that no module has needed yet: one that none needs is out of date."""


def derive(text: str) -> str:
    """The sync twin of an async module's text."""
    for pattern, replacement in WORDS:
        text, count = re.subn(pattern, replacement, text)
        if count:
            UNUSED.pop(pattern, None)
    return text


def formatted(text: str) -> str:
    """The text as ruff sorts its imports and formats it: lines have become shorter."""
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


def sources() -> list[Path]:
    """The async modules that have a derived twin."""
    return sorted(
        path
        for path in PACKAGE.rglob("*.py")
        if ASYNC in path.parent.relative_to(PACKAGE).parts and path.name not in BY_HAND
    )


def twin(source: Path) -> Path:
    """Where the sync twin of an async module is."""
    parts = source.relative_to(PACKAGE).parts
    return PACKAGE.joinpath(*(SYNC if part == ASYNC else part for part in parts))


def derived_files() -> dict[Path, str]:
    """What each derived module must hold, by path."""
    return {
        twin(source): formatted(
            HEADER.format(name=source.relative_to(PACKAGE).as_posix()) + derive(source.read_text())
        )
        for source in sources()
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail on a difference")
    check: bool = parser.parse_args().check
    wanted = derived_files()
    if UNUSED:
        print("These rules match nothing; remove them:", *UNUSED, sep="\n  ")
        return 1
    there = {p for p in PACKAGE.rglob("*.py") if SYNC in p.parent.relative_to(PACKAGE).parts}
    extra = {path for path in there if path.name not in BY_HAND} - wanted.keys()
    changed = [p for p, text in wanted.items() if not p.is_file() or p.read_text() != text]
    for path in sorted([*changed, *extra]):
        print(f"{path.relative_to(PACKAGE.parent.parent)}: {'differs' if check else 'written'}")
        if not check:
            path.unlink() if path in extra else path.write_text(wanted[path])
    if check and (changed or extra):
        print("What is derived is not what _async/ gives: run `nox -s generate`.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
