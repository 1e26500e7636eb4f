"""Whole inventories are read by executors, which are told where the key is, and never the key."""

from __future__ import annotations

import multiprocessing
import pickle
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import httpx
import msgspec
import pytest
from inventory.elsewhere import be_at_home
from inventory.executors import Idle, Sending
from inventory.taking import PATIENCE, Taker

from paperspace_projects import (
    AsyncClient,
    Client,
    ConfigurationError,
    DeadlineExceededError,
    NotFoundError,
    ProjectFailure,
    ProjectSnapshot,
    ServerError,
)
from paperspace_projects.inventory import InventoryProgress, remote_worker
from paperspace_projects.testing import Emulator, Fault, FaultPlan

KEYS = {"red": "key-of-team-red-QXZk", "blue": "key-of-team-blue-QXZk"}


@pytest.fixture(autouse=True)
def clients_are_closed() -> Iterator[None]:
    """In the processes of an executor they live to the end; here, for a test."""
    yield
    for *_, client in remote_worker._CLIENTS:
        client.close()
    remote_worker._CLIENTS.clear()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a credentials file of two teams."""
    home = tmp_path_factory.mktemp("home")
    write_credentials(home, "\n".join(f'{team} = "{key}"' for team, key in KEYS.items()))
    return home


def write_credentials(home: Path, keys: str) -> None:
    (home / ".paperspace").mkdir()
    (home / ".paperspace" / "credentials.toml").write_text(f"version = 1\n[keys]\n{keys}\n")


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home))


@pytest.fixture(scope="module")
def pool(home: Path) -> Iterator[ProcessPoolExecutor]:
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        2, mp_context=spawning, initializer=be_at_home, initargs=(str(home),)
    ) as pool:
        yield pool


@pytest.fixture
def sending() -> Iterator[Sending]:
    with Sending() as sending:
        yield sending


@pytest.fixture(scope="module")
def red() -> Iterator[str]:
    """The URL of a served emulator of team red; it has 13 projects, and they stay as they are."""
    with Emulator("contract", api_key=KEYS["red"]) as red, red.serve() as url:
        fill(red, 13)
        yield url


@pytest.fixture(scope="module")
def blue() -> Iterator[str]:
    """The same of team blue, in the live dialect."""
    with Emulator("live", api_key=KEYS["blue"]) as blue, blue.serve() as url:
        fill(blue, 13)
        yield url


def fill(emulator: Emulator, count: int) -> None:
    with Client(emulator.api_key, transport=emulator.transport()) as client:
        for number in range(count):
            scope = client.project(client.projects.create(f"project {number}").id)
            scope.tags.add(f"tag {number}")
            emulator.record_event(scope.id, action="deployment.created")


def client_of(taker: Taker, url: str, **options: Any) -> Any:
    """A client of real time, with a key of its own finding."""
    kind = Client if taker.flavour == "sync" else AsyncClient
    return kind(base_url=url, **{"team": "red", **options})


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("team", KEYS)
def test_processes_read_what_is_read_here(
    taker: Taker, pool: ProcessPoolExecutor, team: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(team)
    here = taker.take(client_of(taker, url, team=team), in_order=True)
    there = taker.take(client_of(taker, url, team=team), in_order=True, executor=pool)
    assert (there.results, there.errors) == (here.results, [])
    assert {each.project.name for each in there.results} == {f"project {i}" for i in range(13)}
    some = [each.project.id for each in here.results[3:9]]
    client = client_of(taker, url, team=team)
    there = taker.take(client, some, include=["activity"], executor=pool)
    assert {each.project.id for each in there.results} == set(some)
    assert all(each.activity and each.included == ("activity",) for each in there.results)


@pytest.mark.parametrize("where", ["variable", "team", "only team"])
def test_no_key_is_in_what_is_sent(
    red: str, sending: Sending, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = KEYS["red"]
    monkeypatch.setenv("HOME", str(tmp_path))
    if where == "variable":
        monkeypatch.setenv("PAPERSPACE_API_KEY", key)
    else:
        others = 'theirs = "another"' if where == "team" else ""
        write_credentials(tmp_path, f'ours = "{key}"\n{others}')
    with Client(base_url=red, team="ours" if where == "team" else None) as client:
        assert len(list(client.inventory(executor=sending))) == 13
    assert sending.sent
    for sent in sending.sent:
        assert key.encode() not in sent
        assert b"another" not in sent
    (_, (batch,), _) = pickle.loads(sending.sent[0])
    found = ("PAPERSPACE_API_KEY", None) if where == "variable" else (None, "ours")
    assert (batch.key_source.variable, batch.key_source.team) == found


def test_a_worker_without_the_variable_says_so(
    taker: Taker, red: str, sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERSPACE_API_KEY", KEYS["red"])
    client = client_of(taker, red, team=None)
    monkeypatch.delenv("PAPERSPACE_API_KEY")
    error = taker.take(client, executor=sending).error
    assert isinstance(error, ConfigurationError)
    assert "PAPERSPACE_API_KEY" in str(error)


@pytest.mark.usefixtures("at_home")
def test_a_worker_takes_no_other_key_for_the_one_that_was_meant(
    red: str, sending: Sending, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The client's key is in the variable; the worker has none there, but one in its file."""
    monkeypatch.setenv("PAPERSPACE_API_KEY", KEYS["red"])
    with Client(base_url=red) as client:
        monkeypatch.delenv("PAPERSPACE_API_KEY")
        monkeypatch.setenv("HOME", str(tmp_path))
        write_credentials(tmp_path, 'ours = "another"')
        with pytest.raises(ConfigurationError, match="PAPERSPACE_API_KEY is not set where"):
            list(client.inventory(executor=sending))


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"api_key": KEYS["red"], "team": None}, "given one as api_key"),
        ({"transport": httpx.MockTransport(lambda _: httpx.Response(200))}, "transport"),
        ({"http_client": "a new one"}, "http_client"),
        ({"ssl_context": ssl.create_default_context()}, "ssl_context"),
    ],
)
def test_what_cannot_be_sent_is_refused_at_once(
    taker: Taker, options: dict[str, Any], message: str
) -> None:
    if "http_client" in options:
        kind = httpx.Client if taker.flavour == "sync" else httpx.AsyncClient
        options = {"http_client": kind()}
    client = client_of(taker, "http://localhost", **options)
    with pytest.raises(ConfigurationError, match=message) as caught:
        client.inventory(executor=Idle())
    assert KEYS["red"] not in str(caught.value)
    with pytest.raises(ConfigurationError, match=message):
        client.with_options(timeout=3).inventory(executor=Idle())


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize(("concurrency", "most"), [(1, 1), (8, 2), (16, 4)])
def test_so_many_batches_are_with_the_executor(
    taker: Taker, red: str, sending: Sending, concurrency: int, most: int
) -> None:
    taken = taker.take(client_of(taker, red), executor=sending, concurrency=concurrency)
    assert len(taken.results) == 13
    assert sending.most == most
    assert len(sending.sent) == 4


