"""Models are frozen plain data: they compare, hash, copy, pickle and turn into plain dicts."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from support.driving import Driver
from support.servers import Script
from support.servers import json as json_answer

from paperspace_projects import (
    UNSET,
    ActivityEvent,
    AttemptEvent,
    Changes,
    Collaborator,
    EventActor,
    EventData,
    EventDeployment,
    Model,
    NotFoundError,
    Page,
    Project,
    ProjectFailure,
    ProjectSnapshot,
    ResponseInfo,
    RoleChange,
    Secret,
    Tag,
    UnsetType,
)

WHEN = datetime(2026, 3, 18, 9, 30, tzinfo=UTC)
PROJECT = Project(id="p1", name="one", dt_created=WHEN, extra={"repoUrl": None, "a": [1, {"b": 2}]})
SECRET = Secret(name="TOKEN", dt_created=WHEN, has_deployment_attached=True, extra={"new": True})
COLLABORATOR = Collaborator(user_id="u1", email="u@example.com", role="admin", project_id="p1")
MODEL = Model(id="m1", name="m", is_public=False, extra={"new": False})
EVENT = ActivityEvent(id="e1", type_="tag.added", message="m", user_id="u1", dt_created=WHEN)
LIVE_EVENT = ActivityEvent(
    id="e2",
    type_="deployment.scaled",
    action="deployment.scaled",
    actor=EventActor(email="u@example.com", extra={"new": [1]}),
    data=EventData(from_=1, to=2.5),
    deployment=EventDeployment(id="d1", name="d", dt_deleted=WHEN),
)
ALL: dict[str, Any] = {
    "Project": PROJECT,
    "Collaborator": COLLABORATOR,
    "Secret": SECRET,
    "ActivityEvent": EVENT,
    "ActivityEvent, live": LIVE_EVENT,
    "Tag": Tag(name="blue", id=7, dt_created=WHEN),
    "Model": MODEL,
    "ProjectSnapshot": ProjectSnapshot(
        project=PROJECT,
        collaborators=(COLLABORATOR,),
        secrets=(SECRET,),
        tags=("blue",),
        models=(MODEL,),
        activity=(EVENT, LIVE_EVENT),
        included=("collaborators", "secrets", "tags", "models", "activity"),
    ),
    "ProjectFailure": ProjectFailure(
        project_id="p1",
        error=NotFoundError(
            "404", operation="getProject", method="GET", path="/projects/p1", details={"a": [1]}
        ),
        is_gone=True,
    ),
    "Page": Page(items=(PROJECT,), next_cursor="x", has_more=True),
    "AttemptEvent": AttemptEvent(
        operation="getProject",
        method="GET",
        path="/projects/p1",
        attempt=1,
        status_code=503,
        error="ServerError",
        elapsed=0.1,
        wait=None,
        request_id="r1",
        headers={"x-request-id": "r1"},
    ),
    "ResponseInfo": ResponseInfo(
        operation="getProject",
        method="GET",
        path="/projects/p1",
        attempts=2,
        status_code=200,
        error=None,
        elapsed=0.1,
        request_id="r1",
        headers={"x-request-id": "r1"},
    ),
}
every_model = pytest.mark.parametrize("model", ALL.values(), ids=ALL)


def names_of(kind: Any) -> tuple[str, ...]:
    names: tuple[str, ...] = kind.__struct_fields__
    return names


@every_model
def test_a_model_cannot_be_changed(model: Any) -> None:
    for name in names_of(type(model)):
        with pytest.raises(AttributeError, match="immutable"):
            setattr(model, name, "changed")
        with pytest.raises(AttributeError, match="immutable"):
            delattr(model, name)
    with pytest.raises(AttributeError):
        model.unheard_of = 1


COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "replace": msgspec.structs.replace,
    **{
        f"pickle {protocol}": lambda model, protocol=protocol: pickle.loads(
            pickle.dumps(model, protocol)
        )
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}


@every_model
@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
def test_a_copy_is_equal_and_hashes_the_same(model: Any, make: Callable[[Any], Any]) -> None:
    again = make(model)
    assert type(again) is type(model)
    assert again == model
    assert hash(again) == hash(model)
    assert len({again, model}) == 1
    assert repr(again) == repr(model)


@every_model
def test_a_deep_copy_shares_nothing_that_can_be_changed(model: Any) -> None:
    again = copy.deepcopy(model)
    if hasattr(model, "extra"):
        assert again.extra is not model.extra


@every_model
def test_models_of_other_content_or_kind_differ(model: Any) -> None:
    first = names_of(type(model))[0]
    other = msgspec.structs.replace(model, **{first: "another"})
    assert other != model
    assert model != msgspec.structs.asdict(model)
    assert all(model != each for each in ALL.values() if each is not model)


def test_what_is_in_extra_counts_in_a_comparison() -> None:
    assert Project(id="p", name="n") != Project(id="p", name="n", extra={"new": 1})
    assert hash(Project(id="p", name="n")) == hash(Project(id="p", name="n", extra={"new": []}))


@pytest.mark.parametrize("name", sorted(ALL.keys() - {"AttemptEvent", "ResponseInfo"}))
def test_a_model_turns_into_a_plain_dict_and_back(name: str) -> None:
    model = ALL[name]
    plain = model.to_dict()
    assert type(plain) is dict
    assert list(plain) == list(names_of(type(model)))
    assert json.loads(json.dumps(plain, default=str))
    if "project" not in plain and "items" not in plain:
        assert msgspec.convert(plain, type(model)) == model


def test_plain_dicts_are_plain_all_the_way_down() -> None:
    plain = ALL["ProjectSnapshot"].to_dict()
    assert plain["project"] == {
        "id": "p1",
        "name": "one",
        "description": None,
        "team_id": None,
        "dt_created": WHEN,
        "dt_deleted": None,
        "repo_name": None,
        "repo_node_id": None,
        "repo_url": None,
        "extra": {"repoUrl": None, "a": [1, {"b": 2}]},
    }
    assert plain["collaborators"][0]["user_id"] == "u1"
    assert plain["tags"] == ("blue",)
    assert ALL["Page"].to_dict()["items"] == (plain["project"],)
    changes = Changes(changed=(RoleChange(user_id="u", before=None, after="admin"),))
    assert changes.to_dict()["changed"] == ({"user_id": "u", "before": None, "after": "admin"},)


def test_a_plain_dict_shares_nothing_that_can_be_changed() -> None:
    plain = PROJECT.to_dict()
    plain["extra"]["a"][1]["b"] = 3
    assert PROJECT.extra["a"] == [1, {"b": 2}]


def test_msgspec_reads_back_what_it_writes() -> None:
    snapshot = ALL["ProjectSnapshot"]
    assert msgspec.json.decode(msgspec.json.encode(snapshot), type=ProjectSnapshot) == snapshot


@every_model
def test_a_model_is_made_by_names_alone(model: Any) -> None:
    values = [getattr(model, name) for name in names_of(type(model))]
    with pytest.raises(TypeError):
        type(model)(*values)


def test_what_identifies_a_thing_must_be_given() -> None:
    for cls in (Project, Collaborator, Secret, ActivityEvent, Model):
        with pytest.raises(TypeError):
            cls()
    with pytest.raises(TypeError):
        Project(id="p1")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("cls", "names"),
    [
        (
            Project,
            [
                *("id", "name", "description", "team_id", "dt_created"),
                *("dt_deleted", "repo_name", "repo_node_id", "repo_url", "extra"),
            ],
        ),
        (
            Collaborator,
            [
                *("user_id", "email", "role", "project_id", "first_name", "last_name"),
                *("public_profile_image_url", "dt_created", "dt_deleted", "extra"),
            ],
        ),
        (Secret, ["name", "dt_created", "dt_modified", "has_deployment_attached", "extra"]),
        (Tag, ["name", "id", "dt_created", "extra"]),
        (
            ActivityEvent,
            [
                *("id", "type_", "message", "user_id", "dt_created"),
                *("action", "actor", "data", "deployment", "extra"),
            ],
        ),
        (EventActor, ["email", "full_name", "avatar_url", "extra"]),
        (EventData, ["from_", "to", "extra"]),
        (EventDeployment, ["id", "name", "dt_deleted", "extra"]),
        (
            Model,
            [
                *("id", "name", "description", "dt_created", "dt_modified", "is_public"),
                *("project_id", "storage_provider_id", "team_id", "extra"),
            ],
        ),
        (
            ProjectSnapshot,
            ["project", *("collaborators", "secrets", "tags", "models", "activity", "included")],
        ),
        (ProjectFailure, ["project_id", "error", "is_gone"]),
        (Page, ["items", "next_cursor", "has_more"]),
    ],
)
def test_the_fields_of_a_model(cls: Any, names: list[str]) -> None:
    assert list(names_of(cls)) == names


def test_the_type_of_an_event_goes_by_either_name() -> None:
    assert EVENT.type == EVENT.type_ == "tag.added"


def test_extra_is_its_own_for_each_model() -> None:
    assert Project(id="a", name="n").extra is not Project(id="b", name="n").extra


def test_a_model_matches_a_pattern() -> None:
    match PROJECT:
        case Project(id=project_id, name="one"):
            assert project_id == "p1"
        case _:
            pytest.fail("no match")


def test_models_that_were_read_pickle_as_those_that_were_made(drive: Driver) -> None:
    body = {"id": "p1", "name": "one", "dtCreated": "2026-03-18T11:30:00+02:00", "x": {"y": [None]}}
    read = drive(drive.client(Script(json_answer(body))).projects.get("p1"))
    for make in COPIES.values():
        assert make(read) == read
        assert make(read).dt_created.utcoffset() == read.dt_created.utcoffset()


def test_no_unset_of_the_generated_code_reaches_a_user(drive: Driver) -> None:
    from paperspace_projects_api.types import Unset

    client = drive.client(Script(json_answer({"id": "p1", "name": "one", "userId": "u1"})))
    scope = client.project("p1")
    for call in (scope.get, lambda: scope.collaborators.add("u1"), lambda: scope.secrets.get("N")):
        values = drive(call()).to_dict().values()
        assert not any(isinstance(value, Unset) or value is UNSET for value in values)


@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
def test_unset_is_one_of_a_kind(make: Callable[[Any], Any]) -> None:
    if make is not msgspec.structs.replace:
        assert make(UNSET) is UNSET
        assert make({"name": UNSET})["name"] is UNSET if make is not copy.copy else True


def test_unset_is_neither_none_nor_text() -> None:
    assert repr(UNSET) == "UNSET"
    assert isinstance(UNSET, UnsetType)
    assert UNSET not in (None, "", False)
    assert list(UnsetType) == [UNSET]
