"""Which base URLs are taken: https anywhere, plain http to this machine alone."""

from __future__ import annotations

from typing import Any

import pytest
from support.driving import Driver
from support.servers import Script, json, project

from paperspace_projects import ConfigurationError


def url_sent(drive: Driver, base_url: str, **options: Any) -> str:
    server = Script(json(project()))
    drive(drive.client(server, base_url=base_url, **options).projects.get("p1"))
    return str(server.requests[0].url)


def refusal(drive: Driver, base_url: Any, **options: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        drive.client(base_url=base_url, **options)
    assert "base_url" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "sent"),
    [
        ("https://example.com", "https://example.com/projects/p1"),
        ("https://example.com/", "https://example.com/projects/p1"),
        ("https://example.com///", "https://example.com/projects/p1"),
        ("https://example.com/v1/", "https://example.com/v1/projects/p1"),
        ("https://example.com:8443/a/b", "https://example.com:8443/a/b/projects/p1"),
        ("HTTPS://EXAMPLE.COM/V1", "https://example.com/V1/projects/p1"),
        ("https://[2001:db8::1]/v1", "https://[2001:db8::1]/v1/projects/p1"),
        ("https://192.0.2.1/v1", "https://192.0.2.1/v1/projects/p1"),
    ],
)
def test_https_to_any_host_is_taken(drive: Driver, base_url: str, sent: str) -> None:
    assert url_sent(drive, base_url) == sent


LOOPBACK = [
    *("http://localhost", "http://LOCALHOST:8787", "http://127.0.0.1:80", "http://127.8.9.10/v1"),
    *("http://[::1]:8787", "http://localhost/", "http://[0:0:0:0:0:0:0:1]"),
]


@pytest.mark.parametrize("base_url", LOOPBACK)
def test_plain_http_to_loopback_is_taken(drive: Driver, base_url: str) -> None:
    assert url_sent(drive, base_url).endswith("/projects/p1")


BEYOND = [
    *("http://example.com", "http://10.0.0.1", "http://192.168.1.1:8080", "http://0.0.0.0"),
    *("http://[::]", "http://[2001:db8::1]", "http://localhost.example.com", "http://notlocalhost"),
    *("http://127.0.0.1.example.com", "http://127.1", "http://2130706433", "http://0x7f.1"),
    *("http://localhostx", "HTTP://example.com", "http://128.0.0.1", "http://[fe80::1]"),
    # What a name server may be asked for, or what the system reads as another address.
    *("http://api.localhost", "http://localhost.", "http://localhost.localdomain"),
    *("http://127.0.0.1.", "http://127.0.0.01", "http://017700000001", "http://127.0.1"),
    *("http://[::ffff:127.0.0.1]", "http://[::1%251]", "http://[::7f00:1]", "http://ⓛocalhost"),
]


@pytest.mark.parametrize("base_url", BEYOND)
def test_plain_http_beyond_loopback_is_refused_with_the_way_to_allow_it(
    drive: Driver, base_url: str
) -> None:
    text = refusal(drive, base_url)
    assert "allow_insecure_http=True" in text
    assert "https" in text


@pytest.mark.parametrize("base_url", ["http://example.com/v1", "http://10.0.0.1/v1/"])
def test_plain_http_can_be_allowed_by_name(drive: Driver, base_url: str) -> None:
    assert url_sent(drive, base_url, allow_insecure_http=True) == (
        base_url.rstrip("/") + "/projects/p1"
    )


NO_URLS = [
    *(" ", "example.com", "example.com/v1", "/v1", "//example.com", "ftp://example.com"),
    *("file:///etc/passwd", "https:", "https://", "https:///v1", "https:example.com", "http:/x"),
    *("https://:443", "https://[::1", "https://example.com:port", "https://example.com:99999"),
    *("https://exa mple.com", "https://example.com/a b", "https://example.com\n", "\nhttps://x.y"),
    *(
        "https://xn--",
        "https://xn--/v1",
        "https://\u2488.example/v1",
        "https://xn--a-\u00e4.example",
    ),
    *("https://example.com/\t", "https://example.com/\x00", "javascript:alert(1)"),
]


@pytest.mark.parametrize("base_url", NO_URLS)
@pytest.mark.parametrize("allowed", [False, True])
def test_what_is_no_http_url_is_refused(drive: Driver, base_url: str, allowed: bool) -> None:
    refusal(drive, base_url, allow_insecure_http=allowed)


def test_an_empty_argument_is_not_taken_for_none(drive: Driver) -> None:
    refusal(drive, "")


@pytest.mark.parametrize("base_url", [5, b"https://example.com", ["https://example.com"], True])
def test_what_is_no_text_is_refused(drive: Driver, base_url: Any) -> None:
    assert "string" in refusal(drive, base_url)


@pytest.mark.parametrize(
    "base_url",
    [
        *("https://user@example.com", "https://user:word@example.com", "https://:word@example.com"),
        *("https://@example.com", "http://localhost:word@example.com", "ftp://user:word@x.example"),
        "https://user:word@[::1]",
    ],
)
def test_a_user_name_or_a_password_is_refused_and_not_shown(drive: Driver, base_url: str) -> None:
    text = refusal(drive, base_url)
    assert "word@" not in text
    assert "user@" not in text


def test_a_password_is_not_shown_where_the_scheme_was_forgotten(drive: Driver) -> None:
    assert "sesame" not in refusal(drive, "user:sesame@example.com/v1")


@pytest.mark.parametrize(
    "base_url",
    [
        *("https://example.com?x=1", "https://example.com/v1?x", "https://example.com/v1#top"),
        *("https://example.com/v1?", "https://example.com/v1#", "https://example.com/?#"),
        *("https://example.com?", "https://example.com#"),
    ],
)
def test_a_query_or_a_fragment_is_refused(drive: Driver, base_url: str) -> None:
    refusal(drive, base_url)


@pytest.mark.parametrize(
    "base_url",
    ["https://a..b", "https://-", "https://*", "https://exa%mple.com", "https://" + "a" * 300],
)
def test_a_host_that_is_none_is_refused_or_fails_as_a_connection(
    drive: Driver, base_url: str
) -> None:
    """Not as an argument of the call that comes across it first."""
    try:
        assert url_sent(drive, base_url)
    except ConfigurationError as error:
        assert "base_url" in str(error)  # noqa: PT017 -- either is fine


def test_a_path_stays_below_the_base_url(drive: Driver) -> None:
    server = Script(json(project()))
    client = drive.client(server, base_url="https://example.com/v1")
    for project_id in ("a/b", "..%2F..", "a?b#c", "%2e%2e", "\\..\\", "//evil.example"):
        drive(client.projects.get(project_id))
    for request in server.requests:
        assert request.url.host == "example.com"
        assert request.url.raw_path.startswith(b"/v1/projects/")
        assert request.url.raw_path.count(b"/") == 3
        assert request.url.query == b""
