"""Writes a document of OpenAPI 3.1 as 3.0 would have it, so that all else here reads one form."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

WORDS = ("description", "title", "summary", "deprecated", "examples", "example")
VALUES = ("default", "enum", "example", "value")
"""Keys whose values are JSON, and no schemas."""
MAPS = ("properties", "schemas", "parameters", "responses", "headers", "paths", "requestBodies")
"""Keys whose values are things by their names."""


def as_30(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which null is `nullable`, and a `$ref` has only words beside it.

    A document of OpenAPI 3.0 stays as it is.
    """
    if str(document.get("openapi")).startswith("3.0"):
        return dict(document)
    found = {key: _written(each, document) for key, each in document.items()}
    for key in ("jsonSchemaDialect", "webhooks"):
        found.pop(key, None)
    found["info"].pop("summary", None)
    return {**found, "openapi": "3.0.3"}


def _written(thing: Any, document: Mapping[str, Any]) -> Any:
    if isinstance(thing, list):
        return [_written(each, document) for each in thing]
    if not isinstance(thing, Mapping):
        return thing
    return {
        key: deepcopy(each)
        if key in VALUES
        else {name: _written(part, document) for name, part in each.items()}
        if key in MAPS and isinstance(each, Mapping)
        else _written(each, document)
        for key, each in _schema(dict(thing), document).items()
    }


def _schema(schema: dict[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """One schema, whose parts are still those of 3.1; any other thing stays as it is."""
    if "$ref" in schema:
        beside = schema.keys() - {"$ref", *WORDS}
        if not beside:
            return schema
        return _schema(_inline(schema, document), document)
    for key in ("anyOf", "oneOf"):
        choices = schema.get(key)
        if isinstance(choices, list) and {"type": "null"} in choices:
            solid = [each for each in choices if each != {"type": "null"}]
            schema = {**schema, key: solid, "nullable": True}
            if len(solid) == 1:
                del schema[key]
                return _schema({**_inline(solid[0], document), **schema}, document)
    if isinstance(schema.get("type"), list):
        names = [name for name in schema["type"] if name != "null"]
        if len(names) < len(schema["type"]):
            schema["nullable"] = True
        del schema["type"]
        schema |= {"type": names[0]} if len(names) == 1 else {"anyOf": [{"type": n} for n in names]}
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    for bound in ("Minimum", "Maximum"):
        limit = schema.get(f"exclusive{bound}")
        if isinstance(limit, int | float) and not isinstance(limit, bool):
            schema |= {bound.lower(): limit, f"exclusive{bound}": True}
    if "examples" in schema and isinstance(schema["examples"], list):
        del schema["examples"]
    return schema


def _inline(schema: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """A schema with what its reference leads to in the reference's place."""
    if "$ref" not in schema:
        return dict(schema)
    found: Any = document
    for step in str(schema["$ref"]).removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    beside = {key: each for key, each in schema.items() if key != "$ref"}
    return {**_inline(found, document), **beside}
