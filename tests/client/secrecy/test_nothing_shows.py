"""Neither the API key nor a secret's value shows, whatever fails and whatever a server echoes."""

from __future__ import annotations

import html
import json as standard
import logging
import pickle
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
from client.secrecy.planted import (
    KEYS,
    VALUES,
    assert_hidden,
    assert_hidden_in_error,
    assert_hidden_in_log,
    leaks,
)
from support.driving import Driver
from support.servers import Answer, Script, json, status

from paperspace_projects import AttemptEvent, InvalidArgumentError, PaperspaceError


@pytest.fixture(params=KEYS)
def key(request: pytest.FixtureRequest) -> str:
    return KEYS[request.param]


@pytest.fixture(params=VALUES)
def value(request: pytest.FixtureRequest) -> str:
    return VALUES[request.param]


WRITES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "create": lambda client, name, value: client.project("p1").secrets.create(name, value),
    "update": lambda client, name, value: client.project("p1").secrets.update(name, value),
    "set": lambda client, name, value: client.project("p1").secrets.set(name, value),
}
every_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)


class Witness:
    """Makes a client, runs a call, and searches all that it leaves behind."""

    def __init__(self, drive: Driver, caplog: pytest.LogCaptureFixture) -> None:
        self.drive = drive
        self.caplog = caplog
        self.events: list[AttemptEvent] = []
        caplog.set_level(logging.DEBUG)

    def client(self, server: Any = None, **options: Any) -> Any:
        return self.drive.client(server, on_event=self.events.append, **options)

    def run(self, client: Any, call: Callable[[], Any]) -> Any:
        """What the call gave or raised, both searched; None may be a value."""
        try:
            result = self.drive(call())
        except (PaperspaceError, httpx.HTTPError) as error:
            assert_hidden_in_error(error)
            result = error
        else:
            assert_hidden(result)
            assert not leaks(pickle.dumps(result))
        assert_hidden(client)
        assert_hidden(self.events)
        assert not leaks(pickle.dumps(self.events))
        assert_hidden_in_log(self.caplog)
        return result


@pytest.fixture
def witness(drive: Driver, caplog: pytest.LogCaptureFixture) -> Iterator[Witness]:
    yield Witness(drive, caplog)
    assert_hidden_in_log(caplog)  # closing the client logs too


# ---- the search finds what it is to find ----


def test_the_search_finds_planted_text_in_each_of_its_forms() -> None:
    for text in (*KEYS.values(), *VALUES.values()):
        for form in (text, repr(text), standard.dumps(text), quote(text), html.escape(text)):
            assert leaks(form)
            assert leaks(form.encode())
            assert leaks(form.encode("utf-16"))
            assert leaks(pickle.dumps(form))


def test_the_search_finds_planted_text_in_each_of_its_places() -> None:
    text = VALUES["plain"]
    deep = PaperspaceError("fine")
    deep.__cause__ = httpx.ConnectError("fine", request=httpx.Request("GET", f"http://x/{text}"))
    noted = PaperspaceError("fine")
    noted.add_note(text)
    held = PaperspaceError("fine")
    held.details = {"a": [1, {text: 2}]}  # type: ignore[attr-defined]
    for error in (PaperspaceError(text), deep, noted, held):
        with pytest.raises(AssertionError, match="planted"):
            assert_hidden_in_error(error)


# ---- all is well ----


@every_write
def test_a_write_that_succeeds_shows_nothing(
    witness: Witness, write: Any, key: str, value: str
) -> None:
    server = Script(json({"name": "TOKEN"}))
    client = witness.client(server, api_key=key)
    witness.run(client, lambda: write(client, "TOKEN", value))
    # What is hidden arrives all the same.
    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {key}"
    assert standard.loads(request.content)["value"] == value


def test_scopes_pagers_and_models_show_nothing(witness: Witness, key: str) -> None:
    client = witness.client(Script(json([{"name": "TOKEN"}])), api_key=key)
    scope = client.project("p1")
    parts = (scope, scope.secrets, scope.tags, scope.models, scope.collaborators, client.projects)
    pager = scope.secrets.list()
    (secret,) = witness.run(client, pager.collect)
    for each in (*parts, pager, secret, client, client._session, client._session.settings):
        assert_hidden(each)


def test_settings_hold_no_key_and_pickle(witness: Witness, key: str) -> None:
    client = witness.client(api_key=key)
    settings = client.settings
    assert_hidden(settings)
    assert not leaks(repr(msgspec.structs.asdict(settings)))
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        pickled = pickle.dumps(settings, protocol)
        assert not leaks(pickled)
        assert pickle.loads(pickled) == settings


