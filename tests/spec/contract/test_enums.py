"""Every enum of the spec: the members of its type, the set of its values, and its check."""

from __future__ import annotations

import inspect
from typing import get_args

import pytest
from spec.contract import generated
from spec.contract.inventory import ENUMS, OBJECTS
from spec.contract.kinds import Array, Enum, Kind, Nullable
from spec.contract.schemas import Object
from spec.contract.source import annotations_of
from spec.contract.verdict import code_place, verdict

EVERY_ENUM = pytest.mark.parametrize("kind", ENUMS, ids=lambda each: each.text)


@EVERY_ENUM
def test_an_enum_has_the_members_of_the_spec(kind: Enum) -> None:
    module = generated.import_module(f"models.{kind.module}")
    code, place = code_place(module), f"{kind.place}/enum"
    values_name, check_name = generated.enum_names(kind.text)
    problems = []
    members = get_args(kind.annotation)
    if sorted(members, key=repr) != sorted(kind.members, key=repr):
        problems.append(f"{code}, {kind.text} is {members}, {place} says {kind.members}")
    values = getattr(module, values_name, None)
    if values != set(kind.members):
        problems.append(f"{code}, {values_name} is {values}, {place} says {kind.members}")
    check = getattr(module, check_name, None)
    if check is None:
        problems.append(f"{code}, {check_name}() is missing for {place}")
    else:
        problems += check_problems(check, values, kind, place)
    module_annotations = getattr(module, "__annotations__", {})
    if module_annotations != {values_name: set[kind.annotation]}:
        problems.append(f"{code}, {values_name} is annotated {module_annotations}, {place}")
    verdict(problems)


def check_problems(check: object, values: object, kind: Enum, place: str) -> list[str]:
    assert callable(check)
    code = code_place(check)
    problems = []
    types = {"value": kind.json_annotation, "return": kind.annotation}
    defaults = [each.default for each in inspect.signature(check).parameters.values()]
    if annotations_of(check) != types or defaults != [inspect.Parameter.empty]:
        problems.append(f"{code} is annotated {annotations_of(check)}, not {types}, {place}")
    for member in kind.members:
        try:
            if check(member) != member:
                problems.append(f"{code} makes {member!r} of {place} {check(member)!r}")
        except Exception as error:
            problems.append(f"{code} refuses {member!r} of {place}: {error!r}")
    for stranger in ("no such value", str(kind.members[0]).upper() + "?", ""):
        if stranger in kind.members:
            continue
        try:
            check(stranger)
            problems.append(f"{code} takes {stranger!r}, which is not in {place}")
        except TypeError as error:
            said = f"Unexpected value {stranger!r}. Expected one of {values!r}"
            if str(error) != said:
                problems.append(f"{code} says {str(error)!r} and not {said!r}, {place}")
    return problems


def enum_in(kind: Kind) -> Enum | None:
    """The enum that a property's values go through, and how deep it lies."""
    while isinstance(kind, Nullable):
        kind = kind.kind
    return kind if isinstance(kind, Enum) else None


@pytest.mark.parametrize("kind", OBJECTS, ids=lambda each: each.text)
def test_a_value_that_is_none_of_an_enum_is_refused(kind: Object) -> None:
    problems = []
    code = code_place(kind.annotation.from_dict)
    for each in kind.properties:
        enum = enum_in(each.kind.item if isinstance(each.kind, Array) else each.kind)
        if enum is None or isinstance(each.kind, Nullable):
            continue
        stranger: object = ["no such value"] if isinstance(each.kind, Array) else "no such value"
        try:
            kind.annotation.from_dict({**kind.sample("x"), each.name: stranger})
            problems.append(f"{code} takes {stranger!r} for `{each.name}`, see {enum.place}/enum")
        except TypeError:
            pass
    verdict(problems)
