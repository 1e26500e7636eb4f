"""Validate what users pass in, before anything is sent.

Each function returns the value or raises `InvalidArgumentError`. None shows a secret.
"""

from __future__ import annotations

import contextlib
import enum
import math
import re
import threading
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final, cast

from .._security.secret_str import SecretStr, problem_of
from ..errors import InvalidArgumentError

MAX_PAGE_SIZE = 120  # docs/dialects.md, `limit`
_LONGEST: Final = threading.TIMEOUT_MAX  # of sockets and locks, in seconds: some 292 years


class UnsetType(enum.Enum):
    """The type of `UNSET`: an enum member, which survives copy and pickle and narrows well."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = UnsetType.UNSET
"""An argument that was not given, where None would mean something else."""


def shown(value: object) -> str:
    """Return a short repr of a refused value. Not for values that may be secret."""
    try:
        whole = repr(value)
    except ValueError:  # an int with too many digits to be formatted
        return f"such a long {type(value).__name__}"
    return whole if len(whole) <= 100 else f"{whole[:100]}…"


def text(argument: str, value: object) -> str:
    """Require a string that can be sent. One of a subclass, such as a `str` enum, becomes plain."""
    if type(value) is str and value.isascii():
        return value
    problem = problem_of(value)
    if problem is not None or not isinstance(value, str):
        raise InvalidArgumentError(argument, problem or "a string")
    return str.__str__(value)


def name(argument: str, value: object) -> str:
    """Require a string that is not blank."""
    string = text(argument, value)
    if not string.strip():
        raise InvalidArgumentError(argument, "a string that is not blank")
    return string


def product(argument: str, value: object) -> None:
    """Require a name for a User-Agent, such as `rotator/1.2`."""
    if re.fullmatch(r"[A-Za-z0-9._+-]+(/[A-Za-z0-9._+-]+)?", text(argument, value)) is None:
        raise InvalidArgumentError(argument, "a name, or a name and a version: rotator/1.2")


class Segment(str):
    """An id that was checked with `segment`: it is not checked again."""

    __slots__ = ()


def tag(argument: str, value: object) -> str:
    """Require the name of a tag: not blank, and fit for a path."""
    return segment(argument, name(argument, value))


def segment(argument: str, value: object) -> str:
    """Require an id or a name for a path, where `.` and `..` would mean another resource."""
    string = text(argument, value)
    if string in ("", ".", ".."):
        expected = f"an id or a name: {string!r} would change which resource the path means"
        raise InvalidArgumentError(argument, expected)
    return string


def each_of(argument: str, values: object, check: Callable[[str, object], str]) -> list[str]:
    """Check each string of a collection. A single string is not a collection."""
    if isinstance(values, str) or not isinstance(values, Collection):
        found = type(values).__name__
        raise InvalidArgumentError(argument, f"a collection of strings, not {found}")
    return [check(argument, each) for each in cast("Collection[object]", values)]


def cursor(argument: str, value: object) -> str | None:
    """Require None or the cursor of a page."""
    return None if value is None else name(argument, value)


def instance(argument: str, value: object, *wanted: type) -> None:
    """Require None or an instance of one of the classes."""
    if value is not None and not isinstance(value, wanted):
        names = [f"{each.__module__.partition('.')[0]}.{each.__name__}" for each in wanted]
        found = f"{type(value).__module__}.{type(value).__name__}"
        expected = f"{' or '.join(dict.fromkeys(names))}, not {found}"
        raise InvalidArgumentError(argument, f"an {expected}")


def function(argument: str, value: object) -> None:
    """Require None or a callable."""
    if value is not None and not callable(value):
        raise InvalidArgumentError(argument, f"a function, not {type(value).__name__}")


def secret_value(argument: str, value: SecretStr) -> SecretStr:
    """Require a secret's value, which is hidden already, to be text."""
    if value.problem is not None:
        raise InvalidArgumentError(argument, value.problem)
    return value


def whole_number(argument: str, value: object, least: int, most: float = math.inf) -> int:
    """Require an int within limits; a bool is refused."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        limits = f"from {least} up" if most == math.inf else f"from {least} to {most}"
        raise InvalidArgumentError(argument, f"a whole number {limits}, not {shown(value)}")
    return value


def page_size(value: object) -> int | None:
    """Require None or the number of items of a page."""
    return None if value is None else whole_number("page_size", value, 1, MAX_PAGE_SIZE)


def prefetch(value: object) -> int:
    """Require 0 or 1: a page says where the next one begins, so only one can be prefetched."""
    return whole_number("prefetch", value, 0, 1)


def one_of(argument: str, value: object, allowed: tuple[str, ...]) -> None:
    """Require one of the allowed values."""
    if value not in allowed:
        raise InvalidArgumentError(argument, f"one of {', '.join(allowed)}, not {shown(value)}")


def seconds(argument: str, value: object, least: float | None = None) -> float:
    """Require a number of seconds above 0, or from `least` up."""
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
    """Require None or a point in time: an aware datetime, or ISO 8601 text with an offset."""
    if value is None:
        return None
    if isinstance(value, str):
        from dateutil.parser import isoparse  # loaded only for callers that pass text

        try:
            value = isoparse(value)
        except (ValueError, OverflowError):
            expected = "a time in ISO 8601 format, such as 2026-03-18T09:30:00Z"
            raise InvalidArgumentError(argument, f"{expected}, not {shown(value)}") from None
    if not isinstance(value, datetime):
        expected = "an aware datetime or ISO 8601 text"
        raise InvalidArgumentError(argument, f"{expected}, not {type(value).__name__}")
    if value.utcoffset() is None:
        expected = "a time with a time zone, such as datetime(..., tzinfo=timezone.utc)"
        raise InvalidArgumentError(argument, f"{expected}, not {shown(value)}")
    return value
