"""Read JSON into a tree with positions: `json` decodes it, and the tokens give the positions."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Any, Final, cast

from .nodes import (
    MAX_DEPTH,
    NOWHERE,
    DocumentSyntaxError,
    MappingNode,
    Node,
    Position,
    ScalarNode,
    SequenceNode,
    Unsupported,
)

_START: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{\[]|[^\s,:\]}"{\[]+')
"""The keys and values of valid JSON, in the order of a walk of what it decodes to."""


class _Pairs(list[tuple[str, Any]]):
    """An object with its repeated keys."""


def _integer(digits: str) -> int | Unsupported:
    try:
        return int(digits)
    except ValueError:  # beyond Python's limit of digits
        return Unsupported("a number with too many digits")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_Pairs,
    parse_int=_integer,
    parse_constant=lambda name: Unsupported(f"{name}, which is not JSON"),
)


def read(text: str) -> Node:
    """Return the tree of a JSON text.

    Raises:
        DocumentSyntaxError: It is not valid JSON, or nested too deeply.
    """
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        problem, at = (
            f"is not valid JSON: {error.msg.removesuffix(' at')}",
            Position(error.lineno, error.colno),
        )
    except RecursionError:
        problem, at = "is nested too deeply", NOWHERE
    else:
        return _Converter(text).node(value)
    raise DocumentSyntaxError(problem, at)  # outside of the clauses: the error holds the document


class _Converter:
    """Walks a decoded value and its tokens side by side."""

    def __init__(self, text: str) -> None:
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._starts = _START.finditer(text)

    def node(self, value: Any, depth: int = 0) -> Node:
        index = next(self._starts).start()
        line = bisect_right(self._line_starts, index)
        at = Position(line, index - self._line_starts[line - 1] + 1)
        if depth > MAX_DEPTH:
            raise DocumentSyntaxError("is nested too deeply", at)
        if isinstance(value, _Pairs):
            return MappingNode(
                tuple((self.node(key), self.node(item, depth + 1)) for key, item in value), at
            )
        if isinstance(value, list):
            items = cast("list[Any]", value)
            return SequenceNode(tuple(self.node(item, depth + 1) for item in items), at)
        return ScalarNode(value, at)
