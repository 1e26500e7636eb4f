"""Operators for statements: values, conditions, calls, their order."""

from __future__ import annotations

import ast
from itertools import pairwise

from .code_mutants import Changes, Source, operator

SIMPLE = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Delete | ast.For
OPPOSITES: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.LtE: ">",
    ast.GtE: "<",
}
CONVERSIONS = ("from_dict", "to_dict", "fromisoformat", "isoformat", "format", "keys", "items")
SIBLINGS = dict(
    pair.split(":")
    for pair in (
        *("parsed:content", "content:text", "status_code:reason_phrase", "headers:cookies"),
        *("get_httpx_client:get_async_httpx_client", "get_async_httpx_client:get_httpx_client"),
        *("raise_on_unexpected_status:token", "_client:_async_client", "_async_client:_client"),
        *("_headers:_cookies", "_cookies:_headers", "prefix:token", "token:prefix"),
        *("request:stream", "_base_url:_timeout", "_verify_ssl:_follow_redirects"),
        *("_follow_redirects:_verify_ssl", "UnexpectedStatus:UnexpectedStatusError"),
        *("isoformat:ctime", "additional_properties:_extra"),
    )
)


@operator
def string_changed(source: Source, node: ast.Constant) -> Changes:
    """Another name, key, method, path or header."""
    if not isinstance(node.value, str):
        return
    if source.is_docstring(node) or isinstance(source.parent(node), ast.JoinedStr):
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


@operator
def path_changed(source: Source, node: ast.Constant) -> Changes:
    """A path with a segment less, changed, or exchanged with the next, or with a prefix."""
    if not isinstance(node.value, str):
        return
    if not node.value.startswith("/") or source.is_docstring(node):
        return
    segments = node.value[1:].split("/")
    for index in range(len(segments)):
        yield node, repr("/" + "/".join(segments[:index] + segments[index + 1 :]))
        changed = segments[index][:-1] if segments[index][0] != "{" else segments[index] + "s"
        yield node, repr("/" + "/".join([*segments[:index], changed, *segments[index + 1 :]]))
    for index, (one, two) in enumerate(pairwise(segments)):
        yield node, repr("/" + "/".join([*segments[:index], two, one, *segments[index + 2 :]]))
    for text in (node.value + "/", node.value[1:], "/v1" + node.value):
        yield node, repr(text)


@operator
def number_changed(source: Source, node: ast.Constant) -> Changes:  # noqa: ARG001 -- as all
    """Another status."""
    if type(node.value) is not int:
        return
    yield node, str(node.value + 1)
    yield node, str(node.value - 1)
    if node.value in (200, 201, 204):
        for status in (200, 201, 204, 404):
            yield node, str(status)


@operator
def assignment_emptied(source: Source, node: ast.Assign | ast.AnnAssign) -> Changes:
    """None assigned to a variable."""
    in_function = any(isinstance(each, ast.FunctionDef) for each in source.ancestors[node])
    if in_function and node.value is not None:
        yield node.value, "None"


@operator
def entry_changed(source: Source, node: ast.Dict) -> Changes:
    """A dict that lacks an entry, or with two values exchanged."""
    entries = [
        f"{source.segment(key)}: {source.segment(value)}" if key else f"**{source.segment(value)}"
        for key, value in zip(node.keys, node.values, strict=True)
    ]
    for index in range(len(entries)):
        yield node, "{" + ", ".join(entries[:index] + entries[index + 1 :]) + "}"
    for one, two in pairwise(node.values):
        yield source.swapped(one, two)


@operator
def comparison_turned(source: Source, node: ast.Compare) -> Changes:
    """The opposite of a comparison, or a weaker one."""
    left, right = source.segment(node.left), source.segment(node.comparators[0])
    yield node, f"{left} {OPPOSITES[type(node.ops[0])]} {right}"
    if isinstance(node.ops[0], ast.Eq):
        yield node, f"{left} >= {right}"
        yield node, f"{left} <= {right}"


