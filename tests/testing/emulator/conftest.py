"""Clients of emulators in process, on a clock that moves only when it is read."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from paperspace_projects.config import DEFAULT_BASE_URL
from paperspace_projects.testing import Dialect, Emulator

Connect = Callable[[Emulator], httpx.Client]


class TickingClock:
    """Tells a time one second later each time it is asked; `stopped` holds it still."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 18, 12, 0, 0, tzinfo=UTC)
        self.stopped = False

    def __call__(self) -> datetime:
        if not self.stopped:
            self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes clients that hold the right key."""
    clients: list[httpx.Client] = []

    def make(emulator: Emulator) -> httpx.Client:
        client = httpx.Client(
            transport=emulator.transport(),
            base_url=DEFAULT_BASE_URL,
            headers={"Authorization": f"Bearer {emulator.api_key}"},
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def contract(clock: TickingClock, connect: Connect) -> Iterator[httpx.Client]:
    with Emulator("contract", clock=clock) as emulator:
        yield connect(emulator)


@pytest.fixture
def live_emulator(clock: TickingClock) -> Iterator[Emulator]:
    with Emulator("live", clock=clock) as emulator:
        yield emulator


@pytest.fixture
def live(live_emulator: Emulator, connect: Connect) -> httpx.Client:
    return connect(live_emulator)


@pytest.fixture(params=["contract", "live"])
def dialect(request: pytest.FixtureRequest) -> Dialect:
    chosen: Dialect = request.param
    return chosen


@pytest.fixture
def either_emulator(dialect: Dialect, clock: TickingClock) -> Iterator[Emulator]:
    with Emulator(dialect, clock=clock) as emulator:
        yield emulator


@pytest.fixture
def either(either_emulator: Emulator, connect: Connect) -> httpx.Client:
    """A client in each of the dialects in turn."""
    return connect(either_emulator)


@pytest.fixture
def project_id(request: pytest.FixtureRequest) -> str:
    """A project on whichever client the test uses."""
    used = [name for name in ("contract", "live", "either") if name in request.fixturenames]
    client: httpx.Client = request.getfixturevalue(used[0])
    return str(client.post("/projects", json={"name": "home"}).json()["id"])


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Waits for what another thread is about to do."""

    def wait(done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not done():
            assert time.monotonic() < deadline
            time.sleep(0.005)

    return wait
