"""Any answer at all gives a value or a `PaperspaceError`, and never another exception."""

from __future__ import annotations

import json as standard
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.driving import Driver
from support.servers import Script, status
from unit.decoding.operations import OPERATIONS

from paperspace_projects import APIStatusError, PaperspaceError, RetryPolicy

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**400), max_value=10**400)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["", ".", "..", "\ud800", "\x00", "NOT_FOUND", "2026-03-18T09:30:00Z"])
    | st.sampled_from(["9999-12-31T24:00:00", "0001-01-01T00:00:00+14:00", "20260318", "2026-W01"])
    | st.datetimes().map(str)
)
names = st.sampled_from(
    [
        *("id", "name", "description", "teamId", "dtCreated", "dtModified", "userId", "email"),
        *("role", "projectId", "type", "action", "message", "user", "items", "hasMore", "nextPage"),
        *("code", "details", "issues", "actor", "data", "deployment", "extra", "additional"),
    ]
)


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return (
        st.lists(inner, max_size=4)
        | st.dictionaries(names, inner, max_size=8)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    )


anything = st.recursive(scalars, containers, max_leaves=25)
strings = st.text(max_size=8) | st.sampled_from(["p1", "\ud800", "2026-03-18T09:30:00Z"])


def nearly(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly the right thing."""
    return st.one_of(strategy, strategy, strategy, scalars)


things = st.fixed_dictionaries(
    {},
    optional={
        "id": nearly(strings),
        "name": nearly(strings),
        "userId": nearly(strings),
        "dtCreated": nearly(st.datetimes().map(lambda moment: moment.isoformat())),
        "dtModified": nearly(st.datetimes().map(lambda moment: moment.isoformat() + "Z")),
        "user": nearly(
            st.fixed_dictionaries({}, optional={"id": nearly(strings), "email": scalars})
        ),
        "action": nearly(strings),
        "type": nearly(strings),
        "role": scalars,
        "unknown": anything,
    },
)
pages = st.fixed_dictionaries(
    {"items": nearly(st.lists(things | strings, max_size=4))},
    optional={"hasMore": nearly(st.booleans()), "nextPage": nearly(strings)},
)
errors = st.fixed_dictionaries(
    {"code": nearly(strings), "message": nearly(strings)},
    optional={
        "details": anything,
        "issues": nearly(st.lists(st.fixed_dictionaries({"message": scalars}) | scalars)),
        "more": scalars,
    },
)
near_misses = things | pages | errors | st.lists(things | strings, max_size=4)
headers = st.fixed_dictionaries(
    {},
    optional={
        "retry_after": st.text("0123456789.-+eE :,GMTinfa", max_size=12),
        "date": st.text("0123456789 :,GMTonFebWed", max_size=30),
        "location": st.text("abc:/[]@.?#%", max_size=15),
        "x_request_id": st.text("abc0123-", max_size=40),
        "content_type": st.sampled_from(["text/html", "application/json", "x", ""]),
    },
)
quick = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
operations = pytest.mark.parametrize("operation", OPERATIONS)


def outcome(drive: Driver, operation: str, code: int, content: bytes, **more: str) -> Any:
    """A value, or the `PaperspaceError`; whatever else is raised fails the test."""
    server = Script(status(code, content, **more))
    client = drive.client(server, retry=RetryPolicy(max_attempts=2))
    try:
        return OPERATIONS[operation].run(drive, client)
    except PaperspaceError as error:
        return error if str(error) and repr(error) else "an error that says nothing"


@operations
@quick
@given(body=near_misses | anything, code=st.sampled_from([200, 201, 204, 299]))
@example(body={"id": "p1", "name": "n", "userId": "u", "dtCreated": "9999-12-31T24:00"}, code=200)
@example(body={"items": ["a", {"name": "\ud800"}], "hasMore": True, "nextPage": "\ud800"}, code=200)
@example(body=[{"id": f"{n}\ud800"} for n in range(120)], code=200)
def test_any_json_as_a_success(drive: Driver, operation: str, body: Any, code: int) -> None:
    outcome(drive, operation, code, standard.dumps(body).encode())


@operations
@quick
@given(
    body=errors | anything,
    code=st.integers(300, 599) | st.integers(600, 999) | st.sampled_from([400, 404, 429, 503]),
    more=headers,
)
def test_any_json_as_an_error(
    drive: Driver, operation: str, body: Any, code: int, more: dict[str, str]
) -> None:
    error = outcome(drive, operation, code, standard.dumps(body).encode(), **more)
    assert error is None or isinstance(error, APIStatusError)
    is_removal = OPERATIONS[operation].call.request[0] == "DELETE"  # repeated, and found none
    assert error is not None or is_removal


@operations
@quick
@given(
    content=st.binary(max_size=80)
    | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | anything.map(lambda body: standard.dumps(body, ensure_ascii=False))
    .map(lambda text: text.encode("utf-8", "surrogatepass"))
    .flatmap(lambda whole: st.integers(0, len(whole)).map(lambda cut: whole[:cut])),
    code=st.sampled_from([200, 201, 302, 400, 404, 429, 500, 503]),
    more=headers,
)
def test_any_bytes(
    drive: Driver, operation: str, content: bytes, code: int, more: dict[str, str]
) -> None:
    outcome(drive, operation, code, content, **more)


ODD: dict[str, bytes] = {
    "NaN": b"NaN",
    "nothing but a mark": b"\xef\xbb\xbf",
    "UTF-16": '{"id": "p1", "name": "n"}'.encode("utf-16"),
    "UTF-32": '{"id": "p1", "name": "n"}'.encode("utf-32-le"),
    "1e999": b"1e999",
    "-1e999": b'{"id": -1e999}',
    "5000 digits": b"1" * 5000,
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "a whole deep array": b"[" * 100_000 + b"]" * 100_000,
    "html": b"<!doctype html><title>502</title><script>x()</script>",
    "much white space": b" " * 200_000,
    "much": b"x" * 1_000_000,
}


@pytest.mark.parametrize("code", [200, 502])
@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_odd_bytes(drive: Driver, code: int, content: bytes) -> None:
    for operation in OPERATIONS:
        result = outcome(drive, operation, code, content)
        assert not isinstance(result, PaperspaceError) or len(str(result)) < 1000
