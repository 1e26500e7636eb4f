"""Where Prism is, and a client of it that notes what it sends."""

from __future__ import annotations

import os
from typing import Any

import pytest
from support.driving import Driver

from paperspace_projects import AttemptEvent


@pytest.fixture(scope="session")
def prism_url() -> str:
    """The URL of a running Prism; a run without one is a mistake and not a pass."""
    url = os.environ.get("PRISM_URL")
    if not url:
        pytest.fail(
            "PRISM_URL is not set. `nox -s prism` starts Prism and sets it; or run "
            "`prism mock --errors openapi.yaml` and set PRISM_URL=http://127.0.0.1:4010"
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
