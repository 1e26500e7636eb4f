"""The overlay uses public names of other packages alone, and no `Any` hides a private one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "overlay/paperspace_projects"
FILES = sorted(PACKAGE.rglob("*.py"))
DOCUMENTED = {"_exit", "_current_frames", "_get_kwargs"}
"""Python documents the first two; the overlay exists to use the generated builders of requests."""
INSIDES = {"__globals__", "__closure__", "__code__", "__base__", "__bases__", "__subclasses__"}


def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def names_defined_in(tree: ast.Module) -> Iterator[str]:
    """Functions, classes, variables, fields and attributes of `self` and `cls`."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(value=ast.Name(id="self" | "cls" | "copy"), attr=name):
                if isinstance(node.ctx, ast.Store):
                    yield name
            case _:
                pass


def private_names_in(tree: ast.Module, own: set[str]) -> Iterator[str]:
    """Private names of others that a module uses, each with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) if name in INSIDES or (
                is_private(name) and name not in own
            ):
                yield f"{node.lineno}: .{name}"
            case ast.Call(func=ast.Name(id="getattr" | "hasattr" | "setattr"), args=[_, name, *_]):
                text = str(name.value) if isinstance(name, ast.Constant) else ""
                if is_private(text) and text not in own:
                    yield f"{node.lineno}: {text!r}"
            case ast.ImportFrom(module=str(module), level=0):
                if any(is_private(part) for part in module.split(".")):
                    yield f"{node.lineno}: from {module}"
            case _:
                pass


def test_no_private_name_of_another_package_is_used() -> None:
    read = trees()
    modules = {part for path in FILES for part in path.relative_to(PACKAGE).with_suffix("").parts}
    own = {
        *DOCUMENTED,
        *modules,
        *(name for each in read.values() for name in names_defined_in(each)),
    }
    used = [
        f"{path.relative_to(PACKAGE)}:{each}"
        for path, tree in read.items()
        for each in private_names_in(tree, own)
    ]
    assert used == []


@pytest.mark.parametrize(
    "code",
    [
        "client._transport",
        "getattr(pool, '_connections', None)",
        "from httpcore._async import connection",
        "send.__globals__",
    ],
)
def test_a_private_name_is_found(code: str) -> None:
    assert len(list(private_names_in(ast.parse(code), set()))) == 1
