"""What goes over the wire and what is taken from it: one key to one origin, and no answer too much.

Nothing that a server sends may cost more memory or time than it is worth.
"""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from retries.faults.rig import Rig
from support.driving import KEY
from support.fault_server import FaultServer
from support.faults import Fault, answers, breaks_off, floods, http, sends

from paperspace_projects import (
    APIConnectionError,
    APIError,
    APIStatusError,
    OutcomeUnknownError,
    ResponseError,
    RetryPolicy,
    ServerError,
)

MEGABYTE = 1_000_000
BEARER = f"Bearer {KEY}"
HTML = (
    b"<html>\r\n<head><title>Proxy\x00\x1b[31m error</title><style>p {color: red}</style></head>"
    b"<body><p>" + b"The gateway\x07 is tired. " * 50 + b"</p></body></html>"
)


def get(client: Any) -> Any:
    return client.projects.get("p1")


@pytest.fixture
def elsewhere() -> Iterator[FaultServer]:
    """A server of another origin, which must never hear of the key."""
    with FaultServer() as server:
        yield server


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_redirect_is_not_followed_and_only_its_host_is_named(
    drive: Rig, server: FaultServer, elsewhere: FaultServer, method: str, status: int
) -> None:
    target = f"{elsewhere.url}/private/path?token=abc#part".replace("http://", "http://user:pw@")
    server.play(answers(status, location=target), for_ever=True)
    client = drive.client_of(server)
    calls: dict[str, Callable[[], Any]] = {
        "GET": lambda: client.projects.get("p1"),
        "POST": lambda: client.projects.create("new"),
        "DELETE": lambda: client.projects.delete("p1"),
    }
    with pytest.raises(APIStatusError, match=r"It redirects to 127\.0\.0\.1, and") as caught:
        drive(calls[method]())
    text = f"{caught.value}{caught.value!r}{vars(caught.value)}"
    for part in ("private", "token", "abc", "user", "pw", str(elsewhere.port)):
        assert part not in text
    assert (elsewhere.connections, elsewhere.received) == (0, [])
    assert len(server.received) == 1
    assert caught.value.status_code == status


@pytest.mark.parametrize(
    "location", ["/elsewhere", "//[", "http://[::1", "javascript:1", "\xff\xfe", ""]
)
def test_a_redirect_to_nowhere_is_an_error_like_any_other(
    drive: Rig, server: FaultServer, location: str
) -> None:
    header = f"\r\nLocation: {location}\r\n\r\n".encode("latin-1")
    server.play(sends(http(302).replace(b"\r\n\r\n", header)))
    with pytest.raises(APIStatusError, match="It redirects") as caught:
        drive(get(drive.client_of(server)))
    assert caught.value.status_code == 302
    assert len(server.received) == 1


def test_nothing_else_replaces_the_key(drive: Rig, server: FaultServer) -> None:
    http_client = drive.http_client(
        headers={"Authorization": "Basic of-the-http-client", "User-Agent": "another/1"},
        auth=("user", "password"),
        cookies={"session": "of the http client"},
    )
    client = drive.client_of(server, http_client=http_client)
    drive(get(client))
    drive(client.project("p1").tags.add("blue"))
    for request in server.received:
        assert request.all_of("authorization") == [BEARER]
        assert request.all_of("accept") == ["application/json"]
        assert request.all_of("accept-encoding") == ["gzip, deflate"]
        (agent,) = request.all_of("user-agent")
        assert agent.startswith("paperspace-projects/")
    drive.close(http_client)


