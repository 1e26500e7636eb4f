"""A client that was used and not closed says so once, and its sockets are closed all the same."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support.driving import KEY, Flavour
from transport.lifecycles.holding_server import HoldingServer

from paperspace_projects import AsyncClient, Client
from paperspace_projects.testing import Emulator

WHAT_TO_DO = {
    "sync": "a paperspace_projects.Client was not closed: use it in a `with` block, or call "
    "close()",
    "async": "a paperspace_projects.AsyncClient was not closed: use it in an `async with` block, "
    "or call aclose()",
}


def resource_warnings(flavour: Flavour, use: Callable[[Any], list[Any]], **options: Any) -> Any:
    """The warnings after clients were used, and nobody holds them any more.

    `use` gets a client and gives calls; async clients are used, and left, on a loop that goes on.
    """
    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if flavour == "sync":
            use(Client(KEY, **options))
            gc.collect()
        else:

            async def main() -> None:
                await all_of(use(AsyncClient(KEY, **options)))
                gc.collect()

            async def all_of(calls: list[Any]) -> None:
                for call in calls:
                    await call

            asyncio.run(main())
            gc.collect()
    return [str(each.message) for each in caught if each.category is ResourceWarning]


def one_call(client: Any) -> list[Any]:
    return [client.projects.get("p1")]


def with_copies(client: Any) -> list[Any]:
    copy = client.with_options(deadline=5)
    return [client.projects.get("p1"), copy.projects.get("p2"), copy.project("p3").get()]


def only_a_copy(client: Any) -> list[Any]:
    return [client.with_options(deadline=5).projects.get("p1")]


def in_a_cycle(client: Any) -> list[Any]:
    client.itself = [client]
    return [client.projects.get("p1")]


@pytest.mark.parametrize("use", [one_call, with_copies, only_a_copy, in_a_cycle])
def test_a_client_left_open_warns_once_and_closes_its_sockets(
    flavour: Flavour, server: HoldingServer, use: Callable[[Any], list[Any]]
) -> None:
    assert resource_warnings(flavour, use, base_url=server.url) == [WHAT_TO_DO[flavour]]
    assert server.connections == 1
    server.until(lambda: server.open == 0)


def test_a_copy_that_is_alive_keeps_the_connections(
    flavour: Flavour, server: HoldingServer
) -> None:
    copies: list[Any] = []

    def keep_a_copy(client: Any) -> list[Any]:
        copies.append(client.with_options(deadline=5))
        return [client.projects.get("p1")]

    assert resource_warnings(flavour, keep_a_copy, base_url=server.url) == []
    (copy,) = copies
    if flavour == "sync":
        assert server.open == 1
        copy.close()
    else:
        asyncio.run(copy.aclose())


def test_a_client_that_was_not_used_says_nothing(flavour: Flavour, server: HoldingServer) -> None:
    assert resource_warnings(flavour, lambda _: [], base_url=server.url) == []
    assert server.connections == 0


def test_a_client_that_was_closed_says_nothing(flavour: Flavour, server: HoldingServer) -> None:
    def closed(client: Any) -> list[Any]:
        call = client.projects.get("p1")
        return [call, client.close() if flavour == "sync" else client.aclose()]

    assert resource_warnings(flavour, closed, base_url=server.url) == []
    server.until(lambda: server.open == 0)


def test_a_client_on_a_users_transport_says_nothing(flavour: Flavour) -> None:
    def use(client: Any) -> list[Any]:
        return [client.projects.create("new")]

    with Emulator(api_key=KEY) as emulator:
        assert resource_warnings(flavour, use, transport=emulator.transport()) == []


def test_a_client_on_a_users_http_client_says_nothing(
    flavour: Flavour, server: HoldingServer
) -> None:
    http: Any = httpx.Client() if flavour == "sync" else httpx.AsyncClient()
    closing = (lambda _: [http.close()]) if flavour == "sync" else None

    def use(client: Any) -> list[Any]:
        calls = one_call(client)
        return [*calls, *(closing(client) if closing else [http.aclose()])]

    assert resource_warnings(flavour, use, base_url=server.url, http_client=http) == []


def test_a_client_that_could_not_be_made_says_nothing(flavour: Flavour) -> None:
    made = Client if flavour == "sync" else AsyncClient
    with pytest.raises(ValueError, match="max_concurrency"):
        made(KEY, max_concurrency=0)
    gc.collect()
