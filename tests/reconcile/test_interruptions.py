"""Whoever is interrupted while a plan is applied makes a new one, and it goes on from there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from reconcile.driving import apply, document, make, plan
from reconcile.worlds import VALUES, differences, snapshots
from support.driving import KEY, Driver

from paperspace_projects import AsyncClient, Client, reconcile
from paperspace_projects.reconcile import DesiredState, StepResult, async_plan, load
from paperspace_projects.testing import Dialect, Emulator

DESIRED = load(
    document(
        {
            "name": "a",
            "description": "new",
            "tags": ["x", "y"],
            "models": ["m2"],
            "collaborators": {"u1": "admin", "u2": None},
            "secrets": {"A": "env:ONE", "B": "env:TWO"},
        },
        {"name": "b", "tags": ["z"]},
    )
)
Moment = tuple[int, bool]
"""At which request that writes, and whether that has its effect."""


@pytest.fixture(autouse=True)
def values(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VALUES.items():
        monkeypatch.setenv(name, value)


class Interrupting(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The emulator, with an interruption at one of its requests."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self.interrupt: Callable[[], None] = ctrl_c
        self.count = 0
        self.moment: Moment | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        due, has_effect = self._is_due(request)
        response = self._emulator.handle(request) if has_effect else None
        if due:
            self.interrupt()
        assert response is not None
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        due, has_effect = self._is_due(request)
        response = self._emulator.handle(request) if has_effect else None
        if due:
            self.interrupt()
            await anyio.lowlevel.checkpoint()
        assert response is not None
        return response

    def _is_due(self, request: httpx.Request) -> tuple[bool, bool]:
        self.count += request.method != "GET"
        if self.moment is None or request.method == "GET" or self.count != self.moment[0]:
            return False, True
        return True, self.moment[1]


def ctrl_c() -> None:
    raise KeyboardInterrupt


def world(drive: Driver, client: Any) -> dict[str, Any]:
    make(
        drive,
        client,
        "a",
        description="old",
        tags=["w", "x"],
        models=["m1"],
        collaborators={"u1": "viewer", "u3": "admin"},
        secrets={"A": "old value", "C": "old value"},
    )
    make(drive, client, "old")
    return snapshots(drive, client)


def interrupted_at(flavour: Any, dialect: Dialect, moment: Moment) -> bool:
    """Apply a plan, be interrupted, start anew. Gives whether there is such a moment."""
    with Emulator(dialect) as emulator:
        drive = Driver(flavour)
        calm = drive.client(emulator.transport(), api_key=emulator.api_key)
        before = world(drive, calm)
        transport = Interrupting(emulator)
        client = drive.client(transport, api_key=emulator.api_key)
        steps = plan(drive, client, DESIRED, prune=True)
        transport.moment = moment
        if flavour == "sync":
            try:
                steps.apply(client, concurrency=1)
                was_interrupted = False
            except KeyboardInterrupt as interruption:
                was_interrupted = True
                (note,) = interruption.__notes__
                assert "begun, and perhaps carried out" in note or "may be out" in note
        else:

            async def cancelled() -> bool:
                with anyio.CancelScope() as scope:
                    transport.interrupt = scope.cancel
                    try:
                        await steps.async_apply(client, concurrency=1)
                    except anyio.get_cancelled_exc_class() as cancellation:
                        (note,) = cancellation.__notes__
                        assert "begun, and perhaps carried out" in note or "may be out" in note
                        raise
                return scope.cancelled_caught

            was_interrupted = drive(cancelled())
        transport.moment = None
        again = plan(drive, client, DESIRED, prune=True)
        assert was_interrupted or again.is_empty
        assert apply(drive, client, again).is_ok
        assert differences(drive, calm, emulator, DESIRED, before) == []
        assert plan(drive, client, DESIRED, prune=True).is_empty
        drive.shut_down()
    return was_interrupted


@pytest.mark.parametrize("has_effect", [False, True], ids=["before it", "after it"])
@pytest.mark.parametrize("dialect", ["contract", "live"])
@pytest.mark.parametrize("flavour", ["sync", "async"])
def test_an_application_can_be_interrupted_at_each_of_its_writes(
    flavour: Any, dialect: Dialect, has_effect: bool
) -> None:
    number = 1
    while interrupted_at(flavour, dialect, (number, has_effect)):
        number += 1
    assert number > 11


class Blocking:
    """The emulator, at which writes wait until they are let go."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self.waiting = threading.Semaphore(0)
        self.let_go = threading.Event()
        self.count = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            self.count += 1
            self.waiting.release()
            assert self.let_go.wait(10)
        return self._emulator.handle(request)


