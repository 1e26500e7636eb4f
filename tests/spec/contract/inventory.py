"""Every class and enum that the spec asks for, inline ones too, by the name of its Python class."""

from __future__ import annotations

from collections.abc import Iterator

from spec.contract.arguments import answer_kind, arguments_of
from spec.contract.kinds import Enum, Kind
from spec.contract.schemas import Object, kind_of
from spec.contract.spec import COMPONENTS, OPERATIONS, Operation, SpecError

Named = Object | Enum


def _kinds_of(operation: Operation) -> Iterator[Kind]:
    yield from (each.kind for each in arguments_of(operation))
    for answer in operation.answers:
        kind = answer_kind(operation, answer)
        if kind is not None:
            yield kind


def _collect() -> tuple[dict[str, Named], list[str]]:
    named: dict[str, Named] = {}
    problems: list[str] = []

    def add(kind: Kind) -> None:
        if isinstance(kind, Object | Enum):
            if kind.text in named:
                return
            named[kind.text] = kind
        for part in kind.parts():
            add(part)

    for name, place in COMPONENTS.items():
        try:
            add(kind_of(place, (name,)))
        except SpecError as error:
            problems.append(str(error))
    for operation in OPERATIONS:
        try:
            for kind in _kinds_of(operation):
                add(kind)
        except SpecError as error:
            problems.append(f"{operation.id}: {error}")
    return named, problems


NAMED, PROBLEMS = _collect()
"""The classes and enums, and what could not be read of the spec."""
OBJECTS = [each for each in NAMED.values() if isinstance(each, Object)]
ENUMS = [each for each in NAMED.values() if isinstance(each, Enum)]
