"""The fields of models and settings."""

from __future__ import annotations

from typing import Any, TypeVar

T = TypeVar("T")


def field_names(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of a class."""
    names: Any = getattr(kind, "__struct_fields__", None)
    return names or tuple(each.name for each in getattr(kind, "__attrs_attrs__", ()))


def replace_fields(thing: T, **changes: object) -> T:
    """Return a copy with other values of some fields."""
    values = {name: getattr(thing, name) for name in field_names(type(thing))}
    return type(thing)(**values | changes)
