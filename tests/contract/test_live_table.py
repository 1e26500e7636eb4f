"""Every row of the table `LIVE` in `_wire.py`, in both directions: what only the live server has is
read into, or sent for, the same thing that the contract has."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import attrs
import httpx
import pytest

WHERE = "overlay/paperspace_projects/_wire.py, LIVE"
KEY = "key-0123456789"

BODIES: dict[str, tuple[str, Any, Any, Any]] = {
    # row: the reader, the body of the contract, the live body, and what both of them are
    "Collaborator.user_id": ("collaborator", {"userId": "u1"}, {"user": {"id": "u1"}}, "u1"),
    "Collaborator.email": (
        "collaborator",
        {"userId": "u1", "email": "a@b.c"},
        {"userId": "u1", "user": {"email": "a@b.c"}},
        "a@b.c",
    ),
    "ActivityEvent.type_": (
        "event",
        {"id": "e1", "type": "deployment.created"},
        {"id": "e1", "action": "deployment.created"},
        "deployment.created",
    ),
    "tag": ("tag", "blue", {"id": 1, "name": "blue", "dtCreated": "2026-03-18T09:30:00Z"}, "blue"),
}
ERRORS: dict[str, tuple[str, Any, Any]] = {
    # row: the live key, its value, and what it is read as
    "error.code": ("code", "NOT_FOUND", "NOT_FOUND"),
    "error.message": ("message", "no such project", "no such project"),
    "error.details": ("details", {"id": "p1"}, {"id": "p1"}),
    "error.issues": ("issues", [{"message": "too long"}], ("too long",)),
}
QUERIES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    # row: the arguments of a listing, and the query that is sent
    "sub-list query: after": ({"after": "cursor"}, {"after": "cursor"}),
    "sub-list query: page_size": ({"page_size": 7}, {"limit": "7"}),
}


@pytest.fixture(autouse=True)
def overlay_that_works() -> None:
    try:
        importlib.import_module("paperspace_projects._sources")
    except Exception:
        pytest.skip("see test_overlay.py::test_the_overlay_can_be_imported")


def test_every_row_is_exercised() -> None:
    from paperspace_projects._wire import LIVE

    cases = BODIES.keys() | ERRORS.keys() | QUERIES.keys()
    assert set(LIVE) == cases, f"{WHERE}: add a case to tests/contract/test_live_table.py"


@pytest.mark.parametrize("row", BODIES)
def test_a_live_body_and_a_contract_body_give_the_same(row: str) -> None:
    import paperspace_projects._wire as wire

    name, contract, live, value = BODIES[row]
    read: Callable[[object], Any] = getattr(wire, name)
    one, other = read(contract), read(live)
    if row != "tag":
        attribute = row.partition(".")[2]
        assert getattr(one, attribute) == value, f"{WHERE}[{row!r}]: the contract's body"
        assert getattr(other, attribute) == value, f"{WHERE}[{row!r}]: the live body"
        one, other = (attrs.evolve(each, extra={}) for each in (one, other))
    assert one == other == (value if row == "tag" else one), f"{WHERE}[{row!r}]"


@pytest.mark.parametrize("row", [each for each in BODIES if each != "tag"])
def test_what_the_contract_says_goes_before_what_the_live_server_says(row: str) -> None:
    import paperspace_projects._wire as wire

    name, contract, live, value = BODIES[row]
    other = {"user": {"id": "other", "email": "other"}, "action": "other"}
    both = getattr(wire, name)({**live, **other, **contract})
    assert getattr(both, row.partition(".")[2]) == value, f"{WHERE}[{row!r}]"


@pytest.mark.parametrize("row", ERRORS)
def test_a_part_of_a_live_error_is_read(row: str) -> None:
    from paperspace_projects._wire import error_body

    key, sent, wanted = ERRORS[row]
    name = row.removeprefix("error.")
    assert getattr(error_body({key: sent}), name) == wanted, f"{WHERE}[{row!r}]"
    assert not getattr(error_body({}), name), f"{WHERE}[{row!r}]: nothing was said"


def queries_of(part: str, **arguments: Any) -> list[dict[str, str]]:
    """The queries that a listing of a project sends, one page after another."""
    from paperspace_projects import Client

    seen: list[dict[str, str]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(dict(request.url.params))
        assert request.headers.get_list("authorization") == [f"Bearer {KEY}"]
        first = len(seen) == 1
        page = {"items": [], "hasMore": first, "nextPage": "next" if first else None}
        return httpx.Response(200, json=page)

    with Client(api_key=KEY, transport=httpx.MockTransport(handle)) as client:
        list(getattr(client.project("p1"), part).list(**arguments))
    return seen


@pytest.mark.parametrize("part", ["collaborators", "secrets", "tags", "models"])
@pytest.mark.parametrize("row", QUERIES)
def test_a_sub_list_is_paged_with_the_live_names(row: str, part: str) -> None:
    given, wanted = QUERIES[row]
    first, second = queries_of(part, **given)
    assert first == wanted, f"{WHERE}[{row!r}]: the first request of {part}"
    assert second == {**wanted, "after": "next"}, f"{WHERE}[{row!r}]: the second request of {part}"
    assert queries_of(part)[0] == {}, f"{WHERE}[{row!r}]: nothing is sent unasked for {part}"
