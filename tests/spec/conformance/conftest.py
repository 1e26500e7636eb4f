"""A client whose requests, and whose answers in the contract dialect, are held against the spec."""

from __future__ import annotations

from typing import Any

import pytest
from support.driving import Driver
from support.openapi import Witness

from paperspace_projects.testing import Emulator


@pytest.fixture
def witness(emulator: Emulator) -> Witness:
    """Sees every request that `client` sends."""
    return Witness(emulator.handle, emulator.api_key, check_answers=emulator.dialect == "contract")


@pytest.fixture
def client(drive: Driver, emulator: Emulator, witness: Witness) -> Any:
    """A client on the emulator, with the witness in between."""
    return drive.client(witness, api_key=emulator.api_key)


@pytest.fixture
def scope(drive: Driver, client: Any, witness: Witness) -> Any:
    """A scope for a project that is there; the witness has forgotten how it came about."""
    scope = client.project(drive(client.projects.create("home")).id)
    witness.seen.clear()
    witness.requests.clear()
    return scope
