"""What the generated models say of themselves: their properties, keys and types.

The overlay's models have twins in the generated package. Their shape is read off here, so that no
key of the contract is written by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Any, Final, Protocol, Self, cast, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from paperspace_projects_api import models as generated
from paperspace_projects_api.types import Unset


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

    @property
    def expected(self) -> str:
        return _EXPECTED.get(self.type, self.type.__name__)


def properties_of(twin: type[Twin]) -> tuple[Property, ...]:
    """The contract's properties of a generated model, as the generated code itself names them.

    A generated model writes its keys in the order of its attributes, so one that is filled in
    tells which key belongs to which attribute.
    """
    hints = get_type_hints(twin, localns=vars(generated))
    types = {
        attribute.name: _python_types(hints[attribute.name])
        for attribute in attrs.fields(cast("type[Any]", twin))
        if attribute.init
    }
    samples = {
        name: datetime.now(UTC) if kind is datetime else kind() for name, (kind, _) in types.items()
    }
    keys = cast("Callable[..., Twin]", twin)(**samples).to_dict()
    return tuple(
        Property(name, key, kind, nullable)
        for (name, (kind, nullable)), key in zip(types.items(), keys, strict=True)
    )


def _python_types(annotation: Any) -> tuple[type, bool]:
    """The class that an annotation such as `list[Project] | None | Unset` means, and whether it
    allows None. Where it means several, `object` stands for them."""
    parts = get_args(annotation) if get_origin(annotation) is UnionType else (annotation,)
    kinds = [kind for kind in parts if kind not in (Unset, NoneType)]
    kind = cast("type", get_origin(kinds[0]) or kinds[0]) if len(kinds) == 1 else object
    return kind, NoneType in parts
