"""Does by hand what `spec-change.md` says, where it gives the text: pastes it into its place."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

FIELD = re.compile(
    r"add `(?P<text>\w+: .+?)` to models\.\w+, before `extra` \((?P<file>\S+?):(?P<line>\d+)\)"
)
"""A field of a model, which goes in front of a line."""
BLOCK = re.compile(
    r"^ *- \[ \] `(?P<file>[\w/.]+):(?P<line>\d+)`[^\n]*\n\s*?^(?P<code> *```python\n.*?```)$",
    re.MULTILINE | re.DOTALL,
)
"""A block of code, which goes behind a line."""
DERIVED = ("derive_sync", "dialect_shapes", "docs_tables")


@dataclass(frozen=True)
class Paste:
    """Lines that go into a file, behind a line of it; `text` ends without a newline."""

    file: str
    line: int
    text: str


def pastes(report: str) -> Iterator[Paste]:
    """All that a report gives ready to be pasted."""
    for each in FIELD.finditer(report):
        yield Paste(each["file"], int(each["line"]) - 1, indent(each["text"], "    "))
    for each in BLOCK.finditer(report):
        code = dedent(each["code"]).removeprefix("```python\n").removesuffix("```")
        yield Paste(each["file"], int(each["line"]), code.rstrip("\n"))


def put_in_place(tree: Path, found: Sequence[Paste]) -> None:
    """Write them into a tree, the last of a file first, as each line is that of the file before."""
    for each in sorted(found, key=lambda paste: (paste.file, paste.line), reverse=True):
        file = tree / each.file
        lines = file.read_text(encoding="utf-8").split("\n") if file.exists() else []
        lines[each.line : each.line] = each.text.split("\n")
        file.write_text("\n".join(lines), encoding="utf-8")


def derive(tree: Path, changed: Sequence[str]) -> None:
    """Format what was pasted, and run all generators but the first, as `nox -s generate` does."""
    run(tree, "-m", "ruff", "check", "--fix-only", "--quiet", "--select=I", *changed, check=True)
    run(tree, "-m", "ruff", "format", "--quiet", *changed, check=True)
    for module in DERIVED:
        run(tree, "-m", f"scripts.codegen.{module}", check=True)


def run(tree: Path, *command: str, check: bool = False) -> subprocess.CompletedProcess[str]:
    """Run Python on a tree, with its packages before installed ones."""
    paths = os.pathsep.join(str(tree / name) for name in ("overlay", "generated", "tests"))
    return subprocess.run(
        [sys.executable, *command],
        check=check,
        capture_output=True,
        text=True,
        cwd=tree,
        env={**os.environ, "PYTHONPATH": paths},
    )
