"""How long is waited between attempts: drawn by chance, or as the server asks."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import format_datetime, formatdate
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.driving import Driver
from support.servers import Script, json, project, status

from paperspace_projects import APIStatusError, RateLimitError, RetryPolicy, ServerError
from paperspace_projects._http.server_clock import parse_retry_after


def get(drive: Driver, *answers: Any, **options: Any) -> Any:
    return drive(drive.client(Script(*answers), **options).projects.get("p1"))


def test_waits_are_drawn_from_nothing_to_a_doubling_limit(drive: Driver) -> None:
    with pytest.raises(ServerError):
        get(drive, status(500), retry=RetryPolicy(max_attempts=6, initial_wait=0.5, max_wait=3.0))
    assert drive.clock.drawn == [(0, 0.5), (0, 1.0), (0, 2.0), (0, 3.0), (0, 3.0)]
    assert drive.clock.sleeps == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_the_defaults_are_four_attempts_from_half_a_second(drive: Driver) -> None:
    with pytest.raises(ServerError):
        get(drive, status(500))
    assert drive.clock.drawn == [(0, 0.5), (0, 1.0), (0, 2.0)]


def test_what_is_drawn_is_what_is_waited(drive: Driver) -> None:
    drive.clock.fraction = 0.25
    with pytest.raises(ServerError):
        get(drive, status(500))
    assert drive.clock.sleeps == [0.125, 0.25, 0.5]


def test_many_attempts_do_not_overflow(drive: Driver) -> None:
    with pytest.raises(ServerError) as caught:
        get(drive, status(500), retry=RetryPolicy(max_attempts=1500, max_wait=1e-9))
    assert caught.value.attempts == 1500
    assert max(high for _, high in drive.clock.drawn) == 1e-9


def test_no_wait_at_all_can_be_chosen(drive: Driver) -> None:
    get(drive, status(500), status(500), json(project()), retry=RetryPolicy(initial_wait=0))
    assert drive.clock.sleeps == [0, 0]


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("0", 0.0), ("1.5", 1.5), (" 3 ", 3.0), ("120", 120.0)]
)
def test_retry_after_in_seconds_is_waited(
    drive: Driver, code: int, header: str, seconds: float
) -> None:
    get(drive, status(code, retry_after=header), json(project()))
    assert drive.clock.sleeps == [seconds]
    assert drive.clock.drawn == []


NOW = 1_774_000_000  # 20 March 2026


def http_date(moment: float) -> str:
    return formatdate(moment, usegmt=True)


DATES = {
    "IMF-fixdate": http_date,
    "RFC 850": lambda moment: datetime.fromtimestamp(moment, UTC).strftime(
        "%A, %d-%b-%y %H:%M:%S GMT"
    ),
    "asctime": lambda moment: datetime.fromtimestamp(moment, UTC).strftime("%a %b %e %H:%M:%S %Y"),
    "with an offset": lambda moment: format_datetime(datetime.fromtimestamp(moment, UTC)),
}


@pytest.fixture(params=["UTC", "America/New_York"])
def time_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A machine's own time zone has no say in what a server's date means."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("time_zone")
@pytest.mark.parametrize("form", DATES)
def test_retry_after_as_a_date_is_counted_from_the_answers_own_date(
    drive: Driver, form: str
) -> None:
    # The server's clock is far from ours.
    answer = status(
        429, retry_after=DATES[form](NOW + 1_000_042), date=DATES[form](NOW + 1_000_000)
    )
    get(drive, answer, json(project()))
    assert drive.clock.sleeps == [42.0]


@pytest.mark.usefixtures("time_zone")
@pytest.mark.parametrize("form", DATES)
def test_retry_after_as_a_date_is_counted_from_our_clock_when_the_answer_has_no_date(
    drive: Driver, form: str
) -> None:
    until = DATES[form](int(drive.clock.wall()) + 30)
    get(drive, status(503, retry_after=until), json(project()))
    assert drive.clock.sleeps == [30.0]


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_an_answers_date_that_is_none_is_as_no_date(drive: Driver, date: str) -> None:
    until = http_date(int(drive.clock.wall()) + 30)
    get(drive, status(503, retry_after=until, date=date), json(project()))
    assert drive.clock.sleeps == [30.0]


@pytest.mark.parametrize("with_date", [True, False])
def test_a_date_in_the_past_means_at_once(drive: Driver, with_date: bool) -> None:
    headers = {"retry_after": http_date(NOW - 500)} | (
        {"date": http_date(NOW)} if with_date else {}
    )
    get(drive, status(429, **headers), json(project()))
    assert drive.clock.sleeps == [0.0]


@pytest.mark.parametrize(
    "header",
    [
        *("", "soon", "-1", "nan", "inf", "-inf", "1e999", "1,5", "5 s", "5, soon", "0x10", "\t"),
        *("Wed, 99 Foo 2026 99:99:99 GMT", "Wed, 18 Mar 2026", "0000-00-00", "(", "a b c d e f"),
        "Wed, 18 Mar 99999999999 10:00:00 GMT",
        "Wed, 18 Mar 2026 10:00:00 +99999999999999999999",
    ],
)
def test_a_retry_after_that_is_none_is_as_no_retry_after(drive: Driver, header: str) -> None:
    get(drive, status(429, retry_after=header), json(project()))
    assert drive.clock.drawn == [(0, 0.5)]
    assert drive.clock.sleeps == [0.5]


def test_a_503_whose_retry_after_is_none_is_not_repeated_for_a_write(drive: Driver) -> None:
    server = Script(status(503, retry_after="soon"))
    with pytest.raises(ServerError):
        drive(drive.client(server).projects.create("n"))
    assert len(server.requests) == 1


@given(st.text() | st.from_regex(r"[A-Za-z0-9 ,:+()-]*"), st.none() | st.text())
@example("Mon, 16 Nov 2009 13:32:02 -0000", None)
@example("Mon, 1 Jan 0001 00:00:00 +2300", None)
@example("Fri, 31 Dec 9999 23:59:59 -2300", None)
@example("Fri, 31 Dec 9999 23:59:59", "Mon, 1 Jan 0001 00:00:00")
def test_any_text_as_retry_after_gives_a_wait_or_none(header: str, date: str | None) -> None:
    wait = parse_retry_after(header, date, lambda: float(NOW))
    assert wait is None or 0 <= wait < float("inf")


@pytest.mark.parametrize(
    ("code", "expected"), [(429, RateLimitError), (503, ServerError), (500, ServerError)]
)
@pytest.mark.parametrize("as_date", [True, False])
def test_a_wait_beyond_the_policy_fails_at_once_and_says_so(
    drive: Driver, code: int, expected: type[APIStatusError], as_date: bool
) -> None:
    header = http_date(NOW + 121) if as_date else "121"
    server = Script(status(code, retry_after=header, date=http_date(NOW)))
    with pytest.raises(expected, match=r"121 s.*more than the 120 s of RetryPolicy") as caught:
        drive(drive.client(server).projects.get("p1"))
    assert type(caught.value) is expected
    assert (len(server.requests), drive.clock.sleeps) == (1, [])


def test_the_limit_of_the_policy_can_be_chosen(drive: Driver) -> None:
    policy = RetryPolicy(max_retry_after=1000)
    get(drive, status(429, retry_after="999"), json(project()), retry=policy)
    assert drive.clock.sleeps == [999.0]
    with pytest.raises(RateLimitError, match="max_retry_after"):
        get(drive, status(429, retry_after="1"), retry=RetryPolicy(max_retry_after=0))


def test_a_wait_that_the_server_asks_for_is_not_cut_to_max_wait(drive: Driver) -> None:
    get(drive, status(503, retry_after="90"), json(project()), retry=RetryPolicy(max_wait=1))
    assert drive.clock.sleeps == [90.0]


@pytest.mark.parametrize(
    ("code", "expected"), [(429, RateLimitError), (503, ServerError), (502, ServerError)]
)
def test_a_wait_beyond_the_deadline_fails_at_once_and_says_so(
    drive: Driver, code: int, expected: type[APIStatusError]
) -> None:
    server = Script(status(code, retry_after="60"))
    with pytest.raises(expected, match=r"60 s.*deadline") as caught:
        drive(drive.client(server, deadline=10).projects.get("p1"))
    assert type(caught.value) is expected
    assert (len(server.requests), drive.clock.sleeps) == (1, [])


def test_a_rate_limit_error_tells_the_wait_that_was_asked_for(drive: Driver) -> None:
    with pytest.raises(RateLimitError) as caught:
        get(drive, status(429, retry_after="500"))
    assert caught.value.retry_after == 500
    with pytest.raises(RateLimitError) as caught:
        get(drive, status(429))
    assert caught.value.retry_after is None


def test_each_retry_after_is_obeyed_by_itself(drive: Driver) -> None:
    answers = [status(429, retry_after="3"), status(503), status(429, retry_after="5")]
    get(drive, *answers, json(project()))
    assert drive.clock.sleeps == [3.0, 1.0, 5.0]


def test_a_write_obeys_retry_after_too(drive: Driver) -> None:
    server = Script(status(429, retry_after="4"), json(project(), 201))
    drive(drive.client(server).projects.create("n"))
    assert drive.clock.sleeps == [4.0]


def test_retry_after_is_read_in_any_case_of_its_name(drive: Driver) -> None:
    answer = httpx.Response(429, headers={"RETRY-AFTER": "6"})
    get(drive, answer, json(project()))
    assert drive.clock.sleeps == [6.0]
