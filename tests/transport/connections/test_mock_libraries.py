"""The libraries that programs test httpx with see our requests and answer them, as a user expects.

Each test is one that a user could have written: nothing of it knows how the client sends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
import vcr
from pytest_httpx import HTTPXMock
from support.driving import KEY, Driver
from support.fault_server import FaultServer

from paperspace_projects import APIConnectionError, NotFoundError, OutcomeUnknownError, RetryPolicy

URL = "https://api.paperspace.com/v1"
PROJECT = {"id": "p1", "name": "mocked"}
ONCE = RetryPolicy(max_attempts=1)


# ---- respx ----

USING = pytest.mark.parametrize("using", ["httpcore", "httpx"])


@pytest.fixture
def client_for(drive: Driver) -> Iterator[Callable[..., Any]]:
    """Makes clients whose requests respx sees: `using="httpx"` patches httpx's clients alone."""
    own: list[Any] = []

    def make(using: str, **options: Any) -> Any:
        if using == "httpx":
            own.append(drive.http_client())
            options["http_client"] = own[-1]
        return drive.client(**options)

    yield make
    for each in own:
        drive.close(each)


@USING
def test_respx_answers(drive: Driver, client_for: Callable[..., Any], using: str) -> None:
    with respx.mock(base_url=URL, using=using) as mocked:
        get = mocked.get("/projects/p1").respond(json=PROJECT)
        post = mocked.post("/projects").respond(201, json=PROJECT)
        mocked.get("/projects/p2").respond(404, json={"message": "no such project"})
        client = client_for(using)
        for _ in range(3):
            assert drive(client.projects.get("p1")).name == "mocked"
        assert drive(client.projects.create("mocked")).id == "p1"
        with pytest.raises(NotFoundError, match="no such project"):
            drive(client.projects.get("p2"))
    assert get.call_count == 3
    request = post.calls.last.request
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert json.loads(request.content) == {"name": "mocked"}


def test_respx_is_the_one_that_answers_by_default(drive: Driver) -> None:
    with respx.mock:
        respx.get(f"{URL}/projects/p1").respond(json=PROJECT)
        assert drive(drive.client().projects.get("p1")).name == "mocked"


@USING
def test_respx_fails_as_it_is_told_to(
    drive: Driver, client_for: Callable[..., Any], using: str
) -> None:
    with respx.mock(base_url=URL, using=using) as mocked:
        mocked.get("/projects/p1").mock(side_effect=httpx.ConnectError)
        mocked.post("/projects").mock(side_effect=httpx.ReadTimeout)
        client = client_for(using, retry=ONCE)
        with pytest.raises(APIConnectionError):
            drive(client.projects.get("p1"))
        with pytest.raises(OutcomeUnknownError):
            drive(client.projects.create("new"))


@USING
def test_respx_comes_and_goes_while_a_client_is_in_use(
    drive: Driver, client_for: Callable[..., Any], using: str
) -> None:
    with FaultServer() as server:
        client = client_for(using, base_url=server.url)
        assert drive(client.projects.create("real")).name == "real"
        with respx.mock(base_url=server.url, using=using) as mocked:
            mocked.get("/projects/p1").respond(json=PROJECT)
            assert drive(client.projects.get("p1")).name == "mocked"
        assert drive(client.projects.create("real again")).name == "real again"
        drive.close(client)
        assert [each.method for each in server.received] == ["POST", "POST"]


@USING
def test_respx_lets_through_what_it_is_told_to(
    drive: Driver, client_for: Callable[..., Any], using: str
) -> None:
    with FaultServer() as server:
        with respx.mock(using=using) as mocked:
            mocked.route(host="127.0.0.1").pass_through()
            client = client_for(using, base_url=server.url)
            assert drive(client.projects.create("real")).name == "real"
            assert drive(client.projects.create("real again")).name == "real again"
            drive.close(client)
        assert len(server.received) == 2


@USING
def test_respx_mocks_an_http_client_of_the_users_own(drive: Driver, using: str) -> None:
    with respx.mock(base_url=URL, using=using) as mocked:
        mocked.get("/projects/p1").respond(json=PROJECT)
        http = drive.http_client()
        assert drive(drive.client(http_client=http).projects.get("p1")).name == "mocked"
        drive.close(http)


# ---- pytest-httpx ----


def test_pytest_httpx_answers(drive: Driver, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{URL}/projects/p1", json=PROJECT)
    httpx_mock.add_response(url=f"{URL}/projects", method="POST", status_code=201, json=PROJECT)
    httpx_mock.add_response(url=f"{URL}/projects/p2", status_code=404)
    client = drive.client()
    assert drive(client.projects.get("p1")).name == "mocked"
    assert drive(client.projects.create("mocked")).id == "p1"
    with pytest.raises(NotFoundError):
        drive(client.projects.get("p2"))
    sent = httpx_mock.get_requests(method="POST")
    assert [json.loads(each.content) for each in sent] == [{"name": "mocked"}]
    assert sent[0].headers["Authorization"] == f"Bearer {KEY}"


def test_pytest_httpx_fails_as_it_is_told_to(drive: Driver, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ReadTimeout("slow"), method="POST")
    with pytest.raises(OutcomeUnknownError):
        drive(drive.client(retry=ONCE).projects.create("new"))


# ---- vcrpy ----


def test_vcrpy_records_and_plays(drive: Driver, tmp_path: Path) -> None:
    cassette = str(tmp_path / "cassette.yaml")
    recorder: Any = vcr.VCR(filter_headers=["authorization"], match_on=["method", "path"])
    with FaultServer() as server:
        with recorder.use_cassette(cassette) as recorded:
            client = drive.client(base_url=server.url)
            made = drive(client.projects.create("recorded"))
            assert drive(client.projects.get(made.id)) == made
            drive.close(client)
        assert len(recorded) == len(server.received) == 2
        url = server.url
    assert KEY not in Path(cassette).read_text()
    with recorder.use_cassette(cassette, record_mode="none") as played:
        client = drive.client(base_url=url)
        assert drive(client.projects.create("recorded")) == made
        assert drive(client.projects.get(made.id)) == made
        assert played.all_played
