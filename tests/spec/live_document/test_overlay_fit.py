"""`update_spec` says which actions of the overlay do not fit a candidate, or are not needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from spec.live_document.vendor import vendor_document

from scripts.live_document.document import CONTRACT, OVERLAY, actions, live_document, load
from scripts.spec_update.overlay_fit import CONTRADICTS, OVERTAKEN, UNFIT, judge

Document = dict[str, Any]
JSON = "application/json"
ACTIONS = actions(load(OVERLAY))
PROJECTS, TAGS = "$.paths['/projects']", "$.paths['/projects/{id}/tags']"
COLLABORATORS = "$.paths['/projects/{id}/collaborators']"
DESCRIPTION = f"requestBody.content['{JSON}'].schema.properties.description"


def verdicts(candidate: Document) -> set[tuple[str, str]]:
    return {(each.kind, each.target) for each in judge(load(CONTRACT), candidate, ACTIONS)}


def schemas(document: Document) -> Any:
    return document["components"]["schemas"]


def limit(document: Document) -> Any:
    return document["components"]["parameters"]["Limit"]["schema"]


def body(document: Document) -> Any:
    return document["paths"]["/projects"]["post"]["requestBody"]["content"][JSON]["schema"]


def live_tags(document: Document) -> None:
    """Write the live list of tags into a candidate, in words of its own."""
    live = vendor_document()["paths"]["/projects/{handle}/tags"]["get"]
    operation = document["paths"]["/projects/{id}/tags"]["get"]
    operation["responses"] = live["responses"]
    code = load_error_code()
    for answer in operation["responses"].values():
        schema = answer["content"][JSON]["schema"]
        if "code" in schema["properties"]:
            schema["properties"]["code"] = code
    operation["parameters"] = [each for each in live["parameters"] if each["in"] == "query"]


def renamed(document: Document) -> None:
    """Call a schema by another name."""
    text = json.dumps(document).replace("schemas/Collaborator", "schemas/Member")
    document.update(json.loads(text))
    schemas(document)["Member"] = schemas(document).pop("Collaborator")


def load_error_code() -> Any:
    return live_document()["components"]["schemas"]["Error"]["properties"]["code"]


CHANGES: dict[str, tuple[Callable[[Document], object], set[tuple[str, str]]]] = {
    "nothing": (lambda _: None, set()),
    "other words": (
        lambda d: d["paths"]["/projects"]["get"].update(description="Other words."),
        set(),
    ),
    "another field": (
        lambda d: schemas(d)["Project"]["properties"].update(region={"type": "string"}),
        set(),
    ),
    "a schema is renamed": (
        renamed,
        {
            (UNFIT, "$.components.schemas.Collaborator.properties"),
            (UNFIT, "$.components.schemas.Collaborator"),
            (CONTRADICTS, f"{COLLABORATORS}.get.responses['200']"),
            (CONTRADICTS, f"{COLLABORATORS}.post.responses['201']"),
        },
    ),
    "an operation is gone": (
        lambda d: d["paths"]["/projects/{id}/tags"].pop("get"),
        {(UNFIT, f"{TAGS}.get"), (UNFIT, f"{TAGS}.get.responses['200']")},
    ),
    "a field of a body is gone": (
        lambda d: body(d)["properties"].pop("description"),
        {(OVERTAKEN, f"{PROJECTS}.post.{DESCRIPTION}")},
    ),
    "a field that is removed has another type": (
        lambda d: body(d)["properties"].update(description={"type": "integer"}),
        {(CONTRADICTS, f"{PROJECTS}.post.{DESCRIPTION}")},
    ),
    "the same bounds": (
        lambda d: limit(d).update(minimum=1, maximum=120),
        {(OVERTAKEN, "$.components.parameters.Limit.schema")},
    ),
    "other bounds": (
        lambda d: limit(d).update(maximum=50),
        {(CONTRADICTS, "$.components.parameters.Limit.schema")},
    ),
    "an enum": (
        lambda d: schemas(d)["ActivityEvent"]["properties"].update(
            action={"type": "string", "enum": ["tag.added"]}
        ),
        {(CONTRADICTS, "$.components.schemas.ActivityEvent")},
    ),
    "a reference where the overlay has an object": (
        lambda d: schemas(d)["ActivityEvent"]["properties"].update(
            actor={"$ref": "#/components/schemas/Collaborator"}
        ),
        {(CONTRADICTS, "$.components.schemas.ActivityEvent")},
    ),
    "an operation is live by now": (
        live_tags,
        {(OVERTAKEN, f"{TAGS}.get"), (OVERTAKEN, f"{TAGS}.get.responses['200']")},
    ),
}


@pytest.mark.parametrize(("change", "wanted"), CHANGES.values(), ids=CHANGES)
def test_what_does_not_fit_is_named(
    change: Callable[[Document], object], wanted: set[tuple[str, str]]
) -> None:
    candidate = load(CONTRACT)
    change(candidate)
    assert verdicts(candidate) == wanted


def test_a_contradiction_says_what_either_has() -> None:
    candidate = load(CONTRACT)
    limit(candidate).update(maximum=50)
    (verdict,) = judge(load(CONTRACT), candidate, ACTIONS)
    assert verdict.why == "maximum: 50 in the candidate, 120 in the overlay"


def test_the_live_document_overtakes_every_action() -> None:
    assert verdicts(live_document()) == {(OVERTAKEN, action.target) for action in ACTIONS}
