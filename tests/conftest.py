"""Fixtures: a driver for each flavour, an emulator for each dialect, and nothing from outside.

The overlay is imported by those who need it: the contract tests have to speak of the generated code
also where the overlay does not fit it any more.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from support.driving import Driver, Flavour

    from paperspace_projects.testing import Emulator

settings.register_profile(  # a busy machine is slow
    "project", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("project")

# A shell starts what it runs in the background with SIGINT ignored, which children inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def nothing_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No key, URL, proxy or credentials file of the machine has a say in a test."""
    for name in ("PAPERSPACE_API_KEY", "PAPERSPACE_API_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("HOME", "USERPROFILE"):  # of POSIX and of Windows
        monkeypatch.setenv(name, str(tmp_path))


@pytest.fixture(params=["sync", "async"])
def flavour(request: pytest.FixtureRequest) -> Flavour:
    return request.param


@pytest.fixture
def library() -> ModuleType:
    """What a user's own clients and transports are of; support/libraries.py has both."""
    import httpx

    return httpx


@pytest.fixture
def drive(flavour: Flavour, library: ModuleType) -> Iterator[Driver]:
    """Runs a test with the sync and with the async client."""
    from support.driving import Driver

    driver = Driver(flavour, library)
    yield driver
    driver.shut_down()


@pytest.fixture(params=["contract", "live"])
def emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """Runs a test against both dialects."""
    from paperspace_projects.testing import Emulator

    with Emulator(dialect=request.param) as emulator:
        yield emulator


@pytest.fixture
def client(drive: Driver, emulator: Emulator) -> object:
    """A client on the emulator: with `drive`, each test runs in both flavours and dialects."""
    return drive.client(emulator.transport(), api_key=emulator.api_key)
