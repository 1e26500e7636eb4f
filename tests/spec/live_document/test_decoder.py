"""What `_api/decoding.py` reads of the live dialect is what the live document has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from spec.live_document.examples import example
from support.openapi import SUB_LISTS

from paperspace_projects._api import decoding, operations
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
}
CONTRACT_ONLY = {
    "Project": {"description", "team_id"},
    "Collaborator": {"role", "project_id"},
    "ActivityEvent": {"message", "user_id"},
}
"""The fields of the models that no live answer fills."""


def answer(operation: str, *, sparse: bool) -> Any:
    document = live_document()
    for item in document["paths"].values():
        for method, each in item.items():
            if method != "parameters" and each["operationId"] == operation:
                schema = each["responses"]["200"]["content"]["application/json"]["schema"]
                return example(document, schema, sparse=sparse)
    raise LookupError(operation)


def at(fields: Mapping[str, Field], route: tuple[str, ...]) -> Field:
    """The field that a row of the table leads to."""
    return fields[".".join(route)]


@pytest.mark.parametrize(("row", "route"), decoding.LIVE.items())
def test_a_row_of_the_table_is_in_the_document(row: str, route: tuple[str, ...]) -> None:
    owner, _, name = row.partition(".")
    if owner == "error":
        assert route == (name,)
        assert at(LIVE.fields("Error"), route).required == (name in ("code", "message"))
    elif owner == "tag":
        assert at(LIVE.fields("Tag"), route) == Field("string", required=True)
    elif owner == "created":
        for schema in ("Project", "Collaborator", "Secret", "SecretDetails", "Tag", "Model"):
            assert at(LIVE.fields(schema), route).keywords == {"format": "date-time"}, schema
    elif owner.startswith("sub-list query: "):
        for operation in SUB_LISTS:
            assert f"query {route[0]}" in SHAPES[operation].parameters, operation
    else:
        assert at(LIVE.fields(owner), route).type == "string"


@pytest.mark.parametrize("schema", READERS)
@pytest.mark.parametrize("sparse", [False, True], ids=["full", "sparse"])
def test_a_thing_is_read_field_by_field(schema: str, sparse: bool) -> None:
    document = live_document()
    sent = example(document, {"$ref": f"#/components/schemas/{schema}"}, sparse=sparse)
    model = READERS[schema](sent)
    fields = LIVE.fields(schema)
    empty = CONTRACT_ONLY.get(schema, set())
    for name in type(model).__struct_fields__:
        if name == "extra" or name in empty:
            continue
        route = decoding.LIVE.get(f"{type(model).__name__}.{name}", (decoding.key_of(name),))
        value: Any = sent
        for key in route:
            value = value[key]
        got = getattr(model, name)
        wanted = datetime.fromisoformat(value) if name.startswith("dt_") else value
        assert got == wanted, name
        assert at(fields, route).required, name
    assert {name for name in empty if getattr(model, name) is not None} == set()


@pytest.mark.parametrize("schema", CONTRACT_ONLY)
def test_a_field_that_no_live_answer_fills_is_in_the_contract_alone(schema: str) -> None:
    keys = {decoding.key_of(name) for name in CONTRACT_ONLY[schema]}
    assert keys <= Reader(load(CONTRACT)).fields(schema).keys()
    assert not keys & LIVE.fields(schema).keys()


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("sparse", [False, True], ids=["full", "sparse"])
def test_the_answer_of_every_operation_is_read(operation: str, sparse: bool) -> None:
    sent = answer(operation, sparse=sparse)
    value = OPERATIONS[operation].decode(sent)
    body = SHAPES[operation].answers["200"]
    assert body is not None
    if operation.startswith("list"):
        assert {"hasMore", "items", "nextPage"} <= body.fields.keys()
        assert isinstance(value, decoding.WirePage)
        assert not value.bare
        assert len(value.items) == len(sent["items"])
        assert value.has_more is True
        assert value.next_cursor == sent.get("nextPage")


def test_the_lists_are_those_that_the_document_has_pages_for() -> None:
    pages = {
        name
        for name, shape in SHAPES.items()
        if (body := shape.answers["200"]) is not None and "hasMore" in body.fields
    }
    read = {
        name for name, each in OPERATIONS.items() if isinstance(each.decode, decoding.PageReader)
    }
    assert pages == read


@pytest.mark.parametrize("sparse", [False, True], ids=["full", "sparse"])
def test_an_error_is_read(sparse: bool) -> None:
    sent = example(live_document(), {"$ref": "#/components/schemas/Error"}, sparse=sparse)
    read = error_body(sent)
    assert (read["code"], read["message"]) == (sent["code"], sent["message"])
    assert len(read["issues"]) == len(sent.get("issues") or ())
