"""Where this process serves emulators, for the guard that lets requests through to nothing else."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

_LOCK: Final = threading.Lock()
_SERVED: Final[set[str]] = set()


@contextmanager
def serving_at(base_url: str) -> Generator[None, None, None]:
    """Within it, an emulator is served there."""
    with _LOCK:
        _SERVED.add(base_url)
    try:
        yield
    finally:
        with _LOCK:
            _SERVED.discard(base_url)


def served() -> frozenset[str]:
    """The base URLs of now."""
    with _LOCK:
        return frozenset(_SERVED)