def test_a_key_in_use_is_hidden_and_refuses_to_be_pickled(witness: Witness, key: str) -> None:
    client = witness.client(api_key=key)
    held = client._session.api_key
    assert not leaks(f"{held:>40} {held!r} {held!a}")
    for thing in (held, client, client._session):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError) as caught:
                pickle.dumps(thing, protocol)
            assert not leaks(str(caught.value))


# ---- arguments that are refused ----


@every_write
@pytest.mark.parametrize("name", ["", ".", "..", 5, None, b"N", "\ud800"])
def test_a_bad_name_does_not_show_the_value(
    witness: Witness, write: Any, key: str, value: str, name: Any
) -> None:
    client = witness.client(Script(json({"name": "TOKEN"})), api_key=key)
    error = witness.run(client, lambda: write(client, name, value))
    assert isinstance(error, InvalidArgumentError)
    assert error.argument == "name"


@every_write
@pytest.mark.parametrize(
    "form", [str.encode, lambda v: [v], lambda v: {"v": v}, lambda v: v + "\ud800"]
)
def test_a_bad_value_is_not_shown(
    witness: Witness, write: Any, key: str, value: str, form: Callable[[str], Any]
) -> None:
    client = witness.client(Script(json({"name": "TOKEN"})), api_key=key)
    error = witness.run(client, lambda: write(client, "TOKEN", form(value)))
    assert isinstance(error, InvalidArgumentError)
    assert error.argument == "value"


@every_write
@pytest.mark.parametrize("bad", [5, None, 1.5, True, b""])
def test_a_value_that_is_no_text_is_refused(witness: Witness, write: Any, bad: Any) -> None:
    client = witness.client(Script(json({"name": "TOKEN"})))
    error = witness.run(client, lambda: write(client, "TOKEN", bad))
    assert isinstance(error, InvalidArgumentError)
    assert error.argument == "value"


def test_an_id_that_is_too_long_for_a_url_shows_neither_key_nor_value(
    witness: Witness, key: str, value: str
) -> None:
    client = witness.client(api_key=key)
    secrets = client.project("p" * 70_000).secrets
    error = witness.run(client, lambda: secrets.create("TOKEN", value))
    assert isinstance(error, InvalidArgumentError)


# ---- no answer ----

NO_ANSWER = [
    *(httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadTimeout, httpx.WriteTimeout),
    *(httpx.PoolTimeout, httpx.ReadError, httpx.WriteError, httpx.CloseError),
    *(httpx.RemoteProtocolError, httpx.LocalProtocolError, httpx.ProxyError),
    httpx.UnsupportedProtocol,
]


