"""The planted keys and values, and a witness of what a call leaves behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from client.secrecy.planted import (
    KEYS,
    VALUES,
    assert_hidden_in_log,
)
from client.secrecy.witness import Witness
from support.driving import Driver


@pytest.fixture(params=KEYS)
def key(request: pytest.FixtureRequest) -> str:
    return KEYS[request.param]


@pytest.fixture(params=VALUES)
def value(request: pytest.FixtureRequest) -> str:
    return VALUES[request.param]


@pytest.fixture
def witness(drive: Driver, caplog: pytest.LogCaptureFixture) -> Iterator[Witness]:
    yield Witness(drive, caplog)
    assert_hidden_in_log(caplog)  # closing the client logs too
