"""Who is told of attempts: `on_event`, the log, and the notes of an error."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from support.driving import Driver
from support.servers import Script, json, project, status

from paperspace_projects import (
    APIError,
    AttemptEvent,
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    ResponseError,
    RetryPolicy,
    ServerError,
)

LOGGER = "paperspace_projects"


def lines(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(LOGGER) and record.levelno == level
    ]


def get(drive: Driver, *answers: Any, **options: Any) -> Any:
    return drive(drive.client(Script(*answers), **options).projects.get("p1"))


def test_each_attempt_is_an_event(drive: Driver) -> None:
    events: list[AttemptEvent] = []
    last = json(project(), x_request_id="id of 3")
    answers = (status(503), httpx.ConnectError("refused"), last)
    get(drive, *answers, on_event=events.append)
    same = {"operation": "getProject", "method": "GET", "path": "/projects/p1", "elapsed": 0.0}
    assert [replace(event, headers={}) for event in events] == [
        AttemptEvent(**same, attempt=1, status_code=503, error="ServerError", wait=0.5),
        AttemptEvent(**same, attempt=2, status_code=None, error="APIConnectionError", wait=1.0),
        AttemptEvent(
            **same, attempt=3, status_code=200, error=None, wait=None, request_id="id of 3"
        ),
    ]
    assert [event.headers.get("x-request-id") for event in events] == [None, None, "id of 3"]


def test_an_event_has_only_harmless_headers(drive: Driver) -> None:
    events: list[AttemptEvent] = []
    shown = {"x-ratelimit-remaining": "7", "ratelimit": "limit=1", "server": "nginx"}
    others = {
        "set-cookie": "a=b",
        "location": "http://x",
        "authorization": "Bearer y",
        "x-any": "z",
    }
    get(drive, json(project(), **shown, **others), on_event=events.append)
    (event,) = events
    assert event.headers.items() >= shown.items()
    assert event.headers.keys() <= {*shown, "content-length", "content-type"}
    assert hash(event) == hash(replace(event))


@pytest.mark.parametrize("code", [200, 201, 202, 204])
def test_the_event_of_a_success_has_its_status(drive: Driver, code: int) -> None:
    events: list[AttemptEvent] = []
    client = drive.client(Script(status(code)), on_event=events.append)
    drive(client.projects.delete("p1"))
    assert [(event.status_code, event.error) for event in events] == [(code, None)]


def test_an_event_tells_how_long_the_attempt_took(drive: Driver) -> None:
    events: list[AttemptEvent] = []

    def slowly(_: httpx.Request) -> httpx.Response:
        drive.clock.advance(2.5)
        return json(project())

    get(drive, slowly, on_event=events.append)
    assert events[0].elapsed == 2.5


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (status(200, b"{"), "ResponseError", 200),
        (status(404), "NotFoundError", 404),
        (json({"code": "CONFLICT", "message": "m"}), "ConflictError", 200),
        (httpx.ReadTimeout("slow"), "APITimeoutError", None),
    ],
)
def test_an_event_names_the_error_and_the_status(
    drive: Driver, answer: Any, error: str, code: int | None
) -> None:
    events: list[AttemptEvent] = []
    policy = RetryPolicy(max_attempts=1)
    with pytest.raises(APIError):
        get(drive, answer, on_event=events.append, retry=policy)
    assert [(each.error, each.status_code, each.wait) for each in events] == [(error, code, None)]


def test_each_page_and_each_call_has_its_own_events(drive: Driver) -> None:
    events: list[AttemptEvent] = []
    server = Script(
        json({"items": [project(1)], "hasMore": True, "nextPage": "x"}),
        status(500),
        json({"items": [project(2)], "hasMore": False}),
    )
    client = drive.client(server, on_event=events.append)
    assert len(drive.items(client.projects.list())) == 2
    assert [event.attempt for event in events] == [1, 1, 2]
    assert {event.path for event in events} == {"/projects"}


@pytest.mark.parametrize("answer", [json(project()), status(404), httpx.ReadTimeout("slow")])
def test_an_on_event_that_fails_does_not_change_the_outcome(
    drive: Driver, caplog: pytest.LogCaptureFixture, answer: Any
) -> None:
    def failing(event: AttemptEvent) -> None:
        raise RuntimeError(f"cannot handle {event.operation}")

    outcomes: list[Any] = []
    for on_event in (None, failing):
        server = Script(answer)
        try:
            outcome = drive(drive.client(server, on_event=on_event).projects.get("p1"))
        except APIError as error:
            outcome = (type(error), str(error))
        outcomes.append((outcome, len(server.requests)))
    assert outcomes[0] == outcomes[1]
    assert any("on_event" in line for line in lines(caplog, logging.ERROR))


def test_an_on_event_that_fails_does_not_hide_a_write(drive: Driver) -> None:
    def failing(_: AttemptEvent) -> None:
        raise ZeroDivisionError

    client = drive.client(Script(status(429), json(project(), 201)), on_event=failing)
    assert drive(client.projects.create("n")).id == "p1"


def test_what_stops_a_program_is_not_held_back_by_on_event(drive: Driver) -> None:
    def interrupted(_: AttemptEvent) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(drive, json(project()), on_event=interrupted)


def test_a_success_logs_one_line_at_debug(drive: Driver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, LOGGER)
    get(drive, json(project()))
    (line,) = lines(caplog, logging.DEBUG)
    assert line.startswith("getProject GET /projects/p1 attempt 1: ok")
    assert lines(caplog, logging.INFO) == lines(caplog, logging.WARNING) == []


def test_retries_log_at_info_and_giving_up_at_warning(
    drive: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, LOGGER)
    with pytest.raises(ServerError):
        get(drive, status(500))
    assert len(lines(caplog, logging.DEBUG)) == 4
    retries = lines(caplog, logging.INFO)
    assert len(retries) == 3
    assert all("getProject" in line and "ServerError 500" in line for line in retries)
    assert ["0.500 s" in retries[0], "1.000 s" in retries[1], "2.000 s" in retries[2]] == [True] * 3
    assert lines(caplog, logging.WARNING) == ["getProject was given up after 4 attempts"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (status(429), RateLimitError),
        (httpx.ConnectError("refused"), APIError),
        (httpx.ReadTimeout("slow"), APIError),
    ],
)
def test_whatever_is_given_up_after_retries_is_a_warning(
    drive: Driver, caplog: pytest.LogCaptureFixture, answer: Any, expected: type[APIError]
) -> None:
    with pytest.raises(expected):
        get(drive, answer)
    assert lines(caplog, logging.WARNING) == ["getProject was given up after 4 attempts"]


def test_a_refusal_at_once_is_no_warning(drive: Driver, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(NotFoundError):
        get(drive, status(404))
    assert lines(caplog, logging.INFO) == lines(caplog, logging.WARNING) == []


def test_nothing_is_logged_at_the_default_level_when_all_is_well(
    drive: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    get(drive, json(project()))
    assert [each for each in caplog.records if each.name.startswith(LOGGER)] == []


def test_notes_list_the_attempts(drive: Driver) -> None:
    answers = (status(503, retry_after="2"), httpx.ReadError("reset"), status(409))
    with pytest.raises(ConflictError) as caught:
        get(drive, *answers)
    first, second, third = caught.value.__notes__
    assert first.startswith("attempt 1: ServerError 503")
    assert "2.000 s" in first
    assert second.startswith("attempt 2: APIConnectionError")
    assert "1.000 s" in second
    assert third.startswith("attempt 3: ConflictError 409")
    assert "wait" not in third


def test_a_single_attempt_needs_no_notes(drive: Driver) -> None:
    for answer, expected in ((status(404), NotFoundError), (status(200, b"{"), ResponseError)):
        with pytest.raises(expected) as caught:
            get(drive, answer)
        assert not hasattr(caught.value, "__notes__")


def test_notes_stand_on_the_error_that_is_raised(drive: Driver) -> None:
    server = Script(status(429), httpx.ReadError("reset"))
    with pytest.raises(OutcomeUnknownError) as caught:
        drive(drive.client(server).projects.create("n"))
    assert [note[:10] for note in caught.value.__notes__] == ["attempt 1:", "attempt 2:"]
    assert "2 attempts" in str(caught.value)


def test_a_reason_that_ends_in_a_period_does_not_end_the_sentence(drive: Driver) -> None:
    lost = httpx.RemoteProtocolError("Server disconnected without sending a response.")
    client = drive.client(Script(lost))
    with pytest.raises(OutcomeUnknownError, match="without sending a response, so it is unknown"):
        drive(client.project("p1").secrets.update("S", "v"))


def test_a_server_that_is_not_reached_is_named(drive: Driver) -> None:
    with pytest.raises(APIError, match=r"not be reached: refused \(base URL https://[^)]+/v1\)"):
        get(drive, httpx.ConnectError("refused"), retry=RetryPolicy(max_attempts=1))
