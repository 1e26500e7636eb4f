"""Text that must not be seen: API keys and the values of secrets.

`Hidden` is a `str`, so that it goes through the generated models and `json` as it is, but
whatever prints it gets stars. `reveal` is the only way to the text that reads well in a review.
"""

from __future__ import annotations

from typing import NoReturn

STARS = "**********"


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

    reveal = str.__str__
    """Returns the text itself, for the one place that puts it on the wire."""


def hide(value: object) -> Hidden:
    """Take a value out of sight at once. Never raises: see `Hidden.problem`."""
    if isinstance(value, Hidden):
        return value
    hidden = Hidden(str.__str__(value) if isinstance(value, str) else "")
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
