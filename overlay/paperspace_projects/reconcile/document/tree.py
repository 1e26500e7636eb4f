"""A document as a tree of values with their positions.

YAML, JSON and mappings are all read into this tree, so that one validator checks them and words
their problems. Repeated keys are kept.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, cast

import msgspec

MAX_DEPTH: Final = 50
"""How deep a document may be nested; a desired state has four levels."""

_START: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{\[]|[^\s,:\]}"{\[]+')
"""The keys and values of valid JSON, in the order of a walk of what it decodes to."""


class Position(NamedTuple):
    """A line and a column, counted from 1; 0 if unknown."""

    line: int = 0
    column: int = 0


NOWHERE: Final = Position()


class Unsupported(msgspec.Struct, frozen=True):
    """A value that no field accepts, described in a few words such as `a date`."""

    description: str


DATE: Final = Unsupported("a date")
Scalar = str | float | bool | Unsupported | None


class Node(msgspec.Struct, frozen=True):
    """A scalar, a list of nodes, or a mapping as a tuple of pairs of nodes.

    `text` is the spelling of a YAML scalar that is not a string.
    """

    value: Scalar | list[Node] | tuple[tuple[Node, Node], ...]
    at: Position = NOWHERE
    text: str | None = None


class DocumentSyntaxError(Exception):
    """A document that cannot be read as a tree. Its message shows nothing of the document."""

    def __init__(self, problem: str, at: Position = NOWHERE) -> None:
        super().__init__(problem)
        self.problem = problem
        self.at = at


class _Object(list[tuple[str, object]]):
    """The entries of a JSON object."""


def from_plain(value: object, locate: Callable[[], Position] = Position, depth: int = 0) -> Node:
    """Return the tree of plain values; `locate` returns the position of each, keys included."""
    at = locate()
    if depth > MAX_DEPTH:
        raise DocumentSyntaxError("is nested too deeply", at)

    def inner(value: object) -> Node:
        return from_plain(value, locate, depth + 1)

    if isinstance(value, _Object | Mapping):
        pairs = cast("_Object", value.items() if isinstance(value, Mapping) else value)
        return Node(tuple((inner(key), inner(item)) for key, item in pairs), at)
    if isinstance(value, list | tuple):
        return Node([inner(item) for item in cast("list[object]", value)], at)
    if isinstance(value, str):
        return Node(str.__str__(value), at)
    if value is None or isinstance(value, bool | int | float | Unsupported):
        return Node(value, at)
    return Node(Unsupported(f"a {type(value).__name__}"), at)


def _integer(digits: str) -> int | Unsupported:
    try:
        return int(digits)
    except ValueError:  # beyond Python's limit of digits
        return Unsupported("a number with too many digits")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_Object,
    parse_int=_integer,
    parse_constant=lambda name: Unsupported(f"{name}, which is not JSON"),
)


def read_json(text: str) -> Node:
    """Return the tree of a JSON text: `json` decodes it, and its tokens give the positions."""
    try:
        decoded: object = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        problem = f"is not valid JSON: {error.msg.removesuffix(' at')}"
        raise DocumentSyntaxError(problem, Position(error.lineno, error.colno)) from None
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    tokens = _START.finditer(text)

    def locate() -> Position:
        index = next(tokens).start()
        line = bisect_right(line_starts, index)
        return Position(line, index - line_starts[line - 1] + 1)

    return from_plain(decoded, locate)
