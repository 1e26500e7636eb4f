"""`with_options(headers=..., query=...)` and `app_name` reach the wire, and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from client.secrecy.planted import VALUES, assert_hidden, assert_hidden_in_error
from client.secrecy.witness import Witness
from support.driving import KEY, Driver
from support.fault_server import FaultServer
from support.servers import Script, json, project, status

from paperspace_projects import ConfigurationError, InvalidArgumentError, PaperspaceError


@pytest.fixture
def witness(drive: Driver, caplog: pytest.LogCaptureFixture) -> Witness:
    return Witness(drive, caplog)


def test_they_are_sent_with_each_request_of_the_copy(drive: Driver) -> None:
    server = Script(status(503), json(project()))
    client = drive.client(server)
    copy = client.with_options(headers={"X-Request-Id": "r1"}, query={"a": "x y", "n": [1, 2]})
    drive(copy.projects.get("p1"))
    drive(client.projects.get("p1"))
    first, again, plain = server.requests
    for request in (first, again):
        assert request.headers["x-request-id"] == "r1"
        assert request.url.params.multi_items() == [("a", "x y"), ("n", "1"), ("n", "2")]
        assert request.headers["authorization"] == f"Bearer {KEY}"
    assert "x-request-id" not in plain.headers
    assert not plain.url.query


def test_copies_keep_them_and_replace_them(drive: Driver) -> None:
    server = Script(json(project()))
    one = drive.client(server).with_options(headers={"X-One": "1"}, query={"one": "1"})
    for copy in (
        one.with_options(deadline=5),
        one.with_options(headers={"X-Two": "2"}),
        one.with_options(headers={}, query={}),
    ):
        drive(copy.projects.get("p1"))
    sent = [
        ([name for name in request.headers if name.startswith("x-")], request.url.query.decode())
        for request in server.requests
    ]
    assert sent == [(["x-one"], "one=1"), (["x-two"], "one=1"), ([], "")]


def test_a_parameter_of_the_call_counts_more(drive: Driver) -> None:
    server = Script(json({"items": [project()], "hasMore": True, "nextPage": "c"}), json([]))
    copy = drive.client(server).with_options(query={"after": "mine", "limit": 7, "more": None})
    drive.items(copy.projects.list(page_size=5))
    assert [dict(each.url.params) for each in server.requests] == [
        {"after": "mine", "limit": "5"},
        {"after": "c", "limit": "5"},
    ]


def test_they_go_over_a_real_socket(drive: Driver) -> None:
    with FaultServer() as server:
        client = drive.client(base_url=server.url, app_name="rotator/1.2")
        drive(client.with_options(headers={"X-A": "b"}, query={"c": "d"}).projects.get("p1"))
        (request,) = server.received
        assert request.path == "/projects/p1?c=d"
        assert request.all_of("x-a") == ["b"]
        (agent,) = request.all_of("user-agent")
        assert agent.startswith("rotator/1.2 paperspace-projects/")
        drive.close(client)


@pytest.mark.parametrize(
    "headers",
    [
        *({"Authorization": "x"}, {"HOST": "x"}, {"Content-Length": "0"}, {"User-Agent": "x"}),
        *({"Transfer-Encoding": "chunked"}, {"Proxy-Authorization": "x"}, {"Connection": "close"}),
        *({"X A": "x"}, {"": "x"}, {"X:": "x"}, {"X\r\nY": "x"}, {5: "x"}),
        *({"X": "a\r\nAuthorization: b"}, {"X": "ä"}, {"X": " x"}, {"X": 5}, {"X": None}),
        *(["X"], "X", None),
    ],
)
def test_headers_that_cannot_be_sent_are_refused(drive: Driver, headers: Any) -> None:
    client = drive.client(Script(json(project())))
    with pytest.raises(InvalidArgumentError) as caught:
        client.with_options(headers=headers)
    assert caught.value.argument.startswith("headers")


@pytest.mark.parametrize("query", [{"": 1}, {"a": object()}, [("a", 1)], "a=1", None])
def test_a_query_that_cannot_be_sent_is_refused(drive: Driver, query: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="query"):
        drive.client(Script(json(project()))).with_options(query=query)


@pytest.mark.parametrize("name", ["", "a b", "a/b/c", "a\r\nX: y", "ä", "a/", "(a)", 5])
def test_a_name_that_is_none_is_refused(drive: Driver, name: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="app_name must be"):
        drive.client(Script(json(project())), app_name=name)


def test_the_name_travels_with_the_settings(drive: Driver) -> None:
    client = drive.client(Script(json(project())), app_name="rotator")
    assert client.settings.app_name == "rotator"
    server = Script(json(project()))
    copy = type(client).from_settings(
        client.settings, api_key=KEY, transport=httpx.MockTransport(server)
    )
    drive(copy.projects.get("p1"))
    drive.close(copy)
    assert server.requests[0].headers["user-agent"].startswith("rotator paperspace-projects/")


def test_an_inventory_elsewhere_refuses_them(
    drive: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERSPACE_API_KEY", KEY)
    client = drive.client(api_key=None)
    with ThreadPoolExecutor() as executor:
        for options in ({"headers": {"X-A": "b"}}, {"query": {"a": "b"}}):
            with pytest.raises(ConfigurationError, match="no headers and no query"):
                client.with_options(**options).inventory(executor=executor)


@pytest.mark.parametrize("answer", [json(project()), status(500), httpx.ReadError("lost")])
def test_a_value_of_a_header_shows_nowhere(witness: Witness, answer: Any) -> None:
    value = VALUES["plain"]
    server = Script(answer)
    client = witness.client(server).with_options(headers={"X-Gateway": value})
    assert_hidden(client)
    assert_hidden(client._session)
    witness.run(client, lambda: client.projects.get("p1"))
    assert server.requests[0].headers["x-gateway"] == value


@pytest.mark.parametrize("more", [{"X": "ä"}, {"Host": "x"}, {"a b": "c"}])
def test_headers_that_are_refused_do_not_show(drive: Driver, more: dict[str, str]) -> None:
    for options in ({}, {"query": {"": 1}}, {"on_event": 5}):
        with pytest.raises(PaperspaceError) as caught:
            drive.client().with_options(headers={"X-A": VALUES["plain"], **more}, **options)
        assert_hidden_in_error(caught.value)


def test_a_header_that_a_server_sends_back_shows_nowhere(
    drive: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    value = VALUES["plain"]
    events = list[object]()
    refused = json({"code": "BAD", "message": f"no {value} here"}, 400, x_request_id=value)
    client = drive.client(Script(refused), on_event=events.append)
    copy = client.with_options(headers={"X-Gateway": value})
    caplog.set_level("DEBUG")
    with pytest.raises(PaperspaceError, match="BAD") as caught:
        drive(copy.projects.get("p1"))
    assert_hidden_in_error(caught.value)
    assert_hidden(f"{events}{caplog.text}")
