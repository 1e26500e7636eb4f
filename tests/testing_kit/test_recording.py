"""`Recorder` and `Replay`: what was said can be kept without secrets, and be said again."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.driving import Driver

from paperspace_projects import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    Client,
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    RetryPolicy,
)
from paperspace_projects.testing import (
    Emulator,
    Fault,
    FaultPlan,
    NetworkBlockedError,
    Recorder,
    Replay,
    ReplayError,
    block_network,
    read_transcript,
)

KEY = "key-0123456789-of-a-team"
VALUE = 'hunter2 "quoted" \\ & more'
ONCE = RetryPolicy(max_attempts=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "transcript.jsonl"


def work(drive: Driver, client: Any) -> list[Any]:
    """Some of everything; gives what came of it."""
    project = drive(client.projects.create("vision"))
    scope = client.project(project.id)
    found: list[Any] = [project]
    found.append(drive(scope.secrets.create("HF_TOKEN", VALUE)))
    with pytest.raises(ConflictError) as conflict:
        drive(scope.secrets.create("HF_TOKEN", VALUE))
    found.append(str(conflict.value))
    drive(scope.tags.add("gpu"))
    found += [drive.items(client.projects.list(page_size=1)), drive(scope.snapshot())]
    drive(client.projects.delete(project.id))
    with pytest.raises(NotFoundError) as missing:
        drive(client.projects.get(project.id))
    return [*found, str(missing.value)]


def test_a_replay_says_what_the_server_said(drive: Driver, emulator: Emulator, file: Path) -> None:
    recorder = Recorder(file, emulator.transport())
    first = work(drive, drive.client(recorder, api_key=emulator.api_key))

    replay = Replay(file)
    again = work(drive, drive.client(replay, api_key="another-key"))

    assert again == first
    assert replay.unused == ()


def test_a_transcript_says_what_was_asked_and_answered(
    drive: Driver, emulator: Emulator, file: Path
) -> None:
    recorder = Recorder(file, emulator.transport())
    work(drive, drive.client(recorder, api_key=emulator.api_key))

    exchanges = list(read_transcript(file))

    assert tuple(each.request for each in exchanges) == emulator.requests
    assert [each.status for each in exchanges[1:3]] == [
        201 if emulator.dialect == "contract" else 200,
        409,
    ]
    answer: Any = exchanges[0].answer
    assert answer["name"] == "vision"
    assert set(exchanges[0].headers) == {"content-type", "x-request-id"}


def echo(request: httpx.Request) -> httpx.Response:
    """A server that says all it was told, in every place it can."""
    told = request.content.decode() + request.headers["authorization"]
    escaped = json.dumps(told)
    return httpx.Response(
        404,
        headers={"x-request-id": told.encode("unicode_escape").decode(), "x-other": told},
        json={"code": told, "message": escaped, told: [told, escaped, 7]},
    )


@pytest.mark.parametrize("body", ["json", "html"])
def test_no_key_and_no_value_is_kept_even_if_they_are_echoed(
    drive: Driver, file: Path, body: str
) -> None:
    def server(request: httpx.Request) -> httpx.Response:
        if body == "html":
            return httpx.Response(502, html=f"<p>{request.content!r} {dict(request.headers)}</p>")
        return echo(request)

    client = drive.client(Recorder(file, httpx.MockTransport(server)), api_key=KEY, retry=ONCE)
    with pytest.raises((NotFoundError, OutcomeUnknownError)):
        drive(client.project("p1").secrets.update("HF_TOKEN", VALUE))
    with pytest.raises(APIError):
        drive(client.projects.get(f"p2-{KEY}"))

    text = file.read_text()

    assert "hunter2" not in text
    assert KEY not in text
    assert "uthorization" not in text
    assert "HF_TOKEN" in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "body",
    [
        {"name": "S", "value": {"a": ["hunter2-1", 1234567]}},
        {"name": "S", "valeu": "hunter2-1", "more": 1234567},
        ["hunter2-1", {"hunter2-1": 1234567}],
    ],
)
def test_nor_is_a_value_of_another_shape(file: Path, body: Any) -> None:
    def server(_: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"message": "hunter2-1 and 1234567", "got": 1234567})

    with httpx.Client(transport=Recorder(file, httpx.MockTransport(server))) as client:
        client.post("https://api.example/v1/projects/p/secrets", json=body)
    assert "hunter2" not in file.read_text()
    assert "1234567" not in file.read_text()


def test_lost_answers_are_recorded_and_lost_again(
    drive: Driver, emulator: Emulator, file: Path
) -> None:
    emulator.faults = FaultPlan.script([Fault.timeout(), Fault.status(503)])
    recorder = Recorder(file, emulator.transport())
    client = drive.client(recorder, api_key=emulator.api_key)
    assert drive.items(client.projects.list()) == []

    replay = drive.client(Replay(file), api_key=KEY)

    assert drive.items(replay.projects.list()) == []
    assert [each.error or each.status for each in read_transcript(file)] == [
        "ReadTimeout",
        503,
        200,
    ]


def test_a_replay_answers_nothing_that_was_not_recorded(
    drive: Driver, emulator: Emulator, file: Path
) -> None:
    recorder = Recorder(file, emulator.transport())
    drive(drive.client(recorder, api_key=emulator.api_key).projects.create("vision"))
    client = drive.client(Replay(file), api_key=KEY)

    with pytest.raises(ReplayError, match=r'POST /v1/projects with {"name": "speech"}'):
        drive(client.projects.create("speech"))
    drive(client.projects.create("vision"))
    with pytest.raises(ReplayError, match=r"left"):
        drive(client.projects.create("vision"))


def test_it_records_what_goes_over_http(drive: Driver, file: Path) -> None:
    with Emulator() as emulator, emulator.serve() as base_url:
        client = drive.client(Recorder(file), base_url=base_url, api_key=emulator.api_key)
        assert drive(client.projects.create("vision")).name == "vision"
        drive.close(client)
    assert [each.status for each in read_transcript(file)] == [201]


def test_the_guard_looks_at_what_is_recorded(file: Path) -> None:
    with Emulator() as emulator, block_network():
        client = Client(KEY, transport=Recorder(file, emulator.transport()))
        with client, pytest.raises(AuthenticationError):
            client.projects.get("p1")
        with Client(KEY, transport=Recorder(file)) as client, pytest.raises(NetworkBlockedError):
            client.projects.get("p1")
        with Client(KEY, transport=Replay(file)) as client, pytest.raises(AuthenticationError):
            client.projects.get("p1")


@pytest.mark.parametrize(
    "line",
    ["no JSON", "[]", "{}", '{"method": "GET"}', "null"],
)
def test_what_is_no_transcript_is_told_with_its_line(file: Path, line: str) -> None:
    good = '{"method": "GET", "path": "/", "query": "", "operation": null, "sent": null, '
    good += '"status": 200, "headers": {}, "answer": null, "length": 0, "error": null}'
    file.write_text(f"{good}\n{line}\n")
    with pytest.raises(ValueError, match=r"transcript\.jsonl:2: not a line of a transcript"):
        Replay(file)


def test_a_recorder_has_to_suit_its_client(file: Path) -> None:
    client = Client(KEY, transport=Recorder(file, httpx.AsyncHTTPTransport()))
    with client, pytest.raises(TypeError, match="is async, and the client is not"):
        client.projects.get("p1")


def test_an_error_that_is_not_known_is_a_lost_connection(file: Path) -> None:
    file.write_text(
        '{"method": "GET", "path": "/v1/projects/p1", "query": "", "operation": "getProject", '
        '"sent": null, "status": null, "headers": {}, "answer": null, "length": 0, '
        '"error": "SomethingNew"}\n'
    )
    client = Client(KEY, transport=Replay(file), retry=ONCE)
    with client, pytest.raises(APIConnectionError):
        client.projects.get("p1")