def test_a_netrc_file_replaces_no_key(
    drive: Rig, server: FaultServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    drive(get(drive.client_of(server)))
    assert server.received[0].all_of("authorization") == [BEARER]


def test_a_cookie_that_a_server_sets_replaces_no_key(drive: Rig, server: FaultServer) -> None:
    cookie = http(200, b'{"id": "p1", "name": "n"}', set_cookie="Authorization=Bearer x; Path=/")
    server.play(sends(cookie))
    client = drive.client_of(server)
    drive(get(client))
    drive(get(client))
    for request in server.received:
        assert request.all_of("authorization") == [BEARER]


def test_a_proxy_of_the_environment_gets_no_key_of_a_secure_call(
    drive: Rig, elsewhere: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", elsewhere.url)
    elsewhere.play(answers(407), for_ever=True)
    client = drive.client_of(
        elsewhere, base_url="https://api.example", retry=RetryPolicy(max_attempts=1)
    )
    with pytest.raises(APIError):
        drive(get(client))
    assert [each.method for each in elsewhere.received] == ["CONNECT"]
    assert KEY not in repr(elsewhere.received)


BIG = {
    "with its length": http(200, content_length=str(10**12)),
    "in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "until the connection ends": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n",
    "that is an error": http(500, content_length=str(10**12)),
}


@pytest.mark.parametrize("head", BIG.values(), ids=BIG)
def test_an_answer_without_end_is_hung_up_on(drive: Rig, server: FaultServer, head: bytes) -> None:
    piece = b"8000\r\n" + b" " * 0x8000 + b"\r\n" if b"chunked" in head else b" " * 0x8000
    server.play(floods(head, piece))
    options = {"max_response_bytes": MEGABYTE, "retry": RetryPolicy(max_attempts=1)}
    client = drive.client_of(server, **options)
    wanted = ServerError if b"500" in head else ResponseError
    tracemalloc.start()
    try:
        with pytest.raises(wanted, match=r"1,000,000|500"):
            drive(get(client))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 6 * MEGABYTE
    assert server.hung_up.acquire(timeout=10)
    assert drive(client.projects.get("p2")).name == "project p2"


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: %s\r\n\r\n"
WHOLE = gzip.compress(b'{"id": "p1", "name": "n"}')
NOTHING_COMES_OF = {
    "bytes behind a gzip body": (CHUNKED % b"gzip" + chunk(WHOLE), chunk(bytes(MEGABYTE))),
    "empty blocks": (
        CHUNKED % b"deflate" + chunk(b"\x78\x9c"),
        chunk(b"\x00\x00\x00\xff\xff" * 100_000),
    ),
    "extensions of chunks": (CHUNKED % b"identity", chunk(b" ", b";" + b"e" * 60_000)),
    "early hints": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: " + b"x" * 50_000 + b"\r\n\r\n"),
}


@pytest.mark.parametrize("case", NOTHING_COMES_OF)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("sender", ["own", "http_client"])
def test_bytes_of_which_nothing_comes_are_bounded_too(
    drive: Rig, server: FaultServer, case: str, method: str, sender: str
) -> None:
    heads_alone, of_httpx = case == "early hints", sender == "http_client"
    if of_httpx and (heads_alone or case == "extensions of chunks"):
        pytest.skip("httpx's connections do not say what came")
    options: dict[str, Any] = {"max_response_bytes": 10_000, "timeout": 20}
    if of_httpx:
        options["http_client"] = drive.http_client()
    client = drive.client_of(server, retry=RetryPolicy(max_attempts=1), **options)
    call = client.projects.get if method == "GET" else client.projects.create
    server.play(floods(*NOTHING_COMES_OF[case]), to=method)
    tracemalloc.start()
    try:
        error = drive.outcome(lambda: call("p1"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    lost = APIConnectionError if method == "GET" else OutcomeUnknownError
    assert type(error) is (lost if heads_alone else ResponseError)
    assert "more than 10,000 bytes (the client's max_response_bytes)" in str(error)
    assert peak < 20 * MEGABYTE
    assert server.hung_up.acquire(timeout=10)
    if of_httpx:
        drive.close(options["http_client"])


def test_an_idle_connection_holds_nothing_of_the_answer(drive: Rig, server: FaultServer) -> None:
    client = drive.client_of(server)
    drive(get(client))
    server.play(answers(200, b'{"id": "p1", "name": "n"}'.ljust(8 * MEGABYTE)))
    tracemalloc.start()
    try:
        drive(get(client))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 4 * MEGABYTE


@pytest.mark.parametrize("size", [MEGABYTE, MEGABYTE + 1])
def test_an_answer_may_be_as_large_as_is_allowed(
    drive: Rig, server: FaultServer, size: int
) -> None:
    body = b'{"id": "p1", "name": "n"}'.ljust(size)
    client = drive.client_of(server, max_response_bytes=MEGABYTE)
    for encoded, encoding in ((body, ""), (gzip.compress(body), "gzip")):
        server.play(answers(200, encoded, content_encoding=encoding))
        outcome = drive.outcome(lambda: get(client))
        assert isinstance(outcome, ResponseError) == (size > MEGABYTE)


@pytest.mark.parametrize("size", [MEGABYTE, MEGABYTE + 1])
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_an_answer_that_a_hook_has_read_may_not_be_larger_either(
    drive: Rig, server: FaultServer, size: int, encoding: str
) -> None:
    async def aread(response: httpx.Response) -> None:
        await response.aread()

    hook = httpx.Response.read if drive.flavour == "sync" else aread
    http_client = drive.http_client(event_hooks={"response": [hook]})
    client = drive.client_of(server, http_client=http_client, max_response_bytes=MEGABYTE)
    body = b'{"id": "p1", "name": "n"}'.ljust(size)
    packed = gzip.compress(body) if encoding else body
    server.play(answers(200, packed, content_encoding=encoding))
    outcome = drive.outcome(lambda: get(client))
    if size > MEGABYTE:
        assert isinstance(outcome, ResponseError)
        assert "1,000,000 bytes" in str(outcome)
    else:
        assert outcome.name == "n"
    drive.close(http_client)


def bomb(megabytes: int) -> bytes:
    """So many megabytes of zeros, in gzip: the same flushed block over and over."""
    pack = zlib.compressobj(wbits=31)
    head = pack.compress(b"") + pack.flush(zlib.Z_FULL_FLUSH)
    block = pack.compress(bytes(MEGABYTE)) + pack.flush(zlib.Z_FULL_FLUSH)
    return head + block * megabytes


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("limit", [MEGABYTE, 16 * MEGABYTE])
def test_a_gzip_bomb_does_not_go_off(
    drive: Rig, server: FaultServer, limit: int, status: int
) -> None:
    body = bomb(1_000)
    assert len(body) < 2 * MEGABYTE
    server.play(answers(status, body, content_encoding="gzip"))
    client = drive.client_of(server, max_response_bytes=limit, retry=RetryPolicy(max_attempts=1))
    tracemalloc.start()
    try:
        began = time.monotonic()
        with pytest.raises(ResponseError if status == 200 else ServerError):
            drive(get(client))
        taken = time.monotonic() - began
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < limit + 8 * MEGABYTE
    assert taken < 5
    assert drive(client.projects.get("p2")).name == "project p2"


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip", "gzip, br", "x"])
def test_an_encoding_that_was_not_asked_for_is_refused(
    drive: Rig, server: FaultServer, encoding: str
) -> None:
    server.play(answers(200, b"\x0b\x02\x80{}\x03", content_encoding=encoding))
    with pytest.raises(ResponseError, match="was not asked for"):
        drive(get(drive.client_of(server)))
    assert len(server.received) == 1


@pytest.mark.parametrize("status", [200, 403, 502])
def test_a_proxys_page_is_shown_in_its_first_words(
    drive: Rig, server: FaultServer, status: int
) -> None:
    server.play(answers(status, HTML, content_type="text/html"), for_ever=True)
    client = drive.client_of(server, retry=RetryPolicy(max_attempts=1))
    with pytest.raises(APIError) as caught:
        drive(get(client))
    text = str(caught.value)
    assert "The gateway is tired." in text
    assert len(text) < 500
    assert text.isprintable()
    assert "color" not in text
    assert isinstance(caught.value, ResponseError) == (status == 200)


UNREADABLE = {
    "NaN": b'{"id": "p1", "name": NaN}',
    "Infinity": b'{"id": "p1", "name": -Infinity}',
    "100,000 brackets": b"[" * 100_000,
    "100,000 brackets, closed": b"[" * 100_000 + b"]" * 100_000,
    "100,000 braces": b'{"a":' * 100_000,
    "100,000 digits": b'{"id": "p1", "name": ' + b"9" * 100_000 + b"}",
    "invalid UTF-8": b'{"id": "p1", "name": "\xff\xfe"}',
    "UTF-16": '{"id": "p1"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"id": "p1", "name": "n"}',
    "half of it": b'{"id": "p1", "na',
    "nothing but blanks": b"  \r\n ",
    "nothing": b"",
    "two documents": b'{"id": "p1", "name": "n"}{}',
    "a word": b"OK",
    "a list": b"[]",
    "null": b"null",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_cannot_be_read_is_refused_quickly(
    drive: Rig, server: FaultServer, body: bytes
) -> None:
    client = drive.client_of(server)
    server.play(answers(200, body))
    began = time.monotonic()
    with pytest.raises(ResponseError) as caught:
        drive(get(client))
    assert time.monotonic() - began < 1
    assert len(str(caught.value)) < 600
    assert len(server.received) == 1
    assert drive(client.projects.get("p2")).name == "project p2"


CUT_OFF = {
    "gzip": {"content_encoding": "gzip"},
    "deflate": {"content_encoding": "deflate"},
}


@pytest.mark.parametrize("headers", CUT_OFF.values(), ids=CUT_OFF)
def test_a_compressed_body_that_ends_too_soon_is_refused(
    drive: Rig, server: FaultServer, headers: dict[str, str]
) -> None:
    document = json.dumps({"id": "p1", "name": "n" * 500}).encode()
    packed = gzip.compress(document) if "gzip" in headers.values() else zlib.compress(document)
    client = drive.client_of(server)
    server.play(answers(200, packed, **headers))
    assert drive(get(client)).name == "n" * 500
    for end in (1, 5, len(packed) // 2, len(packed) - 1):
        server.play(answers(200, packed[:end], **headers))
        with pytest.raises(ResponseError):
            drive(get(client))


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_an_answer_without_a_length_that_is_cut_off_is_no_answer(
    drive: Rig, server: FaultServer, reset: bool
) -> None:
    head = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n"
    cut_off: Fault = breaks_off(head + b'{"id": "p1", "na', reset=reset)
    server.play(cut_off)
    with pytest.raises(OutcomeUnknownError if reset else ResponseError):
        drive(drive.client_of(server).projects.create("new"))
    assert server.lines == ["POST /projects"]
