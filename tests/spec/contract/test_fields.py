"""The fields of the overlay's models against the schemas of the spec, and what is said of a change.

One line by hand is all that a new property needs, and the failure gives it.
"""

from __future__ import annotations
import __future__

import copy
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from spec.contract import overlay
from spec.contract.inventory import OBJECTS
from spec.contract.overlay import FOLDER
from spec.contract.schemas import Object, kind_of
from spec.contract.spec import Place
from spec.contract.verdict import fail, verdict

from paperspace_projects import models
from paperspace_projects._api.live_dialect import LIVE_ONLY
from paperspace_projects.models import Timestamp, _Resource

MODELS = ("Project", "Collaborator", "Secret", "ActivityEvent", "Model")
"""The overlay's models that have a generated twin of the same name."""


@pytest.mark.parametrize("name", MODELS)
def test_a_model_has_a_field_for_each_property(name: str) -> None:
    kinds = {each.text: each for each in OBJECTS}
    model = getattr(overlay.module("models"), name)
    if name not in kinds:
        fail(f"`models.{name}` ({FOLDER}/models.py) has no schema any more")
    verdict(overlay.missing_fields(model, kinds[name]))


@pytest.mark.parametrize("name", MODELS)
def test_a_field_is_read_from_the_key_of_its_property(name: str) -> None:
    kinds = {each.text: each for each in OBJECTS}
    if name not in kinds:
        pytest.skip("see test_a_model_has_a_field_for_each_property")
    verdict(overlay.misread_keys(getattr(overlay.module("models"), name), kinds[name]))


def test_every_model_of_the_overlay_is_compared_with_its_twin() -> None:
    """A model that somebody adds must be named above, unless nothing generated is behind it."""
    models = overlay.module("models")
    own = {
        name
        for name, thing in vars(models).items()
        if isinstance(thing, type) and issubclass(thing, msgspec.Struct)
        if thing.__module__ == models.__name__ and not name.startswith("_")
    }
    of_ours = {"JsonKey", "ProjectSnapshot", "ProjectFailure", "Changes", "RoleChange", "Page"}
    of_the_live_server = {"Tag", "EventActor", "EventData", "EventDeployment"}
    assert own == {*MODELS, *of_ours, *of_the_live_server}, f"{FOLDER}/models.py"


def made_up(properties: Mapping[str, Any], required: tuple[str, ...] = ("id", "name")) -> Object:
    """A schema that the spec does not have."""
    value = {"type": "object", "required": [*required], "properties": properties}
    kind = kind_of(Place(value, "#/components/schemas/Project"), ("Project",))
    assert isinstance(kind, Object)
    return kind


class Project(_Resource, frozen=True, kw_only=True):
    """A model that the spec has no say in. `repo_url` is live-only."""

    id: str
    name: str
    description: str | None = None
    team_id: str | None = None
    dt_created: Timestamp | None = None
    repo_url: str | None = None
    extra: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])


@pytest.fixture(autouse=True)
def live_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        cast("dict[type, frozenset[str]]", LIVE_ONLY), Project, frozenset({"repo_url"})
    )


BEFORE: dict[str, Any] = {
    "id": {"type": "string"},
    "name": {"type": "string"},
    "description": {"type": "string"},
    "teamId": {"type": "string"},
    "dtCreated": {"type": "string", "format": "date-time"},
}


HERE, THERE = "overlay/paperspace_projects/models.py", "#/components/schemas/Project/properties"
EXTRA = (
    Path(__file__)
    .read_text()
    .splitlines()
    .index("    extra: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])")
    + 1
)
LEAVES = f"remove `repo_url` from LIVE_ONLY[Project] ({FOLDER}/_api/live_dialect.py):"
JOINS = f"add `region: str | None = None` to models.Project, before `extra` ({HERE}:{EXTRA}),"
OTHER_TYPE = (
    f"let `team_id` of `models.Project` ({HERE}) be `int | None`, not `str | None`: {THERE}/teamId"
)
OTHER_FORMAT = (
    f"let `dt_created` of `models.Project` ({HERE}) be `str | None`, not "
    f"`datetime.datetime | None`: {THERE}/dtCreated"
)
CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no change": ({}, []),
    "gained": (
        {"repoUrl": {"type": "string"}},
        [
            f"{LEAVES} the contract has it now, {THERE}/repoUrl",
        ],
    ),
    "gained, and no live server has it": (
        {"region": {"type": "string"}},
        [
            f"{JOINS} read from 'region': {THERE}/region",
        ],
    ),
    "other type": ({"teamId": {"type": "integer"}}, [OTHER_TYPE]),
    "other format": ({"dtCreated": {"type": "string"}}, [OTHER_FORMAT]),
    "nullable": ({"description": {"type": "string", "nullable": True}}, []),
    "lost": (
        {"description": None},
        [f"remove `description` from `models.Project` ({HERE}): {THERE} does not have it"],
    ),
}