@pytest.mark.parametrize("kind", NO_ANSWER)
def test_an_error_of_the_connection_does_not_show_what_its_text_shows(
    witness: Witness, key: str, value: str, kind: type[httpx.TransportError]
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        try:
            raise OSError(f"deep down: {value}")
        except OSError as error:
            raise kind(f"sending {value!r} with {key}", request=request) from error

    client = witness.client(Script(fail), api_key=key)
    for write in WRITES.values():
        error = witness.run(client, lambda write=write: write(client, "TOKEN", value))
        assert isinstance(error, PaperspaceError)


def test_a_refused_connection_shows_nothing(witness: Witness, key: str, value: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    client = witness.client(api_key=key, base_url=f"http://127.0.0.1:{port}")
    error = witness.run(client, lambda: client.project("p1").secrets.create("TOKEN", value))
    assert type(error).__name__ == "APIConnectionError"
    assert error.attempts == 4


def test_a_connection_that_breaks_shows_nothing(witness: Witness, key: str, value: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def break_off() -> None:
            connection, _ = server.accept()
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
            connection.close()

        thread = threading.Thread(target=break_off)
        thread.start()
        client = witness.client(api_key=key, base_url=f"http://127.0.0.1:{server.getsockname()[1]}")
        error = witness.run(client, lambda: client.project("p1").secrets.update("TOKEN", value))
        thread.join()
    assert type(error).__name__ == "OutcomeUnknownError"


# ---- answers that echo ----


def slashed(data: Any) -> bytes:
    """JSON as PHP and some others write it."""
    return standard.dumps(data).replace("/", "\\/").encode()


def spelt_out(data: Any) -> bytes:
    """JSON with each letter of its texts as an escape."""

    def spell(thing: Any) -> str:
        if isinstance(thing, dict):
            return "{" + ",".join(f"{standard.dumps(k)}:{spell(v)}" for k, v in thing.items()) + "}"
        if isinstance(thing, list):
            return "[" + ",".join(map(spell, thing)) + "]"
        if isinstance(thing, str):
            units = thing.encode("utf-16-be")
            pairs = (units[n : n + 2].hex() for n in range(0, len(units), 2))
            return '"' + "".join(f"\\u{pair}" for pair in pairs) + '"'
        return standard.dumps(thing)

    return spell(data).encode()


ENCODINGS: dict[str, Callable[[Any], bytes]] = {
    "json": lambda data: standard.dumps(data).encode(),
    "json with letters": lambda data: standard.dumps(data, ensure_ascii=False).encode(),
    "json with slashes": slashed,
    "json spelt out": spelt_out,
    "json in UTF-16": lambda data: standard.dumps(data, ensure_ascii=False).encode("utf-16"),
}
BODIES: dict[str, Callable[[str], Any]] = {
    "message": lambda text: {"code": "BAD_REQUEST", "message": f"no good: {text}!"},
    "message alone": lambda text: {"code": "BAD_REQUEST", "message": text},
    "code": lambda text: {"code": text, "message": "no good"},
    "details": lambda text: {"code": "X", "message": "m", "details": {"value": text, text: [text]}},
    "issues": lambda text: {"code": "X", "message": "m", "issues": [{"message": f"bad {text}"}]},
    "issue as text": lambda text: {"code": "X", "message": "m", "issues": [f"bad {text}"]},
    "json in json": lambda text: {
        "code": "X",
        "message": "received " + standard.dumps({"value": text}),
    },
    "quoted for a URL": lambda text: {"code": "X", "message": f"/?value={quote(text, safe='')}"},
    "escaped for HTML": lambda text: {"code": "X", "message": f"<b>{html.escape(text)}</b>"},
    "as Python shows it": lambda text: {"code": "X", "message": f"received {text!r}"},
    "another shape": lambda text: {"error": text, text: {text: text}},
    "a text": lambda text: text,
    "a list": lambda text: [text, [text]],
    "unknown field": lambda text: {"name": "TOKEN", "value": text, text: 1},
    "a field that is read": lambda text: {"name": text},
    "wrong type of identity": lambda text: {"name": {text: text}},
    "wrong type in a list": lambda text: {"name": [text]},
    "no time": lambda text: {"name": "TOKEN", "dtCreated": text},
}
STATUSES = [200, 404]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("body", BODIES)
def test_json_that_echoes_the_value_does_not_show_it(
    witness: Witness, body: str, encoding: str, value: str
) -> None:
    content = ENCODINGS[encoding](BODIES[body](value))
    for code in STATUSES:
        for write in (WRITES["update"], WRITES["set"]):  # which creates what it cannot update
            client = witness.client(Script(status(code, content)))
            witness.run(client, lambda write=write, client=client: write(client, "TOKEN", value))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("body", BODIES)
def test_json_that_echoes_the_key_does_not_show_it(
    witness: Witness, body: str, encoding: str, key: str
) -> None:
    content = ENCODINGS[encoding](BODIES[body](key))
    for code in STATUSES:
        client = witness.client(Script(status(code, content)), api_key=key)
        witness.run(client, lambda client=client: client.project("p1").secrets.get("TOKEN"))


PAGES: dict[str, Callable[[str], bytes]] = {
    "html": lambda text: f"<html><h1>Error</h1><pre>{html.escape(text)}</pre></html>".encode(),
    "html unescaped": lambda text: f"<html><h1>Error</h1><pre>{text}</pre></html>".encode(),
    "an attribute": lambda text: f'<input value="{html.escape(text)}">x'.encode(),
    "a comment": lambda text: f"<!-- {text} --><p>x</p>".encode(),
    "text": lambda text: f"cannot store {text}".encode(),
    "text in latin-1": lambda text: f"cannot store {text}".encode("latin-1", "replace"),
    "text in UTF-16": lambda text: f"cannot store {text}".encode("utf-16"),
    "broken json": lambda text: standard.dumps({"value": text}).encode()[:-1],
    "broken json with letters": lambda text: standard.dumps(
        {"value": text}, ensure_ascii=False
    ).encode()[:-1],
    "broken json spelt out": lambda text: spelt_out({"value": text})[:-1],
    "broken json with slashes": lambda text: slashed({"value": text})[:-1],
    "a form": lambda text: f"value={quote(text)}&x=1".encode(),
    "python": lambda text: f"ValueError: {text!r}".encode(),
    "at the end of what is looked at": lambda text: b"<p>" * 2664 + text.encode(),
    "across the end of what is looked at": lambda text: b" " * 7990 + text.encode() * 2,
    "across the end of an excerpt": lambda text: b"x" * 190 + text.encode(),
}


@pytest.mark.parametrize("content_type", ["text/html", "text/plain"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_echoes_the_value_does_not_show_it(
    witness: Witness, page: str, content_type: str, value: str
) -> None:
    content = PAGES[page](value)
    for code in (200, 404, 502):
        client = witness.client(Script(status(code, content, content_type=content_type)))
        for write in WRITES.values():
            witness.run(client, lambda write=write, client=client: write(client, "TOKEN", value))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_echoes_the_key_does_not_show_it(witness: Witness, page: str, key: str) -> None:
    content = PAGES[page](key)
    for code in (200, 401, 502):
        server = Script(status(code, content, content_type="text/html"))
        client = witness.client(server, api_key=key)
        witness.run(client, lambda client=client: client.projects.get("p1"))


@pytest.mark.parametrize("header", ["x_request_id", "location", "retry_after", "date", "server"])
@pytest.mark.parametrize("code", [200, 302, 404])
def test_a_header_that_echoes_does_not_show_it(
    witness: Witness, header: str, code: int, key: str
) -> None:
    plain = VALUES["plain"]
    for text in (key, plain, f"https://{plain}.example/{plain}", f"https://h/?{plain}"):
        client = witness.client(Script(status(code, b"{", **{header: text})), api_key=key)
        witness.run(client, lambda client=client: client.project("p1").secrets.create("N", plain))


@pytest.mark.parametrize("code", [200, 400, 500])
@pytest.mark.parametrize("body", ["details", "unknown field", "wrong type in a list"])
def test_a_value_of_digits_that_comes_back_as_a_number_does_not_show(
    drive: Driver, code: int, body: str
) -> None:
    """A server may make a number of what looks like one."""
    digits = "918273645918"
    shapes: dict[str, Any] = {
        "details": {"code": "X", "message": "m", "details": {"value": int(digits)}},
        "unknown field": {"name": "TOKEN", "value": int(digits)},
        "wrong type in a list": {"name": int(digits)},
    }
    client = drive.client(Script(json(shapes[body], code)))
    shown: list[Any] = []
    try:
        shown.append(drive(client.project("p1").secrets.create("TOKEN", digits)))
    except PaperspaceError as error:
        shown += [error, str(error), error.__dict__]
    assert digits not in repr(shown)


@pytest.mark.parametrize("code", [200, 400])
def test_a_short_value_that_is_a_whole_text_does_not_show(drive: Driver, code: int) -> None:
    body = {"code": "X", "message": "q~1", "details": {"q~1": ["q~1"]}}
    client = drive.client(Script(json(body, code)))
    with pytest.raises(PaperspaceError) as caught:
        drive(client.project("p1").secrets.create("TOKEN", "q~1"))
    assert "q~1" not in repr((str(caught.value), caught.value.__dict__))


@every_write
@pytest.mark.parametrize(
    "answers",
    [
        [status(404), status(409), status(404)],
        [status(429), httpx.ReadError("reset")],
        [status(503, retry_after="1"), status(500)],
        [status(404), httpx.ReadTimeout("slow")],
        [status(429)],
        [status(429, retry_after="999")],
    ],
)
def test_a_chain_of_failures_shows_nothing(
    witness: Witness, write: Any, key: str, value: str, answers: list[Answer]
) -> None:
    client = witness.client(Script(*answers), api_key=key, deadline=100)
    assert isinstance(witness.run(client, lambda: write(client, "TOKEN", value)), PaperspaceError)


def test_an_on_event_that_fails_logs_nothing_that_is_hidden(
    drive: Driver, caplog: pytest.LogCaptureFixture, key: str, value: str
) -> None:
    caplog.set_level(logging.DEBUG)

    def failing(event: AttemptEvent) -> None:
        raise RuntimeError(repr(event))

    client = drive.client(Script(json({"name": "N"})), api_key=key, on_event=failing)
    drive(client.project("p1").secrets.create("N", value))
    assert "on_event" in caplog.text
    assert_hidden_in_log(caplog)


def test_a_closed_client_shows_nothing(witness: Witness, key: str, value: str) -> None:
    client = witness.client(Script(json({"name": "N"})), api_key=key)
    witness.drive.close(client)
    error = witness.run(client, lambda: client.project("p1").secrets.create("N", value))
    assert type(error).__name__ == "ClientClosedError"


def test_a_fault_in_the_transport_itself_shows_nothing_of_ours(
    drive: Driver, key: str, value: str
) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError("a bug in somebody's transport")

    client = drive.client(Script(broken), api_key=key)
    with pytest.raises(ZeroDivisionError) as caught:
        drive(client.project("p1").secrets.create("N", value))
    assert_hidden_in_error(caught.value)
