"""Values that a schema allows: with everything that can be there, and with as little as can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FORMATS = {
    "date-time": "2026-03-18T09:30:00.000Z",
    "date": "2026-03-18",
    "uuid": "5f1c9a52-8d0e-4f7c-9f7e-0d8a2c1b3e4f",
    "email": "ada@example.com",
}
SIMPLE = {"string": "text", "integer": 7, "number": 1.5, "boolean": True}


def example(document: Mapping[str, Any], schema: Mapping[str, Any], *, sparse: bool) -> Any:
    """Make a value. A `sparse` one has null where it may, no other key, and empty arrays."""
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = {**found, **{key: each for key, each in schema.items() if key != "$ref"}}
    choices = [each for key in ("anyOf", "oneOf", "allOf") for each in schema.get(key, ())]
    types = schema.get("type", "object")
    names = [types] if isinstance(types, str) else types
    if sparse and (schema.get("nullable") or "null" in names or {"type": "null"} in choices):
        return None
    if choices:
        solid = next(each for each in choices if each != {"type": "null"})
        return example(document, solid, sparse=sparse)
    schema = {**schema, "type": next((name for name in names if name != "null"), "null")}
    if "properties" in schema:
        return {
            name: example(document, each, sparse=sparse)
            for name, each in schema["properties"].items()
            if not sparse or name in schema.get("required", ())
        }
    if schema["type"] == "array":
        return [] if sparse else [example(document, schema["items"], sparse=False)] * 2
    if schema["type"] == "object":
        return {}
    if "enum" in schema:
        return schema["enum"][0]
    return FORMATS.get(schema.get("format", ""), SIMPLE.get(schema["type"]))
