"""Make text from elsewhere safe to print.

Names, descriptions and messages come from a server. A terminal obeys control characters, and some
invisible characters reverse the direction of text: all of them are escaped.
"""

from __future__ import annotations

import re
from typing import Final

# Python calls these unprintable: spaces of other widths, and the joiner and the non-joiner that
# some scripts and emojis need.
_HARMLESS: Final = "\u00a0\u2007\u2009\u202f\u3000\u200c\u200d"
_ESCAPABLE: Final = re.compile(r"[^ -~]")


def printable(text: str) -> str:
    r"""Escape control characters as in Python: `\x1b`."""
    return _ESCAPABLE.sub(_escape, text)


def printable_json(text: str) -> str:
    r"""Escape control characters in the strings of a JSON text: `\u001b`. Its value stays."""
    return _ESCAPABLE.sub(_escape_json, text)


def is_printable(text: str) -> bool:
    """Whether text can be printed unchanged."""
    return all(character.isprintable() or character in _HARMLESS for character in text)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return character if is_printable(character) else ascii(character)[1:-1]


def _escape_json(match: re.Match[str]) -> str:
    character = match[0]
    if character == "\n" or is_printable(character):  # line feeds stand between strings only
        return character
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
