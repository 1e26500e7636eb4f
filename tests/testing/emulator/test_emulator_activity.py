"""In contract each write leaves an event in its project's activity; in live none does."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from paperspace_projects.testing import DeploymentEvent, Emulator, EventDeployment

Connect = Callable[[Emulator], httpx.Client]
API: EventDeployment = {"id": "d1", "name": "api"}


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


def test_no_write_is_told_in_live(
    live: httpx.Client, live_emulator: Emulator, project_id: str
) -> None:
    write_everything(live, project_id)
    path = f"/projects/{project_id}/activity"
    assert live.get(path).json()["items"] == []

    ids = [live_emulator.record_event(project_id, action="deployment.created") for _ in range(3)]
    newest_first = live.get(path).json()["items"]
    oldest_first = live.get(path, params={"order": "asc"}).json()["items"]

    assert [event["id"] for event in oldest_first] == ids
    assert oldest_first == newest_first[::-1]


def test_a_refused_write_is_not_recorded(contract: httpx.Client, project_id: str) -> None:
    path = f"/projects/{project_id}"
    contract.post(f"{path}/tags", json={"name": "t"})
    contract.post(f"{path}/tags", json={"name": "t"})

    assert len(contract.get(f"{path}/activity").json()) == 2


def test_contract_activity_can_be_filtered_by_type(contract: httpx.Client, project_id: str) -> None:
    path = f"/projects/{project_id}"
    for name in ("a", "b", "c"):
        contract.post(f"{path}/tags", json={"name": name})
    contract.put(path, json={"name": "b"})

    events = contract.get(f"{path}/activity", params={"type": "tag.added"}).json()

    assert [event["message"] for event in events] == [
        "Tag c was added.",
        "Tag b was added.",
        "Tag a was added.",
    ]
    assert contract.get(f"{path}/activity", params={"type": "tag"}).json() == []


def test_live_activity_can_be_filtered_by_deployment_and_not_by_type(
    live: httpx.Client, live_emulator: Emulator, project_id: str
) -> None:
    record = live_emulator.record_event
    nothing = record(project_id, action="deployment.created")
    api = record(project_id, action="deployment.created", deployment=API)
    other = record(
        project_id, action="deployment.deleted", deployment={"id": "d2", "name": "other"}
    )

    def found(**query: str) -> list[str]:
        page = live.get(f"/projects/{project_id}/activity", params=query).json()
        return [event["id"] for event in page["items"]]

    assert found() == found(type="deployment.deleted") == [other, api, nothing]
    assert found(deploymentId="d1") == found(name="api") == [api]
    assert found(deploymentId="d2", name="other") == [other]
    assert found(deploymentId="d2", name="api") == found(name="d1") == []


def test_contract_shows_a_recorded_event_in_its_own_way(connect: Connect) -> None:
    with Emulator() as emulator:
        (project_id,) = emulator.seed({"version": 1, "projects": [{"name": "home"}]})
        time = datetime(2100, 1, 1, tzinfo=UTC)
        recorded = emulator.record_event(
            project_id, action="deployment.autoscaling.enabled", deployment=API, at=time
        )
        event, created = connect(emulator).get(f"/projects/{project_id}/activity").json()

    assert created["type"] == "project.created"
    assert event == {
        "id": recorded,
        "type": "deployment.autoscaling.enabled",
        "message": "Deployment api: autoscaling.enabled.",
        "userId": "uemulator",
        "dtCreated": "2100-01-01T00:00:00.000Z",
    }


def test_a_feed_of_live_has_its_own_events_only_in_a_file_of_both(
    tmp_path: Path, connect: Connect
) -> None:
    file = tmp_path / "state.db"
    with Emulator(path=file) as emulator:
        (project_id,) = emulator.seed({"version": 1, "projects": [{"name": "home"}]})
        recorded = emulator.record_event(project_id, action="deployment.created")
    with Emulator("live", path=file) as emulator:
        page = connect(emulator).get(f"/projects/{project_id}/activity").json()
    assert [event["id"] for event in page["items"]] == [recorded]


def test_events_can_be_seeded(either: httpx.Client, either_emulator: Emulator) -> None:
    state = {"version": 1, "projects": [{"name": "home"}, {"name": "other"}]}
    events: list[DeploymentEvent] = [
        {"action": "deployment.created", "deployment": API},
        {"action": "deployment.scaled", "deployment": API, "data": {"from": 0, "to": 2}},
    ]

    home, other = either_emulator.seed(state, events={"home": events})

    assert either.get(f"/projects/{home}/activity").text.count('"deployment.') == 2
    assert either.get(f"/projects/{other}/activity").text.count('"deployment.') == 0
    with pytest.raises(ValueError, match="events of 'homer', which is no project of the state"):
        either_emulator.seed(state, events={"homer": events})
    assert len(either.get("/projects").json()["items"]) == 2  # nothing was added


NAIVE = datetime.fromisoformat("2026-03-18T12:00:00")


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({}, "missing required field `action`"),
        ({"action": "tag.added"}, "Invalid enum value"),
        ({"at": NAIVE}, "timezone"),
        ({"at": "noon"}, "RFC3339"),
        ({"deployment": "api"}, "Expected `object"),
        ({"deployment": {"id": "d1"}}, "missing required field `name`"),
        ({"deployment": API | {"dtDeleted": NAIVE}}, "timezone"),
        ({"data": {"from": 1}}, "missing required field `to`"),
        ({"data": {"from": -1, "to": 2}}, ">= 0"),
        ({"data": {"from": 1, "to": float("inf")}}, "< "),
        ({"data": {"from": 1, "to": float("nan")}}, ">= 0"),
        ({"actor": {"name": "Ada"}}, "an event has no 'name'"),
        ({"replicas": 2}, "an event has no 'replicas'"),
    ],
)
def test_an_event_that_no_feed_can_hold_is_refused(
    either: httpx.Client,
    either_emulator: Emulator,
    project_id: str,
    event: dict[str, Any],
    told: str,
) -> None:
    before = either.get(f"/projects/{project_id}/activity").text
    if event:
        event = {"action": "deployment.created"} | event
    with pytest.raises(ValueError, match=told):
        either_emulator.record_event(project_id, **event)
    assert either.get(f"/projects/{project_id}/activity").text == before


@pytest.mark.parametrize("deleted", ["omit", "list"])
def test_there_are_no_events_without_a_project(connect: Connect, deleted: Any) -> None:
    with Emulator("live", deleted=deleted) as emulator:
        (project_id,) = emulator.seed({"version": 1, "projects": [{"name": "home"}]})
        connect(emulator).delete(f"/projects/{project_id}").raise_for_status()
        for each in (project_id, "p0"):
            with pytest.raises(LookupError, match=f"no project '{each}'"):
                emulator.record_event(each, action="deployment.created")


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
def test_live_activity_is_paged(
    live: httpx.Client, live_emulator: Emulator, project_id: str, filtered: bool
) -> None:
    path = f"/projects/{project_id}"
    live_emulator.record_event(project_id, action="deployment.created")
    for number in range(7):
        time = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
        live_emulator.record_event(project_id, action="deployment.updated", deployment=API, at=time)
    query = {"deploymentId": "d1"} if filtered else {}

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
