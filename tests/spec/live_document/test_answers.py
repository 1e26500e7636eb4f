"""Every answer of the emulator's live dialect is one that the live document has, to the key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import get_args

import httpx
import pytest
from support.driving import Driver
from support.live_document import LIVE
from support.openapi import BASE_URL, OPERATIONS
from support.usage import with_only_what_is_required

from paperspace_projects.testing import DeploymentAction, Emulator, Fault, FaultPlan

Exchange = tuple[httpx.Request, httpx.Response]


class Recorder:
    """Sends requests to an emulator, and keeps them with their answers."""

    def __init__(self, emulator: Emulator) -> None:
        self.exchanges: list[Exchange] = []
        self._emulator = emulator
        self._http = httpx.Client(
            base_url=BASE_URL,
            transport=emulator.transport(),
            headers={"Authorization": f"Bearer {emulator.api_key}"},
        )

    def __call__(self, method: str, path: str, **options: object) -> httpx.Response:
        request = self._http.build_request(method, path, **options)  # type: ignore[arg-type]
        response = self._http.send(request)
        self.exchanges.append((request, response))
        return response

    def close(self) -> None:
        self._http.close()


@pytest.fixture
def send(emulator: Emulator) -> Iterator[Recorder]:
    recorder = Recorder(emulator)
    yield recorder
    recorder.close()


def record_events(emulator: Emulator, project_id: str) -> None:
    """Every action, with all that an event can have, with as little as it can, and in between."""
    emulator.record_event(project_id, action="deployment.created")
    time = datetime(2026, 3, 18, tzinfo=UTC)
    for action in get_args(DeploymentAction):
        emulator.record_event(project_id, action=action, actor={}, at=time, data=None)
        emulator.record_event(
            project_id,
            action=action,
            deployment={"id": "d1", "name": "api", "dtDeleted": time},
            data={"from": 1, "to": 2.5},
            actor={"email": "ada@example.com", "fullName": "Ada", "avatarUrl": None},
        )


def successes(emulator: Emulator, send: Recorder) -> None:
    """Every operation, and every list empty, in one page and in several."""

    def answer(request: httpx.Request) -> httpx.Response:
        send.exchanges.append((request, emulator.handle(request)))
        return send.exchanges[-1][1]

    drive = Driver("sync")
    with_only_what_is_required(drive, drive.client(answer, api_key=emulator.api_key))
    drive.shut_down()
    project_id = send("POST", "/projects", json={"name": "home"}).json()["id"]
    home = f"/projects/{project_id}"
    lists = ("collaborators", "secrets", "tags", "models", "activity")
    for name in lists:
        send("GET", f"{home}/{name}")
    for number in range(3):
        send("POST", "/projects", json={"name": f"p{number}", "description": "not kept"})
        send("POST", f"{home}/collaborators", json={"userId": f"u {number}", "role": "admin"})
        send("POST", f"{home}/secrets", json={"name": f"S{number}", "value": "v"})
        send("POST", f"{home}/tags", json={"name": f"t{number}"})
        send("POST", f"{home}/models/m{number}")
    record_events(emulator, project_id)
    for path in ("/projects", *(f"{home}/{name}" for name in lists)):
        send("GET", path)
        first = send("GET", path, params={"limit": 2, "order": "asc", "orderBy": "dtCreated"})
        if after := first.json()["nextPage"]:
            query = {"limit": 2, "order": "asc", "orderBy": "dtCreated", "after": after}
            send("GET", path, params=query)
    send("GET", home)
    send("PUT", home, json={"name": "new"})
    send("GET", f"{home}/secrets/S1")
    send("PATCH", f"{home}/secrets/S1", json={"value": "w"})
    send("DELETE", f"{home}/collaborators/u%201")
    send("DELETE", f"{home}/secrets/S1")
    send("DELETE", f"{home}/tags", params={"name": "t1"})
    send("DELETE", f"{home}/models/m1")
    send("DELETE", home)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_success_is_as_the_document_says(
    emulator: Emulator, send: Recorder, operation: str
) -> None:
    successes(emulator, send)
    found = [each for each in send.exchanges if LIVE.operation_of(each[0]).id == operation]
    assert found
    for request, response in found:
        assert response.is_success
        LIVE.check_answer(request, response)


def every_request(project: str) -> list[tuple[str, str]]:
    """The method and path of a request for each operation."""
    return [
        (
            each.method,
            re.sub(r"{\w+}", "N", each.template.replace("{id}", project))
            + ("?name=t" if each.id == "removeProjectTag" else ""),
        )
        for each in OPERATIONS.values()
    ]


def test_a_refusal_is_as_the_document_says(send: Recorder) -> None:
    home = f"/projects/{send('POST', '/projects', json={'name': 'home'}).json()['id']}"
    for method, path in every_request("nowhere"):
        json = {"name": "x", "userId": "u", "value": "v"} if method in ("PUT", "PATCH") else None
        options = {"json": json or {"name": "x"}} if method not in ("GET", "DELETE") else {}
        send(method, path, headers={"Authorization": "Bearer wrong"}, **options)
        send(method, path, **options)
        if options:
            for content in (b"", b"{", b"[]", b"null", b'{"name": 1, "userId": 1, "value": 1}'):
                send(method, path, content=content)
    for query in ("limit=0", "limit=x", "order=up", "orderBy=name", "after=x", "limit=1&limit=2"):
        for name in ("activity", "collaborators", "secrets", "tags", "models"):
            send("GET", f"{home}/{name}?{query}")
    for _ in range(2):
        send("POST", f"{home}/tags", json={"name": "t"})
        send("POST", f"{home}/secrets", json={"name": "S", "value": "v"})
    send("POST", f"{home}/secrets", json={"name": "not-one", "value": "v"})
    seen = set()
    for request, response in send.exchanges:
        if response.is_error:
            LIVE.check_answer(request, response)
            seen.add(response.status_code)
    assert seen == {400, 401, 404, 409}


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 408, 409, 412, 413, 429, 499, 500, 503]
)
def test_an_injected_error_is_as_the_document_says(
    emulator: Emulator, send: Recorder, status: int
) -> None:
    for method, path in every_request("p1"):
        emulator.faults = FaultPlan.script([Fault.status(status)])
        response = send(method, path)
        assert response.status_code == status
        LIVE.check_answer(*send.exchanges[-1])


@pytest.mark.parametrize("body", [{}, {"description": "new"}])
def test_an_update_without_a_name_is_refused(send: Recorder, body: dict[str, str]) -> None:
    project = send("POST", "/projects", json={"name": "home"}).json()["id"]
    assert send("PUT", f"/projects/{project}", json=body).status_code == 400
    LIVE.check_answer(*send.exchanges[-1])


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/projects", {"name": "home", "description": "not kept"}),
        ("POST", "/projects/{id}/collaborators", {"userId": "u1", "role": "admin"}),
    ],
)
def test_what_the_live_dialect_does_not_have_is_ignored(
    send: Recorder, method: str, path: str, body: dict[str, str]
) -> None:
    project = send("POST", "/projects", json={"name": "home"}).json()["id"]
    assert send(method, path.format(id=project), json=body).status_code == 200
    LIVE.check_answer(*send.exchanges[-1])
