"""A project with two of everything, and a client whose requests can be watched."""

from __future__ import annotations

from typing import Any

import pytest
from reconcile.between import Between
from reconcile.driving import make
from support.driving import Driver

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
