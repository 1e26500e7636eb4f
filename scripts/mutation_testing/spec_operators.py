"""The operators for the spec: each public function yields other values for a place in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch")
TYPES = ("string", "integer", "number", "boolean")
Steps = tuple[str | int, ...]
Changes = Iterator[tuple[str, Any]]
"""A description of a change, and the new map or list at the place."""


def _set(value: Any, key: Any, new: Any) -> Any:
    changed = value.copy()
    changed[key] = new
    return changed


def _without(value: Any, key: Any) -> Any:
    changed = value.copy()
    del changed[key]
    return changed


def _renamed(value: Any, old: Any, new: Any) -> Any:
    """Another key for an entry, at the same place in the order."""
    return {new if key == old else key: each for key, each in value.items()}


def _is_schema(steps: Steps, value: Any) -> bool:
    named = bool(steps) and (
        steps[-1] in ("schema", "items")
        or (len(steps) > 1 and steps[-2] in ("properties", "schemas"))
    )
    return named and isinstance(value, dict)


def _is_operation(steps: Steps) -> bool:
    return len(steps) == 3 and steps[0] == "paths" and steps[2] in METHODS


def removed(steps: Steps, value: Any) -> Changes:
    """A map or list that lacks an entry."""
    for key in value if isinstance(value, dict) else range(len(value)):
        hints = [each for each in ("properties", "enum") if key == "type" and each in value]
        more = f", told by its {hints[0]}" if hints and _is_schema(steps, value) else ""
        yield f"without {key}{more}", _without(value, key)


def key_renamed(steps: Steps, value: Any) -> Changes:
    """A property, a component or a media type with another name."""
    if not isinstance(value, dict) or not steps:
        return
    if steps[-1] in ("properties", "schemas", "parameters", "securitySchemes"):
        for key in value:
            yield f"{key} -> {key}2", _renamed(value, key, f"{key}2")
            yield f"{key} -> other", _renamed(value, key, "otherName")
    elif steps[-1] == "content":
        for key in value:
            for media in ("text/plain", "application/xml", "multipart/form-data"):
                yield f"{key} -> {media}", _renamed(value, key, media)


def status_changed(steps: Steps, value: Any) -> Changes:
    """A response for another status."""
    if steps[-1:] == ("responses",):
        for key in value:
            for status in ("200", "201", "202", "204", "404", "4XX", "default"):
                if status not in value:
                    yield f"{key} -> {status}", _renamed(value, key, status)


def path_changed(steps: Steps, value: Any) -> Changes:
    """A path with other segments, or in another order."""
    if steps != ("paths",):
        return
    for key in value:
        yield f"{key} -> {key}s", _renamed(value, key, f"{key}s")
        yield f"{key} -> /v2{key}", _renamed(value, key, f"/v2{key}")
        parts = key[1:].split("/")
        if len(parts) > 1:
            swapped = "/" + "/".join([*parts[:-2], parts[-1], parts[-2]])
            yield f"{key} -> {swapped}", _renamed(value, key, swapped)


def method_changed(steps: Steps, value: Any) -> Changes:
    """An operation with another method."""
    if len(steps) == 2 and steps[0] == "paths":
        for key in value:
            for method in METHODS:
                if key in METHODS and method not in value:
                    yield f"{key} -> {method}", _renamed(value, key, method)


def text_changed(steps: Steps, value: Any) -> Changes:
    """Another text: names, ids, addresses, descriptions."""
    if not isinstance(value, dict):
        texts = [each for each in value if isinstance(each, str) and steps[-1:] == ("tags",)]
        for index, each in enumerate(texts):
            for other in ("Projects", "Secrets", "New"):
                yield f"{each} -> {other}", _set(value, index, other)
        return
    is_map_of_names = bool(steps) and steps[-1] in ("properties", "schemas")
    for key, each in value.items():
        if isinstance(each, str) and key not in ("type", "format", "in", "$ref"):
            yield f"{key}: {each.strip()[:40]} -> other", _set(value, key, f"{each.strip()}2")
    if _is_operation(steps) and value.get("tags"):
        yield "another tag first", _set(value, "tags", ["First", *value["tags"]])
    if _is_schema(steps, value) and "$ref" not in value and not is_map_of_names:
        of_class = "properties" in value or "enum" in value
        yield f"a title of {'a' if of_class else 'no'} class", _set(value, "title", "Other Title")
        yield "a description", _set(value, "description", "What it is.")
        if "properties" in value:
            yield "an example", _set(value, "example", {"name": "x"})


def type_changed(steps: Steps, value: Any) -> Changes:
    """A schema of another type, format or nullability, or with a default."""
    if not _is_schema(steps, value) or "type" not in value:
        return
    for other in TYPES:
        if other != value["type"]:
            yield f"type -> {other}", _set(value, "type", other)
    if value["type"] == "string":
        for other in ("date-time", "date", "uuid"):
            if other != value.get("format") and "enum" not in value:
                yield f"format -> {other}", _set(value, "format", other)
        yield "enum", _set(value, "enum", ["one", "two"])
    yield "nullable", _set(value, "nullable", True)
    if value["type"] in TYPES and steps[-2] != "schemas":
        default: Any = {"string": "x", "integer": 7, "number": 1.5, "boolean": True}
        yield "default", _set(value, "default", (value.get("enum") or [default[value["type"]]])[0])
    yield "an array of it", {"type": "array", "items": value}
    if value["type"] == "array":
        yield "no array", value["items"]
    if value["type"] == "object":
        yield "no others", _set(value, "additionalProperties", False)
        yield "others are strings", _set(value, "additionalProperties", {"type": "string"})


def enum_changed(steps: Steps, value: Any) -> Changes:
    """Another value of an enum, or one more."""
    if steps and steps[-1] == "enum":
        for index, each in enumerate(value):
            yield f"{each} -> other", _set(value, index, f"{each}2")
        yield "one more", [*value, "more"]


def required_changed(steps: Steps, value: Any) -> Changes:
    """Something that becomes required or optional."""
    if not isinstance(value, dict):
        return
    if isinstance(value.get("required"), bool):
        yield "required turned", _set(value, "required", not value["required"])
    elif "in" in value or steps[-1:] == ("requestBody",):
        yield "required", _set(value, "required", True)
    if isinstance(value.get("properties"), dict):
        required = value.get("required", [])
        for name in value["properties"]:
            rest = [each for each in required if each != name]
            now = rest if name in required else [*required, name]
            yield f"{name} required turned", _set(value, "required", now)


def order_changed(steps: Steps, value: Any) -> Changes:
    """Properties or parameters in another order, which is that of the generated arguments."""
    if steps[-1:] == ("properties",) and len(value) > 1:
        yield "reversed", dict(reversed(value.items()))
    elif steps[-1:] == ("parameters",) and isinstance(value, list) and len(value) > 1:
        yield "reversed", value[::-1]


def place_changed(steps: Steps, value: Any) -> Changes:  # noqa: ARG001 -- as all
    """A parameter in another place."""
    if isinstance(value, dict) and "in" in value and "name" in value:
        for other in ("query", "header", "path", "cookie"):
            if other != value["in"]:
                yield f"in: {value['in']} -> {other}", _set(value, "in", other)


def reference_changed(steps: Steps, value: Any) -> Changes:  # noqa: ARG001 -- as all
    """A reference to another component, to nothing, or none."""
    if not isinstance(value, dict) or "$ref" not in value:
        return
    target = value["$ref"]
    start, _, _ = target.rpartition("/")
    others = {
        "#/components/parameters": ("ProjectId", "After", "Limit", "OrderBy", "Order"),
        "#/components/schemas": ("Project", "ProjectList", "Collaborator", "Secret"),
    }
    for other in others.get(start, ()):
        yield f"{target} -> {other}", _set(value, "$ref", f"{start}/{other}")
    yield f"{target} -> nothing", _set(value, "$ref", f"{start}/Nothing")
    if start == "#/components/schemas":
        yield f"{target} -> string", {"type": "string"}


STRING: dict[str, Any] = {"type": "string"}
OBJECT: dict[str, Any] = {"type": "object", "properties": {"a": STRING}}
JSON: dict[str, Any] = {"application/json": {"schema": OBJECT}}
SECRET: dict[str, Any] = {"application/json": {"schema": {"$ref": "#/components/schemas/Secret"}}}
QUERY: dict[str, Any] = {"in": "query", "name": "extra", "schema": STRING}
HEADER: dict[str, Any] = {"in": "header", "name": "X-Extra", "required": True, "schema": STRING}
OPERATION: dict[str, Any] = {
    "tags": ["Projects"],
    "operationId": "extraOperation",
    "responses": {"204": {"description": "Done."}},
}


def _appended(value: Any, key: str, new: Any) -> Any:
    """One more in the list under a key, which may be missing."""
    return {**value, key: [*value.get(key, ()), new]}


def part_added(steps: Steps, value: Any) -> Changes:
    """One more property, schema, parameter, body or operation."""
    if not isinstance(value, dict):
        if steps[-1:] == ("parameters",):
            yield "a parameter", [*value, QUERY]
        return
    if isinstance(value.get("properties"), dict):
        properties = {**value["properties"], "extraProperty": STRING}
        yield "a property", _set(value, "properties", properties)
    if steps == ("components", "schemas"):
        yield "a schema", _set(value, "Extra", OBJECT)
    if _is_operation(steps):
        yield "a query parameter", _appended(value, "parameters", QUERY)
        yield "a header parameter", _appended(value, "parameters", HEADER)
        if "requestBody" not in value:
            yield "a body", _set(value, "requestBody", {"required": True, "content": JSON})
        yield "no key", _set(value, "security", [])
        yield "a key of its own", _set(value, "security", [{"bearerAuth": []}])
    if len(steps) == 2 and steps[0] == "paths":
        for method in METHODS:
            if method not in value:
                yield f"an operation {method}", _set(value, method, OPERATION)


def answer_added(steps: Steps, value: Any) -> Changes:
    """One more response, or a body in a response."""
    if steps[-1:] == ("responses",):
        for status in ("202", "404", "default"):
            more: dict[str, Any] = {"description": "More."}
            yield f"{status}, empty", _set(value, status, more)
            yield f"{status}, a body", _set(value, status, {**more, "content": SECRET})
    if len(steps) > 1 and steps[-2] == "responses" and "content" not in value:
        body = {"application/json": {"schema": STRING}}
        yield "a body in the answer", _set(value, "content", body)


def document_changed(steps: Steps, value: Any) -> Changes:
    """Another server, security or version of the document."""
    if steps == ():
        yield "another server", _set(value, "servers", [{"url": "https://example.com/v1"}])
        yield "two servers", _appended(value, "servers", {"url": "https://b.com/v1"})
        versioned = [{"url": "https://api.paperspace.com/v2"}]
        yield "another version of the path", _set(value, "servers", versioned)
        yield "no key", _set(value, "security", [])
        yield "a key or none", _set(value, "security", [{"bearerAuth": []}, {}])
        yield "OpenAPI 3.1", _set(value, "openapi", "3.1.0")
        yield "another version", _set(value, "info", {**value["info"], "version": "v2"})
    if steps == ("components", "securitySchemes", "bearerAuth"):
        yield "basic", _set(value, "scheme", "basic")
        yield "a key in a header", {"type": "apiKey", "in": "header", "name": "X-Key"}
