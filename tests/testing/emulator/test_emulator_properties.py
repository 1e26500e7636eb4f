"""The properties of answers are those of the documents, and a test may give a value to any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support.driving import Driver

from paperspace_projects import Project
from paperspace_projects.testing import Dialect, Emulator
from paperspace_projects.testing.emulator.shapes import OPERATIONS, Shape

Connect = Callable[[Emulator], httpx.Client]
STATE: dict[str, object] = {
    "version": 1,
    "projects": [
        {
            "name": "home",
            "id": "p1",
            "collaborators": {"u1": None},
            "secrets": {"S": "env:S"},
            "models": ["m1"],
        }
    ],
}
NEW = "sizeInBytes"
ADDED: dict[str, tuple[Shape, Any]] = {
    # the kind of property: its shape, and the plausible value that is made up where it must be
    "string": (Shape("string", True, False), "made up"),
    "time": (Shape("string", True, False, {"format": "date-time"}), "1970-01-01T00:00:00Z"),
    "enum": (Shape("string", True, False, {"enum": ["big", "small"]}), "big"),
    "integer": (Shape("integer", True, False), 0),
    "boolean": (Shape("boolean", True, False), False),
    "array": (Shape("array", True, False), []),
    "null": (Shape("string", True, True), None),
    "object": (
        Shape("object", True, False, {}, {"a": Shape("number", True, False)}),
        {"a": 0},
    ),
}


@pytest.fixture
def project_shape(dialect: Dialect, monkeypatch: pytest.MonkeyPatch) -> Callable[[Shape], None]:
    """Gives the project that getProject answers with a property more."""

    def add(shape: Shape) -> None:
        answer = OPERATIONS["getProject"][1][dialect].answer
        assert answer is not None
        monkeypatch.setitem(answer.keys, NEW, shape)

    return add


@pytest.mark.parametrize(("shape", "made_up"), ADDED.values(), ids=ADDED)
def test_a_new_property_is_made_up_where_it_must_be_there(
    either_emulator: Emulator,
    either: httpx.Client,
    project_shape: Callable[[Shape], None],
    shape: Shape,
    made_up: object,
) -> None:
    either_emulator.seed(STATE)
    before = either.get("/projects/p1").json()
    project_shape(shape)
    assert either.get("/projects/p1").json() == before | {NEW: made_up}


def test_an_optional_property_is_left_out_until_it_is_given(
    either_emulator: Emulator, either: httpx.Client, project_shape: Callable[[Shape], None]
) -> None:
    either_emulator.seed(STATE)
    before = either.get("/projects/p1").json()
    project_shape(Shape("integer", False, False))
    assert either.get("/projects/p1").json() == before
    either_emulator.set_properties("p1", sizeInBytes=5)
    assert either.get("/projects/p1").json() == before | {NEW: 5}
    either.put("/projects/p1", json={"name": "new"}).raise_for_status()
    assert either.get("/projects/p1").json()[NEW] == 5


def test_the_client_reads_a_property_that_was_given(drive: Driver, emulator: Emulator) -> None:
    emulator.seed(STATE)
    name, attribute = ("teamId", "team_id")
    if emulator.dialect == "live":
        name, attribute = ("repoUrl", "repo_url")
    emulator.set_properties("p1", **{name: "given"})
    client = drive.client(emulator.transport(), api_key=emulator.api_key)
    project: Project = drive(client.projects.get("p1"))
    assert getattr(project, attribute) == "given"


PARTS: dict[str, tuple[Any, str, object]] = {
    "collaborators": (("collaborators", "u1"), "email", "a@b.example"),
    "secrets": (("secrets", "S"), "dtModified", "2026-01-01T00:00:00Z"),
    "models": (("models", "m1"), "name", "resnet"),
}


@pytest.mark.parametrize(("part", "name", "value"), PARTS.values(), ids=PARTS)
def test_a_part_shows_a_property_that_was_given(
    connect: Connect, part: Any, name: str, value: object
) -> None:
    emulator = Emulator("contract")
    emulator.seed(STATE)
    emulator.set_properties("p1", part, **{name: value})
    (shown,) = connect(emulator).get(f"/projects/p1/{part[0]}").json()
    assert shown[name] == value


def test_what_the_dialect_does_not_have_is_refused(either_emulator: Emulator) -> None:
    either_emulator.seed(STATE)
    with pytest.raises(ValueError, match=r"no project has a property 'color' to set: there are "):
        either_emulator.set_properties("p1", color="red")
    with pytest.raises(ValueError, match="no project has a property 'id' to set"):
        either_emulator.set_properties("p1", id="p2")
    with pytest.raises(ValueError, match="name must be of type string"):
        either_emulator.set_properties("p1", name=5)
    with pytest.raises(LookupError, match="no project 'p2'"):
        either_emulator.set_properties("p2", name="b")
    with pytest.raises(LookupError, match="no secret 'T' in 'p1'"):
        either_emulator.set_properties("p1", ("secrets", "T"), dtModified=None)
