"""A client of the live emulator whose requests are held to the live document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.driving import Driver
from support.live_document import LIVE
from support.openapi import Witness

from paperspace_projects.testing import Emulator


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(dialect="live") as emulator:
        yield emulator


@pytest.fixture
def witness(emulator: Emulator) -> Witness:
    """Checks the requests of `client`."""
    return Witness(emulator.handle, emulator.api_key, check_answers=False, described=LIVE)


@pytest.fixture
def client(drive: Driver, emulator: Emulator, witness: Witness) -> Any:
    return drive.client(witness, api_key=emulator.api_key)
