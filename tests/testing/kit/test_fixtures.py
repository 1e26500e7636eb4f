"""The plugin's fixtures, used here as in any other project: this suite is as strict as can be."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from paperspace_projects import AsyncClient, AttemptEvent, Client, ServerError
from paperspace_projects.testing import Emulator, Fault, FaultPlan, plugin

STATE = {"version": 1, "projects": [{"name": "vision", "tags": ["gpu"]}]}
BAD_START = FaultPlan.script([Fault.status(503)] * 3)
FILE = Path(__file__).with_name("state.json")

used: list[Client] = []


def test_a_client_is_on_the_emulator(paperspace: Client, paperspace_emulator: Emulator) -> None:
    paperspace.projects.create("vision")
    assert [each.name for each in paperspace.projects.list()] == ["vision"]
    assert paperspace_emulator.requests[0].json == {"name": "vision"}


@pytest.mark.parametrize("number", [0, 1])
def test_each_test_has_its_own_and_it_is_closed_afterwards(number: int, paperspace: Client) -> None:
    assert [client.is_closed for client in used] == [True] * number
    assert paperspace.projects.list().collect() == []
    paperspace.projects.create("left behind")
    used[:] = [paperspace] * (number == 0)


@pytest.mark.parametrize("number", [0, 1])
def test_ids_are_the_same_each_time(number: int, paperspace: Client) -> None:
    assert paperspace.projects.create(f"project {number}").id == "psbht4cs8ap"


def test_code_that_makes_its_own_client_gets_the_served_emulator(
    paperspace_server: str, paperspace_emulator: Emulator
) -> None:
    async def names() -> list[str]:
        async with AsyncClient() as client:
            return [each.name async for each in client.projects.list()]

    with Client() as client:
        client.projects.create("vision")
    assert asyncio.run(names()) == ["vision"]
    assert len(paperspace_emulator.requests) == 2
    assert paperspace_server == os.environ["PAPERSPACE_API_URL"]


def test_so_does_code_in_another_process_and_behind_a_proxy(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "example.com")
    request.getfixturevalue("paperspace_server")
    assert os.environ["NO_PROXY"] == "127.0.0.1,example.com"
    program = "from paperspace_projects import Client\n"
    program += "with Client() as client: client.projects.create('made elsewhere')"
    subprocess.run([sys.executable, "-c", program], check=True)
    paperspace: Client = request.getfixturevalue("paperspace")
    assert paperspace.projects.find("made elsewhere")


@pytest.mark.parametrize("name", ["PAPERSPACE_API_URL", "PAPERSPACE_API_KEY", "NO_PROXY"])
def test_nothing_of_a_server_stays(name: str) -> None:
    assert name not in os.environ


@pytest.mark.paperspace(dialect="live", seed=STATE, faults=BAD_START)
class TestMarkers:
    """A marker on a class, and those on its tests."""

    def test_all_of_it_holds(self, paperspace: Client, paperspace_emulator: Emulator) -> None:
        assert paperspace_emulator.dialect == "live"
        project = paperspace.projects.list().first()
        assert project is not None
        assert list(paperspace.project(project.id).tags.list()) == ["gpu"]
        assert len(paperspace_emulator.injected) == 3

    @pytest.mark.paperspace(faults=FaultPlan.script([Fault.status(500)] * 4))
    def test_the_nearest_comes_first(self, paperspace: Client) -> None:
        with pytest.raises(ServerError):
            paperspace.projects.list().first()

    @pytest.mark.paperspace(dialect="contract", seed=None, faults=None)
    def test_it_can_be_taken_back(self, paperspace: Client, paperspace_emulator: Emulator) -> None:
        assert paperspace_emulator.dialect == "contract"
        assert paperspace.projects.list().first() is None
        assert paperspace_emulator.injected == ()

    @pytest.mark.paperspace(latency=0.02, seed=FILE, faults=None)
    def test_latency_and_a_file(self, paperspace: Client) -> None:
        events: list[AttemptEvent] = []
        project = paperspace.with_options(on_event=events.append).projects.list().first()
        assert project is not None
        assert project.name == "from a file"
        assert events[0].elapsed >= 0.02


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param("live", marks=pytest.mark.paperspace(dialect="live")),
        pytest.param("contract"),
    ],
)
def test_a_parameter_may_have_a_marker(paperspace_emulator: Emulator, expected: str) -> None:
    assert paperspace_emulator.dialect == expected


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.anyio
class TestAsync:
    """As run by anyio's plugin, on both of its event loops."""

    async def test_a_client_is_on_the_emulator(
        self, async_paperspace: AsyncClient, paperspace: Client
    ) -> None:
        await async_paperspace.projects.create("vision")
        assert [each.name async for each in async_paperspace.projects.list()] == ["vision"]
        assert [each.name for each in paperspace.projects.list()] == ["vision"]

    async def test_the_test_may_close_it(self, async_paperspace: AsyncClient) -> None:
        async with async_paperspace as client:
            assert await client.projects.list().collect() == []


def test_an_async_client_that_is_not_used_is_no_trouble(async_paperspace: AsyncClient) -> None:
    assert not async_paperspace.is_closed


def test_an_async_client_outlives_the_loops_of_a_test(async_paperspace: AsyncClient) -> None:
    for number in range(2):
        asyncio.run(_create(async_paperspace, f"project {number}"))


async def _create(client: AsyncClient, name: str) -> None:
    await client.projects.create(name)


def test_every_fixture_says_what_it_is() -> None:
    for name in plugin.__all__:
        assert getattr(plugin, name).__doc__
