"""What is there can be written down, and what was written down is what is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reconcile.driving import apply, document, export, make, plan
from support.driving import Driver
from support.servers import json as answering

from paperspace_projects import (
    DesiredStateError,
    InvalidArgumentError,
    NotFoundError,
    PaginationError,
)
from paperspace_projects.reconcile import DesiredProject, DesiredState, Reference, load
from paperspace_projects.testing import Emulator, Fault, FaultPlan


def test_the_whole_state_is_written_down_in_order(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    vision = make(
        drive,
        client,
        "vision 2",
        description="sees",
        tags=["b", "a"],
        models=["m2", "m1"],
        secrets={"TOKEN": "x", "A": "y"},
        collaborators={"u2": None, "u1": "admin"},
    )
    speech = make(drive, client, "speech")
    is_live = emulator.dialect == "live"
    assert export(drive, client).to_dict() == document(
        {
            "name": "speech",
            "id": speech,
            "collaborators": {},
            "secrets": {},
            "tags": [],
            "models": [],
        },
        {
            "name": "vision 2",
            "id": vision,
            **({} if is_live else {"description": "sees"}),
            "collaborators": {"u1": None if is_live else "admin", "u2": None},
            "secrets": {"A": "env:VISION_2_A", "TOKEN": "env:VISION_2_TOKEN"},
            "tags": ["a", "b"],
            "models": ["m1", "m2"],
        },
    )


def test_an_export_can_be_kept_in_a_file_edited_and_applied(
    drive: Driver, client: Any, tmp_path: Path
) -> None:
    made = make(drive, client, "vision", tags=["a"], collaborators={"u1": "admin"})
    for name in ("d.yaml", "d.json"):
        file = tmp_path / name
        exported = export(drive, client)
        text = exported.to_yaml() if name == "d.yaml" else exported.to_json()
        file.write_text(text, encoding="utf-8")
        assert load(file) == exported
        assert plan(drive, client, load(file), prune=True).is_empty
        file.write_text(text.replace("vision", "sight"), encoding="utf-8")
        assert apply(drive, client, plan(drive, client, load(file), prune=True)).is_ok
        assert drive(client.projects.get(made)).name == "sight"
        drive(client.projects.update(made, name="vision"))


def test_only_some_projects_can_be_written_down(drive: Driver, client: Any) -> None:
    ids = [make(drive, client, name) for name in ("a", "b", "c")]
    some = export(drive, client, project_ids=[ids[2], ids[0], ids[2]])
    assert [project.id for project in some.projects] == [ids[0], ids[2]]
    assert plan(drive, client, some).is_empty
    with pytest.raises(NotFoundError):
        export(drive, client, project_ids=[ids[0], "none"])
    with pytest.raises(InvalidArgumentError):
        export(drive, client, project_ids=[".."])
    with pytest.raises(InvalidArgumentError, match="a collection of strings"):
        export(drive, client, project_ids="p1")


def test_no_two_secrets_share_a_variable_by_chance(drive: Driver, client: Any) -> None:
    first = make(drive, client, "my-app", secrets={"KEY": "1", "key": "2", "OTHER": "3"})
    second = make(drive, client, "my app", secrets={"KEY": "4"})
    make(drive, client, "1ß", secrets={"KEY": "5"})
    exported = export(drive, client)
    references = {
        (project.name, name): str(reference)
        for project in exported.projects
        for name, reference in (project.secrets or {}).items()
    }
    assert references == {
        ("my-app", "KEY"): f"env:MY_APP_{first.upper()}_KEY",
        ("my-app", "key"): f"env:MY_APP_{first.upper()}_key",
        ("my-app", "OTHER"): "env:MY_APP_OTHER",
        ("my app", "KEY"): f"env:MY_APP_{second.upper()}_KEY",
        ("1ß", "KEY"): "env:_1SS_KEY",
    }
    assert load(exported.to_dict()) == exported


CLASHES: dict[str, list[tuple[str, str]]] = {
    "ids that differ in a mark": [("p-1", "x"), ("p_1", "x")],
    "ids that differ in case": [("p1", "x"), ("P1", "x")],
    "a name that is another's name and id": [("p1", "x"), ("p2", "x"), ("p3", "x p1")],
    "the same in the other order": [("p3", "x p1"), ("p2", "x"), ("p1", "x")],
    "an id of marks alone": [("-", "x"), ("_", "x"), ("p1", "x")],
    "several of it": [("p-1", "x"), ("p_1", "x"), ("p.1", "x"), ("q", "x p 1"), ("r", "x-p-1")],
}


def with_ids(projects: list[tuple[str, str]]) -> Any:
    """A server with these projects, by id and name, each of which has the secrets A and a."""

    def server(request: Any) -> Any:
        path = request.url.path
        if path.endswith("/projects"):
            things = [{"id": each, "name": name} for each, name in projects]
            return answering({"items": things, "hasMore": False})
        return answering([{"name": "A"}, {"name": "a"}] if path.endswith("/secrets") else [])

    return server


def references(state: DesiredState) -> dict[tuple[str | None, str], str]:
    return {
        (project.id, name): str(reference)
        for project in state.projects
        for name, reference in (project.secrets or {}).items()
    }


@pytest.mark.parametrize("case", CLASHES)
def test_each_secret_has_a_reference_of_its_own(drive: Driver, case: str) -> None:
    exported = export(drive, drive.client(with_ids(CLASHES[case])))
    found = references(exported)
    assert len(found) == 2 * len(CLASHES[case])
    assert len(set(found.values())) == len(found)
    assert load(exported.to_dict()) == exported


@pytest.mark.parametrize("case", CLASHES)
def test_a_project_that_is_added_takes_no_reference_of_another(drive: Driver, case: str) -> None:
    """A value that was put into a variable for one secret must not be written to another."""
    *before, _ = CLASHES[case]
    old = references(export(drive, drive.client(with_ids(before))))
    new = references(export(drive, drive.client(with_ids(CLASHES[case]))))
    assert not {
        (each, other)
        for each, reference in old.items()
        for other, now in new.items()
        if reference == now and each != other
    }


LONE = "sees \ud83d"
"""A lone surrogate, which JSON can hold and UTF-8 cannot."""


def odd(drive: Driver, name: str = "vision", description: str | None = None) -> Any:
    def server(request: Any) -> Any:
        path = request.url.path
        if path.endswith("/projects"):
            project = {"id": "p1", "name": name, "description": description, "teamId": "t"}
            return as_ascii({"items": [project], "hasMore": False})
        return as_ascii(["a", LONE] if path.endswith("/tags") else [])

    return drive.client(server)


def as_ascii(data: Any) -> httpx.Response:
    return httpx.Response(
        200, content=json.dumps(data), headers={"content-type": "application/json"}
    )


def test_a_description_that_no_file_can_hold_is_left_out_and_named(
    drive: Driver, tmp_path: Path
) -> None:
    exported = export(drive, odd(drive, description=LONE))
    (project,) = exported.projects
    assert (project.description, project.tags, project.models) == (None, None, ())
    why = f"left out, and so not managed: no file can hold {LONE!r}"
    assert exported.notes == (
        f"'vision' (p1): the description is {why}",
        f"'vision' (p1): the tags are {why}",
    )
    for name, text in (("d.yaml", exported.to_yaml()), ("d.json", exported.to_json())):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert load(tmp_path / name) == exported
    assert plan(drive, odd(drive, description=LONE), exported, prune=True).is_empty


def test_a_name_that_no_file_can_hold_is_refused_for_what_it_is(drive: Driver) -> None:
    with pytest.raises(DesiredStateError) as caught:
        export(drive, odd(drive, name=LONE))
    assert str(caught.value) == (
        "the name of the project 'p1' is not text that UTF-8 can carry (it has a lone surrogate): "
        "rename it"
    )


def test_two_projects_of_a_name_are_told_apart(drive: Driver, client: Any) -> None:
    ids = {make(drive, client, "twin", tags=[tag]) for tag in "ab"}
    exported = export(drive, client)
    assert {project.id for project in exported.projects} == ids
    assert load(exported.to_dict()) == exported
    assert plan(drive, client, exported, prune=True).is_empty


@pytest.mark.parametrize("emulator", ["contract"], indirect=True)
def test_a_part_that_no_file_can_hold_is_left_out_and_so_not_managed(
    drive: Driver, client: Any
) -> None:
    """The spec lets a secret have any name; the live server, and so a file, does not."""
    make(drive, client, "a", secrets={"my-secret": "x", "GOOD": "y"}, tags=["t"])
    exported = export(drive, client)
    (project,) = exported.projects
    assert (project.secrets, project.tags) == (None, ("t",))
    (note,) = exported.notes
    why = "left out, and so not managed: no file can hold 'my-secret'"
    assert note == f"'a' ({project.id}): the secrets are {why}"
    assert load(exported.to_dict()) == exported
    assert plan(drive, client, exported, prune=True).is_empty


def test_an_unknown_role_is_left_to_the_server(drive: Driver) -> None:
    def server(request: Any) -> Any:
        import httpx

        if request.url.path.endswith("/projects"):
            return httpx.Response(200, json={"items": [{"id": "p1", "name": "a", "teamId": "t"}]})
        users = [{"userId": "u1", "role": "owner", "projectId": "p1"}]
        is_users = request.url.path.endswith("collaborators")
        return httpx.Response(200, json=users if is_users else [])

    client = drive.client(server)
    exported = export(drive, client)
    assert exported.projects[0].collaborators == {"u1": None}
    assert plan(drive, client, exported, prune=True).is_empty


def test_what_cannot_be_read_is_no_empty_state(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    for number in range(130):
        make(drive, client, f"p{number}")
    emulator.faults = FaultPlan.script([None, Fault.missing_cursor()], only=["listProjects"])
    drive(client.projects.list(page_size=1).first())
    with pytest.raises(PaginationError):
        export(drive, client)


def test_a_blank_name_cannot_be_written_down(drive: Driver) -> None:
    def server(request: Any) -> Any:
        import httpx

        projects = [{"id": "p1", "name": " "}] if request.url.path.endswith("/projects") else []
        return httpx.Response(200, json={"items": projects})

    with pytest.raises(DesiredStateError, match="the name of the project 'p1' is blank"):
        export(drive, drive.client(server))


words = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("'\"\\:#-?&*!|>%@`{}[],~\n\t \x85"),
    min_size=1,
    max_size=12,
)
keys = (words | st.sampled_from(["yes", "null", "~", "1", "1.5", "2026-01-01", "=", "<<"])).filter(
    lambda text: text.strip() and text not in (".", "..")
)
projects = st.builds(
    DesiredProject,
    name=keys,
    id=st.none() | keys,
    description=st.none() | words | st.just(""),
    collaborators=st.none() | st.dictionaries(keys, st.sampled_from(["admin", None]), max_size=2),
    secrets=st.none()
    | st.dictionaries(
        st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,5}", fullmatch=True),
        st.builds(Reference, st.just("file"), words.filter(lambda text: "\0" not in text)),
        max_size=2,
    ),
    tags=st.none() | st.lists(keys, unique=True, max_size=2).map(tuple),
    models=st.none() | st.lists(keys, unique=True, max_size=2).map(tuple),
)


@settings(deadline=None, max_examples=150)
@given(projects=st.lists(projects, max_size=3, unique_by=(lambda each: each.name, id)))
def test_any_state_survives_yaml_and_json(
    tmp_path_factory: pytest.TempPathFactory, projects: list[DesiredProject]
) -> None:
    ids = [each.id for each in projects if each.id is not None]
    state = DesiredState(projects=tuple(projects if len(set(ids)) == len(ids) else projects[:1]))
    for name, text in (("d.yaml", state.to_yaml()), ("d.json", state.to_json())):
        file = tmp_path_factory.getbasetemp() / name
        file.write_text(text, encoding="utf-8", newline="")
        assert load(file) == state
    assert load(state.to_dict()) == state
