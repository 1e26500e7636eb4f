"""Operators for what code declares: names, types, defaults, fields, imports, docstrings."""

from __future__ import annotations

import ast
from itertools import pairwise

from .code_mutants import Changes, Source, operator

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
TYPES = {"str": "int", "int": "str", "bool": "str", "bytes": "str", "Any": "str", "object": "str"}


@operator
def docstring_changed(source: Source, node: ast.Constant) -> Changes:
    """What the docstring of an operation repeats from the spec is lost or other."""
    if not isinstance(node.value, str):
        return
    if not source.is_docstring(node) or "api" not in source.path.parts[2:3]:
        return
    if source.place(node) == "module":
        return
    text = source.segment(node)
    lines = text.splitlines(keepends=True)
    for index, line in enumerate(lines[:-1]):
        if line.strip() and not line.strip().startswith(("Raises", "Args", "Returns")):
            yield node, "".join([*lines[:index], line.replace(line.strip()[-4:], "else", 1)])
            rest = [*lines[:index], '"""\n' if index == 0 else "", *lines[index + 1 :]]
            yield node, "".join(rest)


@operator
def element_changed(source: Source, node: ast.Set | ast.Tuple | ast.List) -> Changes:
    """A value of an enum, or an exported name, that is missing or too much."""
    if node.elts:
        brackets = {ast.Set: "{}", ast.Tuple: "()", ast.List: "[]"}[type(node)]
        parts = [source.segment(each) for each in node.elts]
        if isinstance(source.parent(node), ast.Subscript):
            brackets = "  "
        elif not all(part.startswith('"') for part in parts):
            return
        for index in range(len(parts)):
            rest = ", ".join(parts[:index] + parts[index + 1 :])
            yield node, f"{brackets[0]}{rest}{',' if rest else ''}{brackets[1]}".strip()
        if all(part.startswith('"') for part in parts):
            more = ", ".join([*parts, '"other"'])
            yield node, f"{brackets[0]}{more}{brackets[1]}".strip()


@operator
def import_changed(source: Source, node: ast.Import | ast.ImportFrom) -> Changes:
    """Nothing imported, or another class under the name of the one that is meant."""
    if isinstance(node, ast.Import) or node.module != "__future__":
        yield node, "pass"
    if isinstance(node, ast.Import) or not node.level or node.module is None:
        return
    if not node.module.startswith("models.") and source.path.name != "__init__.py":
        return
    for each in node.names:
        if each.name[0].isupper() and each.name not in ("AuthenticatedClient", "Client"):
            dots = "." * node.level
            base = "models." if node.module.startswith("models.") else ""
            other = ("secret_create", "SecretCreate")
            if each.name == other[1]:
                other = ("project", "Project")
            line = f"from {dots}{base}{other[0]} import {other[1]} as {each.name}"
            rest = [name.name for name in node.names if name is not each]
            more = f"; from {dots}{node.module} import {', '.join(rest)}" if rest else ""
            yield node, line + more


@operator
def parameters_swapped(source: Source, node: ast.arguments) -> Changes:
    """Two parameters that need no name, the other way round."""
    for one, two in pairwise(node.args):
        if one.arg not in ("self", "cls"):
            yield source.swapped(one, two)


@operator
def star_dropped(source: Source, node: FUNCTION) -> Changes:
    """Parameters that need no name any more."""
    if node.args.kwonlyargs:
        yield node, source.segment(node).replace("*,", "", 1)


@operator
def annotation_changed(source: Source, node: ast.arg | ast.AnnAssign | FUNCTION) -> Changes:
    """A type that is another, or one of a union that is missing or too much."""
    annotation = node.returns if isinstance(node, FUNCTION) else node.annotation
    if annotation is None:
        return
    if isinstance(annotation, ast.BinOp):
        yield annotation, source.segment(annotation.left)
        yield annotation, source.segment(annotation.right)
    else:
        yield annotation, f"{source.segment(annotation)} | complex"
    for part in ast.walk(annotation):
        if isinstance(part, ast.Name):
            yield part, TYPES.get(part.id, "Any")


@operator
def default_changed(source: Source, node: ast.arguments | ast.AnnAssign) -> Changes:
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
    elif isinstance(source.parent(node), ast.ClassDef):
        start = f"{source.segment(node.target)}: {source.segment(node.annotation)}"
        if node.value is None:
            yield node, f"{start} = None"
        else:
            yield node, start
            yield node, f"{start} = None"


@operator
def fields_swapped(source: Source, node: ast.ClassDef) -> Changes:
    """Two fields of a class, which are positional arguments, the other way round."""
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


@operator
def argument_changed(source: Source, node: ast.arg) -> Changes:
    """An argument that is missing, has another name, or is one too many."""
    if node.arg not in ("self", "cls"):
        annotation = f": {source.segment(node.annotation)}" if node.annotation else ""
        yield node, f"{node.arg}_{annotation}"
        if annotation:
            yield node, f"{source.segment(node)}, extra: None = None"


@operator
def name_changed(source: Source, node: FUNCTION | ast.ClassDef | ast.AnnAssign) -> Changes:
    """A function, class or field that is called something else."""
    if isinstance(node, FUNCTION | ast.ClassDef):
        text = source.segment(node)
        word = "class" if isinstance(node, ast.ClassDef) else "def"
        yield node, text.replace(f"{word} {node.name}", f"{word} {node.name}_", 1)
    elif isinstance(source.parent(node), ast.ClassDef):
        yield node.target, f"{source.segment(node.target)}_"


@operator
def function_changed(source: Source, node: FUNCTION | ast.Await) -> Changes:
    """A function that is async or not, lacks its decorator, or is missing."""
    if isinstance(node, ast.AsyncFunctionDef):
        text = source.segment(node)
        yield node, text.replace("async def", "def", 1).replace("await ", "")
    elif isinstance(node, ast.FunctionDef):
        yield node, f"async {source.segment(node)}"
    if isinstance(node, FUNCTION) and node.name != "__init__":
        yield node, "pass"
    if isinstance(node, ast.Await):
        yield node, source.segment(node.value)


@operator
def decorator_changed(source: Source, node: ast.FunctionDef | ast.ClassDef) -> Changes:
    """A decorator that does nothing, or something else."""
    for each in node.decorator_list:
        yield each, "(lambda thing: thing)"
        if source.segment(each) in ("define", "_attrs_define"):
            yield each, f"{source.segment(each)}(eq=False)"
            yield each, f"{source.segment(each)}(frozen=True)"
            yield each, f"{source.segment(each)}(slots=False)"
