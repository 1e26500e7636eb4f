"""What cannot be decoded, and words for the JSON that was found."""

from __future__ import annotations

import json
from typing import Any, Final, TypeAlias, cast

import msgspec

Object: TypeAlias = dict[str, Any]


class DecodeError(Exception):
    """A body that cannot be decoded: where, what was expected, and what was found."""

    def __init__(self, path: str, expected: str, found: str) -> None:
        super().__init__(path, expected, found)
        self.path, self.expected, self.found = path, expected, found


NO_BODY: Final = msgspec.UNSET  # stands for the JSON of an answer without a body


def describe(value: object) -> str:
    """Describe a JSON value in a few words, for an error message."""
    if value is NO_BODY:
        return "an empty body"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, dict):
        keys = [key[:20] for key in cast("Object", value)]
        return f"an object with {', '.join(keys[:5]) or 'no keys'}{', …' if len(keys) > 5 else ''}"
    if isinstance(value, list):
        return f"an array of {len(cast('list[object]', value))}"
    shown = repr(value)
    kind = "the string" if isinstance(value, str) else "the number"
    return f"{kind} {shown[:40]}{'…' if len(shown) > 40 else ''}"
