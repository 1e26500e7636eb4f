"""A served emulator, and clients of it that go over a real socket.

Starting and stopping a server takes a while, so that the tests of a module share one for each
dialect: what a test counts, it counts in a project of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.driving import Driver

from paperspace_projects.testing import Emulator


@pytest.fixture(scope="module", params=["contract", "live"])
def emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with Emulator(dialect=request.param) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def base_url(emulator: Emulator) -> Iterator[str]:
    """Where the emulator is served."""
    with emulator.serve() as base_url:
        yield base_url


@pytest.fixture
def client(drive: Driver, emulator: Emulator, base_url: str) -> Iterator[Any]:
    """A client that goes over HTTP, closed before the server is."""
    client = drive.client(base_url=base_url, api_key=emulator.api_key)
    yield client
    drive.close(client)


@pytest.fixture
def scope(drive: Driver, client: Any) -> Any:
    """A scope for a project that is there."""
    return client.project(drive(client.projects.create("home")).id)
