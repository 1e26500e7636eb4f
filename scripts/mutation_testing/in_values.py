"""Operators for code: texts, names, paths, statuses and lists of names that are other ones."""

from __future__ import annotations

import ast

from .source import Changes, Source, in_annotation, is_docstring


def string_changed(source: Source, node: ast.AST) -> Changes:
    """A name, key, method, path or header that is another."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return
    if is_docstring(source, node) or isinstance(source.around[node][0], ast.JoinedStr):
        return
    if node.value:
        yield node, repr(node.value + "x")
        yield node, '""'
    else:
        yield node, '"/"'
    if node.value.swapcase() != node.value and "/" not in node.value:
        yield node, repr(node.value.swapcase())
    methods = ("get", "put", "post", "patch", "delete")
    if node.value in methods:
        for other in methods:
            yield node, repr(other)


def text_changed(source: Source, node: ast.AST) -> Changes:
    """A formatted string that says something else."""
    if not isinstance(node, ast.JoinedStr):
        return
    text = source.segment(node)
    quote = text[1]
    yield node, f"{text[:2]}x{text[2:]}"
    yield node, f"{text[:-1]}x{quote}"
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            yield node, text.replace("{" + ast.unparse(part.value), "{None and ''", 1)


def path_changed(source: Source, node: ast.AST) -> Changes:
    """The path's segments: one left out, two swapped, one more, a parameter in another's place."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return
    if not node.value.startswith("/") or is_docstring(source, node):
        return
    segments = node.value[1:].split("/")
    for index in range(len(segments)):
        yield node, repr("/" + "/".join(segments[:index] + segments[index + 1 :]))
        changed = segments[index][:-1] if segments[index][0] != "{" else segments[index] + "s"
        yield node, repr("/" + "/".join([*segments[:index], changed, *segments[index + 1 :]]))
    for index in range(len(segments) - 1):
        swapped = list(segments)
        swapped[index], swapped[index + 1] = swapped[index + 1], swapped[index]
        yield node, repr("/" + "/".join(swapped))
    yield node, repr(node.value + "/")
    yield node, repr(node.value[1:])
    yield node, repr("/v1" + node.value)


def docstring_changed(source: Source, node: ast.AST) -> Changes:
    """What the docstring of an operation repeats from the spec is lost or other."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return
    if not is_docstring(source, node) or "api" not in source.path.parts[2:3]:
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


def number_changed(source: Source, node: ast.AST) -> Changes:  # noqa: ARG001 -- as all
    """A status that is another."""
    if not isinstance(node, ast.Constant) or type(node.value) is not int:
        return
    yield node, str(node.value + 1)
    yield node, str(node.value - 1)
    if node.value in (200, 201, 204):
        for status in (200, 201, 204, 404):
            yield node, str(status)


def constant_changed(source: Source, node: ast.AST) -> Changes:
    """True for False, something for None."""
    if not isinstance(node, ast.Constant) or in_annotation(source, node):
        return
    if node.value is True or node.value is False:
        yield node, str(not node.value)
        yield node, "None"
    elif node.value is None:
        yield node, "False"


def element_changed(source: Source, node: ast.AST) -> Changes:
    """A value of an enum, or an exported name, that is missing or too much."""
    if isinstance(node, ast.Set | ast.Tuple | ast.List) and node.elts:
        brackets = {ast.Set: "{}", ast.Tuple: "()", ast.List: "[]"}[type(node)]
        parts = [source.segment(each) for each in node.elts]
        if isinstance(source.around[node][0], ast.Subscript):
            brackets = "  "
        elif not all(part.startswith('"') for part in parts):
            return
        for index in range(len(parts)):
            rest = ", ".join(parts[:index] + parts[index + 1 :])
            yield node, f"{brackets[0]}{rest}{',' if rest else ''}{brackets[1]}".strip()
        if all(part.startswith('"') for part in parts):
            more = ", ".join([*parts, '"other"'])
            yield node, f"{brackets[0]}{more}{brackets[1]}".strip()


def import_changed(source: Source, node: ast.AST) -> Changes:
    """Nothing imported, or another class under the name of the one that is meant."""
    if isinstance(node, ast.Import) or (
        isinstance(node, ast.ImportFrom) and node.module != "__future__"
    ):
        yield node, "pass"
    if not isinstance(node, ast.ImportFrom) or not node.level or node.module is None:
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
