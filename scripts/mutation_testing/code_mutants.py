"""Mutants of the generated Python code: operators choose nodes of the tree and new texts."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, get_type_hints

PACKAGE = Path("generated/paperspace_projects_api")
NODES = (ast.expr, ast.stmt, ast.arg, ast.arguments, ast.keyword, ast.comprehension)


@dataclass(frozen=True)
class Mutant:
    """One change of one file, with a name that does not depend on the line.

    Args:
        kind: `code` or `spec`.
        operator: The name of the operator.
        path: The file, relative to the root of the repository.
        place: The function or class, or the JSON pointer, of the change.
        change: A description.
        content: The new text of the file; None if the file is removed.
        about: Operation ids and class names whose tests are likely to fail.
    """

    kind: str
    operator: str
    path: str
    place: str
    change: str
    content: str | None
    about: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.operator} | {self.path} | {self.place} | {self.change}"


Changes = Iterator[tuple[ast.AST, str]]
"""The nodes whose text is replaced, and the new texts."""


class Source:
    """A module: its text, its tree, and the ancestors of each node, the nearest first."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text, self.tree = path, text, ast.parse(text)
        self.ancestors: dict[ast.AST, list[ast.AST]] = {self.tree: []}
        self._note(self.tree)
        self._lines = text.splitlines(keepends=True)
        self._starts = [0, *accumulate(map(len, self._lines))]

    def _note(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            # Operators such as `==` are one object wherever they stand.
            if isinstance(child, NODES):
                self.ancestors[child] = [node, *self.ancestors[node]]
                self._note(child)

    @cached_property
    def meaning(self) -> str:
        """The tree as text, which is equal for equivalent code."""
        return ast.dump(self.tree)

    def segment(self, node: ast.AST) -> str:
        """The text of a node."""
        return ast.get_source_segment(self.text, node) or ""

    def parent(self, node: ast.AST) -> ast.AST:
        return self.ancestors[node][0]

    def place(self, node: ast.AST) -> str:
        """The functions and classes around a node, and whether it is in an `else`."""
        parent = next(iter(self.ancestors[node]), None)
        branch = ["else"] if isinstance(parent, ast.If) and node in parent.orelse else []
        names = branch + [
            each.name
            for each in (node, *self.ancestors[node])
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        ]
        return ".".join(reversed(names)) or "module"

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The start and the end of a node, as offsets into the text."""
        assert isinstance(node, ast.expr | ast.stmt | ast.arg | ast.keyword)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno, node.end_col_offset),
        )

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())

    def spanning(self, one: ast.AST, two: ast.AST) -> ast.AST:
        """A node for the text from the start of one node to the end of another."""
        assert isinstance(one, ast.expr | ast.stmt | ast.arg)
        assert isinstance(two, ast.expr | ast.stmt | ast.arg)
        whole = ast.Expr(value=ast.Constant(value=""))
        whole.lineno, whole.col_offset = one.lineno, one.col_offset
        whole.end_lineno, whole.end_col_offset = two.end_lineno, two.end_col_offset
        self.ancestors[whole] = self.ancestors[one]
        return whole

    def swapped(self, one: ast.AST, two: ast.AST) -> tuple[ast.AST, str]:
        """Two nodes exchanged, with the text between them unchanged."""
        texts = self.segment(one), self.segment(two)
        start, end = self.span(one)[0], self.span(two)[1]
        between = self.text[start:end][len(texts[0]) : -len(texts[1])]
        return self.spanning(one, two), f"{texts[1]}{between}{texts[0]}"

    def is_docstring(self, node: ast.AST) -> bool:
        return isinstance(self.parent(node), ast.Expr)

    def in_annotation(self, node: ast.AST) -> bool:
        """Whether a node is part of a type."""
        return any(
            inner is getattr(outer, "annotation", None) or inner is getattr(outer, "returns", None)
            for inner, outer in pairwise([node, *self.ancestors[node]])
        )


Operator = Callable[[Source, Any], Changes]
OPERATORS: list[Operator] = []


def operator(function: Operator) -> Operator:
    """Register an operator for nodes of the type of its parameter `node`."""
    OPERATORS.append(function)
    return function


def mutants(root: Path) -> Iterator[Mutant]:
    """Every mutant of the generated package."""
    from . import declaration_operators, statement_operators  # noqa: F401 -- registers them

    operators = [(function, get_type_hints(function)["node"]) for function in OPERATORS]
    for file in sorted((root / PACKAGE).rglob("*.py")):
        path, text = file.relative_to(root), file.read_text(encoding="utf-8")
        yield from of_source(Source(path, text), operators)
        if path.name != "__init__.py":
            yield Mutant("code", "module_missing", path.as_posix(), "file", "removed", None)
            if path.parent != PACKAGE:
                extra = path.with_name(f"{path.stem}_extra.py")
                yield Mutant("code", "module_extra", extra.as_posix(), "file", "added", text)


def of_source(source: Source, operators: Iterable[tuple[Operator, Any]]) -> Iterator[Mutant]:
    """The mutants of one module that are valid Python."""
    seen: dict[str, int] = {}
    texts = {source.text}
    for node in list(source.ancestors):
        for function, kind in operators:
            changes = function(source, node) if isinstance(node, kind) else ()
            for target, new in changes:
                mutant = _mutant(source, function, target, new)
                if mutant is None or mutant.content in texts:
                    continue
                assert mutant.content is not None
                texts.add(mutant.content)
                count = seen[mutant.name] = seen.get(mutant.name, 0) + 1
                if count > 1:
                    mutant = replace(mutant, change=f"{mutant.change} (no. {count})")
                yield mutant


def _mutant(source: Source, function: Operator, target: ast.AST, new: str) -> Mutant | None:
    start, end = source.span(target)
    content = source.text[:start] + new + source.text[end:]
    try:
        tree = ast.parse(content)
        compile(content, str(source.path), "exec")
    except (SyntaxError, ValueError):
        return None
    if ast.dump(tree) == source.meaning:
        return None
    # Tests call an operation or a class by its name in camel case.
    about = "".join(word.capitalize() for word in source.path.stem.split("_"))
    old, new = (" ".join(text.split())[:160] for text in (source.text[start:end], new))
    place, change = source.place(target), f"{old} -> {new}"
    return Mutant(
        *("code", function.__name__, source.path.as_posix(), place, change),
        content=content,
        about=(about, about[:1].lower() + about[1:]),
    )
