"""Read JSON into a tree with positions, which the standard library's decoder does not keep."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Final, NoReturn

from .nodes import (
    MAX_DEPTH,
    DocumentSyntaxError,
    MappingNode,
    Node,
    Position,
    ScalarNode,
    SequenceNode,
    Unsupported,
)

_SPACE: Final = re.compile(r"[ \t\n\r]*")


def read(text: str) -> Node:
    """Return the tree of a JSON text.

    Raises:
        DocumentSyntaxError: It is not valid JSON, or nested too deeply.
    """
    reader = _Reader(text)
    node = reader.value(0)
    if not reader.is_at_end:
        raise reader.error("expected the end of the document")
    return node


def _integer(digits: str) -> int | Unsupported:
    try:
        return int(digits)
    except ValueError:  # beyond Python's limit of digits
        return Unsupported("a number with too many digits")


def _refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError(name)


_DECODER: Final = json.JSONDecoder(parse_int=_integer, parse_constant=_refuse_constant)


class _Reader:
    """Reads a text from left to right; strings, numbers and literals are left to `json`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._move_to(0)

    @property
    def is_at_end(self) -> bool:
        return self._index == len(self._text)

    @property
    def _position(self) -> Position:
        line = bisect_right(self._line_starts, self._index)
        return Position(line, self._index - self._line_starts[line - 1] + 1)

    def error(self, problem: str) -> DocumentSyntaxError:
        return DocumentSyntaxError(f"is not valid JSON: {problem}", self._position)

    def value(self, depth: int) -> Node:
        at = self._position
        if depth > MAX_DEPTH:
            raise DocumentSyntaxError("is nested too deeply", at)
        if self._take("{"):
            entries: list[tuple[Node, Node]] = []
            while not self._take("}"):
                if entries:
                    self._expect(",")
                if not self._text.startswith('"', self._index):
                    raise self.error("expected a string")
                key = self._scalar()
                self._expect(":")
                entries.append((key, self.value(depth + 1)))
            return MappingNode(tuple(entries), at)
        if self._take("["):
            items: list[Node] = []
            while not self._take("]"):
                if items:
                    self._expect(",")
                items.append(self.value(depth + 1))
            return SequenceNode(tuple(items), at)
        return self._scalar()

    def _scalar(self) -> ScalarNode:
        at = self._position
        try:
            value, end = _DECODER.raw_decode(self._text, self._index)
        except ValueError:
            error = self.error("expected a value")
        else:
            self._move_to(end)
            return ScalarNode(value, at)
        raise error  # outside of the clause: the decoder's error holds the document

    def _take(self, mark: str) -> bool:
        """Pass a mark, if it is next."""
        if not self._text.startswith(mark, self._index):
            return False
        self._move_to(self._index + 1)
        return True

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            raise self.error(f"expected {mark!r}")

    def _move_to(self, index: int) -> None:
        match = _SPACE.match(self._text, index)
        self._index = index if match is None else match.end()
