"""Checking a document against the schema, and telling all that is wrong with it, each at its place.

It knows the few words of JSON Schema that `_schema.py` uses. What it tells is meant for who wrote
the document; what is `writeOnly` there it never shows.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any, Final

from ..._api import validation as arguments
from ..._security.secret_str import problem_of
from .nodes import DATE, At, Fields, Node, Other, Scalar, Sequence
from .schema import SCHEMA

_NONE_OF: Final[Mapping[str, str]] = {
    "object": "leave it out for not managed, write {} for none",
    "array": "leave it out for not managed, write [] for none",
    "string": 'leave it out, or write ""',
}


class Problems:
    """What is wrong with a document, each in a line: `file:line:column: field: what`."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._found: list[tuple[int, int, str]] = []

    def add(self, at: At, field: str, problem: str) -> None:
        """Note a problem of a field; the document itself has no name."""
        place = [self._source, *(str(each) for each in (at.line, at.column) if each is not None)]
        text = ": ".join(each for each in (":".join(place), field, problem) if each)
        self._found.append((at.line or 0, at.column or 0, text))

    def in_order(self) -> tuple[str, ...]:
        """All of them, in the order of the document."""
        return tuple(text for *_, text in sorted(self._found, key=lambda each: each[:2]))


def check(root: Node, problems: Problems) -> object:
    """The plain data of a document. It fits the schema if no problem was added."""
    return _Checker(problems).value(root, SCHEMA, "", shown=True)


def is_key(text: str) -> bool:
    """Whether a user's id, a model's id or a tag can stand in a document."""
    return _fits(text, SCHEMA["$defs"]["key"])


def is_name(text: str) -> bool:
    """Whether a project's name can stand in a document."""
    return _fits(text, SCHEMA["$defs"]["name"])


def is_secret_name(text: str) -> bool:
    """Whether a secret's name can stand in a document."""
    project = SCHEMA["$defs"]["project"]["properties"]
    return _fits(text, project["secrets"]["propertyNames"])


def is_text(text: str) -> bool:
    """Whether a description can stand in a document."""
    return problem_of(text) is None


def _fits(text: str, schema: Mapping[str, Any]) -> bool:
    return problem_of(text) is None and re.search(schema["pattern"], text) is not None


class _Checker:
    """Goes through tree and schema side by side."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def value(self, node: Node, schema: Mapping[str, Any], field: str, *, shown: bool) -> object:
        if "$ref" in schema:
            schema = {**SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], **schema}
        shown = shown and not schema.get("writeOnly", False)
        match schema.get("type"), node:
            case "object", Fields():
                return self._fields(node, schema, field, shown=shown)
            case "array", Sequence():
                return self._items(node, schema, field, shown=shown)
            case "object" | "array", _:
                self._refuse(node, schema, field, shown=shown)
                return None
            case _:
                return self._scalar(node, schema, field, shown=shown)

    def _fields(
        self, node: Fields, schema: Mapping[str, Any], field: str, *, shown: bool
    ) -> dict[str, object]:
        known: Mapping[str, Any] = schema.get("properties", {})
        of_others = schema["additionalProperties"]
        values: dict[str, object] = {}
        places: dict[str, At] = {}
        for key, value in node.entries:
            name = key.value if isinstance(key, Scalar) else None
            if not isinstance(name, str):
                self._refuse(key, {"title": "a string", "type": "string"}, _in(field, "a key"))
                continue
            within = f"{field}.{_shown_key(name)}" if field else _shown_key(name)
            if name in places:
                first = places[name].line
                where = "" if first is None else f", first in line {first}"
                self._problems.add(key, within, f"the key stands here twice{where}")
                continue
            places[name] = key
            of_name = known.get(name, of_others)
            if of_name is False:
                self._problems.add(key, within, f"unknown key{_guess(name, known)}")
                continue
            if "propertyNames" in schema:
                self.value(key, schema["propertyNames"], _in(field, "a key"), shown=True)
            values[name] = self.value(value, of_name, within, shown=shown)
        for name in schema.get("required", ()):
            if name not in places:
                self._problems.add(node, field, f"{name} is missing")
        return values

    def _items(
        self, node: Sequence, schema: Mapping[str, Any], field: str, *, shown: bool
    ) -> list[object]:
        values: list[object] = []
        for index, item in enumerate(node.items):
            within = f"{field}[{index}]"
            value = self.value(item, schema["items"], within, shown=shown)
            if schema.get("uniqueItems") and isinstance(value, str) and value in values:
                self._problems.add(item, within, f"{arguments.shown(value)} stands in it twice")
            values.append(value)
        return values

    def _scalar(self, node: Node, schema: Mapping[str, Any], field: str, *, shown: bool) -> object:
        value = node.value if isinstance(node, Scalar) else node
        allowed = [schema["const"]] if "const" in schema else schema.get("enum")
        if allowed is not None:
            fits = any(_is_same(value, each) for each in allowed)
        else:
            fits = (
                isinstance(value, str) and re.search(schema.get("pattern", ""), value) is not None
            )
        unsendable = isinstance(value, str) and problem_of(value)
        if unsendable:
            self._problems.add(node, field, f"must be {unsendable}")
        elif not fits:
            self._refuse(node, schema, field, shown=shown)
        return value

    def _refuse(
        self, node: Node, schema: Mapping[str, Any], field: str, *, shown: bool = True
    ) -> None:
        """Note that a value is not what it must be."""
        problem = f"must be {schema['title']}"
        if shown or not isinstance(node, Scalar):
            problem += f", not {_in_words(node)}"
        elif node.value is not None:
            problem += (
                ". What stands here is not shown, as it may be the secret itself: if it is, take "
                "it out, and give the secret another value"
            )
        is_null = isinstance(node, Scalar) and node.value is None
        hint = _hint(node, schema) if shown or is_null else ""
        self._problems.add(node, field, problem + hint)


def _is_same(value: object, wanted: object) -> bool:
    """Whether two values are the same in JSON, where true is no number."""
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)


def _hint(node: Node, schema: Mapping[str, Any]) -> str:
    """What else could have been meant."""
    if not isinstance(node, Scalar) or isinstance(node.value, str):
        return ""
    if node.value is None:
        of_none = _NONE_OF.get(schema.get("type", ""), "")
        return f" ({of_none})" if of_none and "pattern" not in schema else ""
    is_like_text = not isinstance(node.value, Other) or node.value == DATE
    if schema.get("type") == "string" and node.written is not None and is_like_text:
        return " (put it in quotes)"
    return ""


def _in_words(node: Node) -> str:
    if isinstance(node, Fields):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    value = node.value
    if isinstance(value, Other):
        return value.what
    if value is None:
        return "null"
    if isinstance(value, str):
        return arguments.shown(value)
    kind = "the boolean" if isinstance(value, bool) else "the number"
    return f"{kind} {_short(node.written or json_of(value))}"


def json_of(value: float | bool) -> str:
    """A number or a boolean as JSON has it."""
    return arguments.shown(value).lower()


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _shown_key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]{1,60}", name) else arguments.shown(name)


def _in(field: str, what: str) -> str:
    return f"{what} of {field}" if field else what


def _guess(name: str, known: Mapping[str, Any]) -> str:
    """Which of the known keys was meant."""
    close = difflib.get_close_matches(name.lower(), list(known), n=1)
    if close:
        return f": did you mean {close[0]}?"
    return f": the keys here are {', '.join(known)}"
