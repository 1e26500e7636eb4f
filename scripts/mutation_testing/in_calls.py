"""Operators for code: what is handed on, taken in, put together, and done once."""

from __future__ import annotations

import ast
from itertools import pairwise

from .source import Changes, Source

DONE_ONCE = ("append", "request", "pop", "__enter__", "__exit__", "__aenter__", "__aexit__")
"""What makes a difference when it is done twice."""


def argument_emptied(source: Source, node: ast.AST) -> Changes:
    """An argument that is handed on as None."""
    if isinstance(node, ast.Call):
        for value in (*node.args, *(each.value for each in node.keywords)):
            if source.segment(value) != "None" and not isinstance(value, ast.Starred):
                yield value, "None"


def assignment_emptied(source: Source, node: ast.AST) -> Changes:
    """A variable that becomes None instead of what it is to be."""
    in_function = any(isinstance(each, ast.FunctionDef) for each in source.around.get(node, ()))
    if isinstance(node, ast.Assign | ast.AnnAssign) and in_function and node.value is not None:
        yield node.value, "None"


def entry_changed(source: Source, node: ast.AST) -> Changes:
    """A dict that lacks an entry, or in which two values changed places."""
    if not isinstance(node, ast.Dict):
        return
    pairs = [
        (f"{source.segment(key)}: " if key else "**", source.segment(value))
        for key, value in zip(node.keys, node.values, strict=True)
    ]

    def text(entries: list[tuple[str, str]]) -> str:
        return "{" + ", ".join(key + value for key, value in entries) + "}"

    for index in range(len(pairs)):
        yield node, text(pairs[:index] + pairs[index + 1 :])
    for index, ((one, first), (two, second)) in enumerate(pairwise(pairs)):
        yield node, text([*pairs[:index], (one, second), (two, first), *pairs[index + 2 :]])


def parameters_swapped(source: Source, node: ast.AST) -> Changes:
    """Two parameters that need no name, the other way round."""
    if not isinstance(node, ast.arguments):
        return
    for one, two in pairwise(node.args):
        if one.arg not in ("self", "cls"):
            yield source.swapped(one, two)


def star_dropped(source: Source, node: ast.AST) -> Changes:
    """Parameters that need no name any more."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.args.kwonlyargs:
        yield node, source.segment(node).replace("*,", "", 1)


def done_twice(source: Source, node: ast.AST) -> Changes:
    """Something that is done twice."""
    if isinstance(node, ast.Assign | ast.Expr) and isinstance(node.value, ast.Await | ast.Call):
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        function = call.func if isinstance(call, ast.Call) else None
        if isinstance(function, ast.Attribute) and function.attr in DONE_ONCE:
            indent = " " * node.col_offset
            yield node, f"{source.segment(node)}\n{indent}{source.segment(node)}"
