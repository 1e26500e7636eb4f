"""A client stays where it is; its settings can be sent anywhere, and hold no key."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import httpx
import pytest
from support.driving import Driver, Flavour
from transport.lifecycles.elsewhere import call_elsewhere
from transport.lifecycles.holding_server import HoldingServer

from paperspace_projects import ConfigurationError, RetryPolicy

PLANTED = "kQXZ-planted-key-QXZ"
WAYS: dict[str, Callable[[Any], object]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle, protocol {protocol}": lambda client, protocol=protocol: pickle.dumps(
            client, protocol
        )
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_client_is_neither_pickled_nor_copied_and_says_what_to_do(
    drive: Driver, way: Callable[[Any], object]
) -> None:
    client = drive.client(lambda _: httpx.Response(200), api_key=PLANTED)
    name = type(client).__name__
    with pytest.raises(TypeError) as caught:
        way(client)
    assert f"`{name}.from_settings(...)`" in str(caught.value)
    assert "`client.settings`" in str(caught.value)
    assert "`client.with_options(...)`" in str(caught.value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_settings_pickle_without_the_key_and_make_an_equal_client(
    drive: Driver,
    server: HoldingServer,
    protocol: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = drive.client(
        base_url=server.url,
        api_key=PLANTED,
        timeout=httpx.Timeout(7, read=3),
        deadline=20,
        retry=RetryPolicy(max_attempts=2),
        max_concurrency=3,
    )
    drive(client.projects.get("p1"))
    pickled = pickle.dumps(client.settings, protocol)
    assert b"QXZ" not in pickled.replace(b"\0", b"")
    settings = pickle.loads(pickled)
    assert settings == client.settings
    with pytest.raises(ConfigurationError):
        type(client).from_settings(settings)
    monkeypatch.setenv("PAPERSPACE_API_KEY", "another-key")
    other = type(client).from_settings(settings)
    assert other.settings == client.settings
    assert drive(other.projects.get("p2")).id == "p2"
    drive.close(other)


def test_a_spawned_process_makes_a_client_of_the_settings_that_it_is_sent(
    drive: Driver, flavour: Flavour, server: HoldingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = drive.client(base_url=server.url, api_key=PLANTED, deadline=20)
    monkeypatch.setenv("PAPERSPACE_API_KEY", PLANTED)
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawning) as processes:
        sent = processes.submit(call_elsewhere, flavour, pickle.dumps(client.settings))
        assert sent.result(timeout=20) == "p1"
