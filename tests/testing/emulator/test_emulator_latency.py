"""Requests take their time without holding up others, nor the end."""

import gc
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import httpx
import pytest

from paperspace_projects.testing import Emulator, Fault, FaultPlan, Latency
from paperspace_projects.testing.emulator.messages import ServerRequest
from paperspace_projects.testing.faults.injector import FaultInjector

Until = Callable[[Callable[[], bool]], None]


def request(emulator: Emulator) -> httpx.Request:
    headers = {"Authorization": f"Bearer {emulator.api_key}"}
    return httpx.Request("GET", "https://x.example/projects", headers=headers)


def delays(latency: Latency, seed: int, requests: int = 5) -> list[float]:
    slept: list[float] = []
    plan = FaultPlan(seed=seed)
    with Emulator(latency=latency, faults=plan, sleep=slept.append) as emulator:
        for _ in range(requests):
            emulator.handle(request(emulator))
    return slept


def test_each_request_takes_as_long_as_was_said() -> None:
    assert delays(0.25, seed=0) == [0.25] * 5


def test_a_pair_is_drawn_from_the_same_each_time_with_a_seed() -> None:
    drawn = delays((0.1, 0.3), seed=7)

    assert drawn == delays((0.1, 0.3), seed=7)
    assert drawn != delays((0.1, 0.3), seed=8)
    assert all(0.1 <= seconds <= 0.3 for seconds in drawn)
    assert len(set(drawn)) == 5


def test_without_latency_nothing_sleeps() -> None:
    assert delays(0, seed=0) == []


def test_a_fault_takes_as_long_as_an_answer() -> None:
    slept: list[float] = []
    plan = FaultPlan.script([Fault.drop()])
    with (
        Emulator(latency=3, faults=plan, sleep=slept.append) as emulator,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        emulator.handle(request(emulator))

    assert slept == [3]


def test_threads_sleep_side_by_side() -> None:
    # If one waited for the other, the barrier would break.
    together = threading.Barrier(4, timeout=10)
    with (
        Emulator(latency=1, sleep=lambda _: together.wait()) as emulator,
        ThreadPoolExecutor(4) as pool,
    ):
        answers = pool.map(lambda _: emulator.handle(request(emulator)), range(4))

        assert [answer.status_code for answer in answers] == [200] * 4


def test_time_sleep_is_what_waits_in_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    with Emulator(latency=5) as emulator:
        emulator.handle(request(emulator))

    assert slept == [5]


def test_what_waits_can_be_given_to_async_too() -> None:
    slept: list[float] = []

    async def ask(emulator: Emulator) -> None:
        async with httpx.AsyncClient(transport=emulator.transport()) as client:
            await client.send(request(emulator))

    with Emulator(latency=5, sleep=slept.append) as emulator:
        anyio.run(ask, emulator)

    assert slept == [5]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_async_requests_leave_the_loop_free(backend: str) -> None:
    async def ask(emulator: Emulator) -> list[str]:
        order: list[str] = []

        async def slow() -> None:
            await client.send(request(emulator))
            order.append("slow")

        async with (
            httpx.AsyncClient(transport=emulator.transport()) as client,
            anyio.create_task_group() as tasks,
        ):
            for _ in range(50):
                tasks.start_soon(slow)
            await anyio.sleep(0.001)
            order.append("quick")
        return order

    started = time.monotonic()
    with Emulator(latency=0.1) as emulator:
        assert anyio.run(ask, emulator, backend=backend) == ["quick"] + ["slow"] * 50
    # One after the other they would take five seconds.
    assert time.monotonic() - started < 4


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_request_that_is_cancelled_in_its_latency_is_not_carried_out(
    backend: str, tmp_path: Path
) -> None:
    async def create(emulator: Emulator) -> None:
        headers = {"Authorization": f"Bearer {emulator.api_key}"}
        async with httpx.AsyncClient(transport=emulator.transport(), headers=headers) as client:
            with anyio.move_on_after(0.01):
                await client.post("https://x.example/projects", json={"name": "a"})

    with Emulator(latency=60, path=tmp_path / "state.db") as emulator:
        anyio.run(create, emulator, backend=backend)
    with Emulator(path=tmp_path / "state.db") as emulator:
        assert emulator.handle(request(emulator)).json()["items"] == []


def test_served_requests_sleep_side_by_side() -> None:
    with (
        Emulator(latency=0.1) as emulator,
        emulator.serve() as base_url,
        httpx.Client(headers=request(emulator).headers, timeout=10) as client,
        ThreadPoolExecutor(10) as pool,
    ):
        started = time.monotonic()
        answers = list(pool.map(lambda _: client.get(f"{base_url}/projects"), range(30)))
        took = time.monotonic() - started

    assert {answer.status_code for answer in answers} == {200}
    # Three rounds of ten; one after the other they would take three seconds.
    assert 0.1 <= took < 2.5


@pytest.mark.parametrize(
    ("latency", "plan"),
    [(60, None), (0, FaultPlan.script([Fault.timeout()]))],
    ids=["a long latency", "an answer that never comes"],
)
def test_a_server_ends_soon_although_a_request_waits(
    latency: float,
    plan: FaultPlan | None,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    arrived: list[ServerRequest] = []
    draw = FaultInjector.draw

    def draw_and_note(
        injector: FaultInjector, request: ServerRequest
    ) -> tuple[float, Fault | None]:
        arrived.append(request)
        return draw(injector, request)

    monkeypatch.setattr(FaultInjector, "draw", draw_and_note)
    before = set(threading.enumerate())
    with Emulator(latency=latency, faults=plan) as emulator, ThreadPoolExecutor(1) as pool:
        serving = emulator.serve()
        base_url = serving.__enter__()
        asked = pool.submit(waits, base_url, request(emulator).headers)
        until(lambda: len(arrived) > 0)
        started = time.monotonic()
        serving.__exit__(None, None, None)

        assert time.monotonic() - started < 5
        assert asked.result(timeout=5) in (200, httpx.RemoteProtocolError)
    gc.collect()
    assert set(threading.enumerate()) <= before
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def waits(base_url: str, headers: httpx.Headers) -> object:
    """What comes of a request: a status or an exception."""
    try:
        return httpx.get(f"{base_url}/projects", headers=headers, timeout=30).status_code
    except httpx.TransportError as error:
        return type(error)


def test_a_sleep_that_nobody_would_await_is_refused() -> None:
    with pytest.raises(TypeError, match="sleep must be a plain function"):
        Emulator(latency=1, sleep=anyio.sleep)
