"""An invented `openapi.json` of the vendor: the live document as another author would write it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from paperspace_projects.config import DEFAULT_BASE_URL
from scripts.live_document.document import live_document


def inlined(thing: Any) -> Any:
    """A thing of the live document with every reference replaced by what it refers to."""
    if isinstance(thing, list):
        return [inlined(each) for each in thing]
    if not isinstance(thing, dict):
        return thing
    if "$ref" in thing:
        found: Any = live_document()
        for step in thing["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return inlined(found)
    return {key: inlined(value) for key, value in thing.items()}


def in_3_1(thing: Any) -> Any:
    """The same in the words of OpenAPI 3.1, which has no `nullable`."""
    if isinstance(thing, list):
        return [in_3_1(each) for each in thing]
    if not isinstance(thing, dict):
        return thing
    changed = {key: in_3_1(value) for key, value in thing.items() if key != "nullable"}
    if thing.get("nullable"):
        if changed["type"] == "object":
            return {"anyOf": [changed, {"type": "null"}]}
        changed["type"] = [changed["type"], "null"]
    return changed


def vendor_document(version: str = "3.0.3") -> dict[str, Any]:
    """Other operation ids and names of path parameters, other paths beside, and no components."""
    live = deepcopy(live_document())
    paths = {
        path.replace("{id}", "{handle}"): inlined(item) for path, item in live["paths"].items()
    }
    for item in paths.values():
        shared = item.pop("parameters", [])
        for method, operation in item.items():
            operation["operationId"] = f"{method}-{operation['operationId'].lower()}"
            operation["parameters"] = [*deepcopy(shared), *operation.get("parameters", [])]
            for each in operation["parameters"]:
                if (each["in"], each["name"]) == ("path", "id"):
                    each["name"] = "handle"
            operation["security"] = [{"Authorization": []}]
            error = operation["responses"]["default"]["content"]["application/json"]["schema"]
            error["properties"]["code"].pop("x-extensible-enum")  # a plain string in its types
            if version.startswith("3.1"):
                item[method] = in_3_1(operation)
    ok = {"responses": {"200": {"description": "Healthy."}}}
    handle = {"in": "path", "name": "handle", "required": True, "schema": {"type": "string"}}
    apps = {"get": {**ok, "parameters": [handle]}}
    return {
        "openapi": version,
        "info": {"title": "Paperspace", "version": "1.0.0"},
        "servers": [{"url": DEFAULT_BASE_URL}],
        "paths": {"/health": {"get": ok}, "/projects/{handle}/apps": apps, **paths},
        "components": {
            "securitySchemes": {"Authorization": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Text": {"type": "string"},
                "Parent": {
                    "type": "object",
                    "properties": {"parent": {"$ref": "#/components/schemas/Parent"}},
                },
            },
        },
    }
