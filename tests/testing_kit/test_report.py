"""`dialect_report`: a transcript shows where a server differs from what is documented of it."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest

from paperspace_projects import (
    APIConnectionError,
    AuthenticationError,
    Client,
    NotFoundError,
    RetryPolicy,
)
from paperspace_projects.testing import (
    Emulator,
    OperationReport,
    Recorder,
    dialect_report,
    read_transcript,
    recording_relay,
)

KEY = "key-0123456789-of-a-team"
ONCE = RetryPolicy(max_attempts=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "transcript.jsonl"


def everything(client: Client) -> None:
    """Each operation once, and some errors."""
    project = client.projects.create("vision", description="sees")
    client.projects.create("speech")
    client.projects.update(project.id, name="sight")
    client.projects.list(page_size=1).collect()
    scope = client.project(project.id)
    scope.collaborators.add("u", role="viewer")
    scope.secrets.create("S", "a value")
    scope.secrets.update("S", "another value")
    scope.secrets.get("S")
    scope.tags.add("t")
    scope.models.add("m")
    scope.snapshot()
    scope.activity().collect()
    scope.collaborators.remove("u")
    scope.secrets.delete("S")
    scope.tags.remove("t")
    scope.models.remove("m")
    scope.delete()
    with pytest.raises(NotFoundError):
        scope.get()


def test_an_emulator_speaks_its_dialect_in_every_operation(emulator: Emulator, file: Path) -> None:
    recorder = Recorder(file, emulator.transport())
    with Client(emulator.api_key, transport=recorder) as client:
        everything(client)

    reports = dialect_report(file)

    assert len(reports) == 20
    assert {report.spoken for report in reports} <= {emulator.dialect, "either"}
    assert sum(report.answers for report in reports) == len(emulator.requests)
    told = {report.operation for report in reports if report.spoken == emulator.dialect}
    assert len(told) >= 15


def report_of(file: Path, operation: str, answer: Any, status: int = 200) -> OperationReport:
    """What is said of one answer to an operation of the live dialect."""
    path = {"getProject": "/projects/p", "listProjectTags": "/projects/p/tags"}[operation]

    def server(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, str):
            return httpx.Response(status, text=answer)
        return httpx.Response(status, json=answer)

    with httpx.Client(transport=Recorder(file, httpx.MockTransport(server))) as client:
        client.get(f"https://api.example/v1{path}")
    (report,) = dialect_report(file)
    assert report.operation == operation
    return report


PROJECT = {
    "id": "p",
    "name": "n",
    "dtCreated": "2026-01-01T00:00:00Z",
    "dtDeleted": None,
    "repoName": "repo",
    "repoNodeId": None,
    "repoUrl": None,
}
PAGE = {"hasMore": False, "items": [{"id": 1, "name": "t", "dtCreated": ""}]}


@pytest.mark.parametrize(
    ("operation", "answer", "status", "difference"),
    [
        ("getProject", PROJECT, 200, None),
        ("getProject", {**PROJECT, "name": None}, 200, None),
        ("getProject", {**PROJECT, "region": "x"}, 200, "200: $.region is not documented"),
        ("getProject", {**PROJECT, "id": 7}, 200, "200: $.id is a number, where a string is"),
        ("getProject", PROJECT, 203, "status 203, where 200 is documented"),
        ("getProject", "<html>", 200, "200: the body is not JSON"),
        ("getProject", "", 200, "no body"),
        ("getProject", {"code": "C", "message": "m"}, 404, None),
        ("getProject", {"code": "C", "message": "m", "details": {"a": 1}}, 409, None),
        ("getProject", {"code": "C", "message": "m"}, 418, "status 418 is not documented"),
        ("getProject", {"error": "m"}, 404, "404: $.error is not documented"),
        ("listProjectTags", PAGE, 200, None),
        ("listProjectTags", {**PAGE, "items": ["t"]}, 200, "200: $.items[] is a string, where an"),
        ("listProjectTags", {"tags": []}, 200, "200: $ is an object, where an array is"),
    ],
)
def test_a_server_that_moved_is_told(
    file: Path, operation: str, answer: Any, status: int, difference: str | None
) -> None:
    report = report_of(file, operation, answer, status)
    if difference is None:
        assert report.spoken in {"live", "either"}
    else:
        assert report.spoken == "neither"
        assert any(each.startswith(difference) for each in report.differences)


def test_no_value_is_told(file: Path) -> None:
    told = report_of(file, "getProject", {**PROJECT, "id": ["a-value"], "name": {"x": "a-value"}})
    assert "a-value" not in str(told)


def test_what_is_no_operation_is_told_as_such(file: Path, emulator: Emulator) -> None:
    with httpx.Client(transport=Recorder(file, emulator.transport())) as client:
        client.get("https://api.example/v1/teams")
    (report,) = dialect_report(file)
    assert report.operation == "GET /v1/teams"
    assert report.differences == ("openapi.yaml has no such operation",)


def test_a_relay_hands_on_what_it_gets_and_records_it(emulator: Emulator, file: Path) -> None:
    with emulator.serve() as base_url, recording_relay(file, base_url) as relayed:
        with Client(emulator.api_key, base_url=relayed) as client:
            everything(client)
        with httpx.Client() as http:
            folded = http.get(f"{relayed}/projects/a%2Fb?limit=1", headers={"X": "y"})
    assert folded.status_code == 401
    assert [each.request for each in read_transcript(file)] == list(emulator.requests)
    assert emulator.requests[-1].path == "/v1/projects/a%2Fb"
    assert "a value" not in file.read_text()
    assert emulator.api_key not in file.read_text()


def test_a_relay_that_reaches_no_server_loses_the_answer(file: Path) -> None:
    with recording_relay(file, "http://127.0.0.1:9/v1") as relayed:
        client = Client(KEY, base_url=relayed, retry=ONCE)
        with client, pytest.raises(APIConnectionError):
            client.projects.get("p1")
    (exchange,) = read_transcript(file)
    assert (exchange.status, exchange.error) == (None, "ConnectError")


def test_a_relay_folds_no_path(emulator: Emulator, file: Path) -> None:
    """With its dots folded, this would delete the project."""
    with emulator.serve() as base_url, recording_relay(file, base_url) as relayed:
        host = httpx.URL(relayed)
        connection = HTTPConnection(host.host, host.port)
        connection.request("DELETE", "/v1/projects/p/secrets/..")
        assert connection.getresponse().status == 400
        connection.close()
    assert emulator.requests == ()


def test_a_transcript_is_one_object_a_line(emulator: Emulator, file: Path) -> None:
    with Client(KEY, transport=Recorder(file, emulator.transport())) as client:
        for number in range(2):
            with pytest.raises(AuthenticationError):
                client.projects.get(f"p{number}\n")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["path"] for line in lines] == ["/v1/projects/p0%0A", "/v1/projects/p1%0A"]
