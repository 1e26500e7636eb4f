"""Taking hidden values out of what a server sent, before anything of it is kept or shown.

A server may echo a value as it is or escaped: within JSON, HTML, a URL, a repr, or several of them
at once. Letters and digits stay as they are in all of these, so they are what is looked for first.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from typing import cast

from ._hidden import STARS, Hidden

_LONG_ENOUGH_TO_SEARCH_FOR = 6
"""A value of a few letters would turn every message into stars: a shorter one is only taken out
where it is the whole text."""


def redact(text: str, hidden: Iterable[Hidden]) -> str:
    """`text` with stars in place of hidden values, in whatever way they are escaped."""
    for each in hidden:
        value = each.reveal()
        if value and text == value:
            return STARS
        if len(value) >= _LONG_ENOUGH_TO_SEARCH_FOR and may_hold(text, each):
            forms = "".join(map(_forms, value))
            text = re.sub(forms, STARS, text, flags=re.IGNORECASE)
    return text


def may_hold(text: str, hidden: Hidden) -> bool:
    """Whether a text may hold a value in some form. Quick, and never wrong when it says no."""
    value = hidden.reveal()
    plain = max(re.findall(r"[A-Za-z0-9]+", value), key=len, default="")
    return bool(value) and ("\\u" in text or plain.casefold() in text.casefold())


def _forms(character: str) -> str:
    """A pattern for one character of a value in each way that it may be escaped."""
    if character.isascii() and character.isalnum():
        return character
    escaped = {json.dumps(character)[1:-1], repr(character)[1:-1]}
    forms = [
        r"\\*" + re.escape(character),
        *(r"\\+" + re.escape(each.lstrip("\\")) for each in escaped if each.startswith("\\")),
        r"\\+u" + f"{ord(character):04x}",
        "".join(f"%{byte:02x}" for byte in character.encode()),
        f"&#0*{ord(character)};",
        f"&#x0*{ord(character):x};",
        re.escape(html.escape(character)),
        *([r"\+"] if character == " " else []),
        *(["&apos;"] if character == "'" else []),
    ]
    return f"(?:{'|'.join(forms)})"


def redact_json(data: object, hidden: tuple[Hidden, ...]) -> object:
    """A JSON value with every string in it redacted, keys included, and numbers that are a value.

    Raises:
        RecursionError: it is nested too deeply.
    """
    if not hidden or data is None or isinstance(data, bool):
        return data
    if isinstance(data, str):
        return redact(data, hidden)
    if isinstance(data, int | float):
        return STARS if redact(str(data), hidden) == STARS else data
    if isinstance(data, list):
        return [redact_json(item, hidden) for item in cast("list[object]", data)]
    if isinstance(data, dict):
        pairs = cast("dict[str, object]", data).items()
        return {redact(key, hidden): redact_json(item, hidden) for key, item in pairs}
    return data


def in_clean_words(text: str, most: int) -> str:
    """What a server sent, fit for a log's line or a terminal: no control characters, not long."""
    words = "".join(each if each.isprintable() else " " for each in text[: 10 * most]).split()
    shown = " ".join(words)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"
