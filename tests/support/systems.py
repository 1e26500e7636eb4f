"""What a test needs of the system that not every system has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_IS_POSIX = os.name == "posix"
_THERE = {
    "pseudo-terminals": hasattr(os, "openpty"),
    "shell": _IS_POSIX,
    "forks": hasattr(os, "fork"),
    "named pipes": hasattr(os, "mkfifo"),
    "signals": _IS_POSIX,  # to another process, or to another thread
    "users": _IS_POSIX,
    "uvloop": _IS_POSIX,
    **{file: Path(file).exists() for file in ("/dev/full", "/dev/zero", "/proc/self/fd")},
}


def needs(thing: str) -> None:
    """Skip the test, with the reason, on a system without something."""
    if not _THERE[thing]:
        pytest.skip(f"the system has no {thing}")
