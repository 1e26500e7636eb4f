"""Each write leaves one event in its project's activity, newest first."""

import httpx
import pytest

from paperspace_projects.testing import Dialect


def write_everything(client: httpx.Client, project_id: str) -> list[str]:
    """Every write that there is but the project's deletion; returns the events to expect."""
    path = f"/projects/{project_id}"
    writes: list[tuple[str, str, str, dict[str, str] | None]] = [
        ("project.updated", "PUT", "", {"name": "b"}),
        ("collaborator.added", "POST", "/collaborators", {"userId": "u"}),
        ("collaborator.removed", "DELETE", "/collaborators/u", None),
        ("secret.created", "POST", "/secrets", {"name": "S", "value": "v"}),
        ("secret.updated", "PATCH", "/secrets/S", {"value": "w"}),
        ("secret.deleted", "DELETE", "/secrets/S", None),
        ("tag.added", "POST", "/tags", {"name": "t"}),
        ("tag.removed", "DELETE", "/tags?name=t", None),
        ("model.added", "POST", "/models/m", None),
        ("model.removed", "DELETE", "/models/m", None),
    ]
    for _, method, below, body in writes:
        client.request(method, path + below, json=body).raise_for_status()
    return ["project.created", *(event for event, *_ in writes)]


def test_every_write_is_recorded_in_contract(contract: httpx.Client, project_id: str) -> None:
    written = write_everything(contract, project_id)

    events = contract.get(f"/projects/{project_id}/activity").json()

    assert [event["type"] for event in events] == written[::-1]
    assert all(event.keys() == {"id", "type", "message", "userId", "dtCreated"} for event in events)
    assert len({event["id"] for event in events}) == len(events)


def test_every_write_is_recorded_in_live(live: httpx.Client, project_id: str) -> None:
    written = write_everything(live, project_id)
    path = f"/projects/{project_id}/activity"

    newest_first = live.get(path).json()["items"]
    oldest_first = live.get(path, params={"order": "asc"}).json()["items"]

    assert [event["action"] for event in newest_first] == written[::-1]
    assert oldest_first == newest_first[::-1]


def test_a_refused_write_is_not_recorded(either: httpx.Client, project_id: str) -> None:
    path = f"/projects/{project_id}"
    either.post(f"{path}/tags", json={"name": "t"})
    either.post(f"{path}/tags", json={"name": "t"})

    events = either.get(f"{path}/activity").text

    assert events.count('"dtCreated"') == 2


def test_activity_can_be_filtered_by_type(
    either: httpx.Client, dialect: Dialect, project_id: str
) -> None:
    path = f"/projects/{project_id}"
    for name in ("a", "b", "c"):
        either.post(f"{path}/tags", json={"name": name})
    either.put(path, json={"name": "b"})

    events = either.get(f"{path}/activity", params={"type": "tag.added"}).json()
    none = either.get(f"{path}/activity", params={"type": "tag"}).json()

    if dialect == "live":
        assert [event["action"] for event in events["items"]] == ["tag.added"] * 3
        assert none["items"] == []
    else:
        assert [event["message"] for event in events] == [
            "Tag c was added.",
            "Tag b was added.",
            "Tag a was added.",
        ]
        assert none == []


def test_contract_activity_continues_after_the_last_event_seen(
    contract: httpx.Client, project_id: str
) -> None:
    write_everything(contract, project_id)
    path = f"/projects/{project_id}/activity"
    everything = contract.get(path).json()

    found, last = [], None
    while batch := contract.get(
        path, params={"limit": 3} | ({"after": last} if last else {})
    ).json():
        found += batch
        last = batch[-1]["id"]

    assert found == everything


@pytest.mark.parametrize("filtered", [False, True])
def test_live_activity_is_paged(live: httpx.Client, project_id: str, filtered: bool) -> None:
    path = f"/projects/{project_id}"
    for number in range(7):
        live.post(f"{path}/tags", json={"name": f"t{number}"})
    query = {"type": "tag.added"} if filtered else {}

    first = live.get(f"{path}/activity", params=query | {"limit": "5"}).json()
    second = live.get(
        f"{path}/activity", params=query | {"limit": "5", "after": first["nextPage"]}
    ).json()

    assert first["hasMore"]
    assert not second["hasMore"]
    assert len({event["id"] for event in first["items"] + second["items"]}) == 7 + (not filtered)


def test_an_event_of_another_project_is_no_place_to_continue(
    contract: httpx.Client, project_id: str
) -> None:
    other = contract.post("/projects", json={"name": "other"}).json()["id"]
    (event,) = contract.get(f"/projects/{other}/activity").json()

    refused = contract.get(f"/projects/{project_id}/activity", params={"after": event["id"]})

    assert refused.status_code == 400
    assert refused.json()["issues"][0]["message"].startswith("after:")


def test_activity_goes_with_its_project(either: httpx.Client, project_id: str) -> None:
    either.delete(f"/projects/{project_id}")

    assert either.get(f"/projects/{project_id}/activity").status_code == 404
