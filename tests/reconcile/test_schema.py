"""The published schema and `load` agree on every document, and the one in docs/ is the code's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from reconcile.wrong_json_documents import WRONG_JSON

from paperspace_projects import DesiredStateError
from paperspace_projects.reconcile import load, schema

VALIDATOR = Draft202012Validator(schema())
BEYOND_A_SCHEMA = (
    *("duplicate key", "another project has the", "the quotes of the command line"),
    "text that UTF-8 can carry",
)
"""What `load` refuses and no schema can."""

keys = st.sampled_from(["name", "id", "description", "tags", "models", "secrets", "collaborators"])
odd_texts = st.sampled_from(
    [
        *("", " ", "\n", "a\n", ".", "..", "...", "..\n", ".\n", "\x85", "\u2028", "\ufeff", "a b"),
        *("env:A", "env:1", "env:A\n", "env:a b", "file:", "file:x", "file:\n", "file:a\0", "cmd:"),
        *("cmd: ", "cmd:a 'b", "cmd:a 'b'", "cmd:\n\n", "cmd:a\nb", "admin", "owner", "x1", "1x"),
    ]
)
texts = odd_texts | st.text(max_size=3)
plain = st.none() | st.booleans() | st.integers(0, 2) | st.floats(0, 2) | texts
anything = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2)
)
parts: dict[str, st.SearchStrategy[Any]] = {
    "name": texts,
    "id": texts,
    "description": texts,
    "tags": st.lists(texts | plain, max_size=3),
    "models": st.lists(texts, max_size=3),
    "secrets": st.dictionaries(texts, texts | plain, max_size=3),
    "collaborators": st.dictionaries(texts, texts | plain, max_size=3),
}


@st.composite
def projects(draw: st.DrawFn) -> Any:
    """A project that is right, nearly right, or wrong in one place or another."""
    project: dict[str, Any] = {"name": draw(st.sampled_from("abc"))}
    for key in draw(st.lists(keys, max_size=3)):
        project[key] = draw(parts[key] if draw(st.integers(0, 9)) else anything)
    if draw(st.integers(0, 19)) == 0:
        project[draw(texts)] = draw(anything)
    return project


documents = (
    st.fixed_dictionaries(
        {"version": st.just(1), "projects": st.lists(projects(), max_size=3)},
        optional={"more": anything},
    )
    | st.fixed_dictionaries({"version": plain, "projects": st.lists(projects(), max_size=1)})
    | anything
)


def problems(document: Any, tmp_path: Path) -> list[str]:
    """What `load` says is wrong with a document, as JSON and as a mapping."""
    path = tmp_path / "d.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    found: list[list[str]] = []
    for source in (path, document) if isinstance(document, dict) else (path,):
        try:
            load(source)
            found.append([])
        except DesiredStateError as error:
            found.append([each.partition(": ")[2] for each in error.problems])
    assert len(found[0]) == len(found[-1])  # where lines are known, messages name them
    return found[0]


@settings(deadline=None, max_examples=250)
@given(document=documents)
def test_load_takes_just_what_the_schema_takes(
    tmp_path_factory: pytest.TempPathFactory, document: Any
) -> None:
    found = problems(document, tmp_path_factory.getbasetemp())
    by_schema = [each for each in found if not any(odd in each for odd in BEYOND_A_SCHEMA)]
    refused = [error.message for error in VALIDATOR.iter_errors(document)]
    assert bool(by_schema) == bool(refused), (by_schema, refused)


@pytest.mark.parametrize(
    "case", ["a boolean and a number", "a secret's value", "an unknown key", "a missing name"]
)
def test_the_schema_refuses_what_is_wrong(case: str) -> None:
    documents = {
        "an unknown key": '{"version": 1, "projects": [{"name": "a", "tagz": []}]}',
        "a missing name": '{"version": 1, "projects": [{}]}',
        **{case: text for case, (text, _) in WRONG_JSON.items()},
    }
    assert not VALIDATOR.is_valid(json.loads(documents[case]))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_a_schema_of_your_own_can_be_changed() -> None:
    mine = schema()
    mine["title"] = "mine"
    mine["$defs"].clear()  # type: ignore[attr-defined]
    assert schema()["title"] != "mine"
    assert schema()["$defs"]


def test_every_value_is_told_of_in_words() -> None:
    """Whatever can be refused has a title, which completes "must be ..."."""

    def walk(part: Any) -> None:
        if not isinstance(part, dict):
            return
        if "type" in part or "const" in part or "enum" in part:
            assert part["title"]
        for inner in part.values():
            walk(inner)

    walk(schema())
