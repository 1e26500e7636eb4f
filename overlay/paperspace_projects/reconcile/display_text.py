"""Text that others wrote, fit to stand in a line of a plan: it makes no line of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_WORD: Final = re.compile(r"[A-Za-z0-9_.-]+")


def word(text: str) -> str:
    """An id or a role: as it is, or as a string of Python if it is more than a plain word."""
    return text if _WORD.fullmatch(text) else repr(text)


def words(texts: Iterable[str]) -> str:
    """Several of them."""
    return ", ".join(map(word, texts))


def line(text: str) -> str:
    """Other text: as it is, or as a string of Python if it has a line break or the like."""
    return text if text.isprintable() else repr(text)
