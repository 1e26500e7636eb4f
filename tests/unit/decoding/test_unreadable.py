"""What cannot be read is a `ResponseError`: where, what was expected and what was found."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from support.driving import Driver
from support.servers import Script, json, status
from unit.decoding.operations import OPERATIONS

from paperspace_projects import APIStatusError, ResponseError


def refused(drive: Driver, operation: str, answer: Any) -> ResponseError:
    server = Script(answer)
    client = drive.client(server)
    with pytest.raises(ResponseError) as caught:
        OPERATIONS[operation].run(drive, client)
    error = caught.value
    assert len(server.requests) == 1
    assert error.operation == operation
    assert error.status_code == answer.status_code
    assert f"at {error.json_path}" in str(error)
    assert error.expected in str(error)
    assert error.found in str(error)
    return error


GOOD: dict[str, dict[str, Any]] = {
    "getProject": {"id": "p1", "name": "one"},
    "createProject": {"id": "p1", "name": "one"},
    "updateProject": {"id": "p1", "name": "one"},
    "addProjectCollaborator": {"userId": "u1"},
    "getProjectSecret": {"name": "TOKEN"},
    "createProjectSecret": {"name": "TOKEN"},
    "updateProjectSecret": {"name": "TOKEN"},
}
IDENTITIES = [(operation, key) for operation, good in GOOD.items() for key in good]


@pytest.mark.parametrize(("operation", "key"), IDENTITIES)
def test_a_thing_without_its_identity_is_unreadable(
    drive: Driver, operation: str, key: str
) -> None:
    body = {name: value for name, value in GOOD[operation].items() if name != key}
    error = refused(drive, operation, json({**body, "unknown": 1}))
    assert (error.json_path, error.expected, error.found) == (f"$.{key}", "a string", "nothing")


@pytest.mark.parametrize(("operation", "key"), IDENTITIES)
def test_a_thing_whose_identity_is_null_is_unreadable(
    drive: Driver, operation: str, key: str
) -> None:
    error = refused(drive, operation, json({**GOOD[operation], key: None}))
    assert (error.json_path, error.expected, error.found) == (f"$.{key}", "a string", "null")


WRONG: list[tuple[Any, str]] = [
    (5, "the number 5"),
    (1.5, "the number 1.5"),
    (True, "true"),
    (False, "false"),
    ([], "an array of 0"),
    ({}, "an object with no keys"),
    ({"a": 1}, "an object with a"),
]


@pytest.mark.parametrize(("value", "found"), WRONG)
@pytest.mark.parametrize(("operation", "key"), IDENTITIES)
def test_a_thing_whose_identity_is_no_string_is_unreadable(
    drive: Driver, operation: str, key: str, value: Any, found: str
) -> None:
    error = refused(drive, operation, json({**GOOD[operation], key: value}))
    assert (error.json_path, error.expected, error.found) == (f"$.{key}", "a string", found)


OPTIONAL = [
    ("getProject", "description", "a string"),
    ("getProject", "teamId", "a string"),
    ("getProject", "dtCreated", "a date-time"),
    ("addProjectCollaborator", "email", "a string"),
    ("addProjectCollaborator", "role", "a string"),
    ("addProjectCollaborator", "projectId", "a string"),
    ("getProjectSecret", "dtCreated", "a date-time"),
    ("getProjectSecret", "dtModified", "a date-time"),
]


@pytest.mark.parametrize(("value", "found"), WRONG)
@pytest.mark.parametrize(("operation", "key", "expected"), OPTIONAL)
def test_a_field_of_a_wrong_type_is_unreadable(
    drive: Driver, *, operation: str, key: str, expected: str, value: Any, found: str
) -> None:
    error = refused(drive, operation, json({**GOOD[operation], key: value}))
    assert (error.json_path, error.expected, error.found) == (f"$.{key}", expected, found)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "18.03.2026", "2026-02-30T00:00:00Z", "\x00", "9" * 50]
)
def test_text_that_is_no_time_is_unreadable(drive: Driver, text: str) -> None:
    error = refused(drive, "getProject", json({"id": "p1", "name": "n", "dtCreated": text}))
    assert (error.json_path, error.expected) == ("$.dtCreated", "a date-time")
    assert "the string" in error.found
    assert len(error.found) < 80


@pytest.mark.parametrize(
    "text", ["9999-12-31T24:00:00Z", "0001-01-01T00:00:00+23:59", "0000-01-01"]
)
def test_a_time_at_the_edge_of_the_calendar_is_read_or_unreadable(drive: Driver, text: str) -> None:
    client = drive.client(Script(json({"id": "p1", "name": "n", "dtCreated": text})))
    try:
        assert drive(client.projects.get("p1")).dt_created.tzinfo is not None
    except ResponseError as error:
        assert error.json_path == "$.dtCreated"  # noqa: PT017 -- either is fine


@pytest.mark.parametrize(
    ("operation", "item", "path"),
    [
        ("listProjects", {"id": "p1"}, ".name"),
        ("listProjects", {"id": "p1", "name": "n", "dtCreated": 5}, ".dtCreated"),
        ("listProjectSecrets", {"name": 5}, ".name"),
        ("listProjectSecrets", "TOKEN", ""),
        ("listProjectTags", 5, ""),
        ("listProjectTags", {"name": 5}, ".name"),
        ("listProjectTags", {"id": 5}, ".name"),
        ("listProjectTags", None, ""),
        ("listProjectModels", {"id": 5}, ".id"),
        ("listProjectModels", {"id": "m", "name": 5}, ".name"),
        ("listProjectActivity", {"id": "e", "type": 5}, ".type"),
        ("listProjectActivity", {"id": "e", "action": 5}, ".action"),
        ("listProjectActivity", {"id": "e", "message": []}, ".message"),
        ("listProjectActivity", {"id": "e", "dtCreated": {}}, ".dtCreated"),
        ("listProjectActivity", [], ""),
        ("listProjectCollaborators", {"user": {"id": 5}}, ".user.id"),
        ("listProjectCollaborators", {"user": {"id": "u", "email": 5}}, ".user.email"),
        ("listProjectCollaborators", {"userId": 5, "user": {"id": "u"}}, ".userId"),
        ("listProjectCollaborators", {"userId": "u", "role": {}}, ".role"),
    ],
)
@pytest.mark.parametrize("paged", [False, True])
def test_the_path_leads_through_the_list_to_the_field(
    drive: Driver, operation: str, item: Any, path: str, paged: bool
) -> None:
    good = OPERATIONS[operation].good
    fine = (good["items"] if isinstance(good, dict) else good)[0]
    items = [fine, fine, fine, item, fine]
    body = {"items": items, "hasMore": False} if paged else items
    error = refused(drive, operation, json(body))
    assert error.json_path == f"${'.items' if paged else ''}[3]{path}"


@pytest.mark.parametrize("user", [{}, {"id": None}, None, "u1", [], 5])
def test_a_nested_collaborator_without_an_id_is_unreadable(drive: Driver, user: Any) -> None:
    error = refused(drive, "addProjectCollaborator", json({"user": user, "dtCreated": None}))
    assert error.json_path in ("$.userId", "$.user.id", "$.user")
    assert error.expected in ("a string", "an object")


@pytest.mark.parametrize("key", ["items", "hasMore", "nextPage"])
@pytest.mark.parametrize("value", [5, 1.5, {"a": 1}])
@pytest.mark.parametrize("operation", ["listProjects", "listProjectTags", "listProjectActivity"])
def test_a_page_whose_parts_are_of_a_wrong_type_is_unreadable(
    drive: Driver, operation: str, key: str, value: Any
) -> None:
    error = refused(drive, operation, json({"items": [], "hasMore": False, key: value}))
    assert error.json_path == f"$.{key}"


@pytest.mark.parametrize(
    "operation", [name for name, each in OPERATIONS.items() if each.call.is_list]
)
@pytest.mark.parametrize("body", [None, 5, "text", True, {"data": []}, {"id": "p1", "name": "n"}])
def test_what_is_no_list_is_unreadable(drive: Driver, operation: str, body: Any) -> None:
    error = refused(drive, operation, json(body))
    assert (error.json_path, error.expected) == ("$", "a page or an array")


@pytest.mark.parametrize("operation", GOOD)
@pytest.mark.parametrize("body", [None, 5, "text", True, [], [{"id": "p1", "name": "n"}]])
def test_what_is_no_object_is_unreadable(drive: Driver, operation: str, body: Any) -> None:
    error = refused(drive, operation, json(body))
    assert (error.json_path, error.expected) == ("$", "an object")


@pytest.mark.parametrize("operation", [n for n, each in OPERATIONS.items() if each.good])
@pytest.mark.parametrize("code", [200, 201, 204, 205])
@pytest.mark.parametrize("content", [b"", b"  \r\n"])
def test_an_empty_body_is_unreadable_where_one_is_needed(
    drive: Driver, operation: str, code: int, content: bytes
) -> None:
    error = refused(drive, operation, status(code, content))
    assert (error.json_path, error.found) == ("$", "an empty body")


NO_JSON: dict[str, bytes] = {
    "truncated": b'{"id": "p1", "na',
    "html": b"<html><body><h1>502 Bad Gateway</h1></body></html>",
    "text": b"OK",
    "invalid UTF-8": b'{"id": "\xff\xfe", "name": "n"}',
    "latin-1": '{"id": "p1", "name": "größe"}'.encode("latin-1"),
    "NaN": b'{"id": "p1", "name": "n", "x": NaN}',
    "Infinity": b'{"id": "p1", "name": "n", "x": Infinity}',
    "-Infinity": b"[-Infinity]",
    "a number too long": b'{"id": "p1", "name": "n", "x": ' + b"9" * 5000 + b"}",
    "open tags": b"<" * 50_000,
    "open scripts": b"<script" * 9_000,
    "open brackets": b"[" * 100_000,
    "deep brackets": b"[" * 100_000 + b"]" * 100_000,
    "deep braces": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "two values": b"{} {}",
    "a comma too many": b'{"id": "p1", "name": "n",}',
    "single quotes": b"{'id': 'p1'}",
    "a NUL": b"\x00",
    "half a character": b'"\xe2\x82',
}


@pytest.mark.parametrize("content", NO_JSON.values(), ids=NO_JSON)
@pytest.mark.parametrize("operation", ["getProject", "createProjectSecret", "listProjectTags"])
def test_what_is_no_json_is_unreadable(drive: Driver, operation: str, content: bytes) -> None:
    error = refused(drive, operation, status(200, content))
    assert (error.json_path, error.expected) == ("$", "JSON")
    assert len(str(error)) < 700
    assert str(error).isprintable()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip"])
def test_a_body_that_cannot_be_decompressed_is_unreadable(drive: Driver, encoding: str) -> None:
    def garbled(_: Any) -> Any:
        import httpx

        return httpx.Response(
            200, headers={"content-encoding": encoding}, stream=httpx.ByteStream(b"not compressed")
        )

    client = drive.client(Script(garbled))
    with pytest.raises(ResponseError, match="compressed"):
        drive(client.projects.get("p1"))


def test_a_number_beyond_all_floats_is_kept_as_its_text(drive: Driver) -> None:
    server = Script(status(200, b'{"id": "p1", "name": "n", "x": [1e999, -1E+400, 1e-400]}'))
    assert drive(drive.client(server).projects.get("p1")).extra == {"x": ["1e999", "-1E+400", 0.0]}


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
@pytest.mark.parametrize("depth", [300, 480, 900])
def test_json_of_any_depth_is_read_or_unreadable(drive: Driver, operation: str, depth: int) -> None:
    """Not every depth that the parser can take can be taken by what comes after it."""
    deep = b"[" * depth + b"1" + b"]" * depth
    good = {"id": b"x", "name": b"n", "userId": b"u"}
    fields = b", ".join(b'"%s": "%s"' % (key.encode(), value) for key, value in good.items())
    body = b'{%s, "deep": %s}' % (fields, deep)
    if OPERATIONS[operation].call.is_list:
        body = b'{"items": [%s]}' % body
    client = drive.client(Script(status(200, body)))
    try:
        OPERATIONS[operation].run(drive, client)
    except ResponseError as error:
        assert error.operation == operation  # noqa: PT017 -- either is fine


@pytest.mark.parametrize("code", [400, 500])
@pytest.mark.parametrize("depth", [300, 600, 900, 100_000])
def test_details_of_any_depth_are_no_obstacle_to_the_right_error(
    drive: Driver, code: int, depth: int
) -> None:
    body = b'{"code": "X", "message": "m", "details": %s1%s}' % (b"[" * depth, b"]" * depth)
    client = drive.client(Script(status(code, body)))
    with pytest.raises(APIStatusError) as caught:
        drive(client.project("p1").secrets.create("TOKEN", "a secret value"))
    assert caught.value.status_code == code


def test_of_a_repeated_key_the_last_value_counts(drive: Driver) -> None:
    """As in every other JSON parser: RFC 8259 leaves it open."""
    server = Script(status(200, b'{"id": "a", "id": "p1", "name": "n"}'))
    assert drive(drive.client(server).projects.get("p0")).id == "p1"


def test_a_byte_order_mark_is_unreadable(drive: Driver) -> None:
    body = '{"id": "p1", "name": "one"}'
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        error = refused(drive, "getProject", status(200, body.encode(encoding)))
        assert "byte order mark" in error.found


def test_an_html_page_is_unreadable_even_if_it_is_json(drive: Driver) -> None:
    page = status(200, b'{"id": "p1", "name": "one"}', content_type="text/html; charset=utf-8")
    assert "an HTML page" in refused(drive, "getProject", page).found


def test_what_was_found_is_told_in_a_few_words(drive: Driver) -> None:
    many = {f"key{number}" * 20: number for number in range(1000)}
    error = refused(drive, "getProject", json({"id": many, "name": "n"}))
    assert len(error.found) < 200
    error = refused(drive, "getProject", json({"id": "p", "name": "n", "dtCreated": "x" * 9999}))
    assert len(error.found) < 80


@pytest.mark.parametrize(
    ("operation", "content", "path", "expected"),
    [
        ("listProjectTags", rb'{"items": [], "hasMore": "\ud800"}', "$.hasMore", "true or false"),
        (
            "getProject",
            rb'{"id": "p1", "name": "a", "dtCreated": "\ud800"}',
            "$.dtCreated",
            "a date",
        ),
    ],
)
def test_a_lone_surrogate_where_no_text_belongs_is_unreadable(
    drive: Driver, operation: str, content: bytes, path: str, expected: str
) -> None:
    answer = httpx.Response(200, content=content, headers={"content-type": "application/json"})
    error = refused(drive, operation, answer)
    assert error.json_path == path
    assert error.expected.startswith(expected)
