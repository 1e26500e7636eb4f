"""The tables of docs/dialects.md: the contract beside the live document, and what is not known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..live_document.document import CONTRACT, OVERLAY, Document, actions, live_document, load
from ..live_document.shapes import METHODS, Fields, OperationShape, Reader
from ..tables import markdown


def operations() -> str:
    """What each operation takes and answers, in either dialect."""
    contract, live = load(CONTRACT), live_document()
    return markdown(
        ["operation", "takes: contract", "takes: live", "answers: contract", "answers: live"],
        (
            [
                f"`{ours.id}`",
                _takes(ours),
                _takes(theirs),
                _answers(contract, ours.id),
                _answers(live, ours.id),
            ]
            for ours, theirs in zip(
                Reader(contract).operations(), Reader(live).operations(), strict=True
            )
        ),
    )


def _takes(shape: OperationShape) -> str:
    query = {
        name.removeprefix("query "): each
        for name, each in shape.parameters.items()
        if name.startswith("query ")
    }
    body = {name: each for name, each in (shape.body.fields if shape.body else {}).items() if name}
    marked = (_marked(query), _marked(body))
    parts = zip(("query", "body"), marked, strict=True)
    return "; ".join(f"{kind} {names}" for kind, names in parts if names)


def _marked(fields: Fields) -> str:
    """The names of fields, with a question mark where one need not be there."""
    return ", ".join(f"`{name}{'' if each.required else '?'}`" for name, each in fields.items())


def _answers(document: Document, operation_id: str) -> str:
    operation = next(
        each
        for item in document["paths"].values()
        for method, each in item.items()
        if method in METHODS and each["operationId"] == operation_id
    )
    status, answer = next(iter(operation["responses"].items()))
    content = answer.get("content")
    return f"{status} {_called(content['application/json']['schema'])}" if content else status


def _called(schema: Mapping[str, Any]) -> str:
    """The name of a schema, or what it is in a few words."""
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if schema["type"] == "array":
        return f"array of {_called(schema['items'])}"
    if "properties" in schema:
        return f"object of {', '.join(f'`{name}`' for name in schema['properties'])}"
    return str(schema["type"])


def shapes() -> str:
    """The keys of each schema of an answer, in either dialect."""
    contract, live = load(CONTRACT), live_document()
    return markdown(
        ["shape", "contract", "live"],
        (
            [f"`{name}`", _keys(contract, name), _keys(live, name)]
            for name in live["components"]["schemas"]
            if name != "SecretCreate"
        ),
    )


def _keys(document: Document, name: str) -> str:
    schema = document["components"]["schemas"].get(name)
    return ", ".join(_key(schema, key) for key in schema["properties"]) if schema else ""


def _key(schema: Mapping[str, Any], key: str) -> str:
    """A key with its type unless it is a string; a question mark: it may be missing or null."""
    value = schema["properties"][key]
    open_ended = value.get("nullable") or key not in schema.get("required", ())
    text = f"`{key}{'?' if open_ended and 'required' in schema else ''}`"
    inner, kind = value, ""
    if value.get("type") == "array":
        inner, kind = value["items"], "array of "
    if "properties" in inner:
        required = {"required": [], **inner}
        return f"{text} {kind}({', '.join(_key(required, each) for each in inner['properties'])})"
    if "$ref" in inner:
        return f"{text} {kind}{_called(inner)}"
    return text + (f" {inner['type']}" if inner.get("type") != "string" else "")


def values() -> str:
    """The lists of values, and the statuses of errors, that the live dialect has."""
    live = live_document()
    schemas, parameters = live["components"]["schemas"], live["components"]["parameters"]
    error, limit = live["components"]["responses"]["Error"], parameters["Limit"]["schema"]
    rows: list[tuple[str, Sequence[object]]] = [
        ("`action` of an event", schemas["ActivityEvent"]["properties"]["action"]["enum"]),
        ("`code` of an error", schemas["Error"]["properties"]["code"]["x-extensible-enum"]),
        ("the status of an error", error["x-statuses"]),
        ("`orderBy`", parameters["OrderBy"]["schema"]["enum"]),
        ("`order`; the first by default", _default_first(parameters["Order"]["schema"])),
        ("`limit`", [f"{limit['minimum']} to {limit['maximum']}"]),
        ("the name of a new secret", [schemas["SecretCreate"]["properties"]["name"]["pattern"]]),
    ]
    return markdown(
        ["of", "values"], ([of, ", ".join(f"`{each}`" for each in listed)] for of, listed in rows)
    )


def _default_first(schema: Mapping[str, Any]) -> list[object]:
    return sorted(schema["enum"], key=lambda each: each != schema["default"])


def not_known() -> str:
    """What the sources leave open."""
    names = {(each.path, each.method): each.id for each in Reader(load(CONTRACT)).operations()}
    return markdown(
        ["about", "not known"],
        (
            [_about(each.target, each.update, names), each.not_known]
            for each in actions(load(OVERLAY))
            if each.not_known
        ),
    )


def _about(
    target: str, update: Mapping[str, Any] | None, names: Mapping[tuple[str, str], str]
) -> str:
    """The operation or component that an action is about."""
    if found := re.match(r"\$\.paths\['([^']*)'\]\.(\w+)", target):
        return f"`{names[found[1], found[2]]}`"
    if found := re.match(r"\$\.components\.\w+\.(\w+)", target):
        return f"`{found[1]}`"
    added = update or {}
    inner = added if target.count(".") > 1 else next(iter(added.values()))
    return ", ".join(f"`{name}`" for name in inner)


def sources() -> str:
    """Where the facts of the overlay are from, and how many of its actions go by each."""
    overlay = load(OVERLAY)
    steps = actions(overlay)
    return markdown(
        ["source", "what it is", "actions that go by it"],
        (
            [name, text.strip(), str(sum(name in each.sources for each in steps))]
            for name, text in overlay["info"]["x-sources"].items()
        ),
    )


TABLES: Mapping[str, Callable[[], str]] = {
    "live_operations": operations,
    "live_shapes": shapes,
    "live_values": values,
    "live_not_known": not_known,
    "live_sources": sources,
}
