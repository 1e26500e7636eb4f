"""Where Prism is, and a client of it that notes what it sends."""

from __future__ import annotations

import os
from typing import Any

import pytest
from support.driving import Driver

from paperspace_projects import AttemptEvent


@pytest.fixture(scope="session")
def prism_url() -> str:
    """The URL of a running Prism that serves openapi.yaml."""
    return url_in("PRISM_URL")


@pytest.fixture(scope="session")
def prism_live_url() -> str:
    """The URL of a running Prism that serves the live document."""
    return url_in("PRISM_LIVE_URL")


def url_in(variable: str) -> str:
    """The URL that a variable names; a run without one is a mistake and not a pass."""
    url = os.environ.get(variable)
    if not url:
        pytest.fail(
            f"{variable} is not set. `nox -s prism` starts Prism and sets it; or run "
            f"`prism mock --errors openapi.yaml`, and of build/live.openapi.json for "
            "PRISM_LIVE_URL, and set it to such as http://127.0.0.1:4010"
        )
    return url


@pytest.fixture
def events() -> list[AttemptEvent]:
    """What the client sent in this test."""
    return []


@pytest.fixture
def client(drive: Driver, prism_url: str, events: list[AttemptEvent]) -> Any:
    """A client of Prism, which takes any key."""
    return drive.client(base_url=prism_url, on_event=events.append)
