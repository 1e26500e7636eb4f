"""Decode the bodies of answers: JSON of either dialect in, models out.

A field is read from the key that is its name in camel case, as openapi.yaml spells it. The table
`LIVE` holds all that only the live dialect has (docs/dialects.md). A null is the same as a missing
key, and keys without a field are kept in `extra`. A body that cannot be read is a `DecodeError`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import GenericAlias
from typing import Any, Final, Generic, NoReturn, TypeVar, cast

import msgspec

from ..models import ActivityEvent, Collaborator, Model, Project, Secret

T = TypeVar("T")
ModelT = TypeVar("ModelT", bound=msgspec.Struct)
Object = dict[str, Any]

LIVE: Final[Mapping[str, tuple[str, ...]]] = {
    "Collaborator.user_id": ("user", "id"),
    "Collaborator.email": ("user", "email"),
    "ActivityEvent.type_": ("action",),
    "tag": ("name",),
    "created": ("dtCreated",),
    "error.code": ("code",),
    "error.message": ("message",),
    "error.details": ("details",),
    "error.issues": ("issues",),
    "sub-list query: after": ("after",),
    "sub-list query: page_size": ("limit",),
}
"""The names of the live dialect: what is read, and the keys that lead to it."""


class DecodeError(Exception):
    """A body that cannot be decoded: where, what was expected, and what was found."""

    def __init__(self, path: str, expected: str, found: str) -> None:
        super().__init__(path, expected, found)
        self.path, self.expected, self.found = path, expected, found


NO_BODY: Final = msgspec.UNSET  # stands for the JSON of an answer without a body


def _number(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


_JSON: Final = msgspec.json.Decoder(float_hook=_number)
_JSON_WITH_SURROGATES: Final = json.JSONDecoder(parse_float=_number, parse_constant=_refuse)


def parse(text: str) -> object:
    """Parse JSON; an empty text is `NO_BODY`. The ValueError for any other shows nothing of it.

    A number beyond a float, such as 1e400, is kept as its text, as infinity is no JSON.
    """
    if not text or text.isspace():
        return NO_BODY
    try:
        return _JSON.decode(text)
    except msgspec.DecodeError as error:
        # msgspec refuses a lone surrogate, which a server may make by cutting an emoji in two.
        try:
            return _JSON_WITH_SURROGATES.decode(text)
        except ValueError as other:
            problem = other if "surrogate" in str(error) else error
            raise ValueError(f"text that is not JSON ({problem})") from None


def describe(value: object) -> str:
    """Describe a JSON value in a few words, for an error message."""
    if value is NO_BODY:
        return "an empty body"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, dict):
        keys = [key[:20] for key in cast("Object", value)]
        return f"an object with {', '.join(keys[:5]) or 'no keys'}{', …' if len(keys) > 5 else ''}"
    if isinstance(value, list):
        return f"an array of {len(cast('list[object]', value))}"
    shown = repr(value)
    kind = "the string" if isinstance(value, str) else "the number"
    return f"{kind} {shown[:40]}{'…' if len(shown) > 40 else ''}"


_PLACE: Final = re.compile(r"(?:Expected `(\w+))?.* - at `\$(?:\[(\d+)\])?\.(\w+)`", re.DOTALL)
_EXPECTED: Final = {
    "str": "a string",
    "bool": "true or false",
    "array": "an array",
    "datetime": "a date-time",
    None: "a date-time",  # text that is none
}


def _convert(data: object, kind: type[T]) -> T:
    """Convert JSON to a type. Where text with a lone surrogate does not belong, it says so, too."""
    try:
        return msgspec.convert(data, kind)
    except UnicodeEncodeError:
        text = json.dumps(data, ensure_ascii=False, default=datetime.isoformat)
        return msgspec.convert(json.loads(text.encode("utf-8", "replace")), kind)


def _place(error: msgspec.ValidationError) -> tuple[int, str, str]:
    """The index and the field that msgspec's error names, and what it expected there."""
    found = cast("re.Match[str]", _PLACE.match(str(error)))
    return int(found[2] or 0), found[3], _EXPECTED.get(found[1], found[1])


def key_of(field: str) -> str:
    """The key that a field is read from: `teamId` for `team_id`, `type` for `type_`."""
    first, *others = field.rstrip("_").split("_")
    return first + "".join(map(str.title, others))


def _time(value: object) -> datetime | None:
    """The time of an ISO 8601 text, in UTC where it has no zone; None if it is none."""
    if not isinstance(value, str):
        return None
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        return None
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


