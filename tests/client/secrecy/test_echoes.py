"""Neither the API key nor a secret's value shows when a server echoes it."""

from __future__ import annotations

import html
import json as standard
import pickle
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from client.secrecy.planted import VALUES
from client.secrecy.witness import WRITES, Witness
from support.driving import Driver
from support.servers import Script, json, status

from paperspace_projects import PaperspaceError
from paperspace_projects._security.secret_str import STARS


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


ODD_IDS = {
    "two spaces": ("my secret value", "my  secret  value"),
    "soft hyphens": ("my secret value", "my\xadsecret\xadvalue"),
    "spaces that the value has, too": ("my  secret value", "my \xad secret value"),
    "UTF-8": ("pässwörd-Ü", "pässwörd-Ü".encode().decode("latin-1")),
    "UTF-8 and spaces": ("pässwörd Ü Ä", "pässwörd  Ü  Ä".encode().decode("latin-1")),
    "cut off": ("my secret value", "x" * 190 + " my  secret  value"),
}


@pytest.mark.parametrize("case", ODD_IDS)
def test_a_request_id_that_becomes_the_value_does_not_show_it(drive: Driver, case: str) -> None:
    value, sent = ODD_IDS[case]
    said = "" if "UTF-8" in case else sent
    body = standard.dumps({"code": f"X {said}", "message": f"no {said}"}).encode()
    client = drive.client(Script(httpx.Response(400, content=body, headers=[_header(sent)])))
    with pytest.raises(PaperspaceError) as caught:
        drive(client.project("p1").secrets.create("TOKEN", value))
    shown = pickle.dumps(caught.value) + str(caught.value).encode()
    for piece in ("my secret", "pässw", "pÃ"):
        assert piece.encode() not in shown


def _header(sent: str) -> tuple[bytes, bytes]:
    return b"x-request-id", sent.encode("latin-1")


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


def test_a_short_value_that_is_a_word_of_an_error_does_not_show(drive: Driver) -> None:
    text = "value 'pw123' is too weak"
    body = {"code": "X", "message": text, "details": {"a": [text, "xpw123"]}, "issues": [text]}
    client = drive.client(Script(json(body, 400)))
    with pytest.raises(PaperspaceError) as caught:
        drive(client.project("p1").secrets.create("TOKEN", "pw123"))
    assert "'pw123'" not in repr((str(caught.value), caught.value.__dict__))
    assert caught.value.details == {"a": [f"value '{STARS}' is too weak", "xpw123"]}


def test_a_short_value_leaves_times_as_they_are(drive: Driver) -> None:
    when = "2026-01-02T03:04:05Z"
    client = drive.client(Script(json({"name": "TOKEN", "dtCreated": when})))
    secret = drive(client.project("p1").secrets.create("TOKEN", "2026"))
    assert secret.dt_created.year == 2026


def test_a_value_that_a_server_sends_with_a_secret_does_not_show(
    witness: Witness, key: str, value: str
) -> None:
    one = {"name": "TOKEN", "value": value}
    client = witness.client(Script(json(one), json([one])), api_key=key)
    secrets = client.project("p1").secrets
    for found in (
        witness.run(client, lambda: secrets.get("TOKEN")),
        *witness.run(client, lambda: secrets.list().collect()),
    ):
        assert found.name == "TOKEN"
        assert found.extra == {"value": STARS}
