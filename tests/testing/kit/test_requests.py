"""`emulator.requests`: what was sent can be looked at, and no secret is in it."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import httpx
import pytest
from support.driving import Driver

from paperspace_projects import OutcomeUnknownError
from paperspace_projects.config import DEFAULT_BASE_URL
from paperspace_projects.testing import Emulator, Fault, FaultPlan, SentRequest

VALUE = "hunter2-hunter2"


def send(emulator: Emulator, method: str, path: str, **options: Any) -> httpx.Response:
    """Send what no client of ours would."""
    with httpx.Client(
        transport=emulator.transport(),
        base_url=DEFAULT_BASE_URL,
        headers={"Authorization": f"Bearer {emulator.api_key}"},
    ) as client:
        return client.request(method, path, **options)


def test_calls_are_recorded_in_order(drive: Driver, client: Any, emulator: Emulator) -> None:
    drive(client.projects.create("vision"))
    drive(client.projects.list(order="asc", page_size=5).first())

    created, listed = emulator.requests

    assert (created.method, created.path, created.operation) == (
        "POST",
        "/v1/projects",
        "createProject",
    )
    assert created.json == {"name": "vision"}
    assert created.query == {}
    assert listed.operation == "listProjects"
    assert listed.json is None
    assert listed.query == {"order": "asc", "limit": "5"}


def test_a_secrets_value_is_hidden_and_its_name_is_not(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    project = drive(client.projects.create("vision"))
    secrets = client.project(project.id).secrets
    drive(secrets.create("HF_TOKEN", VALUE))
    drive(secrets.update("HF_TOKEN", VALUE))

    created, updated = emulator.requests[-2:]

    assert created.json == {"name": "HF_TOKEN", "value": "***"}
    assert updated.json == {"value": "***"}
    assert emulator.secret_is(project.id, "HF_TOKEN", VALUE)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/projects/p/secrets", {"content": f'{{"name": "S", "value": "{VALUE}'}),
        ("/projects/p/secrets", {"json": {"name": "S", "valeu": VALUE}}),
        ("/projects/p/secrets", {"json": {"name": "S", "value": {"a": [VALUE]}}}),
        ("/projects/p/secrets", {"json": [VALUE]}),
        ("/projects/p/secrets", {"json": VALUE}),
        ("/projects/p/secrets/", {"json": {"token": VALUE}}),
        ("/projects/p/%73ecrets", {"json": {"token": VALUE}}),
        ("/projects/%ff/secrets", {"json": {"token": VALUE}}),
        ("/project/p/secret", {"json": {"name": "S", "value": VALUE}}),
        ("/projects", {"content": VALUE}),
        ("/projects", {"json": {"name": "a", "secret": {"name": "S", "value": VALUE}}}),
        ("/projects", {"json": {"name": "a", "secrets": [[{"Value": {"a": VALUE}}]]}}),
        ("/projects", {"json": [{"name": "S", "value": VALUE}]}),
        ("/projects/p/secrets", {"json": {"name": {"value": VALUE}, "value": "v"}}),
        ("/projects/p/secrets", {"json": {"name": [VALUE]}}),
        ("/projects", {"content": '{"a":' * 300 + f'{{"value": "{VALUE}"}}' + "}" * 300}),
        ("/projects", {"content": '{"a":' * 990 + f'{{"value": "{VALUE}"}}' + "}" * 990}),
    ],
)
def test_a_value_in_the_wrong_place_is_hidden_too(path: str, body: dict[str, Any]) -> None:
    with Emulator() as emulator:
        send(emulator, "POST", path, **body)
        (sent,) = emulator.requests
        assert VALUE not in repr(sent) + str(sent.json)
        assert sent.body


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"/projects?value={VALUE}&limit=5", "value=***&limit=5"),
        (f"/projects?v%61lue={VALUE}", "v%61lue=***"),
        (f"/projects?VALUE={VALUE}&VALUE={VALUE}", "VALUE=***&VALUE=***"),
        (f"/projects?limit=5;value={VALUE}", "limit=5;value=***"),
        (f"/projects/p/secrets?{VALUE}", "***"),
        (f"/projects/p/secrets/S?limit=5&valeu={VALUE}", "limit=5&valeu=***"),
        ("/projects/p/tags?name=a+b&after=%2F", "name=a+b&after=%2F"),
        ("/projects/p/secrets?name=S&order=asc", "name=S&order=asc"),
    ],
)
def test_a_value_in_a_query_is_hidden(path: str, shown: str) -> None:
    with Emulator() as emulator:
        send(emulator, "POST", path, json={})
        (sent,) = emulator.requests
        assert sent.query_string == shown
        assert VALUE not in repr(sent) + str(sent.query)


def test_what_holds_no_value_is_shown_however_deep() -> None:
    body = {"name": "a", "more": [{"of": {"it": [1, None, True, "text"]}}], "description": "d"}
    with Emulator() as emulator:
        send(emulator, "POST", "/projects", json=body)
        (sent,) = emulator.requests
        assert sent.json == body


def test_no_key_is_recorded() -> None:
    with Emulator(api_key=VALUE) as emulator:
        send(emulator, "GET", "/projects")
        assert VALUE not in repr(emulator.requests)


def test_what_is_refused_or_gets_no_answer_is_recorded(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    emulator.faults = FaultPlan.script([Fault.drop(when="before")])
    with pytest.raises(OutcomeUnknownError):
        drive(client.project("p1").secrets.update("S", VALUE))
    send(emulator, "GET", "/nowhere?a=1&a=2")

    lost, unknown = emulator.requests

    assert lost.operation == "updateProjectSecret"
    assert (unknown.operation, unknown.query_string, unknown.query) == (None, "a=1&a=2", {})


def test_a_served_emulator_records_as_well() -> None:
    with Emulator() as emulator, emulator.serve() as base_url:
        with httpx.Client(base_url=base_url) as client:
            client.get("/projects/a%2Fb", params={"limit": 1})
        (sent,) = emulator.requests
        assert (sent.path, sent.query) == ("/v1/projects/a%2Fb", {"limit": "1"})


def test_a_record_cannot_be_changed_and_goes_anywhere() -> None:
    with Emulator() as emulator:
        send(emulator, "POST", "/projects", json={"name": "vision"})
        (sent,) = emulator.requests
        with pytest.raises(AttributeError):
            sent.path = "/"  # type: ignore[misc]
        sent.query["limit"] = "1"
        assert sent.query == {}
        assert {sent, pickle.loads(pickle.dumps(sent)), copy.deepcopy(sent)} == {sent}
        assert isinstance(sent, SentRequest)


def test_a_very_long_body_is_not_kept() -> None:
    with Emulator() as emulator:
        send(emulator, "POST", "/projects", json={"name": "a", "description": "d" * 999_000})
        send(emulator, "POST", "/projects", json={"name": "a", "description": "d" * 1_000_000})
        shown, hidden = emulator.requests
        assert len(shown.body) > 999_000
        assert hidden.json == "***"


def test_long_requests_push_older_ones_out() -> None:
    with Emulator() as emulator:
        for number in range(30):
            send(emulator, "POST", f"/projects?limit={number}", json={"name": "d" * 900_000})
        kept = emulator.requests
        assert [sent.query["limit"] for sent in kept] == [str(each) for each in range(8, 30)]
        assert sum(len(sent.body) for sent in kept) <= 20_000_000


def test_only_the_last_requests_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paperspace_projects.testing.emulator.request_log.KEPT", 3)
    with Emulator() as emulator:
        for number in range(5):
            send(emulator, "GET", f"/projects/{number}")
        assert [sent.path[-1] for sent in emulator.requests] == ["2", "3", "4"]
