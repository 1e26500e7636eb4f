"""A secret in the JSON of `client.request` is hidden as those of `secrets.create` are."""

from __future__ import annotations

import json as standard
from typing import Any

import httpx
import pytest
from client.secrecy.planted import VALUES
from client.secrecy.witness import Witness
from support.servers import Script, json, status

from paperspace_projects import InvalidArgumentError, OutcomeUnknownError, PaperspaceError
from paperspace_projects._security.secret_str import STARS

ROUTE = "/teams/{team}/secrets"


def create(client: Any, body: Any, **options: Any) -> Any:
    return client.request("POST", ROUTE, path={"team": "t1"}, json=body, **options)


BODIES = [
    lambda value: {"name": "TOKEN", "value": value},
    lambda value: {"env": [{"name": "TOKEN", "Value": value}]},
    lambda value: {"registry": {"password": {"deep": [value]}}},
]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    "answer",
    [
        lambda value, key: json({"message": f"{value} and {key}", "seen": [value, key]}),
        lambda value, key: json({"code": "BAD_REQUEST", "message": f"{value}, {key}"}, 400),
        lambda value, key: json({"code": value, "message": "m", "details": {value: key}}, 409),
        lambda value, key: status(502, f"<p>{value} {key}</p>".encode()),
        lambda value, key: httpx.ReadError(f"while sending {value} {key}"),
    ],
    ids=["success", "400", "409", "page", "lost"],
)
def test_what_comes_back_does_not_show(
    witness: Witness, key: str, value: str, body: Any, answer: Any
) -> None:
    server = Script(answer(value, key))
    client = witness.client(server, api_key=key)
    witness.run(client, lambda: create(client, body(value)))
    assert standard.loads(server.requests[0].content) == body(value)  # and it was sent


def test_keys_of_secrets_can_be_named(witness: Witness, value: str) -> None:
    client = witness.client(Script(json({"seen": value})))
    result = witness.run(client, lambda: create(client, {"pin": value}, secret_keys={"PIN"}))
    assert result == {"seen": STARS}


def test_what_is_no_secret_comes_back_whole(witness: Witness) -> None:
    client = witness.client(Script(json({"seen": "plain text"})))
    for body, options in (
        ({"name": "plain text"}, {}),
        ({"value": "plain text"}, {"secret_keys": ()}),
    ):
        result = witness.run(client, lambda body=body, o=options: create(client, body, **o))
        assert result == {"seen": "plain text"}


@pytest.mark.parametrize(
    "options",
    [
        *({"method": "LOOK"}, {"route": "x"}, {"path": {"team": ".."}}, {"path": {}}),
        *({"query": {"": 1}}, {"idempotency": "maybe"}, {"response_type": 5}),
        *({"secret_keys": "value"}, {"secret_keys": [None]}, {"secret_keys": 5}),
    ],
)
def test_an_argument_that_is_refused_does_not_show_the_value(
    witness: Witness, value: str, options: Any
) -> None:
    client = witness.client(Script(json({})))
    arguments = {"method": "POST", "route": ROUTE, "path": {"team": "t1"}} | options
    method, route = arguments.pop("method"), arguments.pop("route")
    error = witness.run(
        client, lambda: client.request(method, route, json={"value": value}, **arguments)
    )
    assert isinstance(error, InvalidArgumentError)


@pytest.mark.parametrize(
    "body",
    [
        lambda value: {"value": value + "\ud800"},
        lambda value: {"value": value, "other": object()},
        lambda value: [{"value": value}, float("nan")],
        lambda value: {"value": {1: value}},
        lambda value: {"value": value.encode()},
    ],
)
def test_a_body_that_is_refused_does_not_show_the_value(
    witness: Witness, value: str, body: Any
) -> None:
    client = witness.client(Script(json({})))
    error = witness.run(client, lambda: create(client, body(value)))
    assert isinstance(error, InvalidArgumentError)
    assert error.argument == "json"


def test_a_path_that_is_too_long_for_a_url_does_not_show_the_value(witness: Witness) -> None:
    client = witness.client()
    call = {"path": {"team": "t" * 70_000}, "json": {"value": VALUES["plain"]}}
    error = witness.run(client, lambda: client.request("POST", ROUTE, **call))
    assert isinstance(error, InvalidArgumentError)


def test_a_write_of_which_nothing_is_known_does_not_show_the_value(
    witness: Witness, key: str, value: str
) -> None:
    client = witness.client(Script(httpx.ReadTimeout(value)), api_key=key)
    error = witness.run(client, lambda: create(client, {"value": value}))
    assert isinstance(error, OutcomeUnknownError | PaperspaceError)
