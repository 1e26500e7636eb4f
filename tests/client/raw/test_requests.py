"""`client.request` and `request_pages` reach what the contract lacks, by the road of all calls."""

from __future__ import annotations

import json as standard
from contextlib import nullcontext
from typing import Any

import httpx
import msgspec
import pytest
from support.driving import Driver
from support.fault_server import FaultServer
from support.faults import breaks_off
from support.servers import Script, json, status

from paperspace_projects import (
    AttemptEvent,
    ClientClosedError,
    ConflictError,
    DeadlineExceededError,
    InvalidArgumentError,
    NotFoundError,
    OutcomeUnknownError,
    PaginationError,
    PaperspaceError,
    ResponseError,
    RetryPolicy,
)
from paperspace_projects.testing import Emulator

ROUTE = "/projects/{id}/notebooks"


class Notebook(msgspec.Struct):
    id: str
    name: str | None = None


# ---- what it does, against both dialects ----


def test_it_reads_what_the_client_has_written(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    project = drive(client.projects.create("vision"))
    answer = drive(client.request("GET", "/projects/{id}", path={"id": project.id}))
    assert (answer["id"], answer["name"]) == (project.id, "vision")
    call = client.request("PUT", "/projects/{id}", path={"id": project.id}, json={"name": "speech"})
    drive(call)
    assert drive(client.projects.get(project.id)).name == "speech"
    answer = drive(client.request("DELETE", "/projects/{id}", path={"id": project.id}))
    assert (answer is None) == (emulator.dialect == "contract")
    with pytest.raises(NotFoundError):
        drive(client.projects.get(project.id))


def test_a_listing_is_paged(drive: Driver, client: Any) -> None:
    for number in range(5):
        drive(client.projects.create(f"project {number}"))
    listed = drive.items(client.projects.list(order="asc"))
    for options in ({}, {"page_size": 2}, {"page_size": 2, "prefetch": 1}):
        pager = client.request_pages("/projects", query={"order": "asc"}, **options)
        assert [each["id"] for each in drive.items(pager)] == [each.id for each in listed]
    pager = client.request_pages("/projects", query={"order": "asc"}, page_size=2)
    drive.items(pager, at_most=3)
    rest = client.request_pages("/projects", query={"order": "asc"}, after=pager.next_cursor)
    assert [each["id"] for each in drive.items(rest)] == [each.id for each in listed[2:]]


def test_what_is_read_can_be_converted(drive: Driver, client: Any) -> None:
    project = drive(client.projects.create("vision"))
    read = client.request("GET", "/projects/{id}", path={"id": project.id}, response_type=Notebook)
    assert drive(read) == Notebook(project.id, "vision")
    pager = client.request_pages("/projects", item_type=Notebook)
    assert drive.items(pager) == [Notebook(project.id, "vision")]
    drive(client.project(project.id).tags.add("gpu"))
    tags = client.request_pages("/projects/{id}/tags", path={"id": project.id})
    assert [each if isinstance(each, str) else each["name"] for each in drive.items(tags)] == [
        "gpu"
    ]


# ---- what is sent ----


def test_each_value_of_the_path_is_one_segment(drive: Driver) -> None:
    server = Script(json({}))
    client = drive.client(server)
    for value in ("a/b", "a?b#c", "%2e%2e", "größe ", "...", "a\\b", "http://x"):
        drive(client.request("GET", ROUTE, path={"id": value}))
        parts = server.requests[-1].url.raw_path.decode().split("/")
        assert len(parts) == 5
        assert httpx.URL(f"http://x/{parts[3]}").path == f"/{value}"


@pytest.mark.parametrize("value", ["", ".", "..", None, 5, b"p1", "\ud800"])
def test_a_value_that_is_no_segment_is_refused(drive: Driver, value: Any) -> None:
    server = Script(json({}))
    client = drive.client(server)
    with pytest.raises(InvalidArgumentError, match="path"):
        drive(client.request("GET", ROUTE, path={"id": value}))
    assert server.requests == []


@pytest.mark.parametrize(
    "route",
    [
        *("", "/", "projects", "//elsewhere.example/x", "https://elsewhere.example/x", "/a//b"),
        *("/a/../b", "/a/./b", "/a/%2e%2e/b", "/a?b=c", "/a#b", "/a b", "/a\\b", "/a/", "/{a}{b}"),
        *("/{a", "/x{a}", "/a\n", "@elsewhere.example/a", None, 5, "/\ud800"),
    ],
)
def test_a_route_that_leaves_the_base_url_is_refused(drive: Driver, route: Any) -> None:
    server = Script(json({}))
    client = drive.client(server)
    with pytest.raises(InvalidArgumentError, match="route"):
        drive(client.request("GET", route))
    with pytest.raises(InvalidArgumentError, match="route"):
        client.request_pages(route)
    assert server.requests == []


@pytest.mark.parametrize(
    "path", [None, {}, {"id": "a", "other": "b"}, {"other": "b"}, ["id"], "id"]
)
def test_the_path_has_the_values_that_the_route_names(drive: Driver, path: Any) -> None:
    with pytest.raises(InvalidArgumentError, match=r"path must be a mapping with .*: id"):
        drive(drive.client(Script(json({}))).request("GET", ROUTE, path=path))


def test_query_and_body_are_sent_as_given(drive: Driver) -> None:
    server = Script(json({}))
    client = drive.client(server)
    query = {"a": "x y&", "n": 3, "f": 0.5, "yes": True, "none": None, "many": ["1", 2, False]}
    body = {"name": "größe", "n": [1, 2.5, None, True], "in": {"value": "v"}}
    drive(client.request("POST", "/teams/{team}", path={"team": "t"}, query=query, json=body))
    (request,) = server.requests
    assert request.method == "POST"
    assert request.headers["content-type"] == "application/json"
    assert standard.loads(request.content) == body
    assert request.url.params.multi_items() == [
        *(("a", "x y&"), ("n", "3"), ("f", "0.5"), ("yes", "true")),
        *(("many", "1"), ("many", "2"), ("many", "false")),
    ]
    drive(client.request("POST", "/teams", json=[1, "a"]))
    assert standard.loads(server.requests[-1].content) == [1, "a"]
    drive(client.request("POST", "/teams"))
    assert server.requests[-1].content == b""
    assert "content-type" not in server.requests[-1].headers


@pytest.mark.parametrize(
    ("argument", "options"),
    [
        ("query", {"query": {"": "x"}}),
        ("query", {"query": "a=b"}),
        ("query['a']", {"query": {"a": {}}}),
        ("query['a']", {"query": {"a": float("nan")}}),
        ("query['a']", {"query": {"a": "\ud800"}}),
        ("json", {"json": {"a": object()}}),
        ("json", {"json": {1: "a"}}),
        ("json", {"json": float("inf")}),
        ("json", {"json": ["\ud800"]}),
        ("json", {"json": {"value": 5}}),
        ("secret_keys", {"json": {}, "secret_keys": "value"}),
        ("secret_keys", {"json": {}, "secret_keys": [5]}),
        ("idempotency", {"idempotency": "maybe"}),
        ("response_type", {"response_type": Driver}),
        ("response_type", {"response_type": 5}),
    ],
)
def test_what_cannot_be_sent_is_refused(drive: Driver, argument: str, options: Any) -> None:
    server = Script(json({}))
    client = drive.client(server)
    with pytest.raises(InvalidArgumentError) as caught:
        drive(client.request("POST", "/a", **options))
    assert caught.value.argument == argument
    assert server.requests == []


@pytest.mark.parametrize("method", ["get", "HEAD", "CONNECT", "GET / HTTP/1.1\r\nX: y", None])
def test_a_method_that_is_not_known_is_refused(drive: Driver, method: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="method must be one of GET, POST"):
        drive(drive.client(Script(json({}))).request(method, "/a"))


def test_json_that_is_nested_too_deeply_is_refused(drive: Driver) -> None:
    deep: Any = "vq~xz"
    for _ in range(100_000):
        deep = [deep]
    try:
        with pytest.raises(InvalidArgumentError, match="nested"):
            drive(drive.client(Script(json({}))).request("POST", "/a", json=deep))
    finally:
        while isinstance(deep, list):  # or it is freed by recursion
            deep = deep.pop()


# ---- what the answer means ----


@pytest.mark.parametrize(
    ("answer", "kind", "place"),
    [
        ({"id": 5}, Notebook, "$.id"),
        ({"name": "x"}, Notebook, "$"),
        ([], Notebook, "$"),
        ({"id": "n", "name": []}, Notebook, "$.name"),
        ([1, "a"], list[int], "$[1]"),
    ],
)
def test_an_answer_that_does_not_fit_says_where(
    drive: Driver, answer: Any, kind: Any, place: str
) -> None:
    client = drive.client(Script(json(answer)))
    with pytest.raises(ResponseError) as caught:
        drive(client.request("GET", ROUTE, path={"id": "p1"}, response_type=kind))
    assert caught.value.json_path == place
    assert caught.value.operation == f"GET {ROUTE}"


def test_an_item_that_does_not_fit_says_which(drive: Driver) -> None:
    client = drive.client(Script(json({"items": [{"id": "a"}, {"id": 1}], "hasMore": False})))
    with pytest.raises(ResponseError) as caught:
        drive.items(client.request_pages("/a", item_type=Notebook))
    assert (caught.value.json_path, caught.value.expected) == ("$.items[1].id", "str")


def test_no_body_is_none_and_fits_no_type(drive: Driver) -> None:
    client = drive.client(Script(status(204)))
    assert drive(client.request("POST", "/a")) is None
    with pytest.raises(ResponseError, match="an empty body"):
        drive(client.request("POST", "/a", response_type=Notebook))


def test_errors_are_those_of_all_calls(drive: Driver) -> None:
    client = drive.client(Script(json({"code": "CONFLICT", "message": "taken"}, 409)))
    with pytest.raises(ConflictError, match="taken") as caught:
        drive(client.request("POST", ROUTE, path={"id": "p/1"}, json={"name": "a"}))
    assert caught.value.operation == f"POST {ROUTE}"
    assert caught.value.path == "/projects/p%2F1/notebooks"
    client = drive.client(Script(json({"code": "NOT_FOUND", "message": "no"}, 404)))
    with pytest.raises(NotFoundError, match="Check the path, which begins below the base URL"):
        drive(client.request("GET", "/notebooks"))
    client = drive.client(Script(json({"code": "NOT_FOUND", "message": "no"})))
    with pytest.raises(NotFoundError):  # an error body on a 2xx
        drive(client.request("GET", "/notebooks"))


def test_a_redirect_is_not_followed(drive: Driver) -> None:
    server = Script(status(302, location="https://elsewhere.example/"))
    with pytest.raises(PaperspaceError, match="redirects to elsewhere"):
        drive(drive.client(server).request("GET", "/a"))
    assert len(server.requests) == 1


@pytest.mark.parametrize("page", [{"a": 1}, {"items": [], "hasMore": True}, "text"])
def test_a_listing_is_never_cut_short_in_silence(drive: Driver, page: Any) -> None:
    pager = drive.client(Script(json(page))).request_pages("/a")
    with pytest.raises((PaginationError, ResponseError)):
        drive.items(pager)


# ---- attempts ----


def attempts(drive: Driver, method: str, answer: Any, idempotency: Any) -> tuple[int, Any]:
    """How often it was sent, and what it ended with."""
    server = Script(answer)
    client = drive.client(server, retry=RetryPolicy(max_attempts=3))
    with pytest.raises(PaperspaceError) as caught:
        drive(client.request(method, "/a", idempotency=idempotency))
    return len(server.requests), caught.value


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("answer", [status(500), httpx.ReadError("lost")], ids=["500", "lost"])
def test_it_is_sent_again_as_its_idempotency_says(drive: Driver, method: str, answer: Any) -> None:
    for idempotency in ("read", "idempotent"):
        count, error = attempts(drive, method, answer, idempotency)
        assert count == 3
        assert not isinstance(error, OutcomeUnknownError)
    count, error = attempts(drive, method, answer, None)
    assert count == (3 if method == "GET" else 1)
    assert isinstance(error, OutcomeUnknownError) == (method != "GET")
    count, error = attempts(drive, method, answer, "none")
    assert count == 1
    assert "check the present state before you send it again" in str(error)


def test_what_was_not_carried_out_is_sent_again(drive: Driver) -> None:
    for answer in (status(429), httpx.ConnectError("refused")):
        assert attempts(drive, "POST", answer, None)[0] == 3


def test_a_delete_that_may_be_repeated_is_done_when_nothing_is_left(drive: Driver) -> None:
    server = Script(httpx.ReadError("lost"), json({"code": "NOT_FOUND", "message": "no"}, 404))
    client = drive.client(server)
    assert drive(client.request("DELETE", "/a", idempotency="idempotent")) is None
    with pytest.raises(InvalidArgumentError, match="response_type"):
        drive(client.request("DELETE", "/a", response_type=Notebook))


def test_the_deadline_and_closing_end_it(drive: Driver) -> None:
    client = drive.client(Script(status(503)), deadline=1.0)
    drive.clock.fraction = 1.0
    with pytest.raises(DeadlineExceededError):
        drive(client.request("GET", "/a"))
    drive.close(client)
    with pytest.raises(ClientClosedError, match="GET /a: this client is closed"):
        drive(client.request("GET", "/a"))


def test_events_tell_of_it(drive: Driver) -> None:
    events: list[AttemptEvent] = []
    client = drive.client(Script(status(503), json({})), on_event=events.append)
    drive(client.request("GET", ROUTE, path={"id": "p1"}, query={"a": "b"}))
    assert [(e.operation, e.method, e.path, e.status_code) for e in events] == [
        (f"GET {ROUTE}", "GET", "/projects/p1/notebooks", code) for code in (503, 200)
    ]


def test_a_lost_answer_over_a_real_socket_is_not_sent_again(drive: Driver) -> None:
    with FaultServer() as server:
        client = drive.client(base_url=server.url)
        for idempotency, times in ((None, 1), ("idempotent", 2)):
            server.received.clear()
            server.play(breaks_off())
            options: Any = {"path": {"id": "p1"}, "idempotency": idempotency}
            expected = pytest.raises(OutcomeUnknownError) if times == 1 else nullcontext()
            with expected:
                drive(client.request("PUT", "/projects/{id}", json={"name": "new"}, **options))
            assert server.lines == ["PUT /projects/p1"] * times
        drive.close(client)


@pytest.mark.parametrize("kind", [Notebook | None, Any])
def test_an_empty_body_is_none_where_the_type_has_that(drive: Driver, kind: Any) -> None:
    client = drive.client(Script(status(204)))
    assert drive(client.request("GET", "/a", response_type=kind)) is None


def test_an_answer_of_another_type_than_a_union_is_a_response_error(drive: Driver) -> None:
    client = drive.client(Script(json([])))
    with pytest.raises(ResponseError):
        drive(client.request("GET", "/a", response_type=Notebook | None))
