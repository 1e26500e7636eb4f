"""A project with two of everything, and a client whose requests can be watched."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest
from reconcile.between import Between
from reconcile.driving import make
from support.driving import Driver
from support.systems import needs

from paperspace_projects.testing import Emulator


@pytest.fixture(autouse=True)
def values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S1", "value-1")
    monkeypatch.setenv("S3", "value-3")


@pytest.fixture
def between(emulator: Emulator) -> Between:
    return Between(emulator)


@pytest.fixture
def watched(drive: Driver, between: Between) -> Any:
    """A client whose requests are counted; each is tried once."""
    return drive.client(between, api_key=between.emulator.api_key)


@pytest.fixture
def home(drive: Driver, client: Any) -> str:
    return make(
        drive,
        client,
        "home",
        description="old",
        tags=["a", "b"],
        models=["m1", "m2"],
        secrets={"S1": "x", "S2": "y"},
        collaborators={"u1": "viewer", "u2": "admin"},
    )


@pytest.fixture
def interrupt_main() -> Iterator[Callable[[], None]]:
    """Sends the main thread a signal that raises KeyboardInterrupt once, as Ctrl-C does.

    It is sent until it has done so: one that comes just before a wait is seen only after that.
    """
    needs("signals")
    arrived = threading.Event()

    def interrupt(_: int, __: FrameType | None) -> None:
        if not arrived.is_set():
            arrived.set()
            raise KeyboardInterrupt

    def send() -> None:
        while not arrived.is_set():
            signal.pthread_kill(main, signal.SIGUSR1)
            arrived.wait(0.05)

    main, before = threading.get_ident(), signal.signal(signal.SIGUSR1, interrupt)
    yield send
    signal.signal(signal.SIGUSR1, before)
