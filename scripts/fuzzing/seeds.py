"""The seeds: emulator responses in both dialects, errors, and the corpus; and the dictionary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx

from paperspace_projects import AttemptEvent, PaperspaceError
from paperspace_projects.testing import Dialect, Emulator

from .case import OPERATIONS, Case, corpus
from .leaks import ESCAPES, KEY, VALUES
from .mutate import KEYS
from .targets import STATUS_OF_CODE, TARGETS, client

_JSON = (("content-type", "application/json"), ("x-request-id", "r-1"))
_HTML = (("content-type", "text/html"),)
_PAGE = b"<!doctype html><html><head><style>p{}</style></head><body><h1>502</h1></body></html>"
_HEADERS = (
    *("content-type: text/html", "content-type: application/json; charset=utf-16"),
    *("content-encoding: gzip", "content-encoding: deflate", "content-length: -1", "date: 0 0 0 0"),
    *("retry-after: 1", "retry-after: 1e999", "retry-after: nan", "retry-after: 1_0"),
    *("retry-after: Wed, 18 Mar 2026 09:30:00 GMT", "retry-after: Wed, 99 Mar 2026 09:30:00 GMT"),
    *("date: Wed, 18 Mar 2026 09:29:00 GMT", "date: Mon, 01 Jan 0001 00:00:00 +2300"),
    *("location: http://[", "location: http://h:99999999/", "location: http://xn--/"),
)
_BYTES = (
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"\xed\xa0\x80", b"\xe2\x82", b"\xc0\x80", b"NaN"),
    *(b"-Infinity", b"1e999", b"-0", b"9" * 40, b"\\u0000", b"\\ud800", b"\\udc00", b"null"),
    *(b"[[[[[[[[", b"]]]]]]]]", b'{"a":{"a":{"a":', b'":null,"', b'":["', b"\\" * 20),
    *(b"<!doctype html>", b"<script>", b"<!--", b"&#x0"),
)


def tokens() -> Iterator[bytes]:
    """libFuzzer's dictionary: the bytes that it inserts into cases."""
    yield from (str(status).encode() for status in (200, 204, 299, 307, 401, 404, 409, 429, 503))
    yield from (operation.encode() for operation in OPERATIONS)
    yield from (f"\n{header}".encode() for header in _HEADERS)
    yield from (json.dumps(text).encode() for text in (*KEYS, *STATUS_OF_CODE))
    yield from _BYTES
    for value in (KEY, *VALUES):
        yield from {escape(value).encode() for escape in ESCAPES}


def seeds(folder: Path) -> list[Case]:
    """All seeds, without duplicates, in the same order each time."""
    made = [*from_emulator("contract"), *from_emulator("live"), *errors()]
    cases = [*made, *map(Case.from_bytes, corpus(folder).values())]
    return list(dict.fromkeys(cases))


def from_emulator(dialect: Dialect) -> list[Case]:
    """The emulator's responses to all calls: successes and refusals, full and empty lists."""
    cases: list[Case] = []
    responses: list[httpx.Response] = []

    def handle(request: httpx.Request) -> httpx.Response:
        responses.append(emulator.handle(request))
        return responses[-1]

    def on_event(event: AttemptEvent) -> None:
        last = responses[-1]
        headers = tuple((n, v) for n, v in last.headers.items() if n != "content-length")
        cases.append(Case(event.operation, last.status_code, headers, last.content))

    removing = ("delete", "remove")
    adding = [name for name in TARGETS if not name.startswith(removing)]
    with Emulator(dialect, api_key=KEY) as emulator:
        emulator.seed({"version": 1, "projects": [{"name": "first", "id": "p1"}]})
        with client(httpx.MockTransport(handle), on_event) as made:
            for operation in (*adding, *adding, *TARGETS, *TARGETS):
                for target in TARGETS[operation]:
                    with suppress(PaperspaceError):
                        target.call(made)
    return cases


def errors() -> Iterator[Case]:
    """The vendor's errors, echoes of secret values, and the HTML pages of a gateway."""
    for number, (code, status) in enumerate(sorted(STATUS_OF_CODE.items())):
        operation = OPERATIONS[number % len(OPERATIONS)]
        issues = [{"message": "name: is taken"}]
        body = {"code": code, "message": "m", "details": {"a": [1]}, "issues": issues}
        headers = (*_JSON, ("retry-after", "1")) if status in (429, 500) else _JSON
        yield Case(operation, status, headers, json.dumps(body).encode())
        yield Case(operation, 200, _JSON, json.dumps({"code": code, "message": "m"}).encode())
    for value in (KEY, *VALUES):
        for operation in ("createProjectSecret", "updateProjectSecret", "getProject"):
            body = {"code": "BAD_REQUEST", "message": f"bad {value}!", "details": {value: 1}}
            yield Case(operation, 400, _JSON, json.dumps(body).encode())
            page = _PAGE.replace(b"502", value.encode())
            yield Case(operation, 502, _HTML, page)
    for operation in OPERATIONS:
        yield Case(operation, 502, _HTML, _PAGE)
        yield Case(operation, 307, (("location", "https://elsewhere.example/"),), b"")
        yield Case(operation, 200, (), b"")
