"""Calls a client, and searches all that the call leaves behind for planted text."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from client.secrecy.planted import (
    assert_hidden,
    assert_hidden_in_error,
    assert_hidden_in_log,
    leaks,
)
from support.driving import Driver

from paperspace_projects import AttemptEvent, PaperspaceError

WRITES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "create": lambda client, name, value: client.project("p1").secrets.create(name, value),
    "update": lambda client, name, value: client.project("p1").secrets.update(name, value),
    "set": lambda client, name, value: client.project("p1").secrets.set(name, value),
}


every_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)


class Witness:
    """Makes a client, runs a call, and searches all that it leaves behind."""

    def __init__(self, drive: Driver, caplog: pytest.LogCaptureFixture) -> None:
        self.drive = drive
        self.caplog = caplog
        self.events: list[AttemptEvent] = []
        caplog.set_level(logging.DEBUG)

    def client(self, server: Any = None, **options: Any) -> Any:
        return self.drive.client(server, on_event=self.events.append, **options)

    def run(self, client: Any, call: Callable[[], Any]) -> Any:
        """What the call gave or raised, both searched; None may be a value."""
        try:
            result = self.drive(call())
        except (PaperspaceError, httpx.HTTPError) as error:
            assert_hidden_in_error(error)
            result = error
        else:
            assert_hidden(result)
            assert not leaks(pickle.dumps(result))
        assert_hidden(client)
        assert_hidden(self.events)
        assert not leaks(pickle.dumps(self.events))
        assert_hidden_in_log(self.caplog)
        return result
