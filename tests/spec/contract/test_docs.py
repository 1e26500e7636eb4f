"""The docstrings of the generated code: they repeat what the spec says in words.

White space is left out of the comparison, since the generator wraps lines.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from spec.contract import generated
from spec.contract.arguments import Argument, answer_kind, arguments_of
from spec.contract.inventory import OBJECTS
from spec.contract.schemas import Object
from spec.contract.source import tree_of
from spec.contract.spec import OPERATIONS, Operation
from spec.contract.verdict import code_place, verdict

RAISES = """Raises:
    errors.UnexpectedStatus: If the server returns an undocumented status code and
        Client.raise_on_unexpected_status is True.
    httpx.TimeoutException: If the request takes longer than Client.timeout."""


def squeezed(text: Any) -> str:
    return "".join(str(text or "").split())


def members(text: str) -> list[str]:
    """The parts of a union, which the generator writes in an order of its own."""
    return sorted(squeezed(each) for each in text.split("|"))


def type_text(argument: Argument) -> str:
    return argument.kind.text if argument.required else f"{argument.kind.text} | Unset"


def said_of(argument: Argument) -> str:
    """What follows the type of an argument."""
    schema = argument.kind.place
    parts = [str(schema.get("description") or "")]
    if argument.default is not None:
        parts.append(f"Default: {argument.default!r}.")
    if schema.get("example") is not None:
        parts.append(f"Example: {schema.get('example')}.")
    return squeezed("".join(parts))


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        pytest.param(operation, name, id=f"{operation.id}-{name}")
        for operation in OPERATIONS
        for name in generated.functions_of(operation)
        if name in generated.VARIANTS
    ],
)
def test_a_function_says_what_the_spec_says_of_it(operation: Operation, name: str) -> None:
    function = generated.function_of(operation, name)
    verdict(_problems(operation, name, code_place(function), inspect.getdoc(function) or ""))


def _problems(operation: Operation, name: str, code: str, doc: str) -> Iterator[str]:
    head, raises, rest = doc.partition("Raises:")
    words, args, listed = head.partition("Args:")
    rest, _, result = (raises + rest).partition("Returns:")
    place = operation.place
    wanted = f"{place.get('summary') or ''} {place.get('description') or ''}"
    if squeezed(words) != squeezed(wanted):
        yield f"{code} says {words.strip()!r}, {place}/summary and /description say {wanted!r}"
    if squeezed(rest) != squeezed(RAISES):
        yield f"{code}: the docstring does not say what is raised as always, {place}"
    kinds = [answer_kind(operation, each) for each in operation.answers]
    text = " | ".join({each.text if each else "Any" for each in kinds})
    found = squeezed(result)
    if name.endswith("detailed"):
        found = found.removeprefix("Response[").removesuffix("]")
        if not squeezed(result).startswith("Response["):
            yield f"{code}: the docstring returns no Response, {place}/responses"
    if members(found) != members(text):
        yield f"{code}: the docstring returns {found!r}, {place}/responses says {text!r}"
    yield from _argument_problems(operation, code, args, squeezed(listed))


def _argument_problems(operation: Operation, code: str, args: str, listed: str) -> Iterator[str]:
    arguments = sorted(arguments_of(operation), key=lambda each: each.where == "body")
    if bool(args) != bool(arguments):
        yield f"{code}: the docstring has {'' if args else 'no '}Args, see {operation.place}"
    for each in arguments:
        says, what = f"{code}: the docstring says", f"`{each.name}`, see {each.place}"
        start = f"{each.name}("
        if not listed.startswith(start):
            yield f"{says} {listed[:40]!r} in the place of {what}"
            return
        types, _, listed = listed.removeprefix(start).partition("):")
        if members(types) != members(type_text(each)):
            yield f"{says} {types}, not {type_text(each)}, of {what}"
        text = said_of(each)
        if not listed.startswith(text):
            yield f"{says} {listed[:60]!r}, not {text!r}, of {what}"
            return
        listed = listed.removeprefix(text)
    if listed:
        yield f"{code}: the docstring has {listed!r} in Args, no parameter of {operation.place}"


@pytest.mark.parametrize("kind", OBJECTS, ids=lambda each: each.text)
def test_a_class_says_what_the_spec_says_of_it(kind: Object) -> None:
    cls = kind.annotation
    code = code_place(cls)
    module = inspect.getmodule(cls)
    assert module is not None
    (node,) = (
        each
        for each in tree_of(module).body
        if isinstance(each, ast.ClassDef) and each.name == kind.text
    )
    said = attribute_docs(node)
    problems = []
    example = kind.place.get("example")
    about = str(kind.place.get("description") or "")
    about += f"Example: {example}" if example else ""
    found = ast.get_docstring(node) or ""
    if squeezed(found) != squeezed(about):
        what = f"{kind.place}/description and /example say {about!r}"
        problems.append(f"{code} says {found!r}, {what}")
    for each in kind.properties:
        wanted, found = each.kind.place.get("description"), said.pop(each.attribute, None)
        if squeezed(found) != squeezed(wanted):
            problems.append(
                f"{code}.{each.attribute} says {found!r}, {each.kind.place}/description {wanted!r}"
            )
    verdict([*problems, *(f"{code}.{name} is described, {kind.place} has none" for name in said)])


def attribute_docs(node: ast.ClassDef) -> dict[str, str]:
    """The strings that stand right after the fields of a class."""
    said = {}
    for field, after in zip(node.body, node.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            said[field.target.id] = str(after.value.value)
    return said
