"""A document of OpenAPI 3.1 is read in the form of 3.0: one form for all that reads it."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.live_document.document import CONTRACT, load
from scripts.live_document.openapi_30 import as_30

TAG = {"type": "object", "properties": {"name": {"type": "string"}}}


def read(schema: dict[str, Any]) -> Any:
    """A schema as it is read from a document of 3.1."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "components": {"schemas": {"Tag": TAG, "It": schema}},
    }
    return as_30(document)["components"]["schemas"]["It"]


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        (
            {"type": ["null", "array"], "items": {}},
            {"type": "array", "items": {}, "nullable": True},
        ),
        (
            {"type": ["string", "integer"]},
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        ),
        (
            {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}], "title": "T"},
            {"type": "string", "format": "uuid", "title": "T", "nullable": True},
        ),
        (
            {"oneOf": [{"$ref": "#/components/schemas/Tag"}, {"type": "null"}]},
            {**TAG, "nullable": True},
        ),
        (
            {"$ref": "#/components/schemas/Tag", "description": "Its tag."},
            {"$ref": "#/components/schemas/Tag", "description": "Its tag."},
        ),
        ({"$ref": "#/components/schemas/Tag", "maxProperties": 3}, {**TAG, "maxProperties": 3}),
        ({"const": "a"}, {"enum": ["a"]}),
        (
            {"type": "number", "exclusiveMinimum": 0},
            {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        ),
        ({"type": "string", "examples": ["a"]}, {"type": "string"}),
        (  # properties with the names of keywords
            {"properties": {"type": {"type": "string"}, "enum": {"type": ["integer", "null"]}}},
            {
                "properties": {
                    "type": {"type": "string"},
                    "enum": {"type": "integer", "nullable": True},
                }
            },
        ),
    ],
)
def test_what_31_writes_anew_is_written_as_30_does(new: dict[str, Any], old: Any) -> None:
    assert read(new) == old


def test_values_that_look_like_schemas_stay() -> None:
    value = {"type": ["string", "null"]}
    assert read({"type": "object", "default": value, "enum": [value]})["default"] == value


def test_a_document_of_30_stays() -> None:
    document = load(CONTRACT)
    assert as_30(document) == document


def test_what_is_read_does_not_share_with_the_document() -> None:
    document = {"openapi": "3.1.0", "info": {"summary": "s"}, "webhooks": {}}
    assert as_30(document) == {"openapi": "3.0.3", "info": {}}
    assert document["info"] == {"summary": "s"}
