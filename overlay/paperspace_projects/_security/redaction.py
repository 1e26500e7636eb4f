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
_LONG_VALUE, _LONG_TEXT = 500, 100_000  # beyond one of them a search takes seconds
_MOST_SEARCHES = 8  # that may go on at one place of a text; PEM's five dashes need five


def redact(text: str, hidden: Iterable[SecretStr], *, words: bool = False) -> str:
    """`text` with stars in place of hidden values, in whatever way they are escaped. What may hold
    one, and takes long to search, is taken out whole: the work is linear in the text.
    A short value is taken out where it is the whole text, or with `words` where it is a word."""
    try:
        for each in hidden:
            text = _without(each, text, words=words)
        return text
    except BaseException as error:  # such as Ctrl-C; no frame may hold a value
        error.__traceback__ = None
        text = STARS
        raise


def _without(hidden: SecretStr, text: str, *, words: bool) -> str:
    value = hidden.get_secret_value()
    if value and text == value:
        return STARS
    if len(value) < _LONG_ENOUGH_TO_SEARCH_FOR:
        if words and value.strip():
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", STARS, text)
        return text
    text = text.replace(value, STARS)
    # No form is shorter than the value, and each has its letters and digits, or escapes them.
    if len(value) <= len(text) and ("\\u" in text or searched_part(hidden) in text.casefold()):
        is_long = len(value) > _LONG_VALUE or len(text) > _LONG_TEXT
        if is_long or _searches_at_once(value) > _MOST_SEARCHES:
            return STARS
        text = re.sub(_pattern(value), STARS, text, flags=re.IGNORECASE)
    return text


def searched_part(hidden: SecretStr) -> SecretStr:
    """The longest run of letters and digits of a value, casefolded: each form of it has that."""
    runs = re.findall(r"[A-Za-z0-9]+", hidden.get_secret_value())
    return as_secret(max(runs, key=len, default="").casefold())


def _searches_at_once(value: str) -> int:
    """How many searches for a value can go on at one place of a text. One begins at each place, and
    goes on beside an earlier one as long as what was read is how the value begins."""
    characters = re.sub(r"[\s+]", " ", value.casefold())
    border, borders, searches = 0, [0], [1]  # as in the search of Knuth, Morris and Pratt
    for character in characters[1:]:
        while border and characters[border] != character:
            border = borders[border - 1]
        border += characters[border] == character
        borders.append(border)
        searches.append(1 + (searches[border - 1] if border else 0))
    return max(searches)


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
    escapes.add(repr(character.encode())[1:])
    found = {each[2:-1] for each in escapes if each[1] == "\\"} - {character}
    return sorted(each.replace("\\", _BACKSLASH + "++") for each in found)


def _unslashed(character: str) -> list[str]:
    """The forms of such a character that need no backslash."""
    from html import entities  # seldom needed, and long

    names = [f"{_NUMBER}0*{ord(character)}", f"{_NUMBER}x0*{ord(character):x}"]
    name = "apos" if character == "'" else entities.codepoint2name.get(ord(character))
    if name is not None:
        names.append(name)
    # As httpx reads headers; an ASCII character is the same, and must not be there twice.
    as_latin_1 = "" if character.isascii() else character.encode().decode("latin-1")
    return [
        f"{_AND}(?:{'|'.join(names)}){_SEMICOLON}",
        "".join(f"{_PERCENT}{byte:02x}" for byte in character.encode()),
        rf"[\s+]|{_PERCENT}2b" if character.isspace() else re.escape(character),
        *([re.escape(as_latin_1)] if as_latin_1 else []),
    ]


def redact_json(data: object, hidden: tuple[SecretStr, ...], *, words: bool = False) -> object:
    """A JSON value with all strings, keys and numbers in it redacted."""
    if not hidden or isinstance(data, bool):
        return data
    if isinstance(data, str):
        return redact(data, hidden, words=words)
    if isinstance(data, int | float):
        return data if redact(str(data), hidden) == str(data) else STARS
    if isinstance(data, list):
        return [redact_json(item, hidden, words=words) for item in cast("list[object]", data)]
    if isinstance(data, dict):
        pairs = cast("dict[str, object]", data).items()
        return {
            redact(key, hidden, words=words): redact_json(item, hidden, words=words)
            for key, item in pairs
        }
    return data


def starred(data: object) -> object:
    """A JSON value with stars in place of the hidden values in it."""
    if isinstance(data, list):
        return [starred(item) for item in cast("list[object]", data)]
    if isinstance(data, dict):
        return {key: starred(item) for key, item in cast("dict[str, object]", data).items()}
    return STARS if isinstance(data, SecretStr) else data


def redacted_words(text: str, most: int, hidden: tuple[SecretStr, ...]) -> str:
    """A text in clean words that hold no hidden value: nor one that cleaning makes of the text, or
    of which it shows a part."""
    text = in_clean_words(redact(text, hidden), len(text))
    values = (each.get_secret_value() for each in hidden)
    cleaned = (as_secret(in_clean_words(value, len(value))) for value in values)
    return in_clean_words(redact(redact(text, hidden, words=True), cleaned), most)


def in_clean_words(text: str, most: int) -> str:
    """What a server sent, fit for a log's line or a terminal: no control characters, not long."""
    printable = (each if each.isprintable() else " " for each in text[: 10 * most])
    shown = " ".join("".join(printable).split())
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"
