"""In the live dialect, every answer is what the table of docs/dialects.md says."""

from typing import Any

import httpx
import pytest

NOW = "2026-03-18T12:00:01.000Z"


def a_page(*items: Any) -> dict[str, Any]:
    return {"hasMore": False, "items": list(items), "nextPage": None}


def test_a_project_has_the_live_keys(live: httpx.Client) -> None:
    created = live.post("/projects", json={"name": "a", "description": "ignored"})
    project = created.json()

    assert created.status_code == 200
    assert project == {
        "id": project["id"],
        "name": "a",
        "dtCreated": NOW,
        "dtDeleted": None,
        "repoName": None,
        "repoNodeId": None,
        "repoUrl": None,
    }
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
    ignored = live.put(path, json={"description": 7})
    assert (ignored.status_code, ignored.json()) == (200, project | {"name": "b"})


def test_a_collaborator_has_the_live_keys(live: httpx.Client, project_id: str) -> None:
    path = f"/projects/{project_id}/collaborators"

    added = live.post(path, json={"userId": "u1", "role": "admin"})

    assert added.status_code == 200
    assert added.json() == {
        "dtCreated": added.json()["dtCreated"],
        "dtDeleted": None,
        "user": {
            "id": "u1",
            "email": "u1@users.example",
            "firstName": None,
            "lastName": None,
            "publicProfileImageUrl": None,
        },
    }
    assert live.get(path).json() == a_page(added.json())
    removed = live.delete(f"{path}/u1")
    assert (removed.status_code, removed.json()) == (200, {"userId": "u1"})
    assert live.get(path).json() == a_page()


def test_a_secret_has_the_live_keys(live: httpx.Client, project_id: str) -> None:
    path = f"/projects/{project_id}/secrets"

    created = live.post(path, json={"name": "S_1", "value": "v"})

    assert created.status_code == 200
    assert created.json() == {
        "name": "S_1",
        "dtCreated": "2026-03-18T12:00:02.000Z",
        "dtModified": "2026-03-18T12:00:02.000Z",
        "hasDeploymentAttached": False,
    }
    assert live.get(f"{path}/S_1").json() == created.json()
    assert live.get(path).json() == a_page(created.json())
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
    assert added.json() == {"id": 1, "name": "t", "dtCreated": "2026-03-18T12:00:02.000Z"}
    assert live.get(path).json() == a_page(added.json())
    removed = live.delete(path, params={"name": "t"})
    assert (removed.status_code, removed.json()) == (200, {"name": "t"})


def test_a_model_has_the_live_keys(live: httpx.Client, project_id: str) -> None:
    path = f"/projects/{project_id}/models"

    added = live.post(f"{path}/m1")

    assert added.status_code == 200
    assert added.json() == {
        "id": "m1",
        "name": "model-m1",
        "description": None,
        "dtCreated": "2026-03-18T12:00:02.000Z",
        "dtModified": "2026-03-18T12:00:02.000Z",
        "isPublic": False,
        "projectId": project_id,
        "storageProviderId": None,
        "teamId": "temulator",
    }
    assert live.get(path).json() == a_page(added.json())
    removed = live.delete(f"{path}/m1")
    assert (removed.status_code, removed.json()) == (200, {"id": "m1"})


def test_an_event_has_the_live_keys(live: httpx.Client, project_id: str) -> None:
    (event,) = live.get(f"/projects/{project_id}/activity").json()["items"]

    assert event == {
        "id": event["id"],
        "dtCreated": NOW,
        "action": "project.created",
        "actor": {"email": "uemulator@users.example", "fullName": None, "avatarUrl": None},
        "data": None,
        "deployment": None,
    }