@pytest.mark.usefixtures("at_home")
def test_one_client_of_a_process_does_all_its_work(red: str, sending: Sending) -> None:
    with Client(team="red", base_url=red, deadline=60) as client:
        list(client.inventory(executor=sending))
        list(client.with_options(deadline=40).inventory(executor=sending))
    assert len(remote_worker._CLIENTS) == 1


@pytest.mark.usefixtures("at_home")
def test_failures_travel_and_are_counted(taker: Taker, red: str, sending: Sending) -> None:
    told: list[InventoryProgress] = []
    client = client_of(taker, red)
    ids = ["no-such-project", "..", "neither"]
    taken = taker.take(client, ids, executor=sending, on_progress=told.append)
    failures = {each.project_id: each for each in taken.results}
    assert set(failures) == set(ids)
    assert failures["neither"].is_gone
    assert isinstance(failures["neither"].error, NotFoundError)
    assert not failures[".."].is_gone
    assert (told[-1].done, told[-1].failed, told[-1].total) == (3, 3, 3)


@pytest.mark.usefixtures("at_home")
def test_a_listing_that_fails_raises_after_what_was_listed(taker: Taker, sending: Sending) -> None:
    faults = FaultPlan.script([None, Fault.status(501)], only=["listProjects"])
    with Emulator(api_key=KEYS["red"]) as red, red.serve() as url:
        with Client(red.api_key, transport=red.transport()) as client:
            for number in range(122):
                client.projects.create(str(number))
        red.faults = faults
        taken = taker.take(client_of(taker, url), include=[], executor=sending)
    assert len({each.project.id for each in taken.results}) == 120
    assert isinstance(taken.error, ServerError)


