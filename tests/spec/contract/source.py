"""What only type checkers see of the generated code: annotations, casts, imports for typing only.

They have no effect when the code runs, so that its source is read for them.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any


@cache
def tree_of(module: ModuleType) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(inspect.getsource(module))


@cache
def namespace_of(module: ModuleType) -> Mapping[str, Any]:
    """The names that a type checker knows in a module: those under `if TYPE_CHECKING` as well."""
    names = dict(vars(module))
    for statement in tree_of(module).body:
        if isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING":
            for node in ast.walk(statement):
                if isinstance(node, ast.ImportFrom):
                    names |= imported(module, node)
    return names


def imported(module: ModuleType, node: ast.ImportFrom) -> dict[str, Any]:
    """The names that an import statement in a module binds."""
    parent = (module.__package__ or "").split(".")
    base = parent[: len(parent) - node.level + 1] if node.level else []
    source = importlib.import_module(".".join([*base, *filter(None, [node.module])]))
    return {each.asname or each.name: getattr(source, each.name) for each in node.names}


def annotations_of(thing: Any) -> dict[str, Any]:
    """The types of a class's fields or of a function's arguments, as a type checker sees them."""
    module = sys.modules[thing.__module__]
    hints = typing.get_type_hints(thing, globalns=dict(namespace_of(module)))
    return {
        name: None if hint is type(None) and name == "return" else hint
        for name, hint in hints.items()
    }


def meaning(module: ModuleType, expression: ast.expr) -> Any:
    """The type that an annotation in a module's source means."""
    return _meaning(module, ast.unparse(expression))


@cache
def _meaning(module: ModuleType, text: str) -> Any:
    return eval(text, dict(namespace_of(module)))  # our own package's source


def functions_in(module: ModuleType) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions and methods of a module, outermost ones only."""
    for node in tree_of(module).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from (each for each in node.body if isinstance(each, ast.FunctionDef))


def local_annotations(function: ast.AST) -> Iterator[tuple[str, ast.AnnAssign]]:
    """The annotated local variables of a function."""
    for node in ast.walk(function):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node


def casts(function: ast.AST) -> Iterator[ast.Call]:
    """The calls of `cast` in a function."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "cast":
            yield node