def test_ctrl_c_ends_the_waiting_for_threads_at_once_and_nothing_new_is_begun(
    interrupt_main: Callable[[], None],
) -> None:
    projects = [{"name": f"p{number}", "tags": ["a"]} for number in range(8)]
    desired = load(document(*projects))
    with Emulator() as emulator:
        blocking = Blocking(emulator)
        client = Client(emulator.api_key, transport=httpx.MockTransport(blocking))
        steps = reconcile.plan(client, desired)

        def wait() -> None:
            for _ in range(4):
                assert blocking.waiting.acquire(timeout=10)
            interrupt_main()

        thread = threading.Thread(target=wait)
        thread.start()
        told: list[StepResult] = []
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            steps.apply(client, concurrency=4, on_step=told.append)
        assert time.monotonic() - began < 5, "it does not wait for the answers"
        thread.join()
        blocking.let_go.set()
        for each in threading.enumerate():
            if each.name.startswith("reconcile"):
                each.join(10)
        assert (blocking.count, told) == (4, [])
        assert {each.name for each in client.projects.list()} == {"p0", "p1", "p2", "p3"}
        assert reconcile.plan(client, desired).apply(client).is_ok
        client.close()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_application_begins_nothing_new(backend: str) -> None:
    desired: DesiredState = load(document(*({"name": f"p{number}"} for number in range(8))))

    async def main() -> None:
        begun = 0

        async def handle(request: httpx.Request) -> httpx.Response:
            nonlocal begun
            if request.method != "GET":
                begun += 1
                if begun == 4:
                    scope.cancel()
                await anyio.sleep_forever()
            return emulator.handle(request)

        async with AsyncClient(KEY, transport=httpx.MockTransport(handle)) as client:
            steps = await async_plan(client, desired)
            with anyio.CancelScope() as scope:
                await steps.async_apply(client, concurrency=4)
            assert scope.cancelled_caught
            assert begun == 4

    with Emulator(api_key=KEY) as emulator:
        anyio.run(main, backend=backend)


ROLES = load(
    document(
        *({"name": f"p{number}", "collaborators": {f"u{number}": "admin"}} for number in range(2))
    )
)


def seeded() -> Emulator:
    """An emulator with two projects, in each of which a user has another role."""
    emulator = Emulator(api_key=KEY)
    users = [{f"u{number}": "viewer"} for number in range(2)]
    projects = [{"name": f"p{n}", "collaborators": each} for n, each in enumerate(users)]
    emulator.seed({"version": 1, "projects": projects})
    return emulator


def assert_named(error: BaseException) -> None:
    """All users whose roles were being changed are named in notes."""
    assert sorted(error.__notes__) == [
        f"collaborator 'u{number}' of 'p{number}' was being removed and added again, and may be "
        "out right now: a new plan adds them as admin if they are"
        for number in range(2)
    ]


def test_ctrl_c_names_the_users_whose_roles_threads_are_changing(
    interrupt_main: Callable[[], None],
) -> None:
    with seeded() as emulator:
        blocking = Blocking(emulator)
        client = Client(KEY, transport=httpx.MockTransport(blocking))
        steps = reconcile.plan(client, ROLES)

        def wait() -> None:
            for _ in range(2):
                assert blocking.waiting.acquire(timeout=10)
            interrupt_main()

        thread = threading.Thread(target=wait)
        thread.start()
        with pytest.raises(KeyboardInterrupt) as caught:
            steps.apply(client, concurrency=2)
        assert_named(caught.value)
        thread.join()
        blocking.let_go.set()
        for each in threading.enumerate():
            if each.name.startswith("reconcile"):
                each.join(10)
        client.close()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancellation_names_the_users_whose_roles_tasks_are_changing(backend: str) -> None:
    async def main() -> None:
        begun = 0

        async def handle(request: httpx.Request) -> httpx.Response:
            nonlocal begun
            if request.method == "POST":
                begun += 1
                if begun == 2:
                    scope.cancel()
                await anyio.sleep_forever()
            return emulator.handle(request)

        async with AsyncClient(KEY, transport=httpx.MockTransport(handle)) as client:
            steps = await async_plan(client, ROLES)
            with anyio.CancelScope() as scope:
                try:
                    await steps.async_apply(client, concurrency=2)
                except anyio.get_cancelled_exc_class() as error:
                    assert_named(error)
                    raise
            assert scope.cancelled_caught

    with seeded() as emulator:
        anyio.run(main, backend=backend)
