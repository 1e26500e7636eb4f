"""Servers that hold answers back; no thread and no socket is left behind by any test."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from transport.lifecycles.holding_server import HoldingServer
from transport.lifecycles.looking import open_sockets, other_threads


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    sockets, threads = open_sockets(), other_threads()

    def left() -> list[object]:
        # trio keeps its own idle threads for a while.
        others = {each for each in other_threads() - threads if "Trio" not in each.name}
        return [*open_sockets() - sockets, *others]

    yield
    if left():
        gc.collect()
        for thread in other_threads() - threads:
            thread.join(1)  # it may be at its very end
    assert left() == []


@pytest.fixture
def server() -> Iterator[HoldingServer]:
    with HoldingServer() as server:
        yield server