@pytest.mark.usefixtures("at_home")
def test_what_breaks_in_an_executor_is_raised(taker: Taker, red: str) -> None:
    class Breaking(Idle):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future = super().submit(fn, *args, **kwargs)
            future.set_exception(ZeroDivisionError("in the executor"))
            return future

    with pytest.raises(ZeroDivisionError, match="in the executor"):
        taker.take(client_of(taker, red), executor=Breaking())


@pytest.mark.usefixtures("at_home")
def test_what_was_not_begun_is_given_up_when_it_is_left(red: str) -> None:
    class Slow(Idle):
        """The first batch is done at once."""

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future = super().submit(fn, *args, **kwargs)
            if len(self.futures) == 1:
                future.set_result(fn(*args, **kwargs))
            return future

    for flavour in ("sync", "asyncio", "trio"):
        taker, slow = Taker(flavour), Slow()
        taken = taker.take(client_of(taker, red), executor=slow, at_most=1)
        assert isinstance(taken.results[0], ProjectSnapshot)
        assert [future.cancelled() for future in slow.futures] == [False, *[True] * 3]


@pytest.mark.usefixtures("at_home")
def test_an_executor_that_is_stuck_ends_with_the_deadline(taker: Taker, red: str) -> None:
    begun = time.monotonic()
    client = client_of(taker, red, deadline=0.2)
    taken = taker.take(client, ["p1"], executor=Idle(begins=True))
    assert isinstance(taken.error, DeadlineExceededError)
    assert 0.15 < time.monotonic() - begun < PATIENCE


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_wait_for_an_executor_that_is_stuck_can_be_cancelled(backend: Any, red: str) -> None:
    taker, scopes = Taker(backend), list[anyio.CancelScope]()

    class Stuck(Idle):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            scopes[0].cancel()
            return super().submit(fn, *args, **kwargs)

    stuck = Stuck(begins=True)

    async def run() -> None:
        async with client_of(taker, red) as client:
            with anyio.CancelScope() as scope:
                scopes.append(scope)
                async for _ in client.inventory(["p1"], executor=stuck):
                    raise AssertionError
            assert scope.cancelled_caught

    taker.run(run)
    assert [each.name for each in threading.enumerate() if "anyio" in each.name.lower()] == []


@pytest.mark.usefixtures("at_home")
def test_no_more_is_sent_once_the_time_is_over(taker: Taker, red: str, sending: Sending) -> None:
    client = client_of(taker, red, deadline=50)
    client._session.clock = msgspec.structs.replace(
        client._session.clock, monotonic=taker.clock.monotonic
    )
    taken = taker.take(
        client, executor=sending, concurrency=1, look=lambda _: taker.clock.advance(20)
    )
    assert (len(taken.results), len(sending.sent)) == (4, 2)
    assert isinstance(taken.error, DeadlineExceededError)


@pytest.mark.usefixtures("at_home")
def test_the_deadline_holds_where_the_work_is_done(taker: Taker, sending: Sending) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # it takes connections, and no more
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        client = client_of(taker, url, deadline=0.2)
        taken = taker.take(client, ["p1", "p2"], executor=sending)
    assert isinstance(taken.error, DeadlineExceededError)
    assert taken.error.operation == "inventory"
    assert not [each for each in taken.results if isinstance(each, ProjectFailure)]
    (_, (batch,), _) = pickle.loads(sending.sent[0])
    assert 0.05 < batch.deadline <= 0.2
