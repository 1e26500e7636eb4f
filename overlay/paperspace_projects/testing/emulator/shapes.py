"""What both dialects take and answer: openapi.yaml and overlay/live.overlay.yaml as data.

They come by way of `dialects/shapes.json`, which is read here: the package of the dialect report
imports the client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, Final, cast

import msgspec

Json = dict[str, object]

_MADE_UP: Final[Mapping[str, object]] = {
    "date-time": "1970-01-01T00:00:00Z",
    "date": "1970-01-01",
    "email": "someone@users.example",
    "uri": "https://emulator.invalid/",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "string": "made up",
    "boolean": False,
    "integer": 0,
    "number": 0,
    "array": [],
}
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}


class Shape(msgspec.Struct, frozen=True, array_like=True, eq=False):
    """A value: its types, whether it is always there and may be null, its keywords, its keys.

    The key of an array's items is `[]`.
    """

    type: str
    required: bool
    nullable: bool
    keywords: Mapping[str, Any] = {}
    keys: dict[str, Shape] = msgspec.field(default_factory=dict[str, "Shape"])

    @property
    def item(self) -> Shape:
        """The shape of one thing, where this is that of a page or a bare array of them."""
        inner = self.keys.get("items", self) if self.is_page else self
        return inner.keys.get("[]", inner)

    @property
    def is_page(self) -> bool:
        return "hasMore" in self.keys

    def show(self, values: Mapping[str, object], *, has_nulls: bool) -> Json:
        """Return the keys of an object. One without a value is null, or left out, if it may be.

        A value that must be there, and is not known, is made up.
        """
        shown: Json = {}
        for name, each in self.keys.items():
            value = values.get(name)
            if isinstance(value, dict) and each.keys:
                value = each.show(cast("Json", value), has_nulls=has_nulls)
            if value is None and each.required and not each.nullable:
                value = each.made_up()
            if value is not None or (each.nullable and (has_nulls or each.required)):
                shown[name] = value
        return shown

    def made_up(self) -> object:
        """A plausible value."""
        if "enum" in self.keywords:
            return self.keywords["enum"][0]
        if self.keys and self.type == "object":
            return self.show({}, has_nulls=False)
        type_ = self.type.split(" or ")[0]
        return _MADE_UP.get(self.keywords.get("format", type_), _MADE_UP.get(type_, {}))

    def fits(self, value: object) -> bool:
        """Whether a value is of one of the types, or the null that stands for none."""
        types = tuple(t for name in self.type.split(" or ") for t in _TYPES.get(name, (object,)))
        is_number = isinstance(value, bool) and bool not in types  # which bool is to Python
        return value is None or (isinstance(value, types) and not is_number)


class Operation(msgspec.Struct, frozen=True, eq=False):
    """An operation in one dialect: `answer` is None if its success has no body."""

    status: int
    query: Mapping[str, Shape]
    body: Shape
    answer: Shape | None


def _tree(fields: Mapping[str, object]) -> Shape:
    """The shape of a body, whose fields are given by path, each after those that it is within."""
    shapes: dict[str, Shape] = {}
    for path, field in fields.items():
        shapes[path] = shape = msgspec.convert(field, Shape)
        if path.endswith("[]"):
            shapes[path[:-2]].keys["[]"] = shape
        elif path:
            within = path.rpartition(".")[0]
            name = path.removeprefix(f"{within}.")
            shapes.get(within, shapes[""]).keys[name] = shape
    return shapes[""]


def _success(answers: Mapping[str, Any]) -> tuple[int, Shape | None]:
    """The first success, such as 201 or 2XX, and its body."""
    for status, fields in answers.items():
        if status[0] == "2":
            number = int(status.upper().replace("X", "0"))
            return number, None if fields is None else _tree(fields)
    return 200, None


def _operations() -> Iterator[tuple[str, tuple[str, dict[str, Operation]]]]:
    file = resources.files("paperspace_projects") / "dialects" / "shapes.json"
    for operation_id, entry in msgspec.json.decode(file.read_bytes()).items():
        dialects: dict[str, Operation] = {}
        for dialect, takes in entry["takes"].items():
            query = msgspec.convert(takes["query"], dict[str, Shape])
            status, answer = _success(entry[dialect])
            dialects[dialect] = Operation(status, query, _tree(takes["body"]), answer)
        yield operation_id, (entry["request"], dialects)


OPERATIONS: Final = dict(_operations())
"""By id: the method and path of its requests, and what it is in each dialect."""