LINES: dict[str, tuple[dict[str, Any], object, object]] = {
    # the line: the property, a value of it, and what it is read as
    "new: str | None = None": ({"type": "string"}, "a", "a"),
    "new: bool | None = None": ({"type": "boolean"}, False, False),
    "new: int | None = None": ({"type": "integer", "nullable": True}, 3, 3),
    "new: float | None = None": ({"type": "number"}, 3, 3.0),
    "new: Timestamp | None = None": (
        {"type": "string", "format": "date-time"},
        "2026-03-18T09:30:00",
        datetime(2026, 3, 18, 9, 30, tzinfo=UTC),
    ),
    "new: date | None = None": (
        {"type": "string", "format": "date"},
        "2026-03-18",
        date(2026, 3, 18),
    ),
    "new: tuple[str, ...] | None = None": (
        {"type": "array", "items": {"type": "string"}},
        ["a"],
        ("a",),
    ),
    "new: Mapping[str, object] | None = None": (
        {"type": "object", "properties": {"a": {"type": "string"}}},
        {"aB": 1},
        {"aB": 1},
    ),
    "new: tuple[Mapping[str, object], ...] | None = None": (
        {"type": "array", "items": {"type": "object"}},
        [{"a": None}],
        ({"a": None},),
    ),
    "new: object | None = None": ({}, [1], [1]),
}


@pytest.mark.parametrize(("line", "case"), LINES.items(), ids=LINES)
@pytest.mark.parametrize("key", ["new", "NEW"])
def test_the_line_to_write_is_all_that_a_property_needs(
    line: str, case: tuple[dict[str, Any], object, object], key: str
) -> None:
    schema, sent, wanted = case
    if key != "new":
        before, _, after = line.partition(": ")
        type_ = after.removesuffix(" = None")
        line = f'{before}: Annotated[{type_}, JsonKey("{key}")] = None'
    (said,) = overlay.missing_fields(Project, made_up({**BEFORE, key: schema}))
    assert f"add `{line}` to models.Project" in said
    made: Any = {}
    names = vars(models)
    extra = "extra: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])"
    source = f"class Made(_Resource, frozen=True, kw_only=True):\n    {line}\n    {extra}"
    exec(compile(source, HERE, "exec", __future__.annotations.compiler_flag), dict(names), made)
    read = overlay.module("_api.decoding").ModelReader(made["Made"])({key: sent})
    assert (read.new, read.extra) == (wanted, {})
    assert hash(read) == hash(copy.deepcopy(read))
    assert read.to_dict()["new"] == wanted


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=CHANGES)
def test_a_change_of_a_schema_is_told_as_what_to_do(
    change: dict[str, Any], said: list[str]
) -> None:
    properties = {key: each for key, each in (BEFORE | change).items() if each is not None}
    found = list(overlay.missing_fields(Project, made_up(properties)))
    assert found == said


def test_a_key_that_is_not_the_field_in_camel_case_is_told() -> None:
    kind = made_up({"ID": {"type": "string"}, "name": {"type": "string"}}, required=())
    found = list(overlay.misread_keys(Project, kind))
    line = '`id: Annotated[str | None, JsonKey("ID")] = None`'
    here = f"({FOLDER}/models.py): {THERE}/ID"
    assert found == [f"let `id` of `models.Project` be read from 'ID', not 'id', by {line} {here}"]
