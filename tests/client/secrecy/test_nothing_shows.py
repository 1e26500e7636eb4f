"""Neither the API key nor a secret's value shows, whatever fails."""

from __future__ import annotations

import html
import json as standard
import logging
import pickle
import socket
import threading
from collections.abc import Callable
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
    chain,
    leaks,
)
from client.secrecy.witness import WRITES, Witness, every_write
from support.driving import Driver
from support.libraries import both_libraries
from support.servers import Answer, Script, json, status

from paperspace_projects import (
    AttemptEvent,
    InvalidArgumentError,
    PaperspaceError,
    RetryPolicy,
)

library = both_libraries

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


@every_write
@pytest.mark.parametrize("kind", NO_ANSWER)
def test_the_request_that_an_error_of_the_connection_holds_shows_nothing(
    witness: Witness, key: str, value: str, write: Any, kind: type[httpx.TransportError]
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise kind("gone", request=request)

    client = witness.client(Script(fail), api_key=key, retry=RetryPolicy(max_attempts=1))
    error = witness.run(client, lambda: write(client, "TOKEN", value))
    library = witness.drive.library
    cause = next(each for each in chain(error) if isinstance(each, library.TransportError))
    assert type(cause) is getattr(library, kind.__name__)
    assert type(cause.request) is library.Request  # without headers and body


def test_a_connection_that_an_http_client_cannot_make_shows_nothing(
    witness: Witness, key: str, value: str
) -> None:
    http = witness.drive.http_client()
    options: dict[str, Any] = {"base_url": "http://127.0.0.1:9", "http_client": http}
    client = witness.client(api_key=key, **options)
    error = witness.run(client, lambda: client.project("p1").secrets.create("TOKEN", value))
    assert isinstance(error.__cause__, witness.drive.library.ConnectError)
    witness.drive.close(http)


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


# ---- chains of failures, events, closed clients ----


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
