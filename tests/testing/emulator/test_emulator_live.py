"""In the live dialect, every answer is what the tables of docs/dialects.md say."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import httpx
import pytest

from paperspace_projects.testing import Emulator
from scripts.live_document.document import live_document
from scripts.live_document.shapes import Reader

Connect = Callable[[Emulator], httpx.Client]
NOW = "2026-03-18T12:00:01.000Z"


def assert_is(schema: str, found: Any, known: dict[str, Any]) -> None:
    """A thing has the keys of the live document, with null for what is not known of it."""
    fields = Reader(live_document()).fields(schema)
    top = {name: each for name, each in fields.items() if re.fullmatch(r"\w+", name)}
    assert found.keys() == {name for name, each in top.items() if each.required or each.nullable}
    nulls = dict.fromkeys(name for name, each in top.items() if each.nullable)
    assert found == found | nulls | known


def a_page(*items: Any) -> dict[str, Any]:
    return {"hasMore": False, "items": list(items), "nextPage": None}


def test_a_project_has_the_live_keys(live: httpx.Client) -> None:
    created = live.post("/projects", json={"name": "a", "description": "ignored"})
    project = created.json()

    assert created.status_code == 200
    assert_is(
        "Project",
        project,
        {
            "id": project["id"],
            "name": "a",
            "dtCreated": NOW,
        },
    )
    assert live.get(f"/projects/{project['id']}").json() == project
    assert live.get("/projects").json() == a_page(project)


def test_a_deleted_project_is_returned_once_and_then_gone(
    live: httpx.Client, project_id: str
) -> None:
    path = f"/projects/{project_id}"
    project = live.get(path).json()

    deleted = live.delete(path)

    assert deleted.status_code == 200
    assert deleted.json() == project | {"dtDeleted": "2026-03-18T12:00:03.000Z"}
    assert live.get(path).status_code == 404
    assert live.get("/projects").json() == a_page()


def test_an_update_takes_the_name_only(live: httpx.Client, project_id: str) -> None:
    path = f"/projects/{project_id}"
    project = live.get(path).json()

    assert live.put(path, json={"name": "b"}).json() == project | {"name": "b"}
    ignored = live.put(path, json={"name": "b", "description": 7})
    assert (ignored.status_code, ignored.json()) == (200, project | {"name": "b"})


@pytest.mark.parametrize("role", ["admin", "owner", None, 7])
def test_a_role_is_ignored(live: httpx.Client, project_id: str, role: object) -> None:
    path = f"/projects/{project_id}/collaborators"
    assert live.post(path, json={"userId": "u1", "role": role}).status_code == 200


@pytest.mark.parametrize("user_id", ["u1", "a b", "é", "a@b", "x" * 65, ".", 'a"b'])
def test_any_user_has_a_valid_address(live: httpx.Client, project_id: str, user_id: str) -> None:
    added = live.post(f"/projects/{project_id}/collaborators", json={"userId": user_id})

    address = added.json()["user"]["email"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}@users\.example", address)


def test_a_collaborator_has_the_live_keys(live: httpx.Client, project_id: str) -> None:
    path = f"/projects/{project_id}/collaborators"

    added = live.post(path, json={"userId": "u1", "role": "admin"})

    assert added.status_code == 200
    assert_is(
        "Collaborator",
        added.json(),
        {
            "dtCreated": added.json()["dtCreated"],
            "user": {
                "id": "u1",
                "email": "u1@users.example",
                "firstName": None,
                "lastName": None,
                "publicProfileImageUrl": None,
            },
        },
    )
    assert live.get(path).json() == a_page(added.json())
    removed = live.delete(f"{path}/u1")
    assert (removed.status_code, removed.json()) == (200, {"userId": "u1"})
    assert live.get(path).json() == a_page()


def test_a_secret_has_the_live_keys(live: httpx.Client, project_id: str) -> None:
    path = f"/projects/{project_id}/secrets"

    created = live.post(path, json={"name": "S_1", "value": "v"})

    assert created.status_code == 200
    assert_is(
        "Secret",
        created.json(),
        {
            "name": "S_1",
            "dtCreated": "2026-03-18T12:00:02.000Z",
            "dtModified": "2026-03-18T12:00:02.000Z",
        },
    )
    read = created.json() | {"hasDeploymentAttached": False}
    assert live.get(f"{path}/S_1").json() == read
    assert live.get(path).json() == a_page(read)
    updated = live.patch(f"{path}/S_1", json={"value": "w"})
    assert updated.json() == created.json() | {"dtModified": "2026-03-18T12:00:05.000Z"}
    deleted = live.delete(f"{path}/S_1")
    assert (deleted.status_code, deleted.json()) == (200, {"name": "S_1"})


@pytest.mark.parametrize("name", ["1S", "_S", "S-1", "S.1", "é", "S 1", "S\n"])
def test_a_secret_with_a_name_that_the_live_server_refuses(
    live: httpx.Client, project_id: str, name: str
) -> None:
    refused = live.post(f"/projects/{project_id}/secrets", json={"name": name, "value": "v"})

    assert refused.status_code == 400
    assert refused.json()["issues"] == [{"message": "name: must match ^[a-zA-Z][a-zA-Z0-9_]*$"}]


def test_a_tag_has_the_live_keys(live: httpx.Client, project_id: str) -> None:
    path = f"/projects/{project_id}/tags"

    added = live.post(path, json={"name": "t"})

    assert added.status_code == 200
    known = {"id": 1, "name": "t", "dtCreated": "2026-03-18T12:00:02.000Z"}
    assert_is("Tag", added.json(), known)
    assert live.get(path).json() == a_page(added.json())
    removed = live.delete(path, params={"name": "t"})
    assert (removed.status_code, removed.json()) == (200, added.json())


def test_a_model_has_the_live_keys(live: httpx.Client, project_id: str) -> None:
    path = f"/projects/{project_id}/models"

    added = live.post(f"{path}/m1")

    assert added.status_code == 200
    assert_is(
        "Model",
        added.json(),
        {
            "id": "m1",
            "name": "model-m1",
            "dtCreated": "2026-03-18T12:00:02.000Z",
            "dtModified": "2026-03-18T12:00:02.000Z",
            "isPublic": False,
            "projectId": project_id,
            "teamId": "temulator",
        },
    )
    assert live.get(path).json() == a_page(added.json())
    removed = live.delete(f"{path}/m1")
    assert (removed.status_code, removed.json()) == (200, added.json())


def test_models_are_filtered_by_name(live: httpx.Client, project_id: str) -> None:
    path = f"/projects/{project_id}/models"
    first = live.post(f"{path}/m1").json()
    live.post(f"{path}/m2")

    assert live.get(path, params={"name": "model-m1"}).json() == a_page(first)
    assert live.get(path, params={"name": "m1"}).json() == a_page()


def test_an_event_has_the_live_keys(connect: Connect) -> None:
    with Emulator("live") as emulator:
        client = connect(emulator)
        (project_id,) = emulator.seed({"version": 1, "projects": [{"name": "home"}]})
        event_id = emulator.record_event(
            project_id,
            action="deployment.scaled",
            deployment={"id": "d1", "name": "api"},
            data={"from": 1, "to": 2.5},
            actor={"email": "ada@users.example"},
            at=datetime(2026, 3, 18, 14, tzinfo=timezone(timedelta(hours=2))),
        )
        (event,) = client.get(f"/projects/{project_id}/activity").json()["items"]

    assert str(UUID(event_id)) == event_id
    assert_is(
        "ActivityEvent",
        event,
        {
            "id": event_id,
            "dtCreated": "2026-03-18T12:00:00.000Z",
            "action": "deployment.scaled",
            "actor": {"email": "ada@users.example", "fullName": None, "avatarUrl": None},
            "data": {"from": 1, "to": 2.5},
            "deployment": {"id": "d1", "name": "api", "dtDeleted": None},
        },
    )
