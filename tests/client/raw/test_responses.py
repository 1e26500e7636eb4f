"""`client.responses()` tells of the calls that one thread or task makes, and shows no secret."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import pickle
import threading
from json import dumps
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from client.secrecy.planted import KEYS, VALUES, assert_hidden, leaks
from support.driving import KEY, Driver
from support.servers import Script, json, project, status

from paperspace_projects import AsyncClient, Client, ResponseInfo
from paperspace_projects.testing import Emulator


async def waited(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def test_it_tells_of_a_success(drive: Driver) -> None:
    headers = {"date": "today", "x-ratelimit-limit": "9", "set-cookie": "a=b"}
    server = Script(status(503), json(project(), x_request_id="r2", **headers))
    client = drive.client(server)
    (told,) = drive.collected(client, lambda: client.projects.get("p1"))
    assert isinstance(told, ResponseInfo)
    assert (told.operation, told.method, told.path) == ("getProject", "GET", "/projects/p1")
    assert (told.status_code, told.error, told.attempts) == (200, None, 2)
    assert (told.request_id, told.elapsed) == ("r2", sum(drive.clock.sleeps))
    assert told.headers["date"] == "today"
    assert told.headers["x-ratelimit-limit"] == "9"
    assert "set-cookie" not in told.headers
    with pytest.raises(AttributeError):
        told.status_code = 500


def test_it_tells_of_failures(drive: Driver) -> None:
    client = drive.client(Script(json({"message": "no"}, 404), httpx.ConnectError("refused")))
    seen = drive.collected(client, *[lambda: client.projects.get("p1")] * 2)
    assert [(told.status_code, told.error, told.attempts) for told in seen] == [
        (404, "NotFoundError", 1),
        (None, "APIConnectionError", 4),
    ]
    assert seen[1].headers == {}


def test_a_write_that_was_looked_for_is_told_with_the_looks(drive: Driver) -> None:
    client = drive.client(Script(httpx.ReadError("lost"), json([]), status(201)))
    seen = drive.collected(client, lambda: client.project("p1").tags.add("gpu"))
    assert [(told.operation, told.status_code, told.attempts) for told in seen] == [
        ("listProjectTags", 200, 1),
        ("addProjectTag", 201, 2),
    ]


def test_only_calls_within_it_count(drive: Driver, client: Any) -> None:
    async def run() -> None:
        await waited(client.projects.list().collect())
        with client.responses() as outer:
            await waited(client.projects.create("alpha"))
            with client.responses() as inner:
                await waited(client.with_options(deadline=60).projects.list().collect())
        await waited(client.projects.list().collect())
        assert [told.operation for told in outer] == ["createProject", "listProjects"]
        assert [told.operation for told in inner] == ["listProjects"]

    drive(run())


def test_another_client_is_not_told_of(drive: Driver, client: Any, emulator: Emulator) -> None:
    other = drive.client(emulator.transport(), api_key=emulator.api_key)
    assert drive.collected(other, lambda: client.projects.list().collect()) == []


@pytest.mark.parametrize("prefetch", [0, 1])
def test_each_page_is_a_call(drive: Driver, client: Any, prefetch: int) -> None:
    for number in range(5):
        drive(client.projects.create(f"project {number}"))
    pager = client.projects.list(page_size=2, prefetch=prefetch)
    seen = drive.collected(client, pager.collect)
    assert [told.operation for told in seen] == ["listProjects"] * 3


def test_a_thread_sees_its_own_calls_alone() -> None:
    with Emulator() as emulator, Client(emulator.api_key, transport=emulator.transport()) as client:
        both = threading.Barrier(2)
        found: dict[str, list[ResponseInfo]] = {}

        def work(name: str) -> None:
            with client.responses() as seen:
                both.wait(10)
                client.projects.create(name)
                both.wait(10)
            found[name] = seen

        with client.responses() as of_main:
            # Even one that has a copy of another's context, as `asyncio.to_thread` gives.
            contexts = [contextvars.copy_context() for _ in range(2)]
            threads = [
                threading.Thread(target=each.run, args=(work, name))
                for each, name in zip(contexts, ("a", "b"), strict=True)
            ]
            for each in threads:
                each.start()
            for each in threads:
                each.join(10)
        assert of_main == []
        assert {name: len(seen) for name, seen in found.items()} == {"a": 1, "b": 1}


def test_a_task_sees_its_own_calls_alone() -> None:
    async def main() -> None:
        emulator = Emulator()
        async with AsyncClient(emulator.api_key, transport=emulator.transport()) as client:

            async def work(name: str) -> list[ResponseInfo]:
                with client.responses() as seen:
                    await asyncio.sleep(0)
                    await client.projects.create(name)
                    await asyncio.sleep(0)
                return seen

            with client.responses() as of_main:
                found = await asyncio.gather(*(work(name) for name in "abc"))
                assert of_main == []
                await client.projects.list().collect()
            assert [len(seen) for seen in found] == [1, 1, 1]
            assert [told.operation for told in of_main] == ["listProjects"]

    asyncio.run(main())


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_no_header_shows_a_key_or_a_value(drive: Driver, key: str, value: str) -> None:
    texts = {"x-request-id": dumps(key), "etag": dumps(value), "x-ratelimit-a": quote(key + value)}
    echoes = {name: f"<{text}>" for name, text in texts.items()}
    events: list[Any] = []
    client = drive.client(
        Script(json({"name": "T"}, **echoes), json({"message": "m"}, 500, **echoes)),
        api_key=key,
        on_event=events.append,
    )
    write = client.project("p1").secrets.update
    seen = drive.collected(client, *[lambda: write("T", value)] * 2)
    assert len(seen) == len(events) == 2
    for told in (*seen, *events):
        assert told.headers.keys() >= echoes.keys()
        assert_hidden(told)
        assert not leaks(pickle.dumps(told))


def test_the_usual_key_is_in_no_header(drive: Driver) -> None:
    client = drive.client(Script(json(project(), x_request_id=KEY)))
    assert KEY not in repr(drive.collected(client, lambda: client.projects.get("p1")))
