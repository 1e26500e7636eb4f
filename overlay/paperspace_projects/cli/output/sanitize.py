"""Text that others wrote, fit to be printed.

Names, descriptions and messages come from a server, and from whoever wrote them there. A terminal
obeys control characters, and shows text backwards where one of some invisible characters says so:
none of them reaches it as it is.
"""

from __future__ import annotations

import re
from typing import Final

# All that Python calls unprintable but what is harmless: spaces of other widths, and the joiner and
# the non-joiner that some scripts and emojis are written with.
_HARMLESS: Final = "\u00a0\u2007\u2009\u202f\u3000\u200c\u200d"
_ESCAPABLE: Final = re.compile(r"[^ -~]")


def printable(text: str) -> str:
    r"""The text with `\x1b` and the like written out where it has a control character."""
    return _ESCAPABLE.sub(_written_out, text)


def printable_json(text: str) -> str:
    r"""A JSON text, and what it means, with `\u001b` and the like in its strings.

    Outside of strings, JSON has nothing that is not printable but line feeds.
    """
    return _ESCAPABLE.sub(_as_json_has_it, text)


def is_printable(text: str) -> bool:
    """Whether the text can be printed as it is."""
    return all(map(_is_printable, text))


def _is_printable(character: str) -> bool:
    return character.isprintable() or character in _HARMLESS


def _written_out(found: re.Match[str]) -> str:
    character = found[0]
    return character if _is_printable(character) else ascii(character)[1:-1]


def _as_json_has_it(found: re.Match[str]) -> str:
    character = found[0]
    if character == "\n" or _is_printable(character):
        return character
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
