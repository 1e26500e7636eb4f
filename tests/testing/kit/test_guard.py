"""`block_network`: what is not on an emulator fails, and says which line wanted out."""

from __future__ import annotations

import asyncio
import pickle
import threading
from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from support.proxy import proxying

from paperspace_projects import (
    APIConnectionError,
    AsyncClient,
    AuthenticationError,
    Client,
    ConfigurationError,
    InvalidArgumentError,
    RetryPolicy,
)
from paperspace_projects.config import DEFAULT_BASE_URL
from paperspace_projects.hooks import OutgoingRequest, before_sending
from paperspace_projects.testing import Emulator, NetworkBlockedError, block_network

KEY = "test-key-0123456789"
NOWHERE = "http://127.0.0.1:9/v1"  # the port that discards: nobody listens there
HERE = Path(__file__)


def line_of(call: str) -> str:
    """Where the line of this file that makes a call is, as the guard says it."""
    lines = HERE.read_text().splitlines()
    (number,) = (at for at, line in enumerate(lines, 1) if call in line and "line_of" not in line)
    return f"{HERE.name}:{number}"


def blocked(error: pytest.ExceptionInfo[NetworkBlockedError]) -> str:
    return (error.value.call_site or "nobody").rpartition("/")[2]


def test_a_client_of_its_own_is_stopped_at_the_line_that_calls() -> None:
    with Client(KEY) as client, block_network(), pytest.raises(NetworkBlockedError) as error:
        client.projects.create("straight")
    assert blocked(error) == line_of('create("straight")')
    assert str(error.value).startswith(error.value.call_site)
    assert f"createProject (POST {DEFAULT_BASE_URL}/projects)" in str(error.value)
    assert KEY not in str(error.value)


def test_a_pager_is_stopped_at_the_line_that_iterates() -> None:
    with Client(KEY) as client, block_network(), pytest.raises(NetworkBlockedError) as error:
        list(client.projects.list())  # iterated here
    assert blocked(error) == line_of("  # iterated here")


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_async_client_is_stopped_at_the_line_that_awaits(backend: str) -> None:
    async def work() -> None:
        async with AsyncClient(KEY) as client:
            await client.project("p1").secrets.set("S", "value")

    with block_network(), pytest.raises(NetworkBlockedError) as error:
        anyio.run(work, backend=backend)
    assert blocked(error) == line_of('secrets.set("S", "value")')


def test_an_inventory_in_threads_is_stopped_at_the_line_that_iterates() -> None:
    with Client(KEY) as client, block_network(), pytest.raises(NetworkBlockedError) as error:
        list(client.inventory(["p1", "p2"]))  # taken here
    assert blocked(error) == line_of("  # taken here")


def test_a_thread_of_the_users_is_named_itself() -> None:
    caught: list[NetworkBlockedError] = []

    def work() -> None:
        with Client(KEY) as client:
            try:
                client.projects.get("in a thread")
            except NetworkBlockedError as error:
                caught.append(error)

    with block_network():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert str(caught[0].call_site).endswith(line_of('get("in a thread")'))


def with_http_client() -> Client:
    return Client(KEY, http_client=httpx.Client())


def with_transport() -> Client:
    return Client(KEY, transport=httpx.HTTPTransport())


def with_address() -> Client:
    return Client(KEY, base_url=NOWHERE)


@pytest.mark.parametrize("make", [with_http_client, with_transport, with_address])
def test_no_way_to_a_real_server_is_left(make: Callable[[], Client]) -> None:
    with make() as client, block_network(), pytest.raises(NetworkBlockedError):
        client.projects.get("p1")


def on_transport(emulator: Emulator, _: ExitStack) -> tuple[Client, AsyncClient]:
    return (
        Client(emulator.api_key, transport=emulator.transport()),
        AsyncClient(emulator.api_key, transport=emulator.transport()),
    )


def on_server(emulator: Emulator, stack: ExitStack) -> tuple[Client, AsyncClient]:
    base_url = stack.enter_context(emulator.serve())
    at_localhost = base_url.replace("127.0.0.1", "localhost")
    return (
        Client(emulator.api_key, base_url=at_localhost),
        AsyncClient(emulator.api_key, base_url=base_url),
    )


@pytest.mark.parametrize("make", [on_transport, on_server])
def test_an_emulator_is_reached_in_every_way(
    make: Callable[[Emulator, ExitStack], tuple[Client, AsyncClient]],
) -> None:
    async def create(client: AsyncClient) -> None:
        async with client:
            await client.projects.create("async")

    with ExitStack() as stack:
        emulator = stack.enter_context(Emulator())
        sync, asynchronous = make(emulator, stack)
        stack.enter_context(block_network())
        with sync:
            sync.projects.create("sync")
        asyncio.run(create(asynchronous))
        assert [sent.json for sent in emulator.requests] == [{"name": "sync"}, {"name": "async"}]


@pytest.mark.parametrize("is_alone", [False, True])
def test_an_http_client_that_answers_in_this_process_has_to_be_named(is_alone: bool) -> None:
    """Nothing public tells where an httpx client sends to."""
    with ExitStack() as stack:
        emulator = stack.enter_context(Emulator())
        http_client = stack.enter_context(httpx.Client(transport=emulator.transport()))
        client = stack.enter_context(Client(emulator.api_key, http_client=http_client))
        with block_network(), pytest.raises(NetworkBlockedError) as error:
            client.projects.create("vision")
        assert "block_network(allow=http_client)" in "".join(error.value.__notes__)
        assert emulator.requests == ()
        with block_network(allow=http_client if is_alone else [NOWHERE, http_client]):
            client.projects.create("vision")
        assert len(emulator.requests) == 1


