"""A document as a tree of values with their positions.

YAML, JSON and mappings are all read into this tree, so that one validator checks them and words
their problems. Repeated keys are kept.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast

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


def from_plain(value: object, depth: int = 0) -> Node:
    """Return the tree of mappings, lists and plain values."""
    if depth > MAX_DEPTH:
        raise DocumentSyntaxError("is nested too deeply")
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value).items()
        return Node(
            tuple((from_plain(key, depth + 1), from_plain(item, depth + 1)) for key, item in pairs)
        )
    if isinstance(value, list | tuple):
        return Node([from_plain(item, depth + 1) for item in cast("list[object]", value)])
    if isinstance(value, str):
        return Node(str.__str__(value))
    if value is None or isinstance(value, bool | int | float):
        return Node(value)
    return Node(Unsupported(f"a {type(value).__name__}"))


def _integer(digits: str) -> int | Unsupported:
    try:
        return int(digits)
    except ValueError:  # beyond Python's limit of digits
        return Unsupported("a number with too many digits")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=tuple,
    parse_int=_integer,
    parse_constant=lambda name: Unsupported(f"{name}, which is not JSON"),
)


def read_json(text: str) -> Node:
    """Return the tree of a JSON text: `json` decodes it, and its tokens give the positions."""
    try:
        decoded = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        problem = f"is not valid JSON: {error.msg.removesuffix(' at')}"
        raise DocumentSyntaxError(problem, Position(error.lineno, error.colno)) from None
    except RecursionError:
        raise DocumentSyntaxError("is nested too deeply") from None
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    tokens = _START.finditer(text)

    def node(value: Any, depth: int) -> Node:
        index = next(tokens).start()
        line = bisect_right(line_starts, index)
        at = Position(line, index - line_starts[line - 1] + 1)
        if depth > MAX_DEPTH:
            raise DocumentSyntaxError("is nested too deeply", at)
        if isinstance(value, tuple):
            pairs = cast("tuple[tuple[str, object], ...]", value)
            return Node(tuple((node(key, depth), node(item, depth + 1)) for key, item in pairs), at)
        if isinstance(value, list):
            return Node([node(item, depth + 1) for item in cast("list[object]", value)], at)
        return Node(value, at)

    return node(decoded, 0)
