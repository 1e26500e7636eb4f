"""Operators for code: what is done, in which order, with which values, on which condition."""

from __future__ import annotations

import ast
from itertools import pairwise

from .source import Changes, Source, in_annotation

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
SIBLINGS = {
    "parsed": "content",
    "content": "text",
    "status_code": "reason_phrase",
    "headers": "cookies",
    "get_httpx_client": "get_async_httpx_client",
    "get_async_httpx_client": "get_httpx_client",
    "raise_on_unexpected_status": "token",
    "_client": "_async_client",
    "_async_client": "_client",
    "_headers": "_cookies",
    "_cookies": "_headers",
    "prefix": "token",
    "token": "prefix",
    "request": "stream",
    "_base_url": "_timeout",
    "_verify_ssl": "_follow_redirects",
    "_follow_redirects": "_verify_ssl",
    "UnexpectedStatus": "UnexpectedStatusError",
    "isoformat": "ctime",
    "additional_properties": "_extra",
}


def comparison_turned(source: Source, node: ast.AST) -> Changes:
    """A comparison that says the opposite, or less."""
    if not isinstance(node, ast.Compare):
        return
    left, right = source.segment(node.left), source.segment(node.comparators[0])
    yield node, f"{left} {OPPOSITES[type(node.ops[0])]} {right}"
    if isinstance(node.ops[0], ast.Eq):
        yield node, f"{left} >= {right}"
        yield node, f"{left} <= {right}"


def condition_turned(source: Source, node: ast.AST) -> Changes:
    """A condition that is negated, always met, or never met."""
    if isinstance(node, ast.If | ast.IfExp):
        test = source.segment(node.test)
        if test == "TYPE_CHECKING":
            return
        yield node.test, f"not ({test})"
        yield node.test, "True"
        yield node.test, "False"
    elif isinstance(node, ast.comprehension):
        for each in node.ifs:
            yield each, "True"
            yield each, "False"
    elif isinstance(node, ast.BoolOp):
        parts = [source.segment(each) for each in node.values]
        yield node, parts[0]
        yield node, parts[1]
        other = " or " if isinstance(node.op, ast.And) else " and "
        yield node, f"({other.join(parts)})"


def result_dropped(source: Source, node: ast.AST) -> Changes:
    """A result that is not given back."""
    if isinstance(node, ast.Return):
        value = node.value
        if value is not None and source.segment(value) != "None":
            yield node, "return None"
        else:
            yield node, "return {}"
            yield node, "pass"
    elif isinstance(node, ast.Raise):
        yield node, "return None"
        yield node, "raise ValueError()"


def statement_dropped(source: Source, node: ast.AST) -> Changes:
    """A statement that is missing."""
    plain = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Delete | ast.For
    text_alone = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    typing = isinstance(node, ast.If) and source.segment(node.test) == "TYPE_CHECKING"
    if isinstance(node, plain | ast.Expr | ast.If) and not (text_alone or typing):
        yield node, "pass"


def statements_swapped(source: Source, node: ast.AST) -> Changes:
    """Two statements that follow each other, the other way round."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    for one, two in pairwise(node.body):
        texts = source.segment(one), source.segment(two)
        if all(text.startswith("field_dict.update(") for text in texts):
            yield source.swapped(one, two)


def keyword_dropped(source: Source, node: ast.AST) -> Changes:
    """An argument that is not handed on, or under another name, or with another's value."""
    if not isinstance(node, ast.Call):
        return
    parts = [source.segment(each) for each in (*node.args, *node.keywords)]
    name = source.segment(node.func)
    for index in range(len(parts)):
        yield node, f"{name}({', '.join(parts[:index] + parts[index + 1 :])})"
    named = [each for each in node.keywords if each.arg]
    for one, two in pairwise(named):
        swapped = [
            f"{one.arg}={source.segment(two.value)}"
            if each is one
            else f"{two.arg}={source.segment(one.value)}"
            if each is two
            else source.segment(each)
            for each in (*node.args, *node.keywords)
        ]
        yield node, f"{name}({', '.join(swapped)})"


def conversion_dropped(source: Source, node: ast.AST) -> Changes:
    """A value that is taken as it is instead of being converted."""
    if not isinstance(node, ast.Call):
        return
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in CONVERSIONS:
        yield node, source.segment(node.args[0] if node.args else function.value)
    elif isinstance(function, ast.Name):
        known = function.id in ("quote", "str", "HTTPStatus", "dict", "list")
        if node.args and (known or function.id.startswith("check_")):
            yield node, source.segment(node.args[0])
        elif function.id == "cast":
            yield node, source.segment(node.args[1])


def call_replaced(source: Source, node: ast.AST) -> Changes:
    """A value that is never looked at."""
    if isinstance(node, ast.Call) and source.segment(node.func) in (
        "d.pop",
        "response.json",
        "client.get_httpx_client",
    ):
        if source.segment(node.func) == "d.pop":
            yield node, source.segment(node).replace("d.pop", "d.get", 1)
            yield node, "UNSET"
        else:
            yield node, "None"


def attribute_swapped(source: Source, node: ast.AST) -> Changes:
    """Another attribute than the one that is meant."""
    if not isinstance(node, ast.Attribute) or in_annotation(source, node):
        return
    if node.attr in SIBLINGS:
        yield node, f"{source.segment(node.value)}.{SIBLINGS[node.attr]}"
    if source.segment(node.value) == "self" and isinstance(node.ctx, ast.Load):
        for outer in source.around[node]:
            if isinstance(outer, ast.ClassDef):
                names = [
                    each.target.id
                    for each in outer.body
                    if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
                ]
                if node.attr in names:
                    yield node, f"self.{names[names.index(node.attr) - 1]}"


def variable_swapped(source: Source, node: ast.AST) -> Changes:
    """Another variable of the same function than the one that is meant."""
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
        return
    if in_annotation(source, node):
        return
    for outer in source.around[node]:
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


def loop_shortened(source: Source, node: ast.AST) -> Changes:
    """A loop that leaves out the first, or everything."""
    if isinstance(node, ast.For):
        yield node.iter, f"list({source.segment(node.iter)})[1:]"
        yield node.iter, f"list(reversed({source.segment(node.iter)}))"
