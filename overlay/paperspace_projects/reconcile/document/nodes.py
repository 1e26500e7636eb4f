"""A document as a tree of values, each with the place where it stands.

It is what YAML, JSON and mappings are all read into, so that they are checked by the same rules and
told of in the same words. Keys stand in it as often as they were written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from attrs import frozen

DEEPEST = 50
"""How deep a document may be nested; what it describes is four deep."""


@frozen(kw_only=True)
class At:
    """A place in a document: line and column from 1; None where it is no text."""

    line: int | None = None
    column: int | None = None


@frozen
class Other:
    """A value that no field takes, in a few words, such as `a date`."""

    what: str


DATE: Final = Other("a date")


@frozen(kw_only=True)
class Scalar(At):
    """A value without parts. `written` is how it stands in the document, where that differs."""

    value: str | float | bool | Other | None
    written: str | None = None


@frozen(kw_only=True)
class Sequence(At):
    """A list."""

    items: tuple[Node, ...]


@frozen(kw_only=True)
class Fields(At):
    """A mapping: its keys and values, in order, repeated ones too."""

    entries: tuple[tuple[Node, Node], ...]


Node = Scalar | Sequence | Fields


class Unreadable(Exception):
    """A document that is no tree. Its text must show nothing of the document: it may hold a secret
    that should not be there."""

    def __init__(self, problem: str, at: At) -> None:
        super().__init__(problem)
        self.problem = problem
        self.at = at


def of_plain(value: object, depth: int = 0) -> Node:
    """The tree of mappings, lists and plain values.

    Raises:
        Unreadable: it is nested too deeply.
    """
    if depth > DEEPEST:
        raise Unreadable("is nested too deeply", At())
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value).items()
        return Fields(
            entries=tuple(
                (of_plain(key, depth + 1), of_plain(item, depth + 1)) for key, item in pairs
            )
        )
    if isinstance(value, list | tuple):
        items = cast("list[object]", value)
        return Sequence(items=tuple(of_plain(item, depth + 1) for item in items))
    if isinstance(value, str):
        return Scalar(value=str.__str__(value))
    if value is None or isinstance(value, bool | int | float):
        return Scalar(value=value)
    return Scalar(value=Other(f"a {type(value).__name__}"))
