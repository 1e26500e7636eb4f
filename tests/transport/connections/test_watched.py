"""Who puts their own in place of httpx's way to send a request sees each, whenever they come."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support.driving import Driver

Watch = Callable[[], None]


@pytest.fixture
def seen() -> list[httpx.Request]:
    return []


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch, drive: Driver, seen: list[httpx.Request]) -> Watch:
    """Begins to look at all requests, in the way of OpenTelemetry and of libraries for tests."""
    kind, name = (
        (httpx.HTTPTransport, "handle_request")
        if drive.flavour == "sync"
        else (httpx.AsyncHTTPTransport, "handle_async_request")
    )

    def begin() -> None:
        its_way: Any = getattr(kind, name)

        @functools.wraps(its_way)
        def watched(transport: Any, request: httpx.Request) -> Any:
            seen.append(request)
            return its_way(transport, request)

        monkeypatch.setattr(kind, name, watched)

    return begin


def test_all_requests_are_seen_by_who_was_there_first(
    drive: Driver, client: Any, base_url: str, watch: Watch, seen: list[httpx.Request]
) -> None:
    watch()
    made = drive(client.projects.create("watched"))
    assert drive(client.project(made.id).get()).name == "watched"
    assert [(each.method, str(each.url)) for each in seen] == [
        ("POST", f"{base_url}/projects"),
        ("GET", f"{base_url}/projects/{made.id}"),
    ]
    assert b"watched" in seen[0].read()


def test_a_library_that_comes_and_goes_sees_the_requests_sent_meanwhile(
    drive: Driver, client: Any, watch: Watch, seen: list[httpx.Request], monkeypatch: Any
) -> None:
    drive(client.projects.create("before"))
    watch()
    drive(client.projects.create("meanwhile"))
    monkeypatch.undo()
    drive(client.projects.create("after"))
    assert [b"meanwhile" in each.read() for each in seen] == [True]
