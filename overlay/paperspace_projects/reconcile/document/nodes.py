"""A document as a tree of values, each with its position.

YAML, JSON and mappings are all read into this tree, so that one validator checks them and words
their problems. Repeated keys are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import msgspec

MAX_DEPTH: Final = 50
"""How deep a document may be nested; a desired state has four levels."""


class Position(msgspec.Struct, frozen=True):
    """A line and a column, counted from 1; None in a mapping, which has no text."""

    line: int | None = None
    column: int | None = None


NOWHERE: Final = Position()


class Unsupported(msgspec.Struct, frozen=True):
    """A value that no field accepts, described in a few words such as `a date`."""

    description: str


DATE: Final = Unsupported("a date")


class ScalarNode(msgspec.Struct, frozen=True):
    """A string, number, boolean or null. `text` is its spelling in YAML, unless it is a string."""

    value: str | float | bool | Unsupported | None
    at: Position = NOWHERE
    text: str | None = None


class SequenceNode(msgspec.Struct, frozen=True):
    """A list."""

    items: tuple[Node, ...]
    at: Position = NOWHERE


class MappingNode(msgspec.Struct, frozen=True):
    """Keys and values in their order, repeated keys included."""

    entries: tuple[tuple[Node, Node], ...]
    at: Position = NOWHERE


Node = ScalarNode | SequenceNode | MappingNode


class DocumentSyntaxError(Exception):
    """A document that cannot be read as a tree.

    Its message shows nothing of the document, which may contain a secret by mistake.
    """

    def __init__(self, problem: str, at: Position = NOWHERE) -> None:
        super().__init__(problem)
        self.problem = problem
        self.at = at


def from_plain(value: object, depth: int = 0) -> Node:
    """Return the tree of mappings, lists and plain values.

    Raises:
        DocumentSyntaxError: It is nested too deeply.
    """
    if depth > MAX_DEPTH:
        raise DocumentSyntaxError("is nested too deeply")
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value).items()
        return MappingNode(
            tuple((from_plain(key, depth + 1), from_plain(item, depth + 1)) for key, item in pairs)
        )
    if isinstance(value, list | tuple):
        items = cast("list[object]", value)
        return SequenceNode(tuple(from_plain(item, depth + 1) for item in items))
    if isinstance(value, str):
        return ScalarNode(str.__str__(value))
    if value is None or isinstance(value, bool | int | float):
        return ScalarNode(value)
    return ScalarNode(Unsupported(f"a {type(value).__name__}"))
