"""Pages hold each item once and in order, whatever is written between them."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperspace_projects.testing import DeploymentEvent, Dialect, Emulator, EventDeployment

Connect = Callable[[Emulator], httpx.Client]
BASE_URL = "https://emulator.example"
API: EventDeployment = {"id": "d1", "name": "api"}

# How to add an item to each of the lists within a project.
LIVE_LISTS: dict[str, Callable[[int], tuple[str, dict[str, str] | None]]] = {
    "collaborators": lambda number: ("collaborators", {"userId": f"u{number}"}),
    "secrets": lambda number: ("secrets", {"name": f"S{number}", "value": "v"}),
    "tags": lambda number: ("tags", {"name": f"t{number}"}),
    "models": lambda number: (f"models/m{number}", None),
}


def create(client: httpx.Client, *names: str) -> None:
    for name in names:
        client.post("/projects", json={"name": name}).raise_for_status()


def pages(client: httpx.Client, path: str, **query: str | int) -> Iterator[dict[str, Any]]:
    while True:
        answer = client.get(path, params=query)
        answer.raise_for_status()
        page = answer.json()
        yield page
        if not page["hasMore"]:
            assert page.get("nextPage") is None
            return
        query["after"] = page["nextPage"]


def names(client: httpx.Client, **query: str | int) -> list[str]:
    found = pages(client, "/projects", **query)
    return [project["name"] for page in found for project in page["items"]]


@given(
    dialect=st.sampled_from(["contract", "live"]),
    count=st.integers(0, 12),
    limit=st.integers(1, 14),
    order=st.sampled_from(["asc", "desc"]),
)
def test_any_limit_yields_each_project_once_and_in_order(
    dialect: Dialect, count: int, limit: int, order: str
) -> None:
    with Emulator(dialect) as emulator, connected(emulator) as client:
        created = [f"p{number}" for number in range(count)]
        create(client, *created)

        found = names(client, limit=limit, order=order)

    assert found == (created if order == "asc" else created[::-1])


@given(
    given_names=st.lists(st.sampled_from(["a", "b", "B", "é", "z\u0000", "z"]), max_size=8),
    limit=st.integers(1, 4),
    order=st.sampled_from(["asc", "desc"]),
)
def test_projects_sort_by_name_and_then_by_age(
    given_names: list[str], limit: int, order: str
) -> None:
    with Emulator() as emulator, connected(emulator) as client:
        ids = [client.post("/projects", json={"name": n}).json()["id"] for n in given_names]
        found = [
            project["id"]
            for page in pages(client, "/projects", limit=limit, orderBy="name", order=order)
            for project in page["items"]
        ]

    ascending = [id_ for _, id_ in sorted(zip(given_names, ids, strict=True), key=lambda x: x[0])]
    if order == "asc":
        assert found == ascending
    else:
        assert found == ascending[::-1]


@given(
    writes=st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=12),
    limit=st.integers(1, 3),
    order=st.sampled_from(["asc", "desc"]),
)
def test_projects_that_stay_are_yielded_once_while_others_come_and_go(
    writes: list[tuple[bool, int]], limit: int, order: str
) -> None:
    with Emulator() as emulator, connected(emulator) as client:
        ids = [client.post("/projects", json={"name": f"p{n}"}).json()["id"] for n in range(10)]
        deleted: set[str] = set()
        found: list[str] = []
        for page in pages(client, "/projects", limit=limit, order=order):
            found += [project["id"] for project in page["items"]]
            if writes:
                inserts, number = writes.pop()
                if inserts:
                    create(client, "new")
                elif client.delete(f"/projects/{ids[number]}").is_success:
                    deleted.add(ids[number])

    stayed = [id_ for id_ in ids if id_ not in deleted]
    expected = stayed if order == "asc" else stayed[::-1]
    assert [id_ for id_ in found if id_ in stayed] == expected
    assert len(found) == len(set(found))


def test_projects_of_the_same_moment_keep_their_order(either: httpx.Client, clock: Any) -> None:
    clock.stopped = True
    create(either, "a", "b", "c")

    assert names(either, limit=1, order="asc") == ["a", "b", "c"]
    assert names(either, limit=2) == ["c", "b", "a"]


def test_a_page_has_20_items_unless_it_is_asked_for_others(either: httpx.Client) -> None:
    create(either, *(f"p{number}" for number in range(121)))

    assert len(either.get("/projects").json()["items"]) == 20
    assert len(either.get("/projects", params={"limit": 120}).json()["items"]) == 120


def test_a_cursor_survives_the_item_that_it_points_to(either: httpx.Client) -> None:
    create(either, "a", "b", "c")
    page = either.get("/projects", params={"limit": 1}).json()
    either.delete(f"/projects/{page['items'][0]['id']}")

    assert names(either, limit=1, after=page["nextPage"]) == ["b", "a"]


@pytest.mark.parametrize("kind", [*LIVE_LISTS, "activity"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_live_lists_within_a_project_are_pages(
    live: httpx.Client, live_emulator: Emulator, project_id: str, kind: str, order: str
) -> None:
    for number in range(7):
        if kind == "activity":
            live_emulator.record_event(project_id, action="deployment.updated")
        else:
            path, body = LIVE_LISTS[kind](number)
            live.post(f"/projects/{project_id}/{path}", json=body).raise_for_status()
    path = f"/projects/{project_id}/{kind}"
    (everything,) = pages(live, path)

    found = list(pages(live, path, limit=3, order=order, orderBy="dtCreated"))

    items = [item for page in found for item in page["items"]]
    assert [len(page["items"]) for page in found] == [3, 3, 1]
    assert items == (everything["items"][::-1] if order == "asc" else everything["items"])


def a_cursor(client: httpx.Client, path: str, **query: str | int) -> str:
    return str(client.get(path, params={"limit": 1, **query}).json()["nextPage"])


def test_a_cursor_is_refused_in_another_order(contract: httpx.Client) -> None:
    create(contract, "a", "b")
    cursor = a_cursor(contract, "/projects")

    for query in ({"order": "asc"}, {"orderBy": "name"}):
        assert_refused(contract, "/projects", after=cursor, **query)


def test_a_cursor_is_refused_by_another_list(live: httpx.Client) -> None:
    create(live, "a", "b")
    one, other = [project["id"] for project in live.get("/projects").json()["items"]]
    for project, name in ((one, "s"), (one, "t"), (other, "s")):
        live.post(f"/projects/{project}/tags", json={"name": name})
    cursor = a_cursor(live, f"/projects/{one}/tags")

    for path in ("/projects", f"/projects/{other}/tags", f"/projects/{one}/models"):
        assert_refused(live, path, after=cursor)


def test_a_cursor_of_a_filtered_list_is_refused_by_any_other(
    live: httpx.Client, live_emulator: Emulator, project_id: str
) -> None:
    path = f"/projects/{project_id}/activity"
    for number in range(6):
        deployment: EventDeployment = {"id": f"d{number % 2}", "name": "api"}
        live_emulator.record_event(project_id, action="deployment.updated", deployment=deployment)
    everything = a_cursor(live, path)
    first = a_cursor(live, path, deploymentId="d0")

    assert_refused(live, path, after=first)
    assert_refused(live, path, after=first, deploymentId="d1")
    assert_refused(live, path, after=first, name="d0")
    assert_refused(live, path, after=everything, deploymentId="d0")
    rest = live.get(path, params={"after": first, "deploymentId": "d0"}).json()["items"]
    assert [event["deployment"]["id"] for event in rest] == ["d0"] * 2


def test_a_project_with_the_name_of_a_filter_is_another_list(connect: Connect) -> None:
    with Emulator("live") as emulator:
        strange = "p/name=api"
        created: list[DeploymentEvent] = [{"action": "deployment.created", "deployment": API}] * 2
        emulator.seed(
            {
                "version": 1,
                "projects": [
                    {"name": "a", "id": "p"},
                    {"name": "b", "id": strange},
                ],
            },
            events={"a": created},
        )
        client = connect(emulator)
        cursor = a_cursor(client, "/projects/p/activity", name="api")
        assert_refused(client, f"/projects/{quote(strange, '')}/activity", after=cursor)


def forged(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense",
        "é",
        "AAAA",
        "W" * 5000,
        forged(),
        forged("projects", "dtCreated", "desc", "2026"),
        forged("projects", "dtCreated", "desc", "2026", "1").rstrip("="),
        forged("projects", "dtCreated", "desc", "2026", True).rstrip("="),
        forged("projects", "dtCreated", "desc", "2026", -1).rstrip("="),
        forged("projects", "dtCreated", "desc", "2026", 2**63).rstrip("="),
        forged("projects", "dtCreated", "desc", "\ud800", 1).rstrip("="),
        forged("projects", "dtCreated", "desc", None, 1).rstrip("="),
        forged("projects", "dtCreated", "desc", "2026-03", 12) + "=",
        base64.urlsafe_b64encode(b"[" * 3000).decode(),
    ],
)
def test_a_cursor_that_was_never_given_out_is_refused(either: httpx.Client, cursor: str) -> None:
    assert_refused(either, "/projects", after=cursor)


def assert_refused(client: httpx.Client, path: str, **query: str) -> None:
    refused = client.get(path, params=query)
    assert refused.status_code == 400
    assert refused.json()["code"] == "BAD_REQUEST"
    assert refused.json()["issues"][0]["message"].startswith("after:")


def connected(emulator: Emulator) -> httpx.Client:
    return httpx.Client(
        transport=emulator.transport(),
        base_url=BASE_URL,
        headers={"Authorization": f"Bearer {emulator.api_key}"},
    )
