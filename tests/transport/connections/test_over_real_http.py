"""The main operations over a real socket: the same as in process, in both flavours and dialects."""

from __future__ import annotations

from typing import Any

import pytest
from support.driving import Driver

from paperspace_projects import (
    AuthenticationError,
    ConflictError,
    InvalidArgumentError,
    NotFoundError,
    ProjectSnapshot,
)
from paperspace_projects.testing import Emulator

AWKWARD = (
    *("a/b", "a%2Fb", "..%2F..", "../..", "%2e%2e", "%2E%2E%2F", "...", ".a", "a//b", "/"),
    *("with space", " a ", "?x=1#y", "a+b", "a&b=c", "100%", "%", "%zz", "größe", "日本", "😀"),
    *("e\u0301", "\u202eabc", "line\r\nbreak", "tab\t", "\x7f", "~:@!$&'()*,;=", "\\", '"<>|'),
)


def test_a_project_is_created_read_changed_and_deleted(drive: Driver, client: Any) -> None:
    created = drive(client.projects.create("größe / 1", description="for tests"))
    assert created.name == "größe / 1"
    assert drive(client.projects.get(created.id)) == created
    assert drive(client.projects.update(created.id, name="new")).name == "new"
    assert drive(client.projects.find("new")).id == created.id
    assert drive(client.projects.delete(created.id)) is None
    with pytest.raises(NotFoundError) as caught:
        drive(client.projects.get(created.id))
    assert caught.value.status_code == 404
    assert caught.value.request_id


def test_projects_are_listed_across_pages(drive: Driver, client: Any) -> None:
    made = [drive(client.projects.create(f"project {number}")) for number in range(23)]
    listed = drive.items(client.projects.list(order="asc", page_size=5))
    assert [project for project in listed if project in made] == made
    assert len(set(listed)) == len(listed)
    pages = drive.items(client.projects.list(page_size=5).pages())
    assert {len(page.items) for page in pages[:-1]} == {5}
    assert [project for page in pages for project in page.items] == listed[::-1]
    assert drive.items(client.projects.list()) == listed[::-1]


@pytest.mark.parametrize("part", ["collaborators", "secrets", "tags", "models"])
def test_a_long_sub_list_is_read_to_its_end(
    drive: Driver, scope: Any, emulator: Emulator, part: str
) -> None:
    sub_list = getattr(scope, part)
    for number in range(25):  # the emulator's pages hold 20
        name = f"X{number}"
        drive(sub_list.set(name, "value") if part == "secrets" else sub_list.add(name))
        emulator.record_event(scope.id, action="deployment.updated")
    assert len(set(drive.items(sub_list.list()))) == 25
    own = 26 if emulator.dialect == "contract" else 0
    assert len(set(drive.items(scope.activity(page_size=10)))) == 25 + own


def test_a_secret_is_set_twice_and_never_comes_back(
    drive: Driver, scope: Any, emulator: Emulator
) -> None:
    value = 'välue with "quotes"\nand lines'
    drive(scope.secrets.set("TOKEN", "first"))
    assert emulator.secret_is(scope.id, "TOKEN", "first")
    secret = drive(scope.secrets.set("TOKEN", value))
    assert emulator.secret_is(scope.id, "TOKEN", value)
    assert drive(scope.secrets.get("TOKEN")).dt_modified == secret.dt_modified
    assert value not in repr(secret)
    drive(scope.secrets.delete("TOKEN"))
    assert drive.items(scope.secrets.list()) == []


def test_collaborators_tags_and_models_come_and_go(drive: Driver, scope: Any) -> None:
    drive(scope.collaborators.add("u1", "viewer"))
    drive(scope.tags.add("blue"))
    drive(scope.models.add("m1"))
    snapshot = drive(scope.snapshot())
    assert isinstance(snapshot, ProjectSnapshot)
    assert [each.user_id for each in snapshot.collaborators] == ["u1"]
    assert snapshot.tags == ("blue",)
    assert [each.id for each in snapshot.models] == ["m1"]
    with pytest.raises(ConflictError):
        drive(scope.tags.add("blue"))
    drive(scope.collaborators.remove("u1"))
    drive(scope.tags.remove("blue"))
    drive(scope.models.remove("m1"))
    empty = drive(scope.snapshot())
    assert (empty.collaborators, empty.tags, empty.models) == ((), (), ())
    drive(scope.delete())
    with pytest.raises(NotFoundError):
        drive(scope.snapshot())


def test_a_wrong_key_is_refused(drive: Driver, base_url: str) -> None:
    stranger = drive.client(base_url=base_url, api_key="the-key-of-nobody")
    with pytest.raises(AuthenticationError):
        drive(stranger.projects.create("alpha"))


def test_awkward_model_ids_survive_as_one_segment(drive: Driver, scope: Any) -> None:
    for model_id in AWKWARD:
        drive(scope.models.add(model_id))
    assert {each.id for each in drive.items(scope.models.list())} == set(AWKWARD)
    for model_id in AWKWARD:
        drive(scope.models.remove(model_id))
    assert drive.items(scope.models.list()) == []


def test_awkward_user_ids_survive_as_one_segment(drive: Driver, scope: Any) -> None:
    for user_id in AWKWARD:
        drive(scope.collaborators.add(user_id))
    assert {each.user_id for each in drive.items(scope.collaborators.list())} == set(AWKWARD)
    for user_id in AWKWARD:
        drive(scope.collaborators.remove(user_id))
    assert drive.items(scope.collaborators.list()) == []


def test_awkward_tags_survive_as_one_query_value(drive: Driver, scope: Any) -> None:
    for name in AWKWARD:
        drive(scope.tags.add(name))
    assert set(drive.items(scope.tags.list())) == set(AWKWARD)
    for name in AWKWARD:
        drive(scope.tags.remove(name))
    assert drive.items(scope.tags.list()) == []


def test_awkward_secret_names_survive_as_one_segment(
    drive: Driver, scope: Any, emulator: Emulator
) -> None:
    if emulator.dialect == "live":  # which takes letters, digits and underscores only
        for name in AWKWARD:
            with pytest.raises(NotFoundError, match="secret"):
                drive(scope.secrets.get(name))
        return
    for name in AWKWARD:
        drive(scope.secrets.create(name, "first"))
        assert drive(scope.secrets.update(name, "second")).name == name
        assert drive(scope.secrets.get(name)).name == name
    assert {each.name for each in drive.items(scope.secrets.list())} == set(AWKWARD)
    for name in AWKWARD:
        drive(scope.secrets.delete(name))
    assert drive.items(scope.secrets.list()) == []


def test_an_awkward_project_id_is_one_that_is_not_there(drive: Driver, client: Any) -> None:
    for project_id in AWKWARD:
        with pytest.raises(NotFoundError, match="No such project"):
            drive(client.projects.delete(project_id))


@pytest.mark.parametrize("climbing", ["..", ".", ""])
def test_a_name_that_climbs_deletes_nothing(drive: Driver, scope: Any, climbing: str) -> None:
    drive(scope.secrets.set("TOKEN", "value"))
    for remove in (
        scope.secrets.delete,
        scope.collaborators.remove,
        scope.models.remove,
        scope.tags.remove,
    ):
        with pytest.raises(InvalidArgumentError):
            drive(remove(climbing))
    assert drive(scope.get()).id == scope.id
    assert drive(scope.secrets.get("TOKEN")).name == "TOKEN"
