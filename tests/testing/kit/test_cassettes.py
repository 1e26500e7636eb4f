"""The vcrpy filters of docs/testing.md: no key and no secret's value is in a cassette or a log."""

from __future__ import annotations

import ast
import gzip
import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from support.driving import Driver

from paperspace_projects import APIStatusError, RetryPolicy

PAGE = Path(__file__).parents[3] / "docs/testing.md"
KEY = "key-0123456789-of-a-team"
VALUE = 'hunter2 "and" more'
COOKIE = "session=0123456789"
ONCE = RetryPolicy(max_attempts=1)

Body = Callable[[dict[str, Any]], bytes]
REPEATED: dict[str, Body] = {
    "in a message": lambda sent: of_json(message=f"the value {sent['value']!r} is too short"),
    "in an issue": lambda sent: of_json(issues=[{"message": f"got {sent['value']}"}]),
    "in upper case": lambda sent: of_json(Value=sent["value"]),
    "in a name": lambda sent: of_json(details={sent["value"]: 1}),
    "the key": lambda _: of_json(message=f"the key {KEY} is not valid"),
    "a page": lambda sent: f"<p>not with {sent['value']}</p>".encode(),
}
"""Errors in which a server repeats what it was sent."""


def of_json(**error: Any) -> bytes:
    return json.dumps({"code": "BAD_REQUEST", "message": "no", **error}).encode()


@pytest.fixture
def recorder() -> Iterator[Any]:
    """What the page sets up before it records anything, told of the key and the value."""
    text = PAGE.read_text(encoding="utf-8")
    programs = re.findall(r"^```python\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    (program,) = (ast.parse(each) for each in programs if "import vcr\n" in each)
    first_use = next(at for at, each in enumerate(program.body) if isinstance(each, ast.With))
    setup = ast.Module(program.body[:first_use], type_ignores=[])
    names: dict[str, Any] = {}
    exec(compile(setup, str(PAGE), "exec"), names)
    names["SECRETS"].update((KEY, VALUE))
    yield names["recorder"]
    logging.getLogger("vcr").setLevel(logging.NOTSET)


@contextmanager
def serving(body: Body, status: int, *, is_compressed: bool) -> Iterator[str]:
    """A server that makes its answers of what it was sent; of an error, the head has it, too."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["content-length"] or 0)))
            content = body(sent)
            repeated = f"{KEY} {sent['value']}" if status >= 400 else "fine"
            self.send_response(status, repeated)
            if is_compressed:
                content = gzip.compress(content)
                self.send_header("content-encoding", "gzip")
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.send_header("set-cookie", COOKIE)
            self.send_header("x-request-id", repeated)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PATCH = answer

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


def echoed(sent: dict[str, Any]) -> bytes:
    """A secret with its value, as no server should answer."""
    value = sent["value"]
    return json.dumps({"name": "S", **sent, "more": [{"value": [value]}, {"of": sent}]}).encode()


@pytest.mark.parametrize("is_compressed", [False, True], ids=["plain", "compressed"])
def test_what_was_recorded_holds_no_key_and_no_value_and_is_replayed(
    drive: Driver,
    recorder: Any,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    is_compressed: bool,
) -> None:
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "cassette.yaml"

    def work(base_url: str, key: str) -> list[Any]:
        http_client = drive.http_client()
        client = drive.client(api_key=key, base_url=base_url, http_client=http_client)
        secrets = client.project("p1").secrets
        done = [drive(secrets.create("S", VALUE)), drive(secrets.update("S", VALUE))]
        drive.close(http_client)
        return done

    with (
        serving(echoed, 200, is_compressed=is_compressed) as base_url,
        recorder.use_cassette(file),
    ):
        made = work(base_url, KEY)
    with recorder.use_cassette(file, record_mode="none"):
        again = work(base_url, "another-key")

    assert [each.name for each in again] == [each.name for each in made] == ["S", "S"]
    text = file.read_text(encoding="utf-8")
    for told in (text, caplog.text):
        assert KEY not in told
        assert "hunter2" not in told
    assert COOKIE not in text
    assert "length" not in text


@pytest.mark.parametrize("case", REPEATED)
def test_what_a_server_repeats_in_an_error_is_not_kept(
    drive: Driver, recorder: Any, tmp_path: Path, case: str
) -> None:
    file = tmp_path / "cassette.yaml"
    http_client = drive.http_client()
    body = REPEATED[case]
    with serving(body, 401, is_compressed=False) as base_url, recorder.use_cassette(file):
        client = drive.client(api_key=KEY, base_url=base_url, http_client=http_client, retry=ONCE)
        with pytest.raises(APIStatusError):
            drive(client.project("p1").secrets.create("S", VALUE))
    drive.close(http_client)
    text = file.read_text(encoding="utf-8")
    assert "401" in text
    assert "hunter2" not in text
    assert KEY not in text
