"""Programs that use httpx2 beside httpx, in its place, or not at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import httpx2
import pytest
from support.driving import Driver
from support.libraries import both_libraries
from support.servers import Script, json, project

from paperspace_projects import (
    APIError,
    AsyncClient,
    InvalidArgumentError,
    OutcomeUnknownError,
    RetryPolicy,
)
from paperspace_projects.hooks import OutgoingRequest, before_sending
from paperspace_projects.testing import (
    Emulator,
    Fault,
    FaultPlan,
    NetworkBlockedError,
    block_network,
)

library = both_libraries


def test_a_timeout_of_either_is_kept_as_one_of_httpx(drive: Driver) -> None:
    server = Script(json(project()))
    limits = drive.library.Timeout(connect=2, read=None, write=50, pool=9)
    client = drive.client(server, timeout=limits)
    drive(client.projects.get("p1"))
    drive(client.with_options(timeout=limits, deadline=10).projects.get("p1"))
    sent = [each.extensions["timeout"] for each in server.requests]
    assert sent[0] == {"connect": 2, "read": None, "write": 50, "pool": 9}
    assert sent[1] == {"connect": 2, "read": 10, "write": 10, "pool": 9}
    assert client.settings.timeout == httpx.Timeout(connect=2, read=None, write=50, pool=9)


def test_it_sends_over_real_sockets(drive: Driver, emulator: Emulator, base_url: str) -> None:
    kind = "HTTPTransport" if drive.flavour == "sync" else "AsyncHTTPTransport"
    http = drive.http_client()
    for sender in ({"http_client": http}, {"transport": getattr(drive.library, kind)()}):
        client = drive.client(base_url=base_url, api_key=emulator.api_key, **sender)
        made = drive(client.projects.create("vision"))
        assert made in drive.items(client.projects.list())
        drive.close(client)
    drive.close(http)


FAULTS: dict[str, Callable[[], Fault]] = {
    "refuse": Fault.refuse,
    "drop": Fault.drop,
    "reset": Fault.reset,
    "timeout": Fault.timeout,
    "cut off": Fault.cut_off,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_emulator_answers_its_clients_and_fails_them(
    drive: Driver, emulator: Emulator, fault: str
) -> None:
    http = drive.http_client(transport=emulator.transport())
    once = RetryPolicy(max_attempts=1)
    client = drive.client(http_client=http, api_key=emulator.api_key, retry=once)
    assert drive(client.projects.create("vision")).name == "vision"
    emulator.faults = FaultPlan.script([FAULTS[fault](), FAULTS[fault]()])
    with pytest.raises(APIError):
        drive(client.projects.list().collect())
    with pytest.raises(APIError) as caught:
        drive(client.projects.create("speech"))
    assert isinstance(caught.value, OutcomeUnknownError) == (fault != "refuse")
    drive.close(http)


def test_a_transport_may_be_made_of_the_emulators_function(library: Any) -> None:
    with (
        Emulator() as emulator,
        library.Client(transport=library.MockTransport(emulator.handle)) as http,
    ):
        headers = {"Authorization": f"Bearer {emulator.api_key}"}
        assert http.get("https://x.example/v1/projects", headers=headers).status_code == 200


def test_hooks_and_guards_know_it(drive: Driver) -> None:
    seen: list[OutgoingRequest] = []
    http = drive.http_client(transport=drive.transport(Script(json(project()))))
    client = drive.client(http_client=http)
    with block_network(), pytest.raises(NetworkBlockedError) as caught:
        drive(client.projects.get("p1"))
    assert "block_network(allow=http_client)" in "".join(caught.value.__notes__)
    assert "/httpx" not in str(caught.value.call_site)
    for allow in (http, ["http://127.0.0.1:9", http]):
        with block_network(allow=allow), before_sending(seen.append):
            drive(client.projects.get("p1"))
    assert [each.transport for each in seen] == [http, http]
    with block_network():
        drive(drive.client(Script(json(project()))).projects.get("p1"))
    drive.close(http)


def run(program: str) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


def test_a_program_that_does_not_use_httpx2_does_not_load_it() -> None:
    run("""
import sys
from paperspace_projects import Client
from paperspace_projects.testing import Emulator
emulator = Emulator()
with Client(emulator.api_key, transport=emulator.transport()) as client:
    client.projects.list().collect()
assert not [name for name in sys.modules if name.startswith(("httpx2", "httpcore2"))]
""")


def test_httpx2_may_stand_in_for_httpx() -> None:
    """`alias_httpx` makes httpx2 of every `import httpx` of the process."""
    run("""
import asyncio

import httpx2

httpx2.alias_httpx()

from paperspace_projects import AsyncClient, Client
from paperspace_projects._async.transport.connection_pool import AsyncConnection
from paperspace_projects._sync.transport.connection_pool import Connection
from paperspace_projects.testing import Emulator, Fault, FaultPlan

emulator = Emulator()

async def calls(url):
    async with AsyncClient(emulator.api_key, base_url=url) as client:
        await client.projects.create("async")
        (pool,) = client._session.pools.open_pools.values()
        assert [type(each) for each in pool.connections.all] == [AsyncConnection]

with emulator.serve() as url, Client(emulator.api_key, base_url=url) as client:
    emulator.faults = FaultPlan.script([Fault.status(503), Fault.drop()])
    client.projects.list().collect()
    client.projects.create("sync")
    (pool,) = client._session.pools.open_pools.values()
    assert [type(each) for each in pool.connections.all] == [Connection]
    asyncio.run(calls(url))
with httpx2.Client(transport=emulator.transport()) as http:
    names = {each.name for each in Client(emulator.api_key, http_client=http).projects.list()}
    assert names == {"sync", "async"}
""")


def test_one_of_the_other_flavour_is_refused(library: Any) -> None:
    with library.Client() as sync, pytest.raises(InvalidArgumentError) as caught:
        AsyncClient("key", http_client=sync)
    text = "http_client must be an httpx.AsyncClient or httpx2.AsyncClient"
    assert str(caught.value) == f"{text}, not {library.__name__}.Client"


def test_an_object_of_httpx2_is_refused_where_it_does_not_fit(drive: Driver) -> None:
    for wrong in ({"http_client": httpx2.Limits()}, {"transport": httpx2.Timeout(5)}):
        with pytest.raises(ValueError, match=r"must be an httpx\..*, not httpx2\."):
            drive.client(**wrong)
