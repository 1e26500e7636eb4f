"""What a plan goes by besides the desired state: what may be removed, and which secrets rotate."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from attrs import frozen

from .._api import validation as arguments
from ..errors import InvalidArgumentError

Rotation = Literal["never", "always", "if-older-than"]
"""Which secrets that are there are written anew."""

_DURATION: Final = re.compile(
    r"P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_EXPECTED: Final = (
    "a timedelta, a number of days, or an ISO 8601 duration of weeks, days, hours, minutes and "
    "seconds such as P30D or PT12H (months and years differ in length)"
)


@frozen(kw_only=True)
class Rules:
    """The rules of one plan. A secret that was written before `oldest` is to be written anew."""

    prune: bool
    rotate: Rotation
    oldest: datetime | None

    @classmethod
    def checked(
        cls,
        *,
        prune: bool,
        rotate: Rotation,
        older_than: timedelta | str | int | None,
        now: datetime | None,
    ) -> Rules:
        """The rules that arguments of `plan` make.

        Raises:
            InvalidArgumentError: they cannot be used.
        """
        if not isinstance(prune, bool):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
            raise InvalidArgumentError("prune", f"True or False, not {arguments.shown(prune)}")
        arguments.one_of("rotate_secrets", rotate, ("never", "always", "if-older-than"))
        now = arguments.moment("now", now) or datetime.now(UTC)
        if rotate != "if-older-than":
            if older_than is not None:
                raise InvalidArgumentError("older_than", 'left out unless "if-older-than" is asked')
            return cls(prune=prune, rotate=rotate, oldest=None)
        try:
            oldest = now - duration(older_than)
        except OverflowError:
            raise InvalidArgumentError("older_than", "a time that has a calendar") from None
        return cls(prune=prune, rotate=rotate, oldest=oldest)

    def reason_to_rotate(self, last_written: datetime | None) -> str | None:
        """Why a secret is to be written anew; None if it is not."""
        if self.rotate == "always":
            return 'rotate_secrets is "always"'
        if self.oldest is None or last_written is None or last_written >= self.oldest:
            return None
        return f"last written {_short(last_written)}, before {_short(self.oldest)}"


def duration(given: timedelta | str | int | None) -> timedelta:
    """How old a secret may grow.

    Raises:
        InvalidArgumentError: it is no length of time.
    """
    length: timedelta | None = None
    try:
        if isinstance(given, timedelta):
            length = given
        elif isinstance(given, int) and not isinstance(given, bool):
            length = timedelta(days=given)
        elif isinstance(given, str):
            length = _parsed(given)
    except (OverflowError, ValueError):  # more days, or digits, than there can be
        pass
    if length is None or length < timedelta(0):
        raise InvalidArgumentError("older_than", f"{_EXPECTED}, not {arguments.shown(given)}")
    return length


def _parsed(text: str) -> timedelta | None:
    if re.fullmatch(r"[0-9]+", text):
        return timedelta(days=int(text))
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    parts = {name: int(digits) for name, digits in match.groupdict(default="0").items()}
    return timedelta(**parts)


def _short(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
