"""Every row of the table `LIVE` in `_api/live_dialect.py`, both ways.

What only the live server has is read into, or sent for, the same thing that the contract has.
"""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
from spec.contract.verdict import fail

WHERE = "overlay/paperspace_projects/_api/live_dialect.py, LIVE"
STALE = "if the spec has now what only the live server had, take this row out, of the test as well"
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
    **{
        f"Collaborator.{field}": (
            "collaborator",
            {"userId": "u1", key: "a"},
            {"userId": "u1", "user": {key: "a"}},
            "a",
        )
        for field, key in (
            ("first_name", "firstName"),
            ("last_name", "lastName"),
            ("public_profile_image_url", "publicProfileImageUrl"),
        )
    },
    "ActivityEvent.type_": (
        "event",
        {"id": "e1", "type": "deployment.created"},
        {"id": "e1", "action": "deployment.created"},
        "deployment.created",
    ),
}
TAGS = ("blue", {"id": 1, "name": "blue", "dtCreated": "2026-03-18T09:30:00Z"})
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
        importlib.import_module("paperspace_projects._pagination.list_requests")
    except Exception:
        pytest.skip("see test_overlay.py::test_the_overlay_can_be_imported")


def test_every_row_is_exercised() -> None:
    from paperspace_projects._api.live_dialect import LIVE

    cases = BODIES.keys() | ERRORS.keys() | QUERIES.keys()
    assert set(LIVE) == cases, f"{WHERE}: add a case to tests/spec/contract/test_live_table.py"


def read(row: str, whose: str, body: object) -> Any:
    """What a row's reader makes of a body; that it cannot be read is a failure of the row."""
    import paperspace_projects._api.decoding as wire

    try:
        return getattr(wire, BODIES[row][0])(body)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        fail(f"{WHERE}[{row!r}]: {whose} body {body} cannot be read, {said}: {STALE}")


def told_of(row: str, thing: Any) -> Any:
    """What a row is about."""
    return getattr(thing, row.partition(".")[2])


@pytest.mark.parametrize("row", BODIES)
def test_a_live_body_and_a_contract_body_give_the_same(row: str) -> None:
    _, contract, live, value = BODIES[row]
    things = []
    for whose, body in (("the contract's", contract), ("the live", live)):
        thing = read(row, whose, body)
        if told_of(row, thing) != value:
            found = f"gives {told_of(row, thing)!r}, not {value!r}"
            fail(f"{WHERE}[{row!r}]: {whose} body {body} {found}: {STALE}")
        is_event = row.startswith("ActivityEvent")  # a live one has its action as well
        more = {"action": None} if is_event else {}
        things.append(msgspec.structs.replace(thing, extra={}, **more))
    if things[0] != things[1]:
        fail(f"{WHERE}[{row!r}]: {things[0]} of the contract's body, {things[1]} of the live one")


@pytest.mark.parametrize("row", BODIES)
def test_what_the_contract_says_goes_before_what_the_live_server_says(row: str) -> None:
    _, contract, live, value = BODIES[row]
    names = ("id", "email", "firstName", "lastName", "publicProfileImageUrl")
    other = {"user": dict.fromkeys(names, "other"), "action": "other"}
    found = told_of(row, read(row, "a mixed", {**live, **other, **contract}))
    if found != value:
        fail(
            f"{WHERE}[{row!r}]: of a mixed body, {found!r} is read and not the contract's {value!r}"
        )


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ("2026-03-18T09:30:00Z", datetime(2026, 3, 18, 9, 30, tzinfo=UTC)),
        ("2026-03-18T09:30:00", datetime(2026, 3, 18, 9, 30, tzinfo=UTC)),
        ("2026-03-18T11:30:00+02:00", datetime(2026, 3, 18, 9, 30, tzinfo=UTC)),
        *((other, None) for other in (None, "", "lately", 5, ["2026-03-18T09:30:00Z"])),
    ],
)
def test_when_a_thing_was_made_is_read_if_it_is_told(sent: object, wanted: datetime | None) -> None:
    import paperspace_projects._api.decoding as wire

    kept = {"dtCreated": sent} if wanted is None and sent is not None else {}
    for read in (
        wire.collaborator({"userId": "u1", "dtCreated": sent}),
        *wire.detailed_tags([{"name": "blue", "dtCreated": sent}], "$"),
    ):
        assert (read.dt_created, read.extra) == (wanted, kept), "_api/decoding.py: dtCreated"


def test_tags_of_both_dialects_have_the_same_names() -> None:
    import paperspace_projects._api.decoding as wire

    assert wire.tags(TAGS, "$") == ("blue", "blue")


@pytest.mark.parametrize("row", ERRORS)
def test_a_part_of_a_live_error_is_read(row: str) -> None:
    from paperspace_projects._http.response_reader import error_body

    key, sent, wanted = ERRORS[row]
    name = row.removeprefix("error.")
    assert error_body({key: sent})[name] == wanted, f"{WHERE}[{row!r}]"
    assert not error_body({})[name], f"{WHERE}[{row!r}]: nothing was said"


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
    unasked, asked = queries_of(part), queries_of(part, **given)
    for which, found, right in (
        ("a listing without arguments", unasked[0], {}),
        (f"the first request of list({given})", asked[0], wanted),
        (f"the second request of list({given})", asked[1], {**wanted, "after": "next"}),
    ):
        if found != right:
            fail(f"{WHERE}[{row!r}]: {part}: {which} asks for {found}, not {right}: {STALE}")
