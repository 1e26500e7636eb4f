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
from .desired_state import parse_reference
from .schema import REFERENCE, SCHEMA
from .tree import DATE, Node, Position, Unsupported

_EMPTY_HINTS: Final = {
    "object": " (omit it if it is not managed, or write {} for none)",
    "array": " (omit it if it is not managed, or write [] for none)",
    "string": ' (omit it, or write "")',
}
_ANY_KEY: Final = {"title": "a string", "type": "string"}


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


class Validator:
    """Walks a tree and the schema side by side.

    `problems` are the positions, fields and texts of the problems; the field of the document itself
    is "". `positions` are those of all fields.
    """

    def __init__(self) -> None:
        self.problems: list[tuple[Position, str, str]] = []
        self.positions: dict[str, Position] = {}

    def report(self, at: Position, field: str, problem: str) -> None:
        """Add a problem."""
        self.problems.append((at, field, problem))

    def plain(self, node: Node, schema: Mapping[str, Any] = SCHEMA, field: str = "") -> Any:
        """Return the plain value of a node; None for one that is refused."""
        if "$ref" in schema:
            schema = {**SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], **schema}
        self.positions[field] = node.at
        match schema.get("type"), node.value:
            case "object", tuple() as entries:
                return self._mapping(entries, schema, field)
            case "array", list() as items:
                return self._list(items, schema, field)
            case _, value if not accepts(schema, value):
                problem = _problem(node, schema)
            case _, str() as value if schema is REFERENCE:
                reference = parse_reference(value)
                if reference is not None:
                    return reference
                problem = "the quotes of the command line do not match"
            case _, value:
                return value
        self.report(node.at, field, problem)
        return None

    def _mapping(
        self, entries: tuple[tuple[Node, Node], ...], schema: Mapping[str, Any], field: str
    ) -> dict[str, Any]:
        known: Mapping[str, Any] = schema.get("properties", {})
        key_field = f"a key of {field}" if field else "a key"
        values: dict[str, Any] = {}
        first: dict[str, Position] = {}
        for key, value in entries:
            name = key.value
            if not isinstance(name, str):
                self.report(key.at, key_field, _problem(key, _ANY_KEY))
                continue
            shown = name if re.fullmatch(r"[\w-]{1,60}", name) else arguments.shown(name)
            path = f"{field}.{shown}" if field else shown
            value_schema = known.get(name, schema["additionalProperties"])
            if name in first:
                where = f", first on line {first[name].line}" if first[name].line else ""
                self.report(key.at, path, f"duplicate key{where}")
            elif value_schema is False:
                self.report(key.at, path, f"unknown key{_suggestion(name, known)}")
            else:
                if name not in known:
                    self.plain(key, schema["propertyNames"], key_field)
                values[name] = self.plain(value, value_schema, path)
            first.setdefault(name, key.at)
        for name in schema.get("required", ()):
            if name not in first:
                self.report(self.positions[field], field, f"{name} is missing")
        return values

    def _list(self, items: list[Node], schema: Mapping[str, Any], field: str) -> list[Any]:
        values: list[Any] = []
        for index, item in enumerate(items):
            path = f"{field}[{index}]"
            value = self.plain(item, schema["items"], path)
            if schema.get("uniqueItems") and value is not None and value in values:
                self.report(item.at, path, f"duplicate item {arguments.shown(value)}")
            values.append(value)
        return values


def _problem(node: Node, schema: Mapping[str, Any]) -> str:
    """Return why a value is refused, and what may have been meant."""
    value = node.value
    if schema.get("type") == "string" and isinstance(value, str):
        unsendable = problem_of(value)
        if unsendable is not None:
            return f"must be {unsendable}"
    problem = f"must be {schema['title']}"
    if not schema.get("writeOnly") or isinstance(value, tuple | list):
        return f"{problem}, not {_describe(node)}{_hint(node, schema)}"
    if value is None:
        return problem + _hint(node, schema)
    return (
        f"{problem}. The value is not shown, as it may be the secret itself: if it is, remove it "
        "here, and change the secret"
    )


def _hint(node: Node, schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "")
    if node.value is None:
        return "" if "pattern" in schema else _EMPTY_HINTS.get(kind, "")
    is_plain = node.value == DATE or not isinstance(node.value, str | Unsupported)
    return " (put it in quotes)" if kind == "string" and is_plain and node.text else ""


def _describe(node: Node) -> str:
    match node.value:
        case tuple():
            return "a mapping"
        case list():
            return "a list"
        case Unsupported(description=description):
            return description
        case None:
            return "null"
        case str() as text:
            return arguments.shown(text)
        case value:
            text = node.text or arguments.shown(value).lower()
            kind = "boolean" if isinstance(value, bool) else "number"
            return f"the {kind} {text if len(text) <= 40 else f'{text[:40]}…'}"


def _suggestion(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name.lower(), list(known), n=1)
    return f": did you mean {close[0]}?" if close else f": known keys are {', '.join(known)}"
