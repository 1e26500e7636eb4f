"""A redirect is not followed: it is an error that names the host alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from retries.calls import WRITES_AND_WHAT_TELLS
from support.driving import Driver
from support.servers import Script, status

from paperspace_projects import APIConnectionError, APIStatusError
from paperspace_projects.errors import OutcomeUnknownStatusError

REDIRECTS = [301, 302, 303, 307, 308]


@pytest.mark.parametrize("code", REDIRECTS)
def test_a_redirect_is_not_followed_and_named_by_its_host_alone(drive: Driver, code: int) -> None:
    target = "https://user:pw@elsewhere.example:8443/path?token=abc#frag"
    server = Script(status(code, location=target))
    with pytest.raises(APIStatusError, match=r"elsewhere\.example") as caught:
        drive(drive.client(server).projects.get("p1"))
    assert type(caught.value) is APIStatusError
    assert caught.value.status_code == code
    assert len(server.requests) == 1
    for part in ("user", "pw@", "token", "abc", "frag", "8443/path"):
        assert part not in str(caught.value).replace("user name", "")
    assert "not followed" in str(caught.value)


@pytest.mark.parametrize("code", [300, 304, 305, 310, 399, *REDIRECTS])
@pytest.mark.parametrize(
    "location",
    ["", "/relative", "http://[", "//", "nonsense", "a::", "ftp://elsewhere.example", "http://:x/"],
)
def test_a_3xx_is_an_error_status_whatever_its_location(
    drive: Driver, code: int, location: str
) -> None:
    server = Script(status(code, location=location))
    with pytest.raises(APIStatusError) as caught:
        drive(drive.client(server).projects.get("p1"))
    assert caught.value.status_code == code


def test_a_redirect_to_a_host_that_is_no_name_is_an_error_status(drive: Driver) -> None:
    server = Script(status(302, location="https://xn--a.example/"))
    with pytest.raises(APIStatusError, match="302"):
        drive(drive.client(server).projects.get("p1"))
    http = drive.http_client(transport=httpx.MockTransport(server))
    with pytest.raises(APIConnectionError, match="redirects to an invalid URL"):
        drive(drive.client(http_client=http).projects.get("p1"))
    drive.close(http)


def test_a_304_is_no_redirect(drive: Driver) -> None:
    with pytest.raises(APIStatusError, match=r"304 Not Modified.*conditional request") as caught:
        drive(drive.client(Script(status(304))).projects.get("p1"))
    assert "redirect" not in str(caught.value)


@pytest.mark.parametrize("code", [300, 304, *REDIRECTS])
@pytest.mark.parametrize(
    ("call", "tells"), [(call, tells) for _, call, tells in WRITES_AND_WHAT_TELLS]
)
def test_a_write_that_is_redirected_may_have_been_carried_out(
    drive: Driver, call: Callable[[Any], Any], tells: str, code: int
) -> None:
    """RFC 9110: a 303 answers what was processed. A 307 or 308 asks to send it elsewhere."""
    server = Script(status(code, location="/v1/projects/p9"))
    with pytest.raises(APIStatusError) as caught:
        drive(call(drive.client(server)))
    is_unknown = code not in (307, 308)
    assert isinstance(caught.value, OutcomeUnknownStatusError) is is_unknown
    assert (tells in str(caught.value)) is is_unknown
    assert len(server.requests) == 1
