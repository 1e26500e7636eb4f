"""Text that must not be seen: API keys and the values of secrets.

`Hidden` is a `str`, so that it goes through the generated models and `json` as it is, but
whatever prints it gets stars. `reveal` is the only way to the text that reads well in a review.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from typing import NoReturn, cast
from urllib.parse import quote, quote_plus

STARS = "**********"
_LONG_ENOUGH_TO_SEARCH_FOR = 6


class Hidden(str):
    """A string whose repr, str and format are stars, and which refuses to be pickled.

    `problem` is set when what the user gave was not text: raising there and then would leave the
    raw value in a traceback's locals, so it is kept until after the raw value is gone.
    """

    __slots__ = ("problem",)
    problem: str | None

    def __repr__(self) -> str:
        return f"'{STARS}'"

    def __str__(self) -> str:
        return STARS

    def __format__(self, format_spec: str) -> str:
        return STARS

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a hidden value is not pickled: pass where to find it, not the value")

    def reveal(self) -> str:
        """The text itself, for the one place that puts it on the wire."""
        return "".join(self)


def hide(value: object) -> Hidden:
    """Take a value out of sight at once. Never raises: see `Hidden.problem`."""
    if isinstance(value, Hidden):
        return value
    hidden = Hidden(value if isinstance(value, str) else "")
    hidden.problem = problem_of(value)
    return hidden


def problem_of(value: object) -> str | None:
    """Why a value cannot be sent as text, told without showing it; None when it can."""
    if not isinstance(value, str):
        return f"a string, not {type(value).__name__}"
    try:
        value.encode()
    except UnicodeEncodeError:
        return "text that UTF-8 can carry (it has a lone surrogate)"
    return None


def _forms(value: str) -> set[str]:
    """The ways in which a server may echo a value back."""
    escaped = json.dumps(value)[1:-1]
    return {value, escaped, html.escape(value), quote(value, safe=""), quote_plus(value, safe="")}


def redact(text: str, hidden: Iterable[Hidden]) -> str:
    """`text` with stars in place of hidden values.

    A value of a few letters would turn every message into stars, so a short one is only replaced
    where it is the whole text.
    """
    for each in hidden:
        value = each.reveal()
        if not value:
            continue
        if text == value:
            return STARS
        if len(value) >= _LONG_ENOUGH_TO_SEARCH_FOR:
            for form in sorted(_forms(value), key=len, reverse=True):
                text = text.replace(form, STARS)
    return text


def redact_json(data: object, hidden: tuple[Hidden, ...]) -> object:
    """A JSON value with every string in it redacted, keys included."""
    if not hidden:
        return data
    if isinstance(data, str):
        return redact(data, hidden)
    if isinstance(data, list):
        return [redact_json(item, hidden) for item in cast("list[object]", data)]
    if isinstance(data, dict):
        pairs = cast("dict[str, object]", data).items()
        return {redact(key, hidden): redact_json(item, hidden) for key, item in pairs}
    return data
