"""A request as a command of curl is the request that is sent, without the key and any secret."""

from __future__ import annotations

import json as standard
import shlex
from typing import Any

import pytest
from client.secrecy.planted import KEYS, VALUES, leaks
from client.secrecy.witness import WRITES
from support.driving import Driver
from support.servers import Script, json, project, status

from paperspace_projects._security.secret_str import STARS
from paperspace_projects.hooks import OutgoingRequest, before_sending

every_key = pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
every_value = pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)


def lines(drive: Driver, client: Any, call: Any) -> list[str]:
    seen: list[OutgoingRequest] = []
    with before_sending(seen.append):
        drive(call(client))
    return [request.curl for request in seen]


def test_a_read_is_a_url_and_a_key_by_name(drive: Driver) -> None:
    client = drive.client(Script(json([])), base_url="https://api.example.com/v1")
    (line,) = lines(drive, client, lambda client: client.projects.list(order="asc").collect())
    assert line == (
        "curl --globoff 'https://api.example.com/v1/projects?order=asc' "
        '-H "Authorization: Bearer $PAPERSPACE_API_KEY"'
    )


def test_each_attempt_is_a_request(drive: Driver) -> None:
    client = drive.client(Script(status(503), json(project())))
    assert len(lines(drive, client, lambda client: client.projects.get("p1"))) == 2


@every_key
@every_value
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_write_has_its_body_and_stars(drive: Driver, write: Any, key: str, value: str) -> None:
    client = drive.client(Script(json({"name": "TOKEN"})), api_key=key)
    (line,) = lines(drive, client, lambda client: write(client, "TOKEN", value))
    assert not leaks(line)
    words = shlex.split(line)
    assert words[words.index("-X") + 1] in ("POST", "PATCH")
    assert "Content-Type: application/json" in words
    assert standard.loads(words[-1])["value"] == STARS


@every_key
@every_value
def test_nothing_of_a_request_shows_either(drive: Driver, key: str, value: str) -> None:
    client = drive.client(Script(json({})), api_key=key)
    client = client.with_options(headers={"X-Gateway": VALUES["plain"]}, query={"echo": key})
    shown = lines(
        drive,
        client,
        lambda client: client.request(
            "POST",
            "/a/{key}",
            path={"key": key},
            json={"env": [{"value": value}], "again": [key, value], "name": "it's"},
        ),
    )
    (line,) = shown
    assert not leaks(line)
    words = shlex.split(line)
    assert standard.loads(words[-1])["env"] == [{"value": STARS}]
    assert standard.loads(words[-1])["name"] == "it's"
    assert f"X-Gateway: {STARS}" in words


def test_a_parameter_that_is_named_like_a_secret_is_stars(drive: Driver) -> None:
    client = drive.client(Script(json([])))
    query = {"token": VALUES["plain"], "Password": VALUES["odd"], "n": 1}
    (line,) = lines(drive, client, lambda client: client.request("GET", "/a", query=query))
    assert not leaks(line)
    assert "n=1" in line
