"""A module of the generated package, ready for the operators to look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path

NODES = (ast.expr, ast.stmt, ast.arg, ast.arguments, ast.keyword, ast.comprehension)


@dataclass(frozen=True)
class Source:
    """A module: its text, its tree, and for each node the nodes around it, the nearest first."""

    path: Path
    text: str
    tree: ast.Module = field(repr=False)
    around: dict[ast.AST, list[ast.AST]] = field(repr=False)

    @cached_property
    def dumped(self) -> str:
        """The tree as text: what is written otherwise and means the same has the same one."""
        return ast.dump(self.tree)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines(keepends=True)

    @cached_property
    def starts(self) -> list[int]:
        """The offset at which each line begins."""
        return [0, *accumulate(len(line) for line in self.lines)]

    def segment(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.text, node) or ""

    def place(self, node: ast.AST) -> str:
        """The functions and classes that a node is in, and whether it is what is done otherwise."""
        parent = next(iter(self.around[node]), None)
        branch = ["else"] if isinstance(parent, ast.If) and node in parent.orelse else []
        names = branch + [
            each.name
            for each in (node, *self.around[node])
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        ]
        return ".".join(reversed(names)) or "module"

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where the text of a node begins and ends, as offsets into the text."""
        assert isinstance(node, ast.expr | ast.stmt | ast.arg | ast.keyword)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno, node.end_col_offset),
        )

    def spanning(self, one: ast.AST, two: ast.AST) -> ast.AST:
        """A node that stands for the text from the start of one node to the end of another."""
        assert isinstance(one, ast.expr | ast.stmt | ast.arg)
        assert isinstance(two, ast.expr | ast.stmt | ast.arg)
        whole = ast.Expr(value=ast.Constant(value=""))
        whole.lineno, whole.col_offset = one.lineno, one.col_offset
        whole.end_lineno, whole.end_col_offset = two.end_lineno, two.end_col_offset
        self.around[whole] = self.around[one]
        return whole

    def swapped(self, one: ast.AST, two: ast.AST) -> tuple[ast.AST, str]:
        """Two nodes the other way round, with what is between them where it is."""
        texts = self.segment(one), self.segment(two)
        start, end = self.span(one)[0], self.span(two)[1]
        between = self.text[start:end][len(texts[0]) : -len(texts[1])]
        return self.spanning(one, two), f"{texts[1]}{between}{texts[0]}"

    def _offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())


def read(root: Path, path: Path) -> Source:
    text = (root / path).read_text(encoding="utf-8")
    tree = ast.parse(text)
    around: dict[ast.AST, list[ast.AST]] = {tree: []}

    def note(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            # Operators such as `==` are one object wherever they stand.
            if isinstance(child, NODES):
                around[child] = [node, *around[node]]
                note(child)

    note(tree)
    return Source(path, text, tree, around)


Changes = Iterator[tuple[ast.AST, str]]
"""Which node's text to replace, and with what."""


def is_docstring(source: Source, node: ast.AST) -> bool:
    return isinstance(source.around[node][0], ast.Expr)


def in_annotation(source: Source, node: ast.AST) -> bool:
    """Whether a node is part of a type, and not of what runs."""
    inner = node
    for outer in source.around[node]:
        if isinstance(outer, ast.arg | ast.AnnAssign) and inner is outer.annotation:
            return True
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef) and inner is outer.returns:
            return True
        inner = outer
    return False
