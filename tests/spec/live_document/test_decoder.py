"""What `_api/decoding.py` reads of the live dialect is what the live document has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import pytest
from spec.live_document.examples import example
from support.openapi import SUB_LISTS

from paperspace_projects import EventActor, EventData, EventDeployment
from paperspace_projects._api import decoding, live_dialect, operations
from paperspace_projects._http.response_reader import error_body
from scripts.live_document.document import CONTRACT, live_document, load
from scripts.live_document.shapes import Field, Reader

LIVE = Reader(live_document())
SHAPES = {each.id: each for each in LIVE.operations()}
OPERATIONS = {
    each.id: each for each in vars(operations).values() if isinstance(each, operations.Operation)
}
READERS = {
    "Project": decoding.project,
    "Collaborator": decoding.collaborator,
    "Secret": decoding.secret,
    "SecretDetails": decoding.secret,
    "ActivityEvent": decoding.event,
    "Model": decoding.model,
    "Tag": decoding.tag,
}
LEFT_IN_EXTRA: dict[str, str] = {}
"""The properties, such as `Project.repoUrl`, that have no field, and why."""
NESTED = {
    ("ActivityEvent", "actor"): EventActor,
    ("ActivityEvent", "data"): EventData,
    ("ActivityEvent", "deployment"): EventDeployment,
}
COMPONENTS: Mapping[str, Any] = load(CONTRACT)["components"]["schemas"]


def success(answers: Mapping[str, Any]) -> Any:
    """The answer of a success, which is described first."""
    return next(each for status, each in answers.items() if status.startswith("2"))


def answer(operation: str, *, sparse: bool) -> Any:
    """A body that the document has for an operation's success; None if it has none."""
    document = live_document()
    for item in document["paths"].values():
        for method, each in item.items():
            if method != "parameters" and each["operationId"] == operation:
                content = success(each["responses"]).get("content")
                schema = content and content["application/json"]["schema"]
                return schema and example(document, schema, sparse=sparse)
    raise LookupError(operation)


def at(fields: Mapping[str, Field], route: tuple[str, ...]) -> Field:
    """The field that a row of the table leads to."""
    return fields[".".join(route)]


@pytest.mark.parametrize(("row", "route"), live_dialect.LIVE.items())
def test_a_row_of_the_table_is_in_the_document(row: str, route: tuple[str, ...]) -> None:
    owner, _, name = row.partition(".")
    if owner == "error":
        assert route == (name,)
        assert at(LIVE.fields("Error"), route).required == (name in ("code", "message"))
    elif owner.startswith("sub-list query: "):
        for operation in SUB_LISTS:
            assert f"query {route[0]}" in SHAPES[operation].parameters, operation
    else:
        assert at(LIVE.fields(owner), route).type == "string"


def routes(model: type[Any], owner: str) -> dict[tuple[str, ...], str]:
    """Where the fields of a model are in an answer. Those within another one have dotted names."""
    found: dict[tuple[str, ...], str] = {}
    for name in model.__struct_fields__:
        if name == "extra":
            continue
        route = live_dialect.LIVE.get(f"{owner}.{name}", (decoding.keys_of(model)[name],))
        if (owner, name) == ("ActivityEvent", "type_"):
            continue  # `action` has a field of its own, and is the type, too
        found[route] = name
        if (inner := NESTED.get((owner, name))) is not None:
            more = routes(inner, inner.__name__)
            found |= {(*route, *each): f"{name}.{field}" for each, field in more.items()}
    return found


def model_of(schema: str) -> type[Any]:
    sent = example(live_document(), {"$ref": f"#/components/schemas/{schema}"}, sparse=False)
    return type(READERS[schema](sent))


def in_contract(model: type[Any]) -> set[str]:
    """The keys that the contract has, with a field or without: its tests ask for the fields."""
    component = COMPONENTS.get(model.__name__, {})
    own = decoding.keys_of(model)
    fields = own.keys() - live_dialect.LIVE_ONLY[model]
    return {own[name] for name in fields} | component.get("properties", {}).keys()


