"""Each test in threads, on asyncio and on trio; no thread of an inventory is left by any."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from inventory.taking import FLAVOURS, Taker


@pytest.fixture(params=FLAVOURS)
def taker(request: pytest.FixtureRequest) -> Taker:
    return Taker(request.param)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    assert [each.name for each in threading.enumerate() if "inventory" in each.name] == []
