"""Load a desired state from a file or a mapping, or report everything that is wrong with it.

It is validated by the keywords of JSON Schema that `schema.py` uses. Libraries for JSON Schema know
no lines, and would quote values that may be secrets.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from ..._api import validation as arguments
from ..._security.secret_str import problem_of
from ...errors import DesiredStateError, InvalidArgumentError
from .desired_state import DesiredProject, DesiredState, parse_reference
from .schema import REFERENCE, SCHEMA
from .tree import (
    DATE,
    NOWHERE,
    DocumentSyntaxError,
    Node,
    Position,
    Unsupported,
    from_plain,
    read_json,
)

Format = Literal["yaml", "json"]

_FORMATS: Final[Mapping[str, Format]] = {".yaml": "yaml", ".yml": "yaml", ".json": "json"}

_EMPTY_HINTS: Final = {
    "object": " (omit it if it is not managed, or write {} for none)",
    "array": " (omit it if it is not managed, or write [] for none)",
    "string": ' (omit it, or write "")',
}
_ANY_KEY: Final = {"title": "a string", "type": "string"}


def load(
    source: str | os.PathLike[str] | Mapping[str, object] | bytes, *, format: Format | None = None
) -> DesiredState:
    """Load a desired state and check it.

    Example: `desired = reconcile.load("projects.yaml")`

    Args:
        source: The path of a YAML or JSON file in UTF-8, or the content of one, as bytes or as a
            mapping. Paths in content start from the working directory.
        format: The format of the file; None derives it from the suffix. Bytes need one.

    Raises:
        DesiredStateError: The document is not valid. `problems` are all its problems, each with
            file, line, column and field. What may be a secret is not shown.
        InvalidArgumentError: The source is neither path, bytes nor mapping, or nothing tells the
            format.
        ImportError: PyYAML, which a YAML file needs, is not installed.
    """
    desired = _load(source, format)
    del source  # a mapping may hold secrets by mistake: no traceback may show it
    if isinstance(desired, tuple):
        raise DesiredStateError(desired)
    return desired


def _load(
    source: str | os.PathLike[str] | Mapping[str, object] | bytes, format: Format | None
) -> DesiredState | tuple[str, ...]:
    """Return the desired state, or the problems in the order of the document."""
    validator = _Validator()
    name, base, projects = "the desired state", Path(), list[dict[str, Any]]()
    try:
        if isinstance(source, Mapping):
            root = from_plain(source)
        elif isinstance(source, bytes) and format is not None:
            root = _parse(source, format)
        else:
            path = _path(source)
            name, base = str(path), path.absolute().parent
            root = _read(path, format)
        document: dict[str, Any] = validator.plain(root) or {}
        # Refused values are None here; the others are checked all the same.
        listed: list[dict[str, Any] | None] = document.get("projects") or []
        projects = [each or {} for each in listed]
        _check_unique(projects, validator)
    except DocumentSyntaxError as error:
        validator.report(error.at, "", error.problem)
    except RecursionError:
        validator.report(NOWHERE, "", "is nested too deeply")
    if validator.problems:
        return tuple(
            ": ".join(filter(None, (":".join([name, *map(str, filter(None, at))]), field, problem)))
            for at, field, problem in sorted(validator.problems, key=itemgetter(0))
        )
    return DesiredState(projects=msgspec.convert(projects, tuple[DesiredProject, ...]), base=base)


def _path(source: str | bytes | os.PathLike[str]) -> Path:
    """Return the path of a file. Other text is not shown: it may be a whole document."""
    path: object = None
    with suppress(TypeError):
        path = os.fspath(source)
    if not isinstance(path, str) or "\n" in path or "\0" in path:
        raise InvalidArgumentError(
            "source", "the path of a file, a mapping, or bytes with a format; no other text"
        )
    return Path(path)


def _read(path: Path, format: Format | None) -> Node:
    format = format or _FORMATS.get(path.suffix.lower())
    if format is None:
        raise InvalidArgumentError(
            "format", f'"yaml" or "json" for {path.name!r}, whose suffix does not tell'
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DocumentSyntaxError(f"cannot be read: {reason}") from None
    return _parse(content, format)


def _parse(content: bytes, format: Format) -> Node:
    arguments.one_of("format", format, ("yaml", "json"))
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise DocumentSyntaxError("is not text in UTF-8", Position(line)) from None
    if format == "json":
        return read_json(text)
    from .yaml_format import read_yaml  # PyYAML comes with an extra

    return read_yaml(text)


def _check_unique(projects: list[dict[str, Any]], validator: _Validator) -> None:
    """Report repeated ids, and repeated names unless all projects of the name have ids."""
    first: dict[tuple[str, str], Position] = {}
    without_id: set[str | None] = set()
    for index, project in enumerate(projects):
        if "id" not in project:
            without_id.add(project.get("name"))
        for key, advice in (("name", ": give both an id, or rename one of them"), ("id", "")):
            value, field = project.get(key), f"projects[{index}].{key}"
            if value is None:
                continue
            at = validator.positions[field]
            is_first = (key, value) not in first
            line = first.setdefault((key, value), at).line
            if not is_first and (key == "id" or value in without_id):
                where = f" (line {line})" if line else ""
                shown = arguments.shown(value)
                validator.report(
                    at, field, f"another project has the {key} {shown} too{where}{advice}"
                )


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


class _Validator:
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
            is_plain = re.fullmatch(r"[\w.@-]{1,60}", name) is not None
            # Another may be a value by mistake, or `NAME=value`.
            shown = name if is_plain else "(a key that is not shown)"
            path = f"{field}.{shown}" if field else shown
            value_schema = known.get(name, schema["additionalProperties"])
            if name in first:
                where = f", first on line {first[name].line}" if first[name].line else ""
                self.report(key.at, path, f"duplicate key{where}")
            elif value_schema is False:
                self.report(key.at, path, f"unknown key{_suggestion(name, known)}")
            else:
                if name not in known:
                    names = {**schema["propertyNames"], "writeOnly": not is_plain}
                    self.plain(key, names, key_field)
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