@pytest.mark.parametrize("schema", READERS)
def test_every_live_property_has_a_field_or_a_reason_to_have_none(schema: str) -> None:
    model = model_of(schema)
    found = {".".join(route) for route in routes(model, model.__name__)}
    if schema == "Secret":  # its details have more
        found.discard("hasDeploymentAttached")
    holders = {"", "user"}  # all that they hold has fields
    without = {each for each in LEFT_IN_EXTRA if each.startswith(f"{schema}.")}
    found |= {each.partition(".")[2] for each in without}
    elsewhere = in_contract(model)
    assert {each for each in found if each not in elsewhere} == {
        each
        for each in LIVE.fields(schema)
        if each not in holders and re.split(r"[.[]", each)[0] not in elsewhere
    }


@pytest.mark.parametrize("model", live_dialect.LIVE_ONLY, ids=lambda each: each.__name__)
def test_the_table_of_what_is_live_only_is_that_of_the_models(model: type[Any]) -> None:
    """The contract tests hold the rest of the fields to the contract."""
    names = {*model.__struct_fields__} - {"extra"}
    assert live_dialect.LIVE_ONLY[model] <= names
    if model in NESTED.values():
        assert live_dialect.LIVE_ONLY[model] == names


@pytest.mark.parametrize("schema", READERS)
@pytest.mark.parametrize("sparse", [False, True], ids=["full", "sparse"])
def test_a_thing_is_read_field_by_field(schema: str, sparse: bool) -> None:
    document = live_document()
    sent = example(document, {"$ref": f"#/components/schemas/{schema}"}, sparse=sparse)
    model = READERS[schema](sent)
    fields = LIVE.fields(schema)
    required = {each.name for each in msgspec.structs.fields(model) if each.required}
    for route, name in routes(type(model), type(model).__name__).items():
        value: Any = sent
        got: Any = model
        for key in route:
            value = value.get(key) if value is not None else None
        for each in name.split("."):
            got = getattr(got, each) if got is not None else None
        if isinstance(value, dict):
            assert got is not None, name
            continue
        if isinstance(got, date):
            value = type(got).fromisoformat(value)
        assert got == (tuple(value) if isinstance(value, list) else value), name
        if name in required:
            assert at(fields, route).required, name
        is_filled = (
            ".".join(route) in fields
        )  # else in the contract alone, or in a secret's details
        assert got is None if not is_filled else sparse or got is not None, name
    held = {route[0] for route in routes(type(model), type(model).__name__)}
    assert model.extra == {key: each for key, each in sent.items() if key not in held}
    if schema == "ActivityEvent":
        assert model.type == sent["action"]


@pytest.mark.parametrize("schema", ["Project", "Collaborator", "ActivityEvent"])
def test_a_live_answer_has_no_field_that_the_docs_say_is_the_contracts(schema: str) -> None:
    """The models' docstrings name them: what was sent in them was not confirmed."""
    model = model_of(schema)
    said = re.search(r"never sends `(\w+)` and `(\w+)`", " ".join((model.__doc__ or "").split()))
    assert said, schema
    keys = {decoding.keys_of(model)[name] for name in said.groups()}
    assert keys <= COMPONENTS[schema]["properties"].keys()
    assert not keys & LIVE.fields(schema).keys()


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("sparse", [False, True], ids=["full", "sparse"])
def test_the_answer_of_every_operation_is_read(operation: str, sparse: bool) -> None:
    sent = answer(operation, sparse=sparse)
    value = OPERATIONS[operation].decode(sent)
    body = success(SHAPES[operation].answers)
    if body is not None and "hasMore" in body.fields:
        assert {"items", "nextPage"} <= body.fields.keys()
        assert isinstance(value, decoding.WirePage)
        assert not value.bare
        assert len(value.items) == len(sent["items"])
        assert value.has_more is True
        assert value.next_cursor == sent.get("nextPage")


def test_the_lists_are_those_that_the_document_has_as_pages_or_arrays() -> None:
    lists = {
        name
        for name, shape in SHAPES.items()
        if (body := success(shape.answers)) is not None
        if "hasMore" in body.fields or body.fields[""].type == "array"
    }
    read = {
        name for name, each in OPERATIONS.items() if isinstance(each.decode, decoding.PageReader)
    }
    assert lists == read


@pytest.mark.parametrize("sparse", [False, True], ids=["full", "sparse"])
def test_an_error_is_read(sparse: bool) -> None:
    sent = example(live_document(), {"$ref": "#/components/schemas/Error"}, sparse=sparse)
    read = error_body(sent)
    assert (read["code"], read["message"]) == (sent["code"], sent["message"])
    assert len(read["issues"]) == len(sent.get("issues") or ())
