"""A state of the emulator that can be gone back to."""

from dataclasses import dataclass, field
from datetime import timedelta

from .ids import IdsState


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What `Emulator.snapshot` gives and `Emulator.restore` takes; nothing in it is to be read."""

    stored: bytes = field(repr=False)
    ahead: timedelta = field(repr=False)
    ids: IdsState = field(repr=False)
