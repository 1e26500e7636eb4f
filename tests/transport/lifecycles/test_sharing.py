"""One client, many callers: right answers, so many at a time, on connections that stay."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from support.clock import FakeClock
from support.driving import KEY, Driver
from support.insides import connections_of
from transport.lifecycles.holding_server import HoldingServer
from transport.lifecycles.looking import assert_nothing_is_under_way, pool_of

from paperspace_projects import (
    AsyncClient,
    AttemptEvent,
    Client,
    DeadlineExceededError,
    RetryPolicy,
)

AT_A_TIME = 8
THREADS, TASKS, CALLS = 32, 64, 6


def test_32_threads_get_their_own_answers_8_at_a_time() -> None:
    def work(thread: int) -> None:
        for number in range(CALLS):
            project_id = f"p{thread}-{number}"
            assert client.projects.get(project_id).id == project_id

    with (
        HoldingServer(crowd=AT_A_TIME) as server,
        Client(KEY, base_url=server.url, max_concurrency=AT_A_TIME) as client,
    ):
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(work, range(THREADS)))  # raises what a thread raised
        assert len(server.ids) == len(set(server.ids)) == THREADS * CALLS
        assert server.most_at_once == AT_A_TIME
        assert server.connections == server.open == AT_A_TIME
        assert len(connections_of(pool_of(client))) == AT_A_TIME
        assert_nothing_is_under_way(client)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_64_tasks_get_their_own_answers_8_at_a_time(backend: str) -> None:
    async def main(server: HoldingServer) -> None:
        async def work(task: int) -> None:
            for number in range(CALLS):
                project_id = f"p{task}-{number}"
                assert (await client.projects.get(project_id)).id == project_id

        async with AsyncClient(KEY, base_url=server.url, max_concurrency=AT_A_TIME) as client:
            async with anyio.create_task_group() as group:
                for task in range(TASKS):
                    group.start_soon(work, task)
            assert len(server.ids) == len(set(server.ids)) == TASKS * CALLS
            assert server.most_at_once == AT_A_TIME
            assert server.connections == server.open == AT_A_TIME
            assert_nothing_is_under_way(client)

    with HoldingServer(crowd=AT_A_TIME) as server:
        anyio.run(main, server, backend=backend)


def test_copies_share_the_connections_and_have_their_own_options(
    drive: Driver, server: HoldingServer
) -> None:
    events: list[AttemptEvent] = []
    client = drive.client(base_url=server.url)
    once = RetryPolicy(max_attempts=1)
    copy = client.with_options(timeout=5, deadline=9, retry=once, on_event=events.append)
    for each in (client, copy, copy.with_options(deadline=None)):
        assert drive(each.projects.get("p1")).id == "p1"
    assert server.connections == 1
    assert len(events) == 2
    assert (copy.settings.timeout, copy.settings.deadline, copy.settings.retry) == (5, 9, once)
    assert client.settings.deadline is None
    assert client.settings.retry != once


def test_closing_one_copy_closes_all(drive: Driver, server: HoldingServer) -> None:
    client = drive.client(base_url=server.url)
    copy = client.with_options(deadline=5)
    drive(client.projects.get("p1"))
    drive.close(copy)
    assert client.is_closed
    server.until(lambda: server.open == 0)


def test_other_callers_wait_out_what_a_429_asks_one_to_wait(
    drive: Driver, server: HoldingServer
) -> None:
    patient = drive.client(base_url=server.url)
    drive_one_into_429(drive, patient)
    began = drive.clock.now
    assert drive(patient.with_options(deadline=3).projects.get("p1")).id == "p1"
    assert drive.clock.now - began == pytest.approx(2)
    assert drive(patient.projects.get("p2")).id == "p2"
    assert drive.clock.now - began == pytest.approx(2)


def test_who_has_too_little_time_for_that_fails_at_once_and_sends_nothing(
    drive: Driver, server: HoldingServer
) -> None:
    patient = drive.client(base_url=server.url)
    drive_one_into_429(drive, patient)
    sent, clock = len(server.ids), list(drive.clock.sleeps)
    with pytest.raises(DeadlineExceededError, match="nothing was sent"):
        drive(patient.with_options(deadline=1.5).projects.get("p1"))
    assert len(server.ids) == sent
    assert drive.clock.sleeps == clock


def drive_one_into_429(drive: Driver, client: Any) -> None:
    """Have one call end with a 429 that asks to wait for 2 seconds; the clock stands still."""
    assert isinstance(drive.clock, FakeClock)
    once = client.with_options(retry=RetryPolicy(max_attempts=1))
    with pytest.raises(Exception, match="429"):
        drive(once.projects.get("busy-1"))


def test_closing_meets_another_thread_that_lets_go_of_the_last_idle_connection(
    drive: Driver, server: HoldingServer
) -> None:
    class LetGo(set[Any]):
        """Another thread comes right after each look at it."""

        def __bool__(self) -> bool:
            had_some = len(self) > 0
            self.clear()
            return had_some

    client = drive.client(base_url=server.url)
    drive(client.projects.get("p1"))
    connections = drive(client._session.pools.pool()).connections
    (connection,) = connections.all
    connections.all = LetGo(connections.all)
    drive.close(client)
    drive(connection.close() if drive.flavour == "sync" else connection.aclose())
