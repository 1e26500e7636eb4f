"""What an emulator is told, it keeps: across restarts, threads and failures."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
import pytest

from paperspace_projects.config import DEFAULT_BASE_URL
from paperspace_projects.testing import Dialect, Emulator

Connect = Callable[[Emulator], httpx.Client]


def everything(client: httpx.Client) -> Iterator[Any]:
    """All that a client can read."""
    projects = client.get("/projects").json()
    yield projects
    for project in projects["items"]:
        for kind in ("activity", "collaborators", "secrets", "tags", "models"):
            yield client.get(f"/projects/{project['id']}/{kind}").json()


def fill(client: httpx.Client) -> str:
    project_id = str(client.post("/projects", json={"name": "a"}).json()["id"])
    client.post("/projects", json={"name": "b"})
    path = f"/projects/{project_id}"
    client.post(f"{path}/collaborators", json={"userId": "u", "role": "viewer"})
    client.post(f"{path}/secrets", json={"name": "S", "value": "v"})
    client.post(f"{path}/tags", json={"name": "t"})
    client.post(f"{path}/models/m")
    return project_id


def test_a_restart_loses_nothing(tmp_path: Path, dialect: Dialect, connect: Connect) -> None:
    file = tmp_path / "state.db"
    with Emulator(dialect, path=file) as emulator:
        client = connect(emulator)
        project_id = fill(client)
        before = list(everything(client))
        cursor = client.get("/projects", params={"limit": 1}).json()["nextPage"]

    with Emulator(dialect, path=str(file)) as emulator:
        client = connect(emulator)
        assert list(everything(client)) == before
        assert emulator.secret_is(project_id, "S", "v")
        (rest,) = client.get("/projects", params={"limit": 1, "after": cursor}).json()["items"]
        assert rest["id"] == project_id


def test_a_file_can_be_opened_in_the_other_dialect(tmp_path: Path, connect: Connect) -> None:
    file = tmp_path / "state.db"
    with Emulator("contract", path=file) as emulator:
        project_id = fill(connect(emulator))

    with Emulator("live", path=file) as emulator:
        tags = connect(emulator).get(f"/projects/{project_id}/tags").json()
        assert [tag["name"] for tag in tags["items"]] == ["t"]


def test_two_emulators_can_share_a_file(tmp_path: Path, connect: Connect) -> None:
    file = tmp_path / "state.db"
    with Emulator("contract", path=file) as one, Emulator("live", path=file) as other:
        project_id = fill(connect(one))
        assert connect(other).get(f"/projects/{project_id}").json()["name"] == "a"


def test_emulators_in_memory_share_nothing(connect: Connect) -> None:
    with Emulator() as one, Emulator() as other:
        fill(connect(one))
        assert connect(other).get("/projects").json()["items"] == []


def test_a_deleted_project_takes_all_that_it_holds_with_it(
    tmp_path: Path, dialect: Dialect, connect: Connect
) -> None:
    file = tmp_path / "state.db"
    with Emulator(dialect, path=file) as emulator:
        client = connect(emulator)
        client.delete(f"/projects/{fill(client)}")

    with closing(sqlite3.connect(file)) as database:
        for table in ("collaborators", "secrets", "tags", "models"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_threads_may_share_an_emulator(dialect: Dialect, connect: Connect) -> None:
    with Emulator(dialect) as emulator:
        client = connect(emulator)
        path = f"/projects/{client.post('/projects', json={'name': 'a'}).json()['id']}/tags"

        def add(number: int) -> int:
            return client.post(path, json={"name": f"t{number % 50}"}).status_code

        with ThreadPoolExecutor(16) as pool:
            statuses = list(pool.map(add, range(100)))

    assert statuses.count(409) == 50
    assert statuses.count(201 if dialect == "contract" else 200) == 50


async def in_process_async(emulator: Emulator) -> int:
    async with httpx.AsyncClient(
        transport=emulator.transport(),
        base_url=DEFAULT_BASE_URL,
        headers={"Authorization": f"Bearer {emulator.api_key}"},
    ) as client:
        return (await client.post("/projects", json={"name": "a"})).status_code


def test_the_transport_serves_async_clients_too() -> None:
    with Emulator() as emulator:
        assert asyncio.run(in_process_async(emulator)) == 201


def test_times_are_utc_to_the_millisecond(connect: Connect) -> None:
    east = timezone(timedelta(hours=2))
    with Emulator(clock=lambda: datetime(2026, 1, 2, 1, 4, 5, 678901, tzinfo=east)) as emulator:
        project = connect(emulator).post("/projects", json={"name": "a"}).json()

    assert project["dtCreated"] == "2026-01-01T23:04:05.678Z"


def test_a_clock_without_a_zone_is_refused(connect: Connect) -> None:
    with Emulator(clock=lambda: datetime(2026, 1, 2)) as emulator:
        client = connect(emulator)
        with pytest.raises(ValueError, match="aware"):
            client.get("/projects")


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(ValueError, match='"contract" or "live"'):
        Emulator(cast("Dialect", "klingon"))


def test_a_blank_key_is_refused() -> None:
    with pytest.raises(ValueError, match="api_key"):
        Emulator(api_key=" ")


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to be looked at as one" * 100)

    with pytest.raises(sqlite3.DatabaseError):
        Emulator(path=file)

    assert file.read_text().startswith("not a database")


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE projects (id)")
    before = file.read_bytes()

    with pytest.raises(ValueError, match="another program"):
        Emulator(path=file)

    assert file.read_bytes() == before


def test_a_file_with_other_tables_is_refused_and_left_alone(
    tmp_path: Path, dialect: Dialect
) -> None:
    file = tmp_path / "state.db"
    with Emulator(dialect, path=file) as emulator:
        snapshot = emulator.snapshot()
    with closing(sqlite3.connect(file)) as database:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        assert version != 0
        database.execute(f"PRAGMA user_version = {version - 1}")
    before = file.read_bytes()

    with pytest.raises(ValueError, match=r"the file was made by another version of the emulator"):
        Emulator(dialect, path=file)
    assert file.read_bytes() == before

    other = msgspec.structs.replace(snapshot, stored=before)
    with Emulator(dialect) as emulator:
        emulator.seed({"version": 1, "projects": [{"name": "vision"}]})
        with pytest.raises(ValueError, match=r"the snapshot was made by another version"):
            emulator.restore(other)
        (there,) = emulator.seed({"version": 1, "projects": [{"name": "speech"}]})
        assert not emulator.requests
        assert there


def test_a_path_that_is_empty_is_refused() -> None:
    with pytest.raises(ValueError, match="path must not be empty"):
        Emulator(path="")


def test_a_closed_emulator_says_so(connect: Connect) -> None:
    emulator = Emulator()
    client = connect(emulator)
    emulator.close()
    emulator.close()

    with pytest.raises(RuntimeError, match="closed"):
        client.get("/projects")
    with pytest.raises(RuntimeError, match="closed"):
        emulator.serve()


def test_an_emulator_that_is_forgotten_closes_itself(tmp_path: Path, connect: Connect) -> None:
    file = tmp_path / "state.db"
    connect(Emulator(path=file)).post("/projects", json={"name": "a"})

    with Emulator(path=file) as emulator:
        assert len(connect(emulator).get("/projects").json()["items"]) == 1
