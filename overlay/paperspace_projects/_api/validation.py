"""Checks of what users hand in, made before anything is sent.

Each check gives the value back or raises `InvalidArgumentError`, which names the argument and
what is allowed. None of them shows a value that may be a secret.
"""

from __future__ import annotations

import contextlib
import enum
import math
import threading
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final, cast

from .._security.secret_str import Hidden, problem_of
from ..errors import InvalidArgumentError

MAX_PAGE_SIZE = 120
"""The most items that a page may hold (docs/dialects.md, `limit`)."""
_LONGEST: Final = threading.TIMEOUT_MAX
"""The most seconds that sockets and locks take for a timeout: some 292 years."""


class UnsetType(enum.Enum):
    """The type of `UNSET`: an enum member, which survives copy and pickle and narrows well."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = UnsetType.UNSET
"""An argument that was not given, where None would mean something else."""


def shown(value: object) -> str:
    """A refused value in a few characters. Not for what may be a secret."""
    try:
        whole = repr(value)
    except ValueError:  # an int that is too long to be written out
        return f"such a long {type(value).__name__}"
    return whole if len(whole) <= 100 else f"{whole[:100]}…"


def text(argument: str, value: object) -> str:
    """A string that can be sent; it may be empty. Of a kind of string, such as a member of an enum
    that is one, the string that it is."""
    problem = problem_of(value)
    if problem is not None or not isinstance(value, str):
        raise InvalidArgumentError(argument, problem or "a string")
    return str.__str__(value)


def name(argument: str, value: object) -> str:
    """A string with something other than white space in it."""
    string = text(argument, value)
    if not string.strip():
        raise InvalidArgumentError(argument, "a string that is not blank")
    return string


def segment(argument: str, value: object) -> str:
    """An id or a name that stands in a path, where `.` and `..` would climb to another resource."""
    string = text(argument, value)
    if string in ("", ".", ".."):
        raise InvalidArgumentError(
            argument, f"an id or a name: {string!r} would change which resource the path means"
        )
    return string


def each_of(argument: str, values: object, check: Callable[[str, object], str]) -> list[str]:
    """The strings of a collection, each checked. A string is none, though it has letters."""
    if isinstance(values, str) or not isinstance(values, Collection):
        raise InvalidArgumentError(
            argument, f"a collection of strings, not {type(values).__name__}"
        )
    return [check(argument, each) for each in cast("Collection[object]", values)]


def cursor(argument: str, value: object) -> str | None:
    """None, or where to resume a listing."""
    return None if value is None else name(argument, value)


def instance(argument: str, value: object, wanted: type) -> None:
    """None, or an instance of a class of httpx."""
    if value is not None and not isinstance(value, wanted):
        raise InvalidArgumentError(
            argument, f"an httpx.{wanted.__name__}, not {type(value).__name__}"
        )


def function(argument: str, value: object) -> None:
    """None, or what can be called."""
    if value is not None and not callable(value):
        raise InvalidArgumentError(argument, f"a function, not {type(value).__name__}")


def secret_value(argument: str, value: Hidden) -> Hidden:
    """The value of a secret, already hidden."""
    if value.problem is not None:
        raise InvalidArgumentError(argument, value.problem)
    return value


def whole_number(argument: str, value: object, least: int, most: float = math.inf) -> int:
    """An int, and no bool, within limits."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        limits = f"from {least} up" if most == math.inf else f"from {least} to {most}"
        raise InvalidArgumentError(argument, f"a whole number {limits}, not {shown(value)}")
    return value


def page_size(value: object) -> int | None:
    """None, or how many items a page is to hold."""
    return None if value is None else whole_number("page_size", value, 1, MAX_PAGE_SIZE)


def prefetch(value: object) -> int:
    """How many pages to fetch ahead. No more than one: each says where the next begins."""
    number = whole_number("prefetch", value, 0)
    if number > 1:
        raise InvalidArgumentError("prefetch", "0 or 1")
    return number


def max_items(value: object) -> int | None:
    """None, or how many items to collect at the most."""
    return None if value is None else whole_number("max_items", value, 0)


def one_of(argument: str, value: object, allowed: tuple[str, ...]) -> None:
    """Refuse what is not among the allowed values."""
    if value not in allowed:
        raise InvalidArgumentError(argument, f"one of {', '.join(allowed)}, not {shown(value)}")


def seconds(argument: str, value: object, least: float | None = None) -> float:
    """A length of time: more than nothing, or from `least` up."""
    expected = f"a number of seconds {'above 0' if least is None else f'from {least} up'}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        with contextlib.suppress(OverflowError):
            length = float(value)
            if _LONGEST < length < math.inf:
                expected += f" and up to {_LONGEST:.0f}"
            elif length <= _LONGEST and (length > 0 if least is None else length >= least):
                return length
    raise InvalidArgumentError(argument, f"{expected}, not {shown(value)}")


def moment(argument: str, value: object) -> datetime | None:
    """None, or a point in time: an aware datetime, or ISO 8601 text with an offset."""
    if value is None:
        return None
    if isinstance(value, str):
        from dateutil.parser import isoparse  # only those who hand in text pay for it

        try:
            value = isoparse(value)
        except (ValueError, OverflowError):
            raise InvalidArgumentError(
                argument,
                f"a time as ISO 8601 has it, such as 2026-03-18T09:30:00Z, not {shown(value)}",
            ) from None
    if not isinstance(value, datetime):
        raise InvalidArgumentError(
            argument, f"an aware datetime or ISO 8601 text, not {type(value).__name__}"
        )
    if value.utcoffset() is None:
        raise InvalidArgumentError(
            argument,
            "a time with a time zone, such as datetime(..., tzinfo=timezone.utc), "
            f"not {shown(value)}",
        )
    return value
