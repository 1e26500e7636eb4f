"""`overlay/live.overlay.yaml` is an Overlay document that fits `openapi.yaml`, says where each fact
is from, and makes a valid OpenAPI document of it, whatever tool applies it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV30SpecValidator
from support.openapi import OPERATIONS

from scripts.live_document.document import (
    CONTRACT,
    OVERLAY,
    Action,
    actions,
    apply,
    live_document,
    load,
    wrong_with,
)

OVERLAY_DOCUMENT = load(OVERLAY)
SOURCES = OVERLAY_DOCUMENT["info"]["x-sources"]
ACTIONS = actions(OVERLAY_DOCUMENT)


def test_it_is_an_overlay_document() -> None:
    assert wrong_with(OVERLAY_DOCUMENT) == ""
    assert wrong_with({**OVERLAY_DOCUMENT, "actions": [{"target": 1}]})
    assert (OVERLAY.parent / OVERLAY_DOCUMENT["extends"]).resolve() == CONTRACT


def test_every_action_selects_one_object_of_the_contract_as_it_is_by_then_or_all_operations() -> (
    None
):
    document = load(CONTRACT)
    for action in ACTIONS:
        wanted = len(OPERATIONS) if "*" in action.target else 1
        assert len(action.matches(document)) == wanted, action.target
        action.apply(document)
    assert document == live_document()


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.target)
def test_every_action_says_where_its_fact_is_from(action: Action) -> None:
    assert action.sources, f"{action.target}: no `Source: ...` in {action.description!r}"
    assert set(action.sources) <= set(SOURCES)
    assert action.description.endswith("."), "a sentence"
    assert ("Not known" in action.description) == bool(action.not_known)


def test_every_source_is_used() -> None:
    assert {name for action in ACTIONS for name in action.sources} == set(SOURCES)


def test_an_update_replaces_nothing_so_that_every_tool_merges_it_alike() -> None:
    """Tools differ in what they make of arrays, and of values that are there already."""
    document = load(CONTRACT)
    for action in ACTIONS:
        for target in action.matches(document) if action.update is not None else ():
            assert isinstance(target, dict), action.target
            assert list(replaced(target, action.update)) == [], action.target
        action.apply(document)


def replaced(target: dict[str, Any], update: Any) -> Any:
    """The keys that an update finds taken by something that is no object."""
    for key, value in update.items():
        if key in target and isinstance(value, dict) and isinstance(target[key], dict):
            yield from replaced(target[key], value)
        elif key in target:
            yield key


def test_the_result_is_a_valid_openapi_document() -> None:
    assert list(OpenAPIV30SpecValidator(deepcopy(live_document())).iter_errors()) == []


def test_it_has_the_operations_of_the_contract_and_an_error_for_each() -> None:
    found = {
        operation["operationId"]: "default" in operation["responses"]
        for item in live_document()["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    }
    assert found == dict.fromkeys(OPERATIONS, True)


def test_no_schema_is_left_that_nothing_uses() -> None:
    text = yaml.safe_dump(live_document())
    for kind in ("schemas", "parameters", "responses"):
        for name in live_document()["components"][kind]:
            assert f"#/components/{kind}/{name}" in text, f"{kind}: {name}"


def test_applying_it_leaves_the_contract_and_the_overlay_as_they_are() -> None:
    contract, overlay = load(CONTRACT), load(OVERLAY)
    first = apply(contract, actions(overlay))
    assert apply(contract, actions(overlay)) == first == live_document()
    assert (contract, overlay) == (load(CONTRACT), load(OVERLAY))
