"""What is refused before anything is sent, each with the argument's name and what is allowed."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, get_args

import httpx
import pytest
from support.driving import Driver
from support.servers import Script, json, project

from paperspace_projects import ConfigurationError, InvalidArgumentError, Order, Role

NAIVE = datetime(2026, 3, 18, 9, 30)
LISTS: dict[str, Callable[..., Any]] = {
    "projects": lambda client, **options: client.projects.list(**options),
    "activity": lambda client, **options: client.project("p").activity(**options),
    "collaborators": lambda client, **options: client.project("p").collaborators.list(**options),
    "secrets": lambda client, **options: client.project("p").secrets.list(**options),
    "tags": lambda client, **options: client.project("p").tags.list(**options),
    "models": lambda client, **options: client.project("p").models.list(**options),
}
every_list = pytest.mark.parametrize("listing", LISTS.values(), ids=LISTS)


def refused(drive: Driver, call: Callable[[Any], Any], argument: str, allowed: str) -> None:
    server = Script(json(project()))
    client = drive.client(server)
    with pytest.raises(InvalidArgumentError, match=argument) as caught:
        drive(call(client))
    assert caught.value.argument == argument
    assert isinstance(caught.value, ValueError)
    assert allowed in str(caught.value)
    assert server.requests == []


@every_list
@pytest.mark.parametrize(
    "value",
    [
        *(0, -1, 121, 1000, 1.0, "20", True, [], math.inf),
        pytest.param(10**5000, id="10**5000"),
    ],
)
def test_a_page_size_is_from_1_to_120(drive: Driver, listing: Any, value: Any) -> None:
    refused(drive, lambda client: listing(client, page_size=value), "page_size", "from 1 to 120")


@every_list
@pytest.mark.parametrize("value", [1, 120])
def test_the_limits_of_a_page_size_are_allowed(drive: Driver, listing: Any, value: int) -> None:
    server = Script(json({"items": []}))
    drive.items(listing(drive.client(server), page_size=value))
    assert server.requests[0].url.params["limit"] == str(value)


@every_list
@pytest.mark.parametrize("value", ["", " ", 5, b"x", ["x"], "\ud800"])
def test_a_cursor_is_text(drive: Driver, listing: Any, value: Any) -> None:
    refused(
        drive,
        lambda client: listing(client, after=value),
        "after",
        "string" if value != "\ud800" else "UTF-8",
    )


BLANK = ["", " ", "\t\n", "\u2003", 5, None, b"name", ["name"], "\ud800"]


@pytest.mark.parametrize("name", BLANK, ids=repr)
@pytest.mark.parametrize(
    "call",
    [
        lambda client, name: client.projects.create(name),
        lambda client, name: client.projects.find(name),
        lambda client, name: client.projects.ensure(name),
        lambda client, name: client.projects.update("p1", name=name),
        lambda client, name: client.project("p1").update(name=name),
        lambda client, name: client.project("p1").tags.add(name),
    ],
    ids=["create", "find", "ensure", "update", "scope.update", "tags.add"],
)
def test_a_name_is_not_blank(drive: Driver, call: Any, name: Any) -> None:
    refused(drive, lambda client: call(client, name), "name", "must be")


@pytest.mark.parametrize("description", [5, b"x", ["x"], "\ud800"])
@pytest.mark.parametrize(
    "call",
    [
        lambda client, text: client.projects.create("n", description=text),
        lambda client, text: client.projects.ensure("n", description=text),
        lambda client, text: client.projects.update("p1", description=text),
    ],
    ids=["create", "ensure", "update"],
)
def test_a_description_is_text(drive: Driver, call: Any, description: Any) -> None:
    refused(drive, lambda client: call(client, description), "description", "must be")


def test_an_update_to_null_is_refused_as_the_spec_has_no_null(drive: Driver) -> None:
    refused(drive, lambda c: c.projects.update("p1", description=None), "description", "string")


def test_an_update_of_nothing_is_refused(drive: Driver) -> None:
    refused(drive, lambda c: c.projects.update("p1"), "name or description", "nothing to update")


@pytest.mark.parametrize("role", ["owner", "", "Admin", 5, ["admin"], {}, True])
def test_a_role_is_one_of_the_specs(drive: Driver, role: Any) -> None:
    refused(
        drive,
        lambda client: client.project("p1").collaborators.add("u1", role),
        "role",
        ", ".join(sorted(get_args(Role))),
    )


@pytest.mark.parametrize("order", ["up", "", "ASC", 5, ["asc"]])
def test_an_order_is_one_of_the_specs(drive: Driver, order: Any) -> None:
    refused(
        drive,
        lambda client: client.projects.list(order=order),
        "order",
        ", ".join(sorted(get_args(Order))),
    )


@pytest.mark.parametrize("order_by", ["", " ", 5, ["dtCreated"]])
def test_an_order_by_is_text(drive: Driver, order_by: Any) -> None:
    refused(drive, lambda client: client.projects.list(order_by=order_by), "order_by", "string")


@pytest.mark.parametrize("event_type", ["", " ", 5, ["x"]])
def test_a_type_of_event_is_text(drive: Driver, event_type: Any) -> None:
    refused(drive, lambda c: c.project("p").activity(type=event_type), "type", "string")


@pytest.mark.parametrize("argument", ["since", "until"])
@pytest.mark.parametrize(
    ("value", "allowed"),
    [
        (NAIVE, "time zone"),
        ("2026-03-18T09:30:00", "time zone"),
        ("2026-03-18", "time zone"),
        ("yesterday", "ISO 8601"),
        ("", "ISO 8601"),
        ("9999-12-31T24:00:00Z", "ISO 8601"),
        ("\ud800", "ISO 8601"),
        (date(2026, 3, 18), "datetime"),
        (1_774_000_000, "datetime"),
        (1.5, "datetime"),
        (b"2026-03-18T09:30:00Z", "datetime"),
    ],
)
def test_a_time_has_a_time_zone(drive: Driver, argument: str, value: Any, allowed: str) -> None:
    refused(
        drive, lambda client: client.project("p").activity(**{argument: value}), argument, allowed
    )


@pytest.mark.parametrize("value", [NAIVE.replace(tzinfo=UTC), "2026-03-18T09:30:00Z", None])
def test_a_time_with_a_time_zone_is_taken(drive: Driver, value: Any) -> None:
    scope = drive.client(Script(json([]))).project("p")
    assert drive.items(scope.activity(since=value, until=value)) == []


SEGMENTS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "project": ("project_id", lambda c, v: c.project(v)),
    "projects.get": ("project_id", lambda c, v: c.projects.get(v)),
    "projects.update": ("project_id", lambda c, v: c.projects.update(v, name="n")),
    "projects.delete": ("project_id", lambda c, v: c.projects.delete(v)),
    "secrets.get": ("name", lambda c, v: c.project("p").secrets.get(v)),
    "secrets.create": ("name", lambda c, v: c.project("p").secrets.create(v, "x")),
    "secrets.update": ("name", lambda c, v: c.project("p").secrets.update(v, "x")),
    "secrets.set": ("name", lambda c, v: c.project("p").secrets.set(v, "x")),
    "secrets.delete": ("name", lambda c, v: c.project("p").secrets.delete(v)),
    "collaborators.add": ("user_id", lambda c, v: c.project("p").collaborators.add(v)),
    "collaborators.remove": ("user_id", lambda c, v: c.project("p").collaborators.remove(v)),
    "models.add": ("model_id", lambda c, v: c.project("p").models.add(v)),
    "models.remove": ("model_id", lambda c, v: c.project("p").models.remove(v)),
    "tags.remove": ("name", lambda c, v: c.project("p").tags.remove(v)),
}


@pytest.mark.parametrize("value", ["", ".", "..", 5, None, b"p1", ["p1"], "\ud800", True], ids=repr)
@pytest.mark.parametrize("where", SEGMENTS)
def test_an_id_or_a_name_is_a_segment_of_a_path(drive: Driver, where: str, value: Any) -> None:
    argument, call = SEGMENTS[where]
    refused(drive, lambda client: call(client, value), argument, "must be")


class Sly(str):
    """A string that says something else when it is asked for its text."""

    __slots__ = ()

    def __str__(self) -> str:
        return ".."


class Colour(str, enum.Enum):  # noqa: UP042 -- whose str() is not its value
    RED = "red"


def test_a_kind_of_string_is_sent_as_the_string_that_it_is(drive: Driver) -> None:
    for value, text in ((Sly("p1"), "p1"), (Colour.RED, "red")):
        server = Script(json(project()))
        client = drive.client(server)
        drive(client.projects.get(value))
        assert server.requests[-1].url.raw_path == f"/v1/projects/{text}".encode()
        drive(client.projects.create(value))
        assert server.requests[-1].content == f'{{"name":"{text}"}}'.encode()
        drive(client.project("p").tags.add(value))
        assert server.requests[-1].content == f'{{"name":"{text}"}}'.encode()


DELETES: dict[str, Callable[[Any, Any], Any]] = {
    "secrets": lambda scope, value: scope.secrets.delete(value),
    "collaborators": lambda scope, value: scope.collaborators.remove(value),
    "models": lambda scope, value: scope.models.remove(value),
}


@pytest.mark.parametrize("part", DELETES)
@pytest.mark.parametrize(("value", "text"), [(Sly("real"), "real"), (Colour.RED, "red")])
def test_no_kind_of_string_deletes_something_else(
    drive: Driver, part: str, value: str, text: str
) -> None:
    server = Script(json(None, 200))
    drive(DELETES[part](drive.client(server).project("p1"), value))
    assert server.lines == [f"DELETE /v1/projects/p1/{part}/{text}"]


def test_a_secret_or_a_key_of_a_kind_of_string_is_sent_as_the_string_that_it_is(
    drive: Driver,
) -> None:
    server = Script(json({"name": "N"}))
    client = drive.client(server, api_key=Colour.RED)
    drive(client.project("p").secrets.update("N", Colour.RED))
    assert server.requests[-1].content == b'{"value":"red"}'
    assert server.requests[-1].headers["authorization"] == "Bearer red"


TIMES = [0, -1, "5", True, math.inf, math.nan, 1e300, [], pytest.param(10**400, id="10**400")]


@pytest.mark.parametrize("argument", ["timeout", "deadline"])
@pytest.mark.parametrize("value", TIMES)
def test_a_time_limit_is_a_number_above_0(drive: Driver, argument: str, value: Any) -> None:
    with pytest.raises(InvalidArgumentError, match=f"{argument} must be a number") as caught:
        drive.client(**{argument: value})
    assert caught.value.argument == argument


def test_a_timeout_is_not_left_out(drive: Driver) -> None:
    with pytest.raises(InvalidArgumentError, match="timeout"):
        drive.client(timeout=None)


@pytest.mark.parametrize("value", [0.1, 5, 3600, httpx.Timeout(5), httpx.Timeout(None)])
def test_a_time_limit_may_be_a_number_or_a_timeout_of_httpx(drive: Driver, value: Any) -> None:
    assert drive.client(Script(json(project())), timeout=value)


@pytest.mark.parametrize("value", ["yes", 5, [], object()])
def test_an_on_event_can_be_called(drive: Driver, value: Any) -> None:
    with pytest.raises((InvalidArgumentError, ConfigurationError), match="on_event"):
        drive.client(Script(json(project())), on_event=value)


def test_a_closed_client_says_so_for_every_kind_of_call(drive: Driver) -> None:
    from paperspace_projects import ClientClosedError

    server = Script(json(project()))
    client = drive.client(server)
    pager = client.projects.list()
    drive.close(client)
    drive.close(client)  # a second time is no error
    for call in (
        lambda: client.projects.get("p1"),
        lambda: client.projects.create("n"),
        lambda: client.project("p1").secrets.set("N", "v"),
        pager.first,
        pager.collect,
    ):
        with pytest.raises(ClientClosedError, match="closed"):
            drive(call())
    assert server.requests == []


def test_bad_arguments_come_before_a_closed_client(drive: Driver) -> None:
    client = drive.client(Script(json(project())))
    drive.close(client)
    with pytest.raises(InvalidArgumentError):
        drive(client.projects.create(""))
