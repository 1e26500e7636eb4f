"""Reading JSON into a tree that knows its lines, which Python's own reader does not."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Final

from .nodes import DEEPEST, At, Fields, Node, Other, Scalar, Sequence, Unreadable

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_PLAIN: Final = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def read(text: str) -> Node:
    """The tree of a JSON text.

    Raises:
        Unreadable: it is no JSON.
    """
    reader = _Reader(text)
    node = reader.value(0)
    if reader.at_end:
        return node
    raise reader.unreadable("the document has ended before this")


class _Reader:
    """Goes through a text from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._position = 0
        self._before = At()
        self._skip_space()

    @property
    def at_end(self) -> bool:
        return self._position == len(self._text)

    @property
    def _here(self) -> At:
        line = bisect_right(self._lines, self._position)
        return At(line=line, column=self._position - self._lines[line - 1] + 1)

    def unreadable(self, problem: str) -> Unreadable:
        return Unreadable(f"is no JSON: {problem}", self._here)

    def value(self, depth: int) -> Node:
        """The value that begins here, whatever it is."""
        if depth > DEEPEST:
            raise Unreadable("is nested too deeply", self._here)
        if self._take("{"):
            return self._fields(depth)
        if self._take("["):
            return self._sequence(depth)
        return self._scalar(_STRING, _PLAIN)

    def _fields(self, depth: int) -> Fields:
        at = self._before
        entries: list[tuple[Node, Node]] = []
        while not self._take("}"):
            if entries:
                self._expect(",")
            key = self._scalar(_STRING)
            self._expect(":")
            entries.append((key, self.value(depth + 1)))
        return Fields(entries=tuple(entries), line=at.line, column=at.column)

    def _sequence(self, depth: int) -> Sequence:
        at = self._before
        items: list[Node] = []
        while not self._take("]"):
            if items:
                self._expect(",")
            items.append(self.value(depth + 1))
        return Sequence(items=tuple(items), line=at.line, column=at.column)

    def _scalar(self, *patterns: re.Pattern[str]) -> Scalar:
        at = self._here
        for pattern in patterns:
            match = pattern.match(self._text, self._position)
            if match is not None:
                self._move_to(match.end())
                return Scalar(value=_value_of(match[0]), line=at.line, column=at.column)
        expected = "a string" if patterns == (_STRING,) else "a value"
        raise self.unreadable(f"there should be {expected} here")

    def _take(self, mark: str) -> bool:
        """Whether a mark stands here; if so, it is passed."""
        if not self._text.startswith(mark, self._position):
            return False
        self._before = self._here
        self._move_to(self._position + 1)
        return True

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            raise self.unreadable(f"there should be {mark!r} here")

    def _move_to(self, position: int) -> None:
        self._position = position
        self._skip_space()

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._position)
        self._position = self._position if match is None else match.end()


def _value_of(token: str) -> str | float | bool | Other | None:
    """What a string, a number, true, false or null stands for."""
    try:
        value: str | float | bool | None = json.loads(token)
    except ValueError:
        return Other("such a long number")
    return value
