"""A secret's value goes in, and never comes out."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from paperspace_projects.testing import Dialect, Emulator
from paperspace_projects.testing.emulator.database import SECRETS, Database
from paperspace_projects.testing.emulator.determinism import Ids
from paperspace_projects.testing.emulator.handlers import RequestContext
from paperspace_projects.testing.emulator.messages import ServerRequest
from paperspace_projects.testing.emulator.serializers import SERIALIZERS
from paperspace_projects.testing.emulator.shapes import OPERATIONS

Connect = Callable[[Emulator], httpx.Client]
VALUE = "hunter2-hunter2"


def test_no_answer_holds_a_value(either: httpx.Client, project_id: str) -> None:
    path = f"/projects/{project_id}"
    answers = [
        either.post(f"{path}/secrets", json={"name": "S", "value": VALUE}),
        either.post(f"{path}/secrets", json={"name": "S", "value": VALUE}),
        either.post(f"{path}/secrets", json={"name": VALUE, "value": [VALUE]}),
        either.post(f"{path}/secrets", json={"value": VALUE}),
        either.post(f"{path}/secrets", content=f'{{"name": "S", "value": "{VALUE}'),
        either.patch(f"{path}/secrets/S", json={"value": VALUE}),
        either.patch(f"{path}/secrets/S", json={"value": {VALUE: VALUE}}),
        either.get(f"{path}/secrets/S"),
        either.get(f"{path}/secrets"),
        either.get(f"{path}/activity"),
        either.get(path),
        either.delete(f"{path}/secrets/S"),
    ]

    assert not [answer.text for answer in answers if VALUE in answer.text]


def test_an_update_moves_dt_modified_and_nothing_else(
    either: httpx.Client, project_id: str
) -> None:
    path = f"/projects/{project_id}/secrets"
    created = either.post(path, json={"name": "S", "value": "v"}).json()

    updated = either.patch(f"{path}/S", json={"value": "w"}).json()

    assert updated == created | {"dtModified": "2026-03-18T12:00:03.000Z"}
    read = either.get(f"{path}/S").json()
    assert read == updated | {key: False for key in read if key == "hasDeploymentAttached"}


def test_a_file_holds_no_value(tmp_path: Path, dialect: Dialect, connect: Connect) -> None:
    file = tmp_path / "state.db"
    with Emulator(dialect, path=file) as emulator:
        client = connect(emulator)
        project_id = client.post("/projects", json={"name": "a"}).json()["id"]
        client.post(f"/projects/{project_id}/secrets", json={"name": "S", "value": VALUE})

    assert VALUE.encode() not in file.read_bytes()


def test_a_test_can_ask_whether_a_value_arrived(connect: Connect) -> None:
    with Emulator() as emulator:
        client = connect(emulator)
        project_id = client.post("/projects", json={"name": "a"}).json()["id"]
        client.post(f"/projects/{project_id}/secrets", json={"name": "S", "value": "old"})
        assert emulator.secret_is(project_id, "S", "old")

        client.patch(f"/projects/{project_id}/secrets/S", json={"value": "new"})
        assert emulator.secret_is(project_id, "S", "new")
        assert not emulator.secret_is(project_id, "S", "old")
        assert not emulator.secret_is(project_id, "S", "\ud800")
        with pytest.raises(LookupError, match="that has a secret 'other'"):
            emulator.secret_is(project_id, "other", "new")


def test_no_repr_holds_a_key_or_a_body() -> None:
    with Emulator(api_key=VALUE) as emulator:
        assert repr(emulator) == "Emulator('contract')"
    headers, body = [(b"authorization", f"Bearer {VALUE}".encode())], VALUE.encode()
    assert VALUE not in repr(ServerRequest("POST", b"/", b"", headers, body))
    serializer, database = SERIALIZERS["contract"], Database(None)
    operation = OPERATIONS["createProjectSecret"][1]["contract"]
    context = RequestContext(database, serializer, Ids(0), "", SECRETS, operation, {}, {}, body)
    assert VALUE not in repr(context)
    database.close()