def test_an_async_http_client_can_be_named_too() -> None:
    async def work(emulator: Emulator) -> None:
        async with (
            httpx.AsyncClient(transport=emulator.transport()) as http_client,
            httpx.AsyncClient() as other,
            AsyncClient(emulator.api_key, http_client=http_client) as client,
        ):
            with block_network(allow=http_client):
                await client.projects.create("vision")
            with block_network(allow=other), pytest.raises(NetworkBlockedError):
                await client.projects.create("vision")

    with Emulator() as emulator:
        asyncio.run(work(emulator))
        assert len(emulator.requests) == 1


def test_an_http_client_reaches_a_served_emulator() -> None:
    with ExitStack() as stack:
        emulator = stack.enter_context(Emulator())
        base_url = stack.enter_context(emulator.serve())
        http_client = stack.enter_context(httpx.Client())
        client = Client(emulator.api_key, base_url=base_url, http_client=http_client)
        stack.enter_context(client)
        stack.enter_context(block_network())
        assert client.projects.create("vision").name == "vision"


def test_a_server_is_reached_only_while_it_serves() -> None:
    with Emulator() as emulator:
        with emulator.serve() as base_url:
            pass
        client = Client(KEY, base_url=base_url)
        with client, block_network(), pytest.raises(NetworkBlockedError):
            client.projects.get("p1")


def test_a_proxy_that_an_http_client_uses_is_not_reached_on_the_way_to_an_emulator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ExitStack() as stack:
        proxy = stack.enter_context(proxying())
        emulator = stack.enter_context(Emulator())
        base_url = stack.enter_context(emulator.serve())
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        http_client = stack.enter_context(httpx.Client())
        client = Client(emulator.api_key, base_url=base_url, http_client=http_client)
        stack.enter_context(client)
        with block_network(), pytest.raises(NetworkBlockedError):
            client.projects.create("vision")
        assert proxy.connections == 0
        with block_network(allow=base_url):
            client.projects.create("vision")
        assert proxy.connections == 1


def test_a_proxy_of_the_environment_is_not_used_on_the_way_to_an_emulator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with proxying() as proxy, Emulator() as emulator, emulator.serve() as base_url:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with Client(emulator.api_key, base_url=base_url) as client, block_network():
            client.projects.create("vision")
        assert proxy.connections == 0


@pytest.mark.usefixtures("paperspace_server")
def test_an_exception_for_a_proxy_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", NOWHERE)
    with block_network(), Client() as client:
        client.projects.create("vision")


def test_other_addresses_can_be_allowed() -> None:
    client = Client(KEY, base_url=NOWHERE, retry=RetryPolicy(max_attempts=1))
    with client, block_network(allow=[NOWHERE]), pytest.raises(APIConnectionError) as error:
        client.projects.get("p1")
    assert error.value.method == "GET"


@pytest.mark.parametrize("allow", [NOWHERE, [NOWHERE], ("https://other.example", NOWHERE)])
def test_one_address_may_be_given_as_it_is(allow: str | Collection[str]) -> None:
    client = Client(KEY, base_url=NOWHERE, retry=RetryPolicy(max_attempts=1))
    with client, block_network(allow=allow), pytest.raises(APIConnectionError):
        client.projects.get("p1")


@pytest.mark.parametrize(
    "allow",
    [
        *("", "127.0.0.1:8787", "localhost:8787", "ftp://x", "http://", ["h"], [7]),
        *(None, 5, httpx.URL(NOWHERE), b"http://x", [None]),
    ],
)
def test_what_is_no_address_is_refused(allow: Any) -> None:
    with (
        pytest.raises(InvalidArgumentError, match="allow must be http or https URLs"),
        block_network(allow=allow),
    ):
        pass


def test_blocks_may_be_nested_and_end(paperspace_server: str) -> None:
    with Client(KEY, base_url=paperspace_server) as client:
        with block_network(), block_network():
            pass
        with pytest.raises(AuthenticationError):
            client.projects.get("p1")


@pytest.mark.usefixtures("paperspace_no_network")
def test_the_fixture_blocks_too() -> None:
    with Client(KEY) as client, pytest.raises(NetworkBlockedError):
        client.projects.get("p1")


def test_the_error_is_a_failed_test_and_nothing_that_code_catches_as_ours() -> None:
    error = NetworkBlockedError("getProject", "GET", "https://api.example/v1", "test_a.py:3")
    assert isinstance(error, AssertionError)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_a_hook_sees_each_attempt_and_what_carries_it(paperspace: Client) -> None:
    seen: list[OutgoingRequest] = []
    with before_sending(seen.append):
        paperspace.projects.create("vision")
    paperspace.projects.create("speech")
    (departure,) = seen
    assert (departure.operation, departure.method) == ("createProject", "POST")
    assert departure.url == f"{DEFAULT_BASE_URL}/projects"
    assert isinstance(departure.transport, httpx.MockTransport)


def test_what_a_hook_raises_ends_the_call(
    paperspace: Client, paperspace_emulator: Emulator
) -> None:
    def refuse(_: OutgoingRequest) -> None:
        raise ConfigurationError("not here")

    with before_sending(refuse), pytest.raises(ConfigurationError, match="not here"):
        paperspace.projects.create("vision")
    assert paperspace_emulator.requests == ()
