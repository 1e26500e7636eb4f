"""Whatever is raised while a plan is applied reaches the caller, and nothing is left running."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
import trio
from reconcile.driving import document
from support.driving import KEY

from paperspace_projects import AsyncClient, Client, reconcile
from paperspace_projects.hooks import OutgoingRequest, before_sending
from paperspace_projects.reconcile import load
from paperspace_projects.testing import Emulator

RAISED: dict[str, Callable[[], BaseException]] = {
    "pytest.fail": lambda: pytest.fail.Exception("no network"),
    "sys.exit": lambda: SystemExit(3),
    "Ctrl-C": KeyboardInterrupt,
    "cancelled": lambda: asyncio.CancelledError("of something else"),
    "error": ZeroDivisionError,
}
DESIRED = load(document(*({"name": f"p{number}", "tags": ["a"]} for number in range(8))))


@pytest.fixture(params=RAISED)
def error(request: pytest.FixtureRequest) -> BaseException:
    return RAISED[request.param]()


def came(flavour: str, handle: Callable[[httpx.Request], httpx.Response], **options: Any) -> Any:
    """What applying a plan raises, when nothing is left running."""
    transport = httpx.MockTransport(handle)
    if flavour == "sync":
        with Client(KEY, transport=transport) as client:
            steps = reconcile.plan(client, DESIRED)
            try:
                steps.apply(client, concurrency=4, **options)
            except BaseException as error:
                for each in threading.enumerate():
                    if each.name.startswith("reconcile"):
                        each.join()
                return error
        return None

    def tasks() -> int:
        if flavour == "trio":
            return trio.lowlevel.current_statistics().tasks_living
        return len(asyncio.all_tasks())

    async def main() -> Any:
        async with AsyncClient(KEY, transport=transport) as client:
            steps = await reconcile.async_plan(client, DESIRED)
            before, raised = tasks(), None
            try:
                await steps.async_apply(client, concurrency=4, **options)
            except BaseException as error:
                raised = error
            assert tasks() == before
            return raised

    return anyio.run(main, backend=flavour)


@pytest.mark.parametrize("flavour", ["sync", "asyncio", "trio"])
@pytest.mark.parametrize("where", ["transport", "guard", "on_step"])
def test_whatever_is_raised_reaches_the_caller(
    flavour: str, where: str, error: BaseException
) -> None:
    writes = 0

    def refuse_third(departure: OutgoingRequest) -> None:
        nonlocal writes
        writes += departure.method != "GET"
        if where == "guard" and writes == 3:
            raise error

    def handle(request: httpx.Request) -> httpx.Response:
        if where == "transport" and request.method != "GET" and writes == 3:
            raise error
        return emulator.handle(request)

    def refuse(_: object) -> None:
        raise error

    with Emulator(api_key=KEY) as emulator, before_sending(refuse_third):
        options = {"on_step": refuse} if where == "on_step" else {}
        assert came(flavour, handle, **options) is error
    assert writes < 16
