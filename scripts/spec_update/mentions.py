"""Where the tree speaks of the things that a candidate takes away or changes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from .things import Thing, changed, snake

OVERLAY = "overlay/paperspace_projects"
DERIVED = (
    *("generated/", "openapi.yaml", "CHANGELOG.md", "docs/changes/", "spec-change.md"),
    "tests/unit/decoding/corpus/",
    *(f"{OVERLAY}/{each}" for each in ("dialects/shapes.json", "_api/api_modules.py")),
)
"""Files without work by hand."""
TABLE = re.compile(r"<!-- table: \w+ -->.*?<!-- end of table -->", re.DOTALL)
TOKEN = r"(?<![A-Za-z0-9_])(?:{})(?![A-Za-z0-9_])"
PROSE = re.compile(r"(?<=[a-z] )[a-z]+(?= [a-z]|[.,;)]*[\"']* *$|[.,;)] )")
"""A common word between others, as in docstrings: no name."""

CALLERS = tuple(
    f"{OVERLAY}/{name}"
    for name in ("_api/operations.py", "_pagination/list_requests.py", "_async/resources/")
)
"""Where an operation is made a method."""


@dataclass(frozen=True)
class Mentions:
    """A thing, and each place that speaks of it, as `file:line, line`."""

    thing: Thing
    places: Sequence[str]


@dataclass(frozen=True)
class File:
    """A text file of the tree, whose derived tables are blank."""

    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def module(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def blocks(self) -> list[tuple[int, int]]:
        """The first and the last line of each paragraph, or function, or entry of a table."""
        if not self.path.endswith(".py"):
            ends = [0, *(n for n, line in enumerate(self.lines, 1) if not line.strip())]
            return [(a + 1, b) for a, b in zip(ends, [*ends[1:], len(self.lines)], strict=True)]
        return [
            (min([each.lineno, *(d.lineno for d in getattr(each, "decorator_list", ()))]), last)
            for each in _blocks(self.module)
            if (last := each.end_lineno) is not None
        ]

    @cached_property
    def spoken(self) -> str:
        """The text, with the resource's name where a module of a resource leaves it out."""
        stem = Path(self.path).stem
        if "/_async/resources/" in self.path:
            return self.text.replace("self.", f"{stem}.")
        if "/cli/commands/" in self.path:
            return re.sub(r'^ +("\w+",)$', rf"{stem} \1", self.text, flags=re.MULTILINE)
        return self.text

    def around(self, line: int) -> str:
        """The text of the smallest block that a line is in, and the file's path."""
        fitting = [(a, b) for a, b in self.blocks if a <= line <= b]
        first, last = min(fitting, key=lambda each: each[1] - each[0], default=(line, line))
        return "\n".join([self.path, *self.lines[first - 1 : last]])


