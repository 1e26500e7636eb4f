"""Operators for declarations: names, types, defaults, fields, imports, docstrings."""

from __future__ import annotations

import ast
from itertools import pairwise

from .code_mutants import Changes, Source, operator

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
TYPES = {"str": "int", "int": "str", "bool": "str", "bytes": "str", "Any": "str", "object": "str"}


@operator
def docstring_changed(source: Source, node: ast.Constant) -> Changes:
    """A line of the docstring of an operation that is missing or different."""
    is_docstring = isinstance(node.value, str) and source.is_docstring(node)
    of_operation = "api" in source.path.parts[2:3] and source.place(node) != "module"
    if not (is_docstring and of_operation):
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
    """A value of an enum, or an exported name, that is missing or added."""
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
    """Nothing imported, or another class under the same name."""
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
    """Two positional parameters exchanged."""
    for one, two in pairwise(node.args):
        if one.arg not in ("self", "cls"):
            yield source.swapped(one, two)


@operator
def star_dropped(source: Source, node: FUNCTION) -> Changes:
    """Keyword-only parameters that become positional."""
    if node.args.kwonlyargs:
        yield node, source.segment(node).replace("*,", "", 1)


@operator
def annotation_changed(source: Source, node: ast.arg | ast.AnnAssign | FUNCTION) -> Changes:
    """Another type, or a union with one type less or more."""
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
    """An argument that becomes required or optional, or another default."""
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
        if node.value is not None:
            yield node, start
        yield node, f"{start} = None"


@operator
def fields_swapped(source: Source, node: ast.ClassDef) -> Changes:
    """Two fields of a class, which are positional arguments, exchanged."""
    for one, two in pairwise(node.body):
        if not (isinstance(one, ast.AnnAssign) and isinstance(two, ast.AnnAssign)):
            continue
        text = source.segment(one) + source.segment(two)
        positional = "kw_only=True" not in text and "init=False" not in text
        if positional and bool(one.value) == bool(two.value):
            yield source.swapped(one, two)


@operator
def argument_changed(source: Source, node: ast.arg) -> Changes:
    """An argument with another name, or one more."""
    if node.arg not in ("self", "cls"):
        annotation = f": {source.segment(node.annotation)}" if node.annotation else ""
        yield node, f"{node.arg}_{annotation}"
        if annotation:
            yield node, f"{source.segment(node)}, extra: None = None"


@operator
def name_changed(source: Source, node: FUNCTION | ast.ClassDef | ast.AnnAssign) -> Changes:
    """A function, class or field with another name."""
    if isinstance(node, FUNCTION | ast.ClassDef):
        text = source.segment(node)
        word = "class" if isinstance(node, ast.ClassDef) else "def"
        yield node, text.replace(f"{word} {node.name}", f"{word} {node.name}_", 1)
    elif isinstance(source.parent(node), ast.ClassDef):
        yield node.target, f"{source.segment(node.target)}_"


@operator
def function_changed(source: Source, node: FUNCTION | ast.Await) -> Changes:
    """A function that becomes async or sync, or is missing."""
    if isinstance(node, ast.Await):
        yield node, source.segment(node.value)
        return
    if isinstance(node, ast.AsyncFunctionDef):
        text = source.segment(node)
        yield node, text.replace("async def", "def", 1).replace("await ", "")
    else:
        yield node, f"async {source.segment(node)}"
    if node.name != "__init__":
        yield node, "pass"


@operator
def decorator_changed(source: Source, node: ast.FunctionDef | ast.ClassDef) -> Changes:
    """A decorator without effect, or with another option."""
    for each in node.decorator_list:
        yield each, "(lambda thing: thing)"
        if source.segment(each) in ("define", "_attrs_define"):
            for option in ("eq=False", "frozen=True", "slots=False"):
                yield each, f"{source.segment(each)}({option})"
