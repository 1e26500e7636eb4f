"""Both dialects are read into the same models, and nothing that a server says is lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from msgspec import structs
from support.driving import Driver
from support.servers import Script, json, status
from unit.decoding.operations import OPERATIONS

from paperspace_projects import (
    ActivityEvent,
    Collaborator,
    EventActor,
    EventData,
    EventDeployment,
    Model,
    Project,
    ResponseError,
    Secret,
    Tag,
)

TIME = "2026-03-18T09:30:00.000Z"
WHEN = datetime(2026, 3, 18, 9, 30, tzinfo=UTC)


def answer(drive: Driver, operation: str, body: Any, code: int = 200) -> Any:
    """What an operation makes of an answer."""
    return OPERATIONS[operation].run(drive, drive.client(Script(json(body, code))))


CONTRACT_PROJECT = {
    "id": "p1",
    "name": "one",
    "description": "first",
    "teamId": "t1",
    "dtCreated": TIME,
}
LIVE_PROJECT = {
    "id": "p1",
    "name": "one",
    "dtCreated": TIME,
    "dtDeleted": None,
    "repoName": "r",
    "repoNodeId": None,
    "repoUrl": "https://github.example/r",
}
PROJECT_OPERATIONS = ["createProject", "getProject", "updateProject"]


@pytest.mark.parametrize("operation", PROJECT_OPERATIONS)
def test_a_project_of_the_contract(drive: Driver, operation: str) -> None:
    assert answer(drive, operation, CONTRACT_PROJECT) == Project(
        id="p1", name="one", description="first", team_id="t1", dt_created=WHEN
    )


@pytest.mark.parametrize("operation", PROJECT_OPERATIONS)
def test_a_project_of_the_live_server(drive: Driver, operation: str) -> None:
    assert answer(drive, operation, LIVE_PROJECT) == Project(
        id="p1",
        name="one",
        dt_created=WHEN,
        repo_name="r",
        repo_url="https://github.example/r",
    )


FLAT = {"userId": "u1", "email": "u@example.com", "role": "admin", "projectId": "p1"}
NESTED = {
    "dtCreated": TIME,
    "dtDeleted": None,
    "user": {
        "id": "u1",
        "email": "u@example.com",
        "firstName": "U",
        "lastName": None,
        "publicProfileImageUrl": None,
    },
}


def one(drive: Driver, operation: str, item: Any) -> Any:
    """The one item of a listing, or what an operation on one thing gives."""
    if not operation.startswith("list"):
        return answer(drive, operation, item)
    (bare,) = answer(drive, operation, [item])
    (paged,) = answer(drive, operation, {"hasMore": False, "items": [item], "nextPage": None})
    assert bare == paged
    return bare


@pytest.mark.parametrize("operation", ["addProjectCollaborator", "listProjectCollaborators"])
def test_a_collaborator_of_the_contract_is_flat(drive: Driver, operation: str) -> None:
    assert one(drive, operation, FLAT) == Collaborator(
        user_id="u1", email="u@example.com", role="admin", project_id="p1"
    )


@pytest.mark.parametrize("operation", ["addProjectCollaborator", "listProjectCollaborators"])
def test_a_collaborator_of_the_live_server_is_nested(drive: Driver, operation: str) -> None:
    assert one(drive, operation, NESTED) == Collaborator(
        user_id="u1",
        email="u@example.com",
        first_name="U",
        dt_created=WHEN,
    )


@pytest.mark.parametrize("email", [{}, {"email": None}])
def test_a_nested_collaborator_may_have_no_email(drive: Driver, email: dict[str, Any]) -> None:
    read = one(drive, "addProjectCollaborator", {"user": {"id": "u1", **email}})
    assert (read.user_id, read.email) == ("u1", None)


def test_what_is_flat_wins_over_what_is_nested(drive: Driver) -> None:
    both = {"userId": "flat", "email": None, "user": {"id": "nested", "email": "n@example.com"}}
    read = one(drive, "addProjectCollaborator", both)
    assert (read.user_id, read.email) == ("flat", "n@example.com")
    assert read.extra == {"user": {"id": "nested"}}


def test_an_event_of_the_contract(drive: Driver) -> None:
    body = {"id": "e1", "type": "x", "message": "m", "userId": "u1", "dtCreated": TIME}
    assert one(drive, "listProjectActivity", body) == ActivityEvent(
        id="e1", type_="x", message="m", user_id="u1", dt_created=WHEN
    )


ACTORS = [
    (None, None),
    ({"email": None, "fullName": "F", "avatarUrl": None}, EventActor(full_name="F")),
    ({}, EventActor()),
]
DATA = [(None, None), ({"from": 1, "to": 3.5}, EventData(from_=1, to=3.5))]
DEPLOYMENTS = [
    (None, None),
    (
        {"id": "d1", "name": "d", "dtDeleted": TIME, "new": 1},
        EventDeployment(id="d1", name="d", dt_deleted=WHEN, extra={"new": 1}),
    ),
]


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_an_event_of_the_live_server(drive: Driver, actor: Any, data: Any, deployment: Any) -> None:
    more = {"actor": actor[0], "data": data[0], "deployment": deployment[0]}
    body = {"id": "e1", "dtCreated": TIME, "action": "deployment.scaled", **more}
    event = one(drive, "listProjectActivity", body)
    assert event == ActivityEvent(
        id="e1",
        type_="deployment.scaled",
        action="deployment.scaled",
        dt_created=WHEN,
        actor=actor[1],
        data=data[1],
        deployment=deployment[1],
    )
    assert event.type == "deployment.scaled"


def test_times_within_an_event_may_have_no_zone(drive: Driver) -> None:
    body = {"id": "e1", "deployment": {"dtDeleted": "2026-03-18T09:30:00"}}
    assert one(drive, "listProjectActivity", body).deployment == EventDeployment(dt_deleted=WHEN)


SECRET_OPERATIONS = [
    *("createProjectSecret", "getProjectSecret", "updateProjectSecret", "listProjectSecrets")
]


@pytest.mark.parametrize("operation", SECRET_OPERATIONS)
@pytest.mark.parametrize("attached", [None, True, False])
def test_a_secret_of_either_dialect(drive: Driver, operation: str, attached: bool | None) -> None:
    more = {} if attached is None else {"hasDeploymentAttached": attached}
    body = {"name": "TOKEN", "dtCreated": TIME, "dtModified": TIME, **more}
    assert one(drive, operation, body) == Secret(
        name="TOKEN", dt_created=WHEN, dt_modified=WHEN, has_deployment_attached=attached
    )


@pytest.mark.parametrize("item", ["blue", {"id": 7, "name": "blue", "dtCreated": TIME}])
def test_a_tag_of_either_dialect(drive: Driver, item: Any) -> None:
    assert one(drive, "listProjectTags", item) == "blue"


def test_tags_of_both_dialects_may_stand_in_one_list(drive: Driver) -> None:
    assert answer(drive, "listProjectTags", ["a", {"name": "b"}, "c"]) == ["a", "b", "c"]


LIVE_MODEL = {
    "description": None,
    "dtCreated": TIME,
    "dtModified": TIME,
    "isPublic": False,
    "projectId": "p1",
    "storageProviderId": None,
    "teamId": "t1",
}


def test_a_model_of_either_dialect(drive: Driver) -> None:
    plain = {"id": "m1", "name": "m"}
    assert one(drive, "listProjectModels", plain) == Model(id="m1", name="m")
    assert one(drive, "listProjectModels", {**plain, **LIVE_MODEL}) == Model(
        id="m1",
        name="m",
        dt_created=WHEN,
        dt_modified=WHEN,
        is_public=False,
        project_id="p1",
        team_id="t1",
    )


LIVE_TAG = {"id": 7, "name": "blue", "dtCreated": TIME}


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        ("blue", Tag(name="blue")),
        (LIVE_TAG, Tag(name="blue", id=7, dt_created=WHEN)),
        ({"id": "7", "name": "blue", "new": 1}, Tag(name="blue", extra={"id": "7", "new": 1})),
    ],
)
def test_the_details_of_a_tag_of_either_dialect(drive: Driver, item: Any, wanted: Tag) -> None:
    for body in ([item], {"hasMore": False, "items": [item]}):
        tags = drive.client(Script(json(body))).project("p1").tags
        assert drive.items(tags.list_details()) == [wanted]


LIVE_ONLY = [
    *(("getProject", key) for key in ("dtDeleted", "repoName", "repoNodeId", "repoUrl")),
    *(("addProjectCollaborator", key) for key in ("dtCreated", "dtDeleted", "firstName")),
    ("getProjectSecret", "hasDeploymentAttached"),
    *(("listProjectActivity", key) for key in ("actor", "data", "deployment")),
    *(("listProjectModels", key) for key in LIVE_MODEL),
]


@pytest.mark.parametrize(("operation", "key"), LIVE_ONLY)
@pytest.mark.parametrize("value", [[1], {"odd": [1]}, 5, "text", True])
def test_a_live_only_value_of_another_type_hides_nothing(
    drive: Driver, operation: str, key: str, value: Any
) -> None:
    """Only what the sources tell of is a field: anything else is kept as it came."""
    read = one(drive, operation, {**IDENTITIES[operation], key: value})
    identity = one(drive, operation, IDENTITIES[operation])
    field = re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", key)
    if getattr(read, field) is None:
        assert read == structs.replace(identity, extra={key: value})
    else:
        assert read.extra == {}


@pytest.mark.parametrize("value", [[1], {"odd": [1]}, 5, True])
def test_a_nested_live_only_value_of_another_type_hides_nothing(drive: Driver, value: Any) -> None:
    user = {"id": "u1", "email": "e", "firstName": value, "lastName": "L", "new": 1}
    read = one(drive, "listProjectCollaborators", {"user": user, "dtDeleted": "lately"})
    assert read == Collaborator(
        user_id="u1",
        email="e",
        last_name="L",
        extra={"user": {"firstName": value, "new": 1}, "dtDeleted": "lately"},
    )
    assert read.is_deleted
    event = {"id": "e1", "action": "x", "data": {"from": value, "to": 2}, "actor": {"email": "e"}}
    if type(value) is not int:
        assert one(drive, "listProjectActivity", event) == ActivityEvent(
            id="e1",
            type_="x",
            action="x",
            actor=EventActor(email="e"),
            extra={"data": {"from": value, "to": 2}},
        )


NOTHING_OPERATIONS = sorted(name for name, each in OPERATIONS.items() if each.good is None)


@pytest.mark.parametrize("operation", NOTHING_OPERATIONS)
@pytest.mark.parametrize(
    ("code", "content"),
    [
        (204, b""),
        (201, b""),
        (200, b""),
        (200, b"{}"),
        (200, b"null"),
        (200, b'{"userId": "u1"}'),
        (200, b'{"name": "blue"}'),
        (200, b'{"id": 7, "name": "blue", "dtCreated": "2026-03-18T09:30:00Z"}'),
        (200, b'{"id": 7, "name": "blue", "success": false, "message": "done", "x": [1]}'),
        (202, b""),
    ],
)
def test_an_operation_that_gives_nothing_takes_any_success(
    drive: Driver, operation: str, code: int, content: bytes
) -> None:
    client = drive.client(Script(status(code, content)))
    assert OPERATIONS[operation].run(drive, client) is None


@pytest.mark.parametrize("operation", NOTHING_OPERATIONS)
@pytest.mark.parametrize("content", [b"OK", b"<html>log in first</html>", b"\xff", b"{"])
def test_an_operation_that_gives_nothing_does_not_take_a_body_that_is_no_json_for_a_success(
    drive: Driver, operation: str, content: bytes
) -> None:
    """Such an answer is a gateway's or a login page's, and tells nothing of the API."""
    client = drive.client(Script(status(200, content)))
    with pytest.raises(ResponseError, match="before you send it again"):
        OPERATIONS[operation].run(drive, client)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_success_is_read(drive: Driver, operation: str) -> None:
    good = OPERATIONS[operation].good
    expected = answer(drive, operation, good)
    for code in (201, 202, 203, 204, 206, 207, 226, 299):
        assert answer(drive, operation, good, code) == expected


@pytest.mark.parametrize("content_type", ["text/plain", "application/problem+json", "", "x"])
def test_the_content_type_does_not_matter(drive: Driver, content_type: str) -> None:
    server = Script(status(200, b'{"id": "p1", "name": "one"}', content_type=content_type))
    assert drive(drive.client(server).projects.get("p1")).name == "one"


FIELDS: dict[str, list[str]] = {
    "getProject": ["description", "teamId", "dtCreated"],
    "addProjectCollaborator": ["email", "role", "projectId"],
    "getProjectSecret": ["dtCreated", "dtModified"],
    "listProjectActivity": ["type", "message", "userId", "dtCreated"],
    "listProjectModels": ["name"],
}
IDENTITIES: dict[str, dict[str, Any]] = {
    "getProject": {"id": "p1", "name": "one"},
    "addProjectCollaborator": {"userId": "u1"},
    "getProjectSecret": {"name": "TOKEN"},
    "listProjectActivity": {"id": "e1"},
    "listProjectModels": {"id": "m1"},
}


@pytest.mark.parametrize(
    ("operation", "field"),
    [(operation, field) for operation in FIELDS for field in FIELDS[operation]],
)
def test_a_null_is_the_same_as_nothing_said(drive: Driver, operation: str, field: str) -> None:
    identity = IDENTITIES[operation]
    with_null = one(drive, operation, {**identity, field: None})
    assert with_null == one(drive, operation, identity)
    assert with_null.extra == {}


@pytest.mark.parametrize("operation", FIELDS)
def test_nulls_everywhere_are_read(drive: Driver, operation: str) -> None:
    nulls = dict.fromkeys([*FIELDS[operation], "user", "action", "actor", "whatever"])
    read = one(drive, operation, {**nulls, **IDENTITIES[operation]})
    fields = read.to_dict()
    assert all(
        value is None
        for value in fields.values()
        if value not in ("p1", "one", "u1", "TOKEN", "e1", "m1") and not isinstance(value, dict)
    )


UNKNOWN = {"new": {"deep": [1, None, {"x": "y"}]}, "Ünknown key": 1.5, "": True, "extra": "e"}


@pytest.mark.parametrize("operation", IDENTITIES)
def test_unknown_fields_are_kept(drive: Driver, operation: str) -> None:
    assert one(drive, operation, {**IDENTITIES[operation], **UNKNOWN}).extra == UNKNOWN


def test_unknown_fields_of_a_page_do_not_matter(drive: Driver) -> None:
    body = {"items": ["a"], "hasMore": False, "total": 1, "links": {"self": "x"}}
    assert answer(drive, "listProjectTags", body) == ["a"]


@pytest.mark.parametrize("role", ["owner", "", "ADMIN", "💥"])
def test_an_unknown_role_is_kept_as_it_came(drive: Driver, role: str) -> None:
    read = one(drive, "addProjectCollaborator", {"userId": "u1", "role": role})
    assert read.role == role


@pytest.mark.parametrize("key", ["type", "action"])
def test_an_unknown_kind_of_event_is_kept_as_it_came(drive: Driver, key: str) -> None:
    assert one(drive, "listProjectActivity", {"id": "e1", key: "galaxy.born"}).type == "galaxy.born"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-18T09:30:00Z", WHEN),
        ("2026-03-18T09:30:00", WHEN),
        ("2026-03-18 09:30:00", WHEN),
        ("2026-03-18T09:30:00.000000Z", WHEN),
        ("2026-03-18T11:30:00+02:00", WHEN),
        ("2026-03-18T04:00:00.000-05:30", WHEN),
        ("2026-03-18T09:30:00.123Z", WHEN + timedelta(milliseconds=123)),
        ("2026-03-18T09:30:00.123456789Z", WHEN + timedelta(microseconds=123457)),
        ("2026-03-18T09:30:00.1Z", WHEN + timedelta(milliseconds=100)),
        ("2026-03-18T09:30Z", WHEN),
        ("2026-03-18", WHEN.replace(hour=0, minute=0)),
    ],
)
def test_a_time_is_read_as_utc_unless_it_says_otherwise(
    drive: Driver, text: str, moment: datetime
) -> None:
    read = one(drive, "getProject", {"id": "p1", "name": "one", "dtCreated": text}).dt_created
    assert read == moment
    assert read.tzinfo is not None


def test_an_offset_is_kept(drive: Driver) -> None:
    body = {"id": "p1", "name": "one", "dtCreated": "2026-03-18T11:30:00+02:00"}
    read = one(drive, "getProject", body).dt_created
    assert read.utcoffset() == timezone(timedelta(hours=2)).utcoffset(None)
