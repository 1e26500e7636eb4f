"""What has no effect when the generated code runs, and still has to fit the spec: types of local
variables, casts, the bounds of type variables. Type checkers of users go by them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from spec.contract import generated
from spec.contract.arguments import answer_kind, arguments_of
from spec.contract.inventory import OBJECTS
from spec.contract.kinds import Array, Enum, Scalar, Written
from spec.contract.schemas import Object
from spec.contract.source import (
    casts,
    functions_in,
    imported,
    local_annotations,
    meaning,
    namespace_of,
)
from spec.contract.spec import OPERATIONS, Operation
from spec.contract.verdict import code_place, shown, verdict

from paperspace_projects_api.types import Unset

ANY_DICTS = ("params", "headers", "_kwargs")


def compared(
    module: ModuleType, wanted: dict[str, tuple[Any, object]], functions: Iterator[ast.AST]
) -> Iterator[str]:
    """The annotated local variables whose type is not the wanted one."""
    for function in functions:
        for name, node in local_annotations(function):
            if name not in wanted:
                continue
            (annotation, place), found = wanted[name], meaning(module, node.annotation)
            if found != annotation:
                yield (
                    f"{code_place(module)}:{node.lineno}: `{name}` is `{shown(found)}`, {place} "
                    f"says `{shown(annotation)}`"
                )


def named(module: ModuleType, *names: str) -> Iterator[ast.AST]:
    return (each for each in functions_in(module) if each.name in names)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_the_request_builder_annotates_its_variables_by_the_spec(operation: Operation) -> None:
    module = generated.module_of(operation)
    any_dict = (dict[str, Any], operation.place)
    wanted: dict[str, tuple[Any, object]] = dict.fromkeys(ANY_DICTS, any_dict)
    for each in arguments_of(operation):
        type_ = each.kind.json_annotation
        wanted[f"json_{each.name}"] = (type_ if each.required else type_ | Unset, each.place)
    verdict(compared(module, wanted, named(module, "_get_kwargs")))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_an_answer_is_cast_to_its_documented_type(operation: Operation) -> None:
    module = generated.module_of(operation)
    kinds = [answer_kind(operation, each) for each in operation.answers]
    code = code_place(module)
    allowed = [Any if kind is None else kind.annotation for kind in kinds]
    found = [
        (node.lineno, meaning(module, node.args[0]))
        for function in named(module, "_parse_response")
        for node in casts(function)
    ]
    problems = [
        f"{code}:{line}: the answer is cast to `{shown(type_)}`, {operation.place}/responses says "
        f"{' or '.join(f'`{shown(each)}`' for each in allowed)}"
        for line, type_ in found
        if type_ not in allowed
    ]
    # What is taken as it comes is of any type until somebody says which.
    for kind in kinds:
        item = kind.item if isinstance(kind, Array) else kind
        if isinstance(item, Scalar) and kind.annotation not in [type_ for _, type_ in found]:
            problems.append(f"{code}: no answer is cast to `{kind.text}`, as {kind.place} is one")
    verdict(problems)


@pytest.mark.parametrize("kind", OBJECTS, ids=lambda each: each.text)
def test_a_class_annotates_its_variables_by_the_spec(kind: Object) -> None:
    module = generated.import_module(f"models.{kind.module}")
    code = code_place(module)
    written: dict[str, tuple[Any, object]] = {"field_dict": (dict[str, Any], kind.place)}
    read: dict[str, tuple[Any, object]] = {}
    for each in kind.properties:
        into, out_of = each.kind.annotation, each.kind.json_annotation
        rule = (lambda type_: type_) if each.required else (lambda type_: type_ | Unset)
        written[each.attribute] = (rule(out_of), each.kind.place)
        read[each.attribute] = (rule(into), each.kind.place)
    problems = [
        *compared(module, written, named(module, "to_dict")),
        *compared(module, read, named(module, "from_dict")),
    ]
    for function in named(module, "from_dict"):
        annotated = {name for name, _ in local_annotations(function)}
        problems += [
            f"{code}:{function.lineno}: `{each.attribute}` has no type in from_dict(), and takes "
            f"what is converted and what is not: {each.kind.place}"
            for each in kind.properties
            if isinstance(each.kind, Written | Enum | Object)
            and not each.required
            and each.attribute not in annotated
        ]
        for inner in ast.walk(function):
            name = inner.name.removeprefix("_parse_") if isinstance(inner, ast.FunctionDef) else ""
            if name in read and isinstance(inner, ast.FunctionDef) and inner.returns is not None:
                annotation, place = read[name]
                types = [inner.returns, *(node.args[0] for node in casts(inner))]
                problems += [
                    f"{code}:{type_.lineno}: `{name}` is `{shown(meaning(module, type_))}`, "
                    f"{place} says `{shown(annotation)}`"
                    for type_ in types
                    if meaning(module, type_) != annotation
                ]
    variable = vars(module).get("T")
    bound = getattr(variable, "__bound__", None)
    found = (getattr(variable, "__name__", None), getattr(bound, "__forward_arg__", bound))
    if found != ("T", kind.text):
        problems.append(f"{code}: T is {found}, and not bound to {kind.text} of {kind.place}")
    verdict(problems)


@pytest.mark.parametrize("kind", OBJECTS, ids=lambda each: each.text)
def test_what_is_imported_for_typing_is_what_is_imported_to_run(kind: Object) -> None:
    """Nested classes are imported under TYPE_CHECKING and again in the methods that use them."""
    module = generated.import_module(f"models.{kind.module}")
    models = vars(generated.import_module("models"))
    names = namespace_of(module)
    problems = [
        f"{code_place(module)}: {name} is imported for typing, and is another than in models"
        for name, thing in names.items()
        if name in models and thing is not models[name] and isinstance(thing, type)
    ]
    for function in functions_in(module):
        for node in ast.walk(function):
            if isinstance(node, ast.ImportFrom):
                problems += [
                    f"{code_place(module)}:{node.lineno}: {name} is another than in models"
                    for name, thing in imported(module, node).items()
                    if models.get(name) is not thing
                ]
    verdict(problems)
