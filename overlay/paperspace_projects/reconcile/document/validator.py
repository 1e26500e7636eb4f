"""Validate a document against the schema and report every problem with its position.

It knows the keywords of JSON Schema that `schema.py` uses. Libraries for JSON Schema know no lines,
and would quote values that may be secrets.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any, Final

from ..._api import validation as arguments
from ..._security.secret_str import problem_of
from .nodes import DATE, MappingNode, Node, Position, ScalarNode, SequenceNode, Unsupported
from .schema import SCHEMA

_EMPTY_HINTS: Final[Mapping[str, str]] = {
    "object": " (omit it if it is not managed, or write {} for none)",
    "array": " (omit it if it is not managed, or write [] for none)",
    "string": ' (omit it, or write "")',
}
_ANY_KEY: Final[Mapping[str, Any]] = {"title": "a string", "type": "string"}


class Problems:
    """Collects the problems of a document, each as `file:line:column: field: problem`."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._found: list[tuple[int, int, str]] = []

    def add(self, at: Position, field: str, problem: str) -> None:
        """Add a problem of a field; the field of the document itself is ""."""
        place = ":".join(
            str(each) for each in (self._source, at.line, at.column) if each is not None
        )
        text = ": ".join(each for each in (place, field, problem) if each)
        self._found.append((at.line or 0, at.column or 0, text))

    def in_order(self) -> tuple[str, ...]:
        """Return the problems in the order of the document."""
        return tuple(text for *_, text in sorted(self._found, key=lambda each: each[:2]))


def accepts(schema: Mapping[str, Any], value: object) -> bool:
    """Whether a string, number, boolean or null fits a schema."""
    if "const" in schema or "enum" in schema:
        allowed: list[object] = schema.get("enum") or [schema["const"]]
        return any(
            value == each and isinstance(value, bool) == isinstance(each, bool) for each in allowed
        )
    return (
        schema["type"] == "string"
        and isinstance(value, str)
        and problem_of(value) is None
        and re.search(schema.get("pattern", ""), value) is not None
    )


def path_of(field: str, key: str) -> str:
    """Return the path of a key within a field, with unusual keys in quotes."""
    key = key if re.fullmatch(r"[\w-]{1,60}", key) else arguments.shown(key)
    return f"{field}.{key}" if field else key


class Validator:
    """Walks a tree and the schema side by side. `positions` are those of all fields, by path."""

    def __init__(self, problems: Problems) -> None:
        self.positions: dict[str, Position] = {}
        self._problems = problems

    def plain(
        self, node: Node, schema: Mapping[str, Any] = SCHEMA, field: str = "", *, shown: bool = True
    ) -> Any:
        """Return the plain value of a node; None for one that is refused."""
        if "$ref" in schema:
            schema = {**SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], **schema}
        shown = shown and not schema.get("writeOnly", False)
        self.positions[field] = node.at
        match schema.get("type"), node:
            case "object", MappingNode():
                return self._mapping(node, schema, field, shown=shown)
            case "array", SequenceNode():
                return self._list(node, schema, field, shown=shown)
            case _, ScalarNode(value=value) if accepts(schema, value):
                return value
            case "string", ScalarNode(value=str() as value) if problem := problem_of(value):
                self._problems.add(node.at, field, f"must be {problem}")
            case _:
                self._refuse(node, schema, field, shown=shown)
        return None

    def _mapping(
        self, node: MappingNode, schema: Mapping[str, Any], field: str, *, shown: bool
    ) -> dict[str, Any]:
        known: Mapping[str, Any] = schema.get("properties", {})
        values: dict[str, Any] = {}
        first: dict[str, Position] = {}
        for key, value in node.entries:
            key_field = f"a key of {field}" if field else "a key"
            name = key.value if isinstance(key, ScalarNode) else None
            if not isinstance(name, str):
                self._refuse(key, _ANY_KEY, key_field, shown=True)
                continue
            path = path_of(field, name)
            if name in first:
                line = first[name].line
                where = "" if line is None else f", first on line {line}"
                self._problems.add(key.at, path, f"duplicate key{where}")
                continue
            first[name] = key.at
            value_schema = known.get(name, schema["additionalProperties"])
            if value_schema is False:
                self._problems.add(key.at, path, f"unknown key{_suggestion(name, known)}")
                continue
            names = schema.get("propertyNames", _ANY_KEY)
            is_valid = name in known or self.plain(key, names, key_field) is not None
            item = self.plain(value, value_schema, path, shown=shown)
            if is_valid:
                values[name] = item
        for name in schema.get("required", ()):
            if name not in first:
                self._problems.add(node.at, field, f"{name} is missing")
        return values

    def _list(
        self, node: SequenceNode, schema: Mapping[str, Any], field: str, *, shown: bool
    ) -> list[Any]:
        values: list[Any] = []
        for index, item in enumerate(node.items):
            path = f"{field}[{index}]"
            value = self.plain(item, schema["items"], path, shown=shown)
            if schema.get("uniqueItems") and value is not None and value in values:
                self._problems.add(item.at, path, f"duplicate item {arguments.shown(value)}")
            values.append(value)
        return values

    def _refuse(self, node: Node, schema: Mapping[str, Any], field: str, *, shown: bool) -> None:
        problem = f"must be {schema['title']}"
        is_null = isinstance(node, ScalarNode) and node.value is None
        if shown or not isinstance(node, ScalarNode):
            problem += f", not {_describe(node)}"
        elif not is_null:
            problem += (
                ". The value is not shown, as it may be the secret itself: if it is, remove it "
                "here, and change the secret"
            )
        hint = _hint(node, schema) if shown or is_null else ""
        self._problems.add(node.at, field, problem + hint)


def _hint(node: Node, schema: Mapping[str, Any]) -> str:
    """Suggest what may have been meant."""
    if not isinstance(node, ScalarNode) or isinstance(node.value, str):
        return ""
    kind = schema.get("type", "")
    if node.value is None:
        return "" if "pattern" in schema else _EMPTY_HINTS.get(kind, "")
    looks_like_text = node.text is not None and (
        node.value == DATE or not isinstance(node.value, Unsupported)
    )
    return " (put it in quotes)" if kind == "string" and looks_like_text else ""


def _describe(node: Node) -> str:
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    value = node.value
    if isinstance(value, Unsupported):
        return value.description
    if value is None:
        return "null"
    if isinstance(value, str):
        return arguments.shown(value)
    text = node.text or arguments.shown(value).lower()
    kind = "boolean" if isinstance(value, bool) else "number"
    return f"the {kind} {text if len(text) <= 40 else f'{text[:40]}…'}"


def _suggestion(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name.lower(), list(known), n=1)
    return f": did you mean {close[0]}?" if close else f": known keys are {', '.join(known)}"
