"""Every kind of fault, in process with both kinds of client and over a real socket."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import anyio
import httpx
import pytest

from paperspace_projects.config import DEFAULT_BASE_URL
from paperspace_projects.testing import Dialect, Emulator, Fault, FaultPlan, When

Connect = Callable[[Emulator], httpx.Client]
Until = Callable[[Callable[[], bool]], None]
Ask = Callable[..., httpx.Response]
WAYS = ("sync", "async", "served")
# What a client over a real socket meets, and in process alike.
NO_ANSWER = {
    "drop": (Fault.drop, httpx.RemoteProtocolError),
    "reset": (Fault.reset, httpx.ReadError),
    "timeout": (Fault.timeout, httpx.ReadTimeout),
}


@pytest.fixture
def emulator(dialect: Dialect) -> Iterator[Emulator]:
    with Emulator(dialect) as emulator:
        yield emulator


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ask(emulator: Emulator, way: str, caplog: pytest.LogCaptureFixture) -> Iterator[Ask]:
    """Sends a request to the emulator, one way or another, and reads the answer."""
    headers = {"Authorization": f"Bearer {emulator.api_key}"}
    if way == "served":
        with (
            emulator.serve() as base_url,
            httpx.Client(base_url=base_url, headers=headers, timeout=10) as client,
        ):
            yield client.request
        assert not [entry for entry in caplog.records if entry.levelname == "ERROR"]
        return

    options: dict[str, Any] = {
        "transport": emulator.transport(),
        "base_url": DEFAULT_BASE_URL,
        "headers": headers,
    }
    if way == "sync":
        with httpx.Client(**options) as client:
            yield client.request
        return

    async def request(method: str, path: str, arguments: dict[str, Any]) -> httpx.Response:
        async with httpx.AsyncClient(**options) as client:
            return await client.request(method, path, **arguments)

    yield lambda method, path, **arguments: anyio.run(request, method, path, arguments)


def names(emulator: Emulator) -> list[str]:
    """The names of the projects that the emulator holds, whatever goes wrong with requests."""
    emulator.faults = None
    request = httpx.Request(
        "GET",
        "https://x.example/v1/projects?order=asc",
        headers={"Authorization": f"Bearer {emulator.api_key}"},
    )
    return [project["name"] for project in emulator.handle(request).json()["items"]]


@pytest.mark.parametrize(("when", "held"), [("before", []), ("after", ["a"])])
def test_an_error_status_comes_before_or_after_the_effect(
    emulator: Emulator, ask: Ask, when: When, held: list[str]
) -> None:
    emulator.faults = FaultPlan.script([Fault.status(502, when=when)])

    answer = ask("POST", "/projects", json={"name": "a"})

    assert answer.status_code == 502
    assert answer.json() == {
        "code": "INTERNAL_SERVER_ERROR",
        "message": "An injected fault set this status.",
    }
    assert len(answer.headers["x-request-id"]) == 32
    assert names(emulator) == held
    assert [entry.carried_out for entry in emulator.injected] == [when == "after"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", NO_ANSWER)
def test_an_answer_is_lost_before_or_after_the_effect(
    emulator: Emulator, ask: Ask, until: Until, kind: str, when: When
) -> None:
    make, error = NO_ANSWER[kind]
    emulator.faults = FaultPlan.script([make(when=when)])

    with pytest.raises(httpx.TransportError) as raised:
        ask("POST", "/projects", json={"name": "a"}, timeout=0.2 if kind == "timeout" else 10)

    assert raised.type is error
    until(lambda: len(emulator.injected) > 0)
    assert names(emulator) == (["a"] if when == "after" else [])
    (entry,) = emulator.injected
    assert (entry.fault, entry.carried_out) == (make(when=when), when == "after")
    assert ask("GET", "/projects").status_code == 200


def test_a_refused_connection_carries_nothing_out(emulator: Emulator, ask: Ask, way: str) -> None:
    emulator.faults = FaultPlan.script([Fault.refuse()])

    with pytest.raises(httpx.ReadError if way == "served" else httpx.ConnectError):
        ask("POST", "/projects", json={"name": "a"})

    assert names(emulator) == []
    assert not emulator.injected[0].carried_out


def test_an_answer_is_cut_off_within_its_body(emulator: Emulator, ask: Ask) -> None:
    emulator.faults = FaultPlan.script([Fault.cut_off()])

    with pytest.raises(httpx.RemoteProtocolError):
        ask("POST", "/projects", json={"name": "a"})

    assert names(emulator) == ["a"]
    assert emulator.injected[0].carried_out


def test_half_of_an_answer_that_is_cut_off_arrives(emulator: Emulator) -> None:
    emulator.faults = FaultPlan.script([Fault.cut_off()])
    headers = {"Authorization": f"Bearer {emulator.api_key}"}
    with (
        emulator.serve() as base_url,
        httpx.stream("GET", f"{base_url}/projects", headers=headers) as served,
    ):
        over_http = arrived(served)

    emulator.faults = FaultPlan.script([Fault.cut_off()])
    request = httpx.Request("GET", "https://x.example/v1/projects", headers=headers)
    response = emulator.handle(request)

    assert arrived(response) == over_http
    assert response.headers["content-length"] == served.headers["content-length"]
    assert len(over_http) == int(response.headers["content-length"]) // 2


def arrived(response: httpx.Response) -> bytes:
    """What of a body that is cut off there is to read."""
    parts: list[bytes] = []
    with pytest.raises(httpx.RemoteProtocolError):
        parts.extend(response.iter_raw())
    return b"".join(parts)


def test_a_page_names_the_cursor_again_that_led_to_it(emulator: Emulator, ask: Ask) -> None:
    for name in "abc":
        ask("POST", "/projects", json={"name": name})
    emulator.faults = FaultPlan(rate=1, faults=[Fault.repeated_cursor()])

    first = ask("GET", "/projects?limit=1").json()
    second = ask("GET", f"/projects?limit=1&after={first['nextPage']}").json()

    assert (second["nextPage"], second["hasMore"]) == (first["nextPage"], True)
    assert [project["name"] for project in first["items"] + second["items"]] == ["c", "b"]
    # The first page had no cursor to repeat.
    assert len(emulator.injected) == 1


def test_a_page_says_that_there_is_more_and_not_where(emulator: Emulator, ask: Ask) -> None:
    emulator.faults = FaultPlan.script([Fault.missing_cursor()])

    page = ask("GET", "/projects").json()

    assert page == {"items": [], "hasMore": True, "nextPage": None}


def test_every_field_is_null_but_ids_and_names(emulator: Emulator, ask: Ask) -> None:
    project = ask("POST", "/projects", json={"name": "a"}).json()
    emulator.faults = FaultPlan(rate=1, faults=[Fault.nulls()])

    nulled = ask("GET", f"/projects/{project['id']}").json()
    page = ask("GET", "/projects").json()

    assert nulled == dict.fromkeys(project) | {"id": project["id"], "name": "a"}
    assert page["items"] == [nulled]
    assert page["hasMore"] is False


def test_every_field_is_null_if_so_asked(emulator: Emulator, ask: Ask) -> None:
    emulator.faults = FaultPlan.script([Fault.nulls(everywhere=True)])

    answer = ask("POST", "/projects", json={"name": "a"}).json()

    assert answer
    assert set(answer.values()) == {None}
    assert names(emulator) == ["a"]


def test_nulls_leave_each_thing_what_it_is_known_by(
    dialect: Dialect, emulator: Emulator, connect: Connect
) -> None:
    client = connect(emulator)
    project_id = client.post("/projects", json={"name": "a"}).json()["id"]
    emulator.record_event(project_id, action="deployment.created")
    path = f"/projects/{project_id}"
    client.post(f"{path}/collaborators", json={"userId": "u1", "role": "admin"})
    client.post(f"{path}/secrets", json={"name": "S", "value": "v"})
    client.post(f"{path}/tags", json={"name": "t"})
    client.post(f"{path}/models/m1")
    emulator.faults = FaultPlan(rate=1, faults=[Fault.nulls()])

    def listed(kind: str) -> list[Any]:
        answer = client.get(f"{path}/{kind}").json()
        things: list[Any] = answer["items"] if dialect == "live" else answer
        return things

    (collaborator,), (secret,), (tag,), (model,) = map(
        listed, ("collaborators", "secrets", "tags", "models")
    )
    assert secret == dict.fromkeys(secret) | {"name": "S"}
    assert model == dict.fromkeys(model) | {"id": "m1", "name": "model-m1"}
    if dialect == "contract":
        assert collaborator == {"userId": "u1", "email": None, "role": None, "projectId": None}
        assert tag == "t"
    else:
        user = collaborator["user"]
        assert user == dict.fromkeys(user) | {"id": "u1"}
        assert (collaborator["dtCreated"], collaborator["dtDeleted"]) == (None, None)
        assert tag == {"id": 1, "name": "t", "dtCreated": None}
    event = listed("activity")[0]
    assert event == dict.fromkeys(event) | {"id": event["id"]}


@pytest.mark.parametrize(
    ("fault", "method", "path"),
    [
        (Fault.nulls(), "GET", "/projects/p1"),
        (Fault.nulls(), "GET", "/projects"),
        (Fault.missing_cursor(), "POST", "/projects"),
        (Fault.repeated_cursor(), "GET", "/projects"),
        (Fault.repeated_cursor(), "GET", "/projects?after=x&after=y"),
    ],
    ids=["an error", "an empty page", "no page", "a first page", "an unreadable query"],
)
def test_an_answer_with_nothing_to_spoil_stays_as_it_is(
    emulator: Emulator, connect: Connect, fault: Fault, method: str, path: str
) -> None:
    client = connect(emulator)
    before = client.request(method, path, json={"name": "a"})
    emulator.faults = FaultPlan.script([fault])

    after = client.request(method, path, json={"name": "a"})

    assert after.status_code == before.status_code
    assert after.json().keys() == before.json().keys()
    assert after.json().get("hasMore") == before.json().get("hasMore")
    assert emulator.injected == ()


def test_an_answer_without_a_body_is_not_cut_off(connect: Connect) -> None:
    with Emulator("contract") as emulator:
        client = connect(emulator)
        project_id = client.post("/projects", json={"name": "a"}).json()["id"]
        emulator.faults = FaultPlan.script([Fault.cut_off()])

        assert client.delete(f"/projects/{project_id}").status_code == 204
        assert emulator.injected == ()


def test_a_body_can_be_anything(emulator: Emulator, ask: Ask) -> None:
    emulator.faults = FaultPlan.script(
        [
            Fault.status(502, body="<h1>é</h1>", content_type="text/html"),
            Fault.status(503, body=b""),
            Fault.status(200, body=b"\xff{"),
            Fault.status(204),
        ]
    )

    html, empty, binary, nothing = (ask("GET", "/projects") for _ in range(4))

    assert (html.status_code, html.text) == (502, "<h1>é</h1>")
    assert html.headers["content-type"] == "text/html"
    assert (empty.status_code, empty.content) == (503, b"")
    assert (binary.status_code, binary.content) == (200, b"\xff{")
    assert (nothing.status_code, nothing.content) == (204, b"")


@pytest.mark.parametrize("code", [404, 418, 429, 500, 504, 599])
def test_any_status_can_be_answered(emulator: Emulator, ask: Ask, code: int) -> None:
    emulator.faults = FaultPlan.script([Fault.status(code)])

    assert ask("GET", "/projects").status_code == code


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (1, "1"),
        (2.0, "2"),
        (0.5, "0.5"),
        (datetime(2026, 3, 18, 12, tzinfo=UTC), "Wed, 18 Mar 2026 12:00:00 GMT"),
        (
            datetime(2026, 3, 18, 12, tzinfo=timezone(timedelta(hours=2))),
            "Wed, 18 Mar 2026 10:00:00 GMT",
        ),
        ("soon", "soon"),
    ],
)
def test_retry_after_is_seconds_a_date_or_as_it_is_given(
    ask: Ask, emulator: Emulator, given: Any, sent: str
) -> None:
    emulator.faults = FaultPlan.script([Fault.status(429, retry_after=given)])

    answer = ask("DELETE", "/projects/p1")

    assert (answer.headers["retry-after"], answer.json()["code"]) == (sent, "TOO_MANY_REQUESTS")


def test_a_fault_is_without_a_key_too(emulator: Emulator) -> None:
    emulator.faults = FaultPlan(rate=1, faults=[Fault.status(503)])
    request = httpx.Request("GET", "https://x.example/projects")

    assert emulator.handle(request).status_code == 503


def test_what_was_refused_was_not_carried_out(emulator: Emulator) -> None:
    emulator.faults = FaultPlan(rate=1, faults=[Fault.status(502, when="after")])
    request = httpx.Request("POST", "https://x.example/projects", json={"name": "a"})

    assert emulator.handle(request).status_code == 502
    assert not emulator.injected[0].carried_out
    assert names(emulator) == []
