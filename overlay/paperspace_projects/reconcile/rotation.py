"""The options of a plan: what may be removed, and which secrets are written again."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from .._api import validation as arguments
from ..errors import InvalidArgumentError

Rotation = Literal["never", "always", "if-older-than"]
"""Which of the existing secrets are written again."""

_DURATION: Final = re.compile(
    r"P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_EXPECTED: Final = (
    "a timedelta, a number of days, or an ISO 8601 duration of weeks, days, hours, minutes and "
    "seconds such as P30D or PT12H (months and years differ in length)"
)


class PlanOptions:
    """The checked options of one plan. Secrets written before `oldest` are written again."""

    def __init__(
        self,
        *,
        prune: bool,
        rotate: Rotation,
        older_than: timedelta | str | int | None,
        now: datetime | None,
    ) -> None:
        if not isinstance(prune, bool):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
            raise InvalidArgumentError("prune", f"True or False, not {arguments.shown(prune)}")
        arguments.one_of("rotate_secrets", rotate, ("never", "always", "if-older-than"))
        now = arguments.moment("now", now) or datetime.now(UTC)
        self.prune = prune
        self.rotate: Rotation = rotate
        self.oldest: datetime | None = None
        if rotate == "if-older-than":
            try:
                self.oldest = now - _duration(older_than)
            except OverflowError:
                raise InvalidArgumentError("older_than", "a length within the calendar") from None
        elif older_than is not None:
            raise InvalidArgumentError("older_than", 'left out, unless with "if-older-than"')

    def reason_to_rotate(self, last_written: datetime | None) -> str | None:
        """Return why a secret is written again; None if it is not."""
        if self.rotate == "always":
            return 'rotate_secrets is "always"'
        if self.oldest is None or last_written is None or last_written >= self.oldest:
            return None
        return f"last written {_short(last_written)}, before {_short(self.oldest)}"


def _duration(value: timedelta | str | int | None) -> timedelta:
    length = value if isinstance(value, timedelta) else None
    if isinstance(value, str | int) and not isinstance(value, bool):
        with suppress(OverflowError, ValueError):  # more days, or digits, than are possible
            text = re.sub(r"\A([0-9]+)\Z", r"P\1D", str(value))
            if parts := _DURATION.fullmatch(text):
                length = timedelta(**{unit: int(n) for unit, n in parts.groupdict("0").items()})
    if length is None or length < timedelta(0):
        raise InvalidArgumentError("older_than", f"{_EXPECTED}, not {arguments.shown(value)}")
    return length


def _short(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
