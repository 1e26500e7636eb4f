"""Operators for code: what functions take and give, what classes hold, what it is all called."""

from __future__ import annotations

import ast
from itertools import pairwise

from .source import Changes, Source

TYPES = {"str": "int", "int": "str", "bool": "str", "bytes": "str", "Any": "str", "object": "str"}


def annotation_changed(source: Source, node: ast.AST) -> Changes:
    """A type that is another, or one of a union that is missing or too much."""
    annotations: list[ast.expr | None] = []
    if isinstance(node, ast.arg | ast.AnnAssign):
        annotations.append(node.annotation)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        annotations.append(node.returns)
    for annotation in annotations:
        if annotation is None:
            continue
        if isinstance(annotation, ast.BinOp):
            yield annotation, source.segment(annotation.left)
            yield annotation, source.segment(annotation.right)
        else:
            yield annotation, f"{source.segment(annotation)} | complex"
        for part in ast.walk(annotation):
            if isinstance(part, ast.Name):
                yield part, TYPES.get(part.id, "Any")


def default_changed(source: Source, node: ast.AST) -> Changes:
    """An argument that is required instead of optional, or the other way round, or None."""
    if isinstance(node, ast.arguments):
        pairs: list[tuple[ast.arg, ast.expr | None]] = [
            *zip(node.kwonlyargs, node.kw_defaults, strict=True),
            *((each, None) for each in node.args if each.arg not in ("self", "cls")),
        ]
        for argument, default in pairs:
            if default is not None:
                yield default, "None"
                yield default, '""'
                yield source.spanning(argument, default), source.segment(argument)
            else:
                yield argument, f"{source.segment(argument)} = None"
    elif isinstance(node, ast.AnnAssign) and isinstance(source.around[node][0], ast.ClassDef):
        start = f"{source.segment(node.target)}: {source.segment(node.annotation)}"
        if node.value is None:
            yield node, f"{start} = None"
        else:
            yield node, start
            yield node, f"{start} = None"


def fields_swapped(source: Source, node: ast.AST) -> Changes:
    """Two fields of a class, which are positional arguments, the other way round."""
    if isinstance(node, ast.ClassDef):
        for one, two in pairwise(node.body):
            if not (isinstance(one, ast.AnnAssign) and isinstance(two, ast.AnnAssign)):
                continue
            positional = not any(
                text in source.segment(each)
                for each in (one, two)
                for text in ("kw_only=True", "init=False")
            )
            if positional and bool(one.value) == bool(two.value):
                yield source.swapped(one, two)


def argument_changed(source: Source, node: ast.AST) -> Changes:
    """An argument that is missing, has another name, or is one too many."""
    if isinstance(node, ast.arg) and node.arg not in ("self", "cls"):
        annotation = f": {source.segment(node.annotation)}" if node.annotation else ""
        yield node, f"{node.arg}_{annotation}"
        if annotation:
            yield node, f"{source.segment(node)}, extra: None = None"


def name_changed(source: Source, node: ast.AST) -> Changes:
    """A function, class or field that is called something else."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        text = source.segment(node)
        word = "class" if isinstance(node, ast.ClassDef) else "def"
        yield node, text.replace(f"{word} {node.name}", f"{word} {node.name}_", 1)
    elif isinstance(node, ast.AnnAssign) and isinstance(source.around[node][0], ast.ClassDef):
        yield node.target, f"{source.segment(node.target)}_"


def function_changed(source: Source, node: ast.AST) -> Changes:
    """A function that is async or not, lacks its decorator, or is missing."""
    if isinstance(node, ast.AsyncFunctionDef):
        text = source.segment(node)
        yield node, text.replace("async def", "def", 1).replace("await ", "")
    elif isinstance(node, ast.FunctionDef):
        yield node, f"async {source.segment(node)}"
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "__init__":
        yield node, "pass"
    if isinstance(node, ast.Await):
        yield node, source.segment(node.value)


def decorator_changed(source: Source, node: ast.AST) -> Changes:
    """A decorator that does nothing, or something else."""
    if not isinstance(node, ast.FunctionDef | ast.ClassDef):
        return
    for each in node.decorator_list:
        yield each, "(lambda thing: thing)"
        if source.segment(each) in ("define", "_attrs_define"):
            yield each, f"{source.segment(each)}(eq=False)"
            yield each, f"{source.segment(each)}(frozen=True)"
            yield each, f"{source.segment(each)}(slots=False)"


def base_changed(source: Source, node: ast.AST) -> Changes:  # noqa: ARG001 -- as all
    """A class that is derived from something else; a bound or literal that is another."""
    if isinstance(node, ast.ClassDef):
        for each in node.bases:
            yield each, "object" if isinstance(each, ast.Subscript) else "BaseException"
