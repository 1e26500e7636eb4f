"""Redact hidden values in what a server sent, before anything of it is kept or shown.

A server may echo a value as it is or escaped: within JSON, HTML, a URL, a repr, or several of them
at once. Letters and digits stay as they are in all of these, so they are searched for first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import cast

from .secret_str import STARS, SecretStr, as_secret

_LONG_ENOUGH_TO_SEARCH_FOR = 6  # a shorter value would turn every message into stars
_LONG = 500  # a longer value takes seconds to search for: the whole text is taken out instead


def redact(text: str, hidden: Iterable[SecretStr]) -> str:
    """`text` with stars in place of hidden values, in whatever way they are escaped."""
    for each in hidden:
        value = each.get_secret_value()
        if value and text == value:
            return STARS
        if len(value) < _LONG_ENOUGH_TO_SEARCH_FOR:
            continue
        text = text.replace(value, STARS)
        # No form is shorter than the value, and each has its letters and digits, or escapes them.
        if len(value) <= len(text) and ("\\u" in text or searched_part(each) in text.casefold()):
            if len(value) > _LONG:
                return STARS
            text = re.sub(_pattern(value), STARS, text, flags=re.IGNORECASE)
    return text


def searched_part(hidden: SecretStr) -> SecretStr:
    """The longest run of letters and digits of a value, casefolded: each form of it has that."""
    runs = re.findall(r"[A-Za-z0-9]+", hidden.get_secret_value())
    return as_secret(max(runs, key=len, default="").casefold())


_PERCENT = "%(?:25)*"
_AND = rf"(?:&|{_PERCENT}26)(?:amp(?:;|{_PERCENT}3b))*"
_NUMBER = rf"(?:#|{_PERCENT}23)"
_SEMICOLON = rf"(?:;|{_PERCENT}3b)"
_BACKSLASH = rf"(?:\\|{_PERCENT}5c|{_AND}{_NUMBER}(?:0*92|x0*5c){_SEMICOLON})"


def _pattern(value: str) -> str:
    """A pattern for a value in each way that it may be escaped, and escaped again. At each place of
    a text one way at most leads on: with two, a text would be searched in 2 ** n ways."""
    parts: list[str] = []
    for found in re.finditer(r"(\\*)([^\\]?)", value):
        slashes, character, is_first = len(found[1]), str(found[2]), not parts
        if not character or (character.isascii() and character.isalnum()):
            parts.append(_at_least(slashes, is_first) * bool(slashes) + character)
            continue
        forms = [_at_least(slashes + 1, is_first) + each for each in _slashed(character)]
        as_it_is = "|".join(_unslashed(character))
        forms.append(f"{_at_least(slashes, is_first)}(?:{as_it_is})")
        parts.append(f"(?:{'|'.join(forms)})")
    return "".join(parts)


def _at_least(count: int, is_first: bool) -> str:
    """A pattern for `count` backslashes or more. At the start of a value it is for `count` alone:
    else a long run of them would be searched from each of its places."""
    return f"{_BACKSLASH}{{{count}}}" if is_first else f"{_BACKSLASH}{{{count},}}+"


def _slashed(character: str) -> list[str]:
    """What may follow a backslash to mean a character other than an ASCII letter or digit."""
    escapes = {json.dumps(character), repr(character), f"'\\u{ord(character):04x}'"}
    found = {each[2:-1] for each in escapes if each[1] == "\\"} - {character}
    return sorted(each.replace("\\", _BACKSLASH + "++") for each in found)


def _unslashed(character: str) -> list[str]:
    """The forms of such a character that need no backslash."""
    from html import entities  # seldom needed, and long

    names = [f"{_NUMBER}0*{ord(character)}", f"{_NUMBER}x0*{ord(character):x}"]
    name = "apos" if character == "'" else entities.codepoint2name.get(ord(character))
    if name is not None:
        names.append(name)
    return [
        f"{_AND}(?:{'|'.join(names)}){_SEMICOLON}",
        "".join(f"{_PERCENT}{byte:02x}" for byte in character.encode()),
        rf"[\s+]|{_PERCENT}2b" if character.isspace() else re.escape(character),
    ]


def redact_json(data: object, hidden: tuple[SecretStr, ...]) -> object:
    """A JSON value with all strings, keys and numbers in it redacted."""
    if not hidden or isinstance(data, bool):
        return data
    if isinstance(data, str):
        return redact(data, hidden)
    if isinstance(data, int | float):
        return data if redact(str(data), hidden) == str(data) else STARS
    if isinstance(data, list):
        return [redact_json(item, hidden) for item in cast("list[object]", data)]
    if isinstance(data, dict):
        pairs = cast("dict[str, object]", data).items()
        return {redact(key, hidden): redact_json(item, hidden) for key, item in pairs}
    return data


def starred(data: object) -> object:
    """A JSON value with stars in place of the hidden values in it."""
    if isinstance(data, list):
        return [starred(item) for item in cast("list[object]", data)]
    if isinstance(data, dict):
        return {key: starred(item) for key, item in cast("dict[str, object]", data).items()}
    return STARS if isinstance(data, SecretStr) else data


def in_clean_words(text: str, most: int) -> str:
    """What a server sent, fit for a log's line or a terminal: no control characters, not long."""
    printable = (each if each.isprintable() else " " for each in text[: 10 * most])
    shown = " ".join("".join(printable).split())
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"
