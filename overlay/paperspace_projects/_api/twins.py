"""What the generated models say of themselves: their properties, keys and types.

The overlay's models have twins in the generated package. Their shape is read off here, so that no
key of the contract is written by hand.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import (
    Any,
    Final,
    Literal,
    Protocol,
    Self,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs
from attrs import frozen

from .generated import models, types


class Twin(Protocol):
    """What the generated models have in common."""

    additional_properties: dict[str, Any]

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], /) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...


_EXPECTED: Final[Mapping[type, str]] = {
    str: "a string",
    datetime: "a date-time",
    bool: "true or false",
    list: "an array",
}


@frozen
class Property:
    """A property of the contract: its attribute, its JSON key, and the type it is read as."""

    attribute: str
    key: str
    type: type
    nullable: bool
    enum: bool

    @property
    def expected(self) -> str:
        return _EXPECTED.get(self.type, self.type.__name__)


def properties_of(twin: type[Twin]) -> tuple[Property, ...]:
    """The contract's properties of a generated model, as the generated code itself names them.

    A generated model writes its keys in the order of its attributes, so one that is filled in
    tells which key belongs to which attribute.
    """
    kinds = _kinds_of(twin)
    keys = _filled_in(twin).to_dict()
    return tuple(
        Property(name, key, *kind) for (name, kind), key in zip(kinds.items(), keys, strict=True)
    )


@functools.cache
def _kinds_of(twin: type[Twin]) -> dict[str, tuple[type, bool, bool]]:
    hints = get_type_hints(twin, localns={name: getattr(models, name) for name in models.__all__})
    fields = attrs.fields(cast("type[Any]", twin))
    return {each.name: _kind(hints[each.name]) for each in fields if each.init}


def _filled_in(twin: type[Twin]) -> Twin:
    """A generated model with something in each of its attributes."""
    make = cast("Callable[..., Twin]", twin)
    return make(**{name: _sample(kind) for name, (kind, *_) in _kinds_of(twin).items()})


def _sample(kind: type) -> object:
    if kind is datetime:
        return datetime.now(UTC)
    return _filled_in(cast("type[Twin]", kind)) if attrs.has(kind) else kind()


def _kind(annotation: Any) -> tuple[type, bool, bool]:
    """The class that an annotation such as `list[Project] | None | Unset` means, whether it allows
    None, and whether it is an enum. Where it means several classes, `object` stands for them."""
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    wanted = [part for part in parts if part not in (types.Unset, NoneType)]
    enum = [get_args(part)[0] for part in wanted if get_origin(part) is Literal]
    classes: list[type] = [get_origin(part) or part for part in wanted]
    if enum:
        classes = [str]  # literal_enums makes them of strings
    kind = classes[0] if len(classes) == 1 else object
    return kind, NoneType in parts, bool(enum)
