"""What of a spec the drill changes: places that any spec has, and names that none uses yet."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from scripts.spec_update.since import may_differ

Document = dict[str, Any]
ROOT = Path(__file__).resolve().parents[3]
OVERLAY = ROOT / "overlay" / "paperspace_projects"
METHODS = ("get", "put", "post", "delete", "patch")
JSON = "application/json"


@cache
def all_is_asked_for() -> bool:
    """Whether all is rehearsed, and not only what is marked `always`."""
    return os.environ.get("DRILL") == "all" or may_differ(ROOT)


class NothingToChange(LookupError):
    """The spec has nothing of the kind that an edit changes."""


def first(found: Iterator[Any], what: str) -> Any:
    """The first of what was found; `NothingToChange` if there is none."""
    for each in found:
        return each
    raise NothingToChange(f"the spec has no {what}")


def free(name: str, taken: Collection[str]) -> str:
    """A name that is not taken: the one given, or a longer one."""
    while name in taken:
        name += "Again"
    return name


def snake(name: str) -> str:
    """The name that the generator makes of a name of the spec."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def operations(document: Document) -> Iterator[tuple[str, str, Any]]:
    """The path, the method and the operation of each."""
    for path, item in document["paths"].items():
        yield from ((path, method, item[method]) for method in METHODS if method in item)


def operation_ids(document: Document) -> set[str]:
    return {each["operationId"] for _, _, each in operations(document)}


def modelled(document: Document) -> Iterator[tuple[str, Any]]:
    """The component schemas that are models of the overlay, with their properties."""
    models = (OVERLAY / "models.py").read_text(encoding="utf-8")
    for name, schema in document["components"]["schemas"].items():
        if f"class {name}(" in models and "properties" in schema:
            yield name, schema


def text_property(document: Document) -> tuple[str, str, Any]:
    """A schema, and a property of it that is text and identifies nothing, with its schema."""

    def found() -> Iterator[tuple[str, str, Any]]:
        for name, schema in modelled(document):
            for key, value in reversed(schema["properties"].items()):
                plain = value.keys() & {"format", "enum", "nullable", "$ref"} == set()
                if plain and value.get("type") == "string" and key not in ("id", "name"):
                    yield name, key, value

    return first(found(), "property of a model that is plain text")  # type: ignore[no-any-return]


def query_parameter(document: Document, is_fit: Callable[[Any], bool]) -> tuple[Any, Any]:
    """An operation and its own query parameter, which no other operation shares."""

    def found() -> Iterator[tuple[Any, Any]]:
        for _, _, operation in operations(document):
            for each in operation.get("parameters", ()):
                if "$ref" not in each and each["in"] == "query" and is_fit(each):
                    yield operation, each

    return first(found(), "query parameter of one operation")  # type: ignore[no-any-return]


def body_enum(document: Document) -> tuple[Any, list[str]]:
    """An operation, and the values that a property of its body may have."""

    def found() -> Iterator[tuple[Any, list[str]]]:
        for _, _, operation in operations(document):
            content = operation.get("requestBody", {}).get("content", {})
            for value in content.get(JSON, {}).get("schema", {}).get("properties", {}).values():
                if len(value.get("enum", ())) > 1:
                    yield operation, value["enum"]

    return first(found(), "enum in a body")  # type: ignore[no-any-return]


def bare_list(document: Document) -> tuple[Any, Any]:
    """An operation that answers with a bare array of a component, and the answer's content."""

    def found() -> Iterator[tuple[Any, Any]]:
        for _, method, operation in operations(document):
            content = operation["responses"].get("200", {}).get("content", {}).get(JSON, {})
            schema = content.get("schema", {})
            is_bare = schema.get("type") == "array" and "$ref" in schema["items"]
            if method == "get" and is_bare and "parameters" not in operation:
                yield operation, content

    return first(found(), "answer that is a bare array")  # type: ignore[no-any-return]