class ModelReader(Generic[ModelT]):
    """Reads one kind of thing: an object of either dialect in, a model out."""

    def __init__(self, model: type[ModelT]) -> None:
        names = [name for name in model.__struct_fields__ if name != "extra"]
        self._fields = {key_of(name): name for name in names}
        routes = {name: LIVE.get(f"{model.__name__}.{name}") for name in names}
        self._live = {name: route for name, route in routes.items() if route is not None}
        self._type = cast("type[tuple[ModelT, ...]]", GenericAlias(tuple, (model, ...)))
        self.page: PageReader[ModelT] = PageReader(self.many)

    def __call__(self, data: object, path: str = "$") -> ModelT:
        return self._read([data], lambda _: path)[0]

    def many(self, data: Sequence[object], path: str) -> tuple[ModelT, ...]:
        """Read an array of them."""
        return self._read(data, lambda index: f"{path}[{index}]")

    def _read(self, data: Sequence[object], path: Callable[[int], str]) -> tuple[ModelT, ...]:
        field_of = self._fields.get
        values: list[Object] = []
        for item in cast("Sequence[Object]", data):
            if type(item) is not dict:
                raise DecodeError(path(len(values)), "an object", describe(item))
            extra: Object = {}
            made: Object = {"extra": extra}
            for key, value in item.items():
                if (field := field_of(key)) is None:
                    extra[key] = value
                else:
                    made[field] = value
            for field, route in self._live.items():
                if made.get(field) is None:
                    _adopt(made, field, extra, route)
            values.append(made)
        try:
            return _convert(values, self._type)
        except msgspec.ValidationError:
            return self._read_with_care(cast("Sequence[Object]", data), values, path)

    def _read_with_care(
        self, data: Sequence[Object], values: list[Object], path: Callable[[int], str]
    ) -> tuple[ModelT, ...]:
        """Read times in a form that msgspec does not take, or say what cannot be read."""
        for made in values:
            for field in self._fields.values():
                value = made.setdefault(field, None)
                if field.startswith("dt_"):
                    made[field] = _time(value) or value
        try:
            return _convert(values, self._type)
        except msgspec.ValidationError as error:
            index, field, expected = _place(error)
            value, key = values[index][field], key_of(field)
            found = describe(value) if value is not None or key in data[index] else "nothing"
            if value is not None and data[index].get(key) is None:
                key = ".".join(self._live[field])
            raise DecodeError(f"{path(index)}.{key}", expected, found) from None


def _adopt(made: Object, field: str, extra: Object, route: tuple[str, ...]) -> None:
    """Move the live dialect's value of a field to where the contract's would be."""
    *outer, last = route
    holder = extra
    for key in outer:
        inner: object = holder.get(key)
        if not isinstance(inner, dict):
            return
        copied = dict(cast("Object", inner))  # the caller's is not changed
        holder[key] = copied
        holder = copied
    if holder.get(last) is not None:
        made[field] = holder.pop(last)


class DatedTag(msgspec.Struct, frozen=True):
    """A tag and its time, which the live server sends."""

    name: str
    created: datetime | None


def dated_tags(data: Sequence[object], path: str) -> tuple[DatedTag, ...]:
    """An array of tags: strings in the contract, objects with a name from the live server."""
    found: list[DatedTag] = []
    for index, item in enumerate(data):
        name, place, when = item, f"{path}[{index}]", None
        if isinstance(item, dict):
            body, key = cast("Object", item), LIVE["tag"][0]
            name, place, when = body.get(key), f"{place}.{key}", created(body)
        if not isinstance(name, str):
            raise DecodeError(place, "a string", describe(name))
        found.append(DatedTag(name, when))
    return tuple(found)


def tags(data: Sequence[object], path: str) -> tuple[str, ...]:
    """An array of tags, without their times."""
    return tuple(each.name for each in dated_tags(data, path))


def created(extra: Mapping[str, object]) -> datetime | None:
    """When a thing was made, by its keys without a field; None if the server does not send it."""
    return _time(extra.get(LIVE["created"][0]))


def nothing(data: object, path: str = "$") -> None:
    """Ignore the body that the live server sends where the contract has none."""


class WirePage(msgspec.Struct, Generic[T], frozen=True):
    """A page as the server sent it. A `bare` one is an array, which names no next page."""

    items: tuple[T, ...]
    bare: bool
    has_more: bool | None = None
    next_cursor: str | None = None


class _PageBody(msgspec.Struct, rename="camel"):
    items: list[Any] | None = None
    has_more: bool | None = None
    next_page: str | None = None


class PageReader(Generic[T]):
    """Reads a page: a bare array, or an object with items, in either dialect."""

    def __init__(self, many: Callable[[Sequence[object], str], tuple[T, ...]]) -> None:
        self._many = many

    def __call__(self, data: object, path: str = "$") -> WirePage[T]:
        if isinstance(data, list):
            return WirePage(self._many(cast("list[object]", data), path), bare=True)
        if not isinstance(data, dict):
            raise DecodeError(path, "a page or an array", describe(data))
        page = cast("Object", data)
        if page.keys().isdisjoint(_PageBody.__struct_encode_fields__):
            raise DecodeError(path, "a page or an array", describe(page))
        try:
            body = _convert(page, _PageBody)
        except msgspec.ValidationError as error:
            _, key, expected = _place(error)
            raise DecodeError(f"{path}.{key}", expected, describe(page[key])) from None
        if body.items is None:  # read as an empty page, it would say that nothing exists
            found = "null" if "items" in page else "nothing"
            raise DecodeError(f"{path}.items", "an array", found)
        items = self._many(body.items, f"{path}.items")
        return WirePage(
            items, bare=False, has_more=body.has_more, next_cursor=body.next_page or None
        )


project = ModelReader(Project)
collaborator = ModelReader(Collaborator)
secret = ModelReader(Secret)
event = ModelReader(ActivityEvent)
model = ModelReader(Model)
