"""Text that must not show: API keys and the values of secrets.

`SecretStr` is a `str`, so that the generated models and `json` take it as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, NoReturn

STARS = "**********"
SECRET_KEYS = ("value", "password", "token")
"""The keys of JSON at which a secret stands, unless a caller of `client.request` says otherwise."""


class SecretStr(str):
    """A string whose repr, str and format are stars, and which cannot be pickled."""

    __slots__ = ("problem",)
    # Why it cannot be sent. An error at once would leave the value in the locals of a traceback.
    problem: str | None

    def __repr__(self) -> str:
        return f"'{STARS}'"

    def __str__(self) -> str:
        return STARS

    def __format__(self, format_spec: str) -> str:
        return STARS

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not pickled: send where to find it, not its value")

    get_secret_value: ClassVar[Callable[[SecretStr], str]] = str.__str__
    """Returns the text, for the one place that puts it on the wire."""


def as_secret(value: object) -> SecretStr:
    """Hide a value at once. It raises nothing: see `SecretStr.problem`."""
    if isinstance(value, SecretStr):
        return value
    secret = SecretStr(str.__str__(value) if isinstance(value, str) else "")
    secret.problem = problem_of(value)
    return secret


def problem_of(value: object) -> str | None:
    """Why a value cannot be sent as text, without showing it; None if it can."""
    if not isinstance(value, str):
        return f"a string, not {type(value).__name__}"
    try:
        value.encode()
    except UnicodeEncodeError:
        return "text that UTF-8 can carry (it has a lone surrogate)"
    return None
