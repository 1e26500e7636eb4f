"""What is not known of the live server is a choice: unknown fields, and lists of deleted things."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support.driving import Driver
from support.live_document import LIVE

from paperspace_projects import BadRequestError
from paperspace_projects.testing import Dialect, Emulator

Connect = Callable[[Emulator], httpx.Client]
STATE: dict[str, object] = {
    "version": 1,
    "projects": [
        {"name": "home", "id": "p1", "description": "mine", "collaborators": {"u1": "admin"}}
    ],
}
P = "/projects/p1"
BODIES = [
    ("POST", "/projects", {"name": "b"}, "description"),
    ("PUT", P, {"name": "b"}, "description"),
    ("POST", f"{P}/collaborators", {"userId": "u2"}, "role"),
    ("POST", f"{P}/secrets", {"name": "S", "value": "v"}, "more"),
    ("PATCH", f"{P}/secrets/OLD", {"value": "v"}, "name"),
    ("POST", f"{P}/tags", {"name": "t"}, "id"),
]
every_body = pytest.mark.parametrize(
    ("method", "path", "body", "unknown"), BODIES, ids=[f"{m} {p}" for m, p, *_ in BODIES]
)


def served(emulator: Emulator, connect: Connect) -> httpx.Client:
    emulator.seed(STATE)
    client = connect(emulator)
    client.post(f"{P}/secrets", json={"name": "OLD", "value": "v"}).raise_for_status()
    return client


@every_body
@pytest.mark.parametrize("value", ["hidden", None, 7, {}])
def test_an_unknown_field_is_refused_if_it_is_asked_for(
    connect: Connect,
    *,
    method: str,
    path: str,
    body: dict[str, str],
    unknown: str,
    value: object,
) -> None:
    with Emulator("live", unknown_fields="refuse") as emulator:
        client = served(emulator, connect)
        refused = client.request(method, path, json=body | {unknown: value})
        taken = client.request(method, path, json=body)

    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")
    (issue,) = refused.json()["issues"]
    assert issue["message"] == f"body: must have no fields but {', '.join(sorted(body))}"
    assert taken.status_code == 200
    LIVE.check_answer(refused.request, refused)


@every_body
def test_an_unknown_field_is_ignored_by_default(
    connect: Connect, method: str, path: str, body: dict[str, str], unknown: str
) -> None:
    with Emulator("live") as emulator:
        client = served(emulator, connect)
        answer = client.request(method, path, json=body | {unknown: 7})
    assert answer.status_code == 200
    LIVE.check_answer(answer.request, answer)


def test_contract_knows_fields_of_its_own(connect: Connect) -> None:
    with Emulator(unknown_fields="refuse") as emulator:
        client = served(emulator, connect)
        assert client.put(P, json={"description": "new"}).json()["description"] == "new"
        added = client.post(f"{P}/collaborators", json={"userId": "u2", "role": "admin"})
        assert added.json()["role"] == "admin"
        assert client.put(P, json={"description": "new", "more": 1}).status_code == 400


def test_neither_description_nor_role_is_kept_in_live(drive: Driver) -> None:
    with Emulator("live") as emulator:
        client = drive.client(emulator.transport(), api_key=emulator.api_key)
        project = drive(client.projects.create("b", description="mine"))
        scope = client.project(project.id)
        added = drive(scope.collaborators.add("u1", role="admin"))
        snapshot = emulator.snapshot()

        assert project.description is None
        assert drive(client.projects.get(project.id)).description is None
        assert added.role is None
        assert [each.role for each in drive.items(scope.collaborators.list())] == [None]
    with Emulator("contract") as other:  # they are not even stored
        other.restore(snapshot)
        client = drive.client(other.transport(), api_key=other.api_key)
        assert drive(client.projects.get(project.id)).description is None
        listing = client.project(project.id).collaborators.list()
        assert [each.role for each in drive.items(listing)] == [None]


def test_a_client_is_told_of_a_field_that_is_refused(drive: Driver) -> None:
    with Emulator("live", unknown_fields="refuse") as emulator:
        client = drive.client(emulator.transport(), api_key=emulator.api_key)
        project = drive(client.projects.create("b"))
        with pytest.raises(BadRequestError, match="must have no fields but name"):
            drive(client.projects.create("b", description="mine"))
        with pytest.raises(BadRequestError, match="must have no fields but userId"):
            drive(client.project(project.id).collaborators.add("u1", role="admin"))


def test_lists_show_what_is_deleted_if_it_is_asked_for(connect: Connect) -> None:
    with Emulator("live", deleted="list") as emulator:
        client = served(emulator, connect)
        project = client.get(P).json()
        (collaborator,) = client.get(f"{P}/collaborators").json()["items"]
        client.delete(f"{P}/collaborators/u1").raise_for_status()
        (removed,) = client.get(f"{P}/collaborators").json()["items"]
        assert removed == collaborator | {"dtDeleted": removed["dtDeleted"]}
        assert removed["dtDeleted"] is not None

        assert client.delete(f"{P}/collaborators/u1").status_code == 404
        client.post(f"{P}/collaborators", json={"userId": "u1"}).raise_for_status()
        listing = client.get(f"{P}/collaborators")
        LIVE.check_answer(listing.request, listing)
        assert [each["dtDeleted"] is None for each in listing.json()["items"]] == [True, False]

        deleted = client.delete(P).json()
        listing = client.get("/projects")
        LIVE.check_answer(listing.request, listing)
        assert listing.json()["items"] == [deleted]
        assert deleted == project | {"dtDeleted": deleted["dtDeleted"]}
        for below in ("", "/secrets", "/activity"):
            assert client.get(P + below).status_code == 404
        assert client.put(P, json={"name": "b"}).status_code == 404
        with pytest.raises(LookupError):
            emulator.secret_is("p1", "OLD", "v")


def test_what_is_deleted_keeps_its_place_in_the_order(connect: Connect) -> None:
    with Emulator("live", deleted="list") as emulator:
        client = connect(emulator)
        ids = [client.post("/projects", json={"name": n}).json()["id"] for n in "abc"]
        client.delete(f"/projects/{ids[1]}").raise_for_status()
        listed = client.get("/projects", params={"order": "asc"}).json()["items"]
    assert [each["id"] for each in listed] == ids


def test_only_live_with_the_choice_lists_what_is_deleted(connect: Connect, tmp_path: Any) -> None:
    file = tmp_path / "state.db"
    with Emulator("live", path=file, deleted="list") as emulator:
        client = served(emulator, connect)
        client.delete(f"{P}/collaborators/u1").raise_for_status()
        gone = client.post("/projects", json={"name": "gone"}).json()["id"]
        client.delete(f"/projects/{gone}").raise_for_status()
    dialects: list[Dialect] = ["contract", "live"]
    for dialect in dialects:
        with Emulator(dialect, path=file) as emulator:
            client = connect(emulator)
            assert [each["id"] for each in client.get("/projects").json()["items"]] == ["p1"]
            assert "u1" not in client.get(f"{P}/collaborators").text


def test_a_choice_that_is_none_is_refused() -> None:
    wrong: Any = "keep"
    with pytest.raises(ValueError, match='unknown_fields must be "ignore" or "refuse"'):
        Emulator("live", unknown_fields=wrong)
    with pytest.raises(ValueError, match='deleted must be "omit", or in live "list"'):
        Emulator("live", deleted=wrong)
    with pytest.raises(ValueError, match='deleted must be "omit", or in live "list"'):
        Emulator("contract", deleted="list")
