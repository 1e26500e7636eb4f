"""What to write for an operation that the overlay does not have yet: code that compiles.

A new operation is written in four places: its entry, its method, the emulator's handler, a test.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..live_document.document import load
from .generated_code import operations
from .operation_code import ENTRIES, HANDLERS, OVERLAY, TESTS, OperationCode, ruff

IMPORTS = {
    "operations": "from ..._api import operations",
    "validation": "from ..._api import validation",
    "generated": "from ..._api.generated import models as generated",
    "types": "from ..._api.generated import types",
    "or_unset": "from ..._api.operations import or_unset",
    "list_requests": "from ..._pagination import list_requests",
    "as_secret": "from ..._security.secret_str import as_secret",
    "datetime": "import datetime",
    "AsyncPager": "from ..pager import AsyncPager",
}
"""What a method may need, and where it is from."""


@dataclass(frozen=True)
class Skeleton:
    """Code to put into a file, after a line; `what` says what it is of."""

    file: str
    line: int
    what: str
    code: str

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


def missing(tree: Path) -> list[Skeleton]:
    """The code to write for the operations of the spec that a tree's overlay does not have."""
    entries = (tree / ENTRIES).read_text(encoding="utf-8")
    known = set(re.findall(r"Operation\(\s*api\.([\w.]+)", entries))
    new = [
        each for each in operations(tree, load(tree / "openapi.yaml")) if each.module not in known
    ]
    return [part for each in new for part in skeletons_of(tree, OperationCode(tree, each))]


def put(tree: Path, skeletons: Sequence[Skeleton]) -> None:
    """Write skeletons into a tree, and sort the imports of the files."""
    for each in sorted(skeletons, key=lambda each: each.line, reverse=True):
        lines = (tree / each.file).read_text(encoding="utf-8").split("\n")
        lines[each.line : each.line] = each.code.rstrip("\n").split("\n")
        (tree / each.file).write_text("\n".join(lines), encoding="utf-8")
    files = sorted({str(tree / each.file) for each in skeletons})
    ruff(["check", "--fix-only", "--quiet", "--select=I", *files], cwd=tree)
    ruff(["format", "--quiet", *files], cwd=tree)


def skeletons_of(tree: Path, code: OperationCode) -> Iterator[Skeleton]:
    """What to write for one operation, and where."""
    id_, method = code.id, code.method_code()
    entries = (tree / ENTRIES).read_text(encoding="utf-8")
    yield Skeleton(
        ENTRIES, _end_of_entries(entries, code.tag), f"the entry of {id_}", code.entry_code()
    )
    yield Skeleton(code.file, code.end_of_methods, f"the method for {id_}", f"\n{method}")
    yield from _imports(tree, code.file, method)
    for file, what, text in (
        (HANDLERS, f"the emulator's handler of {id_}", code.handler_code()),
        (TESTS, f"a test of {id_}", code.test_code()),
    ):
        lines = (tree / file).read_text(encoding="utf-8").rstrip("\n").count("\n") + 1
        yield Skeleton(file, lines, what, f"\n\n{text}")


def _end_of_entries(text: str, tag: str) -> int:
    """The last line of the entries of a tag, or of all."""
    entries = [
        each
        for each in ast.parse(text).body
        if isinstance(each, ast.Assign) and ast.unparse(each.value).startswith("Operation(")
    ]
    same = [each for each in entries if f"api.{tag}." in ast.unparse(each.value)]
    return (same or entries)[-1].end_lineno or 0


def _imports(tree: Path, file: str, code: str) -> Iterator[Skeleton]:
    """The imports that a method needs and its file does not have."""
    text, code = (
        (tree / file).read_text(encoding="utf-8"),
        re.sub(r'""".*?"""', "", code, flags=re.DOTALL),
    )
    parsed = ast.parse(text)
    last = max(
        each.end_lineno or 0
        for each in parsed.body
        if isinstance(each, ast.Import | ast.ImportFrom)
    )
    bound = {
        name
        for each in ast.walk(parsed)
        if isinstance(each, ast.alias | ast.ClassDef)
        for name in [getattr(each, "asname", None) or each.name]
    }
    models = (tree / OVERLAY / "models.py").read_text(encoding="utf-8")
    names = re.findall(r"^class ([A-Z]\w+)", models, re.MULTILINE)
    known = {**IMPORTS, **{name: f"from ...models import {name}" for name in names}}
    for name, statement in known.items():
        if name not in bound and re.search(rf"(?<![\w.\"]){name}\b", code):
            yield Skeleton(file, last, f"an import for {file}", statement)