@operator
def condition_turned(
    source: Source, node: ast.If | ast.IfExp | ast.comprehension | ast.BoolOp
) -> Changes:
    """A condition that is negated, always true, or always false."""
    if isinstance(node, ast.If | ast.IfExp):
        test = source.segment(node.test)
        if test == "TYPE_CHECKING":
            return
        yield from ((node.test, text) for text in (f"not ({test})", "True", "False"))
    elif isinstance(node, ast.comprehension):
        yield from ((each, text) for each in node.ifs for text in ("True", "False"))
    else:
        parts = [source.segment(each) for each in node.values]
        other = " or " if isinstance(node.op, ast.And) else " and "
        yield from ((node, text) for text in (*parts[:2], f"({other.join(parts)})"))


@operator
def result_dropped(source: Source, node: ast.Return | ast.Raise) -> Changes:
    """A result that is not returned."""
    if isinstance(node, ast.Raise):
        yield node, "return None"
        yield node, "raise ValueError()"
    elif node.value is not None and source.segment(node.value) != "None":
        yield node, "return None"
    else:
        yield node, "return {}"
        yield node, "pass"


@operator
def statement_dropped(source: Source, node: SIMPLE | ast.Expr | ast.If) -> Changes:
    """A statement that is missing."""
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    for_types = isinstance(node, ast.If) and source.segment(node.test) == "TYPE_CHECKING"
    if not (is_docstring or for_types):
        yield node, "pass"


@operator
def keyword_dropped(source: Source, node: ast.Call) -> Changes:
    """An argument that is missing, or that has the value of another."""
    parts = [source.segment(each) for each in (*node.args, *node.keywords)]
    name = source.segment(node.func)
    for index in range(len(parts)):
        yield node, f"{name}({', '.join(parts[:index] + parts[index + 1 :])})"
    named = [each for each in node.keywords if each.arg]
    for one, two in pairwise(named):
        yield source.swapped(one.value, two.value)


@operator
def conversion_dropped(source: Source, node: ast.Call) -> Changes:
    """A value without its conversion."""
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in CONVERSIONS:
        yield node, source.segment(node.args[0] if node.args else function.value)
    elif isinstance(function, ast.Name):
        known = function.id in ("quote", "str", "HTTPStatus", "dict", "list")
        if node.args and (known or function.id.startswith("check_")):
            yield node, source.segment(node.args[0])
        elif function.id == "cast":
            yield node, source.segment(node.args[1])


@operator
def call_replaced(source: Source, node: ast.Call) -> Changes:
    """A value that is not removed from its source, or not read."""
    function = source.segment(node.func)
    if function == "d.pop":
        yield node, source.segment(node).replace("d.pop", "d.get", 1)
        yield node, "UNSET"
    elif function in ("response.json", "client.get_httpx_client"):
        yield node, "None"


@operator
def attribute_swapped(source: Source, node: ast.Attribute) -> Changes:
    """Another attribute."""
    if source.in_annotation(node):
        return
    if node.attr in SIBLINGS:
        yield node, f"{source.segment(node.value)}.{SIBLINGS[node.attr]}"
    if source.segment(node.value) == "self" and isinstance(node.ctx, ast.Load):
        for outer in source.ancestors[node]:
            if isinstance(outer, ast.ClassDef):
                names = [
                    each.target.id
                    for each in outer.body
                    if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
                ]
                if node.attr in names:
                    yield node, f"self.{names[names.index(node.attr) - 1]}"


@operator
def variable_swapped(source: Source, node: ast.Name) -> Changes:
    """Another variable of the same function."""
    if not isinstance(node.ctx, ast.Load) or source.in_annotation(node):
        return
    for outer in source.ancestors[node]:
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [each.arg for each in (*outer.args.args, *outer.args.kwonlyargs)]
            names += [
                each.id
                for each in ast.walk(outer)
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            ]
            names = list(dict.fromkeys(names))
            if node.id in names and len(names) > 1:
                yield node, names[names.index(node.id) - 1]
            return