def _blocks(node: ast.AST) -> Iterator[ast.stmt | ast.expr]:
    """Functions and statements outside of them; of a table, its entries."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.ClassDef):
            yield from _blocks(each)
        elif isinstance(each, ast.stmt):
            yield each
            if isinstance(each, ast.Assign | ast.AnnAssign):
                yield from _entries(each)


def _entries(node: ast.AST) -> Iterator[ast.expr]:
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.List | ast.Tuple | ast.Set):
            yield from each.elts
        elif isinstance(each, ast.Dict):
            yield from each.values
        else:
            yield from _entries(each)


def files(tree: Path, names: Iterable[str]) -> list[File]:
    """The text files that are written by hand, of those with these names."""
    found = []
    for name in names:
        if name.startswith(DERIVED) or "/_sync/" in name:
            continue
        try:
            text = (tree / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        found.append(File(name, TABLE.sub(lambda each: "\n" * each[0].count("\n"), text)))
    return found


def mentions(
    old: Mapping[str, Any], new: Mapping[str, Any], tree: Sequence[File]
) -> list[Mentions]:
    """What is gone or has changed from one spec to another, and where the tree speaks of it."""
    overlay = Overlay([each for each in tree if each.path.endswith(".py")])
    things: dict[str, Thing] = {}
    lines: dict[str, dict[str, set[int]]] = {}
    for thing in changed(old, new):
        words = thing.words | (overlay.words(thing.operation) if thing.operation else frozenset())
        things.setdefault(thing.what, thing)
        found = lines.setdefault(thing.what, {})
        for file in tree:
            found.setdefault(file.path, set()).update(_lines(file, words, thing.near))
    return [
        Mentions(
            thing,
            [f"{p}:{', '.join(map(str, sorted(n)))}" for p, n in lines[what].items() if n],
        )
        for what, thing in things.items()
    ]


def _lines(file: File, words: frozenset[str], near: frozenset[str]) -> set[int]:
    """The lines of a file that mention a thing, or a constant that is nothing but its name."""
    name = _pattern(words)
    found = _named(file, name)
    if found and (aliases := list(_aliases(file, name))):
        found |= _named(file, _pattern(frozenset(aliases)))
    context = re.compile("|".join(near), re.IGNORECASE)
    return {each for each in found if context.search(file.around(each))}


@cache
def _pattern(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile(TOKEN.format("|".join(sorted(words, key=len, reverse=True))))


def _named(file: File, name: re.Pattern[str]) -> set[int]:
    """The lines with a name that does not stand in prose."""
    found = {file.spoken.count("\n", 0, each.start()) for each in name.finditer(file.spoken)}
    lines = file.spoken.split("\n") if found else []
    return {number + 1 for number in found if _has(lines[number], name)}


def _aliases(file: File, name: re.Pattern[str]) -> Iterator[str]:
    """The constants of a module that are nothing but such a name."""
    for each in file.module.body if file.path.endswith(".py") else ():
        if isinstance(each, ast.Assign):
            target, value = each.targets[0], each.value
            for alias, constant in zip(_elements(target), _elements(value), strict=False):
                text = constant.value if isinstance(constant, ast.Constant) else None
                if isinstance(alias, ast.Name) and isinstance(text, str) and name.fullmatch(text):
                    yield alias.id


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _has(line: str, name: re.Pattern[str]) -> bool:
    prose = {each.start() for each in PROSE.finditer(line)}
    return any(each.start() not in prose for each in name.finditer(line))


@dataclass(frozen=True)
class Definition:
    """An entry, function or method of the overlay: how code calls it, and the names in it."""

    name: str
    pattern: str
    names: frozenset[str]
    is_method: bool = False


class Overlay:
    """How the overlay names an operation, from its entry to its methods."""

    def __init__(self, modules: Sequence[File]) -> None:
        self._definitions = [
            each for file in modules if file.path.startswith(CALLERS) for each in _definitions(file)
        ]

    def words(self, operation: str) -> frozenset[str]:
        """Patterns for all that is made of an operation."""
        words: set[str] = set()
        seen: set[str] = set()
        waiting = {snake(operation)}
        while waiting:
            seen |= waiting
            users = [each for each in self._definitions if each.names & waiting]
            words |= {each.pattern for each in users}
            waiting = {each.name for each in users if not each.is_method} - seen
        return frozenset(words)


def _definitions(file: File) -> Iterator[Definition]:
    """The entries, functions and methods of a module; `_list_operation` is the method `list`."""
    stem = Path(file.path).stem
    for each in file.module.body:
        if isinstance(each, ast.ClassDef):
            for inner in each.body:
                name = "list" if isinstance(inner, ast.Assign) else getattr(inner, "name", "")
                if name and not name.startswith("__"):
                    yield Definition(name, _call(stem, name), _identifiers(inner), is_method=True)
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            pattern = f"{stem}\\.{each.name}" if stem == "list_requests" else each.name
            yield Definition(each.name, pattern, _identifiers(each))
        elif isinstance(each, ast.Assign) and isinstance(name := each.targets[0], ast.Name):
            yield Definition(name.id, name.id, _identifiers(each.value))


def _call(resource: str, method: str) -> str:
    """A method in code, in the docs, and as a command in the arguments of a test."""
    if resource == "project":
        return rf"(?:scope|project\([^()]*\))\.{method}"
    return rf"{resource}[\"'., ]+{method}"


def _identifiers(node: ast.AST) -> frozenset[str]:
    found = (getattr(each, "id", getattr(each, "attr", None)) for each in ast.walk(node))
    return frozenset(each for each in found if isinstance(each, str))
