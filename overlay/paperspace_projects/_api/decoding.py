"""Decode the bodies of answers: JSON of either dialect in, models out.

A field is read from the key that is its name in camel case, or its `JsonKey`. `live_dialect.py`
says what only the live dialect has. A null is the same as a missing key. Keys without a field are
kept in `extra`, and so are live-only values of a type that no source has: what was readable without
their fields stays so. A body that cannot be read is a `DecodeError`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import GenericAlias
from typing import Any, Final, Generic, NoReturn, TypeVar, cast, get_args, get_type_hints

import msgspec

from .._security.secret_str import STARS
from ..models import (
    ActivityEvent,
    Collaborator,
    EventActor,
    EventData,
    EventDeployment,
    JsonKey,
    Model,
    Project,
    Secret,
    Tag,
)
from .decode_error import NO_BODY, DecodeError, Object, describe
from .live_dialect import LIVE, LIVE_ONLY

T = TypeVar("T")
ModelT = TypeVar("ModelT", bound=msgspec.Struct)


def _number(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


_JSON: Final = msgspec.json.Decoder(float_hook=_number)
_JSON_WITH_SURROGATES: Final = json.JSONDecoder(parse_float=_number, parse_constant=_refuse)


MAX_DEPTH: Final = 200
"""How deep JSON may be nested; what is deeper cannot always be pickled, copied or shown."""


def parse(text: str) -> object:
    """Parse JSON; an empty text is `NO_BODY`. The ValueError for any other shows nothing of it.
    What is nested too deeply is a RecursionError.

    A number beyond a float, such as 1e400, is kept as its text, as infinity is no JSON.
    """
    if not text or text.isspace():
        return NO_BODY
    try:
        data = _JSON.decode(text)
    except msgspec.DecodeError as error:
        # msgspec refuses a lone surrogate, which a server may make by cutting an emoji in two.
        try:
            data = _JSON_WITH_SURROGATES.decode(text)
        except ValueError as other:
            problem = other if "surrogate" in str(error) else error
            raise ValueError(f"text that is not JSON ({problem})") from None
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(data)
    return data


def _check_depth(data: Any) -> None:
    level: list[Any] = [data]
    for _ in range(MAX_DEPTH):
        found: list[Any] = []
        for each in level:
            found.extend(cast("Object", each).values() if type(each) is dict else each)
        level = [each for each in found if type(each) in (dict, list)]
        if not level:
            return
    raise RecursionError


_PLACE: Final = re.compile(r"(?:Expected `(\w+))?.* - at `\$\.(\w+)", re.DOTALL)
_EXPECTED: Final = {
    "str": "a string",
    "bool": "true or false",
    "array": "an array",
    "datetime": "a date-time",
    None: "a date-time",  # text that is none
}


def convert(data: object, kind: type[T]) -> T:
    """Convert JSON to a type. Where text with a lone surrogate does not belong, it says so, too."""
    try:
        return msgspec.convert(data, kind)
    except UnicodeEncodeError:
        text = json.dumps(data, ensure_ascii=False, default=datetime.isoformat)
        return msgspec.convert(json.loads(text.encode("utf-8", "replace")), kind)


def _place(error: msgspec.ValidationError) -> tuple[str, str]:
    """The field that msgspec's error names, and what it expected there."""
    found = cast("re.Match[str]", _PLACE.match(str(error)))
    return found[2], _EXPECTED.get(found[1], found[1])


def key_of(field: str) -> str:
    """The key that a field is read from: `teamId` for `team_id`, `type` for `type_`."""
    first, *others = field.rstrip("_").split("_")
    return first + "".join(map(str.title, others))


def keys_of(model: type[msgspec.Struct]) -> dict[str, str]:
    """The keys that the fields of a model are read from."""
    keys = {name: key_of(name) for name in model.__struct_fields__ if name != "extra"}
    if JsonKey.__name__ in str(model.__annotations__):  # which is quicker than to evaluate them
        for name, hint in get_type_hints(model, include_extras=True).items():
            for each in get_args(hint):
                if isinstance(each, JsonKey):
                    keys[name] = each.name
    return keys


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

    def __init__(self, model: type[ModelT], **nested: ModelReader[Any]) -> None:
        self._keys = keys_of(model)
        self._fields = {key: name for name, key in self._keys.items()}
        routes = {name: LIVE.get(f"{model.__name__}.{name}") for name in self._keys}
        self._live = {name: route for name, route in routes.items() if route is not None}
        self._model, self._nested = model, nested
        self._type = cast("type[tuple[ModelT, ...]]", GenericAlias(tuple, (model, ...)))
        self.page: PageReader[ModelT] = PageReader(self.many)

    def __call__(self, data: object, path: str = "$") -> ModelT:
        return self._read([data], lambda _: path)[0]

    def many(self, data: Sequence[object], path: str) -> tuple[ModelT, ...]:
        """Read an array of them."""
        return self._read(data, lambda index: f"{path}[{index}]")

    def _read(self, data: Sequence[object], path: Callable[[int], str]) -> tuple[ModelT, ...]:
        values: list[Object] = []
        for item in cast("Sequence[Object]", data):
            if type(item) is not dict:
                raise DecodeError(path(len(values)), "an object", describe(item))
            values.append(self.split(item))
        try:
            return convert(values, self._type)
        except msgspec.ValidationError:
            pairs = enumerate(zip(cast("Sequence[Object]", data), values, strict=True))
            return tuple(self._read_with_care(item, made, path(i)) for i, (item, made) in pairs)

    def split(self, item: Object) -> Object:
        """The values of the fields by their names, and `extra`."""
        field_of = self._fields.get
        extra: Object = {}
        made: Object = {"extra": extra}
        for key, value in item.items():
            if (field := field_of(key)) is None:
                extra[key] = value
            else:
                made[field] = value
        for field, route in self._live.items():
            if made.get(field) is None:
                _adopt(made, field, item, route)
        for field, reader in self._nested.items():
            if isinstance(value := made.get(field), dict):
                made[field] = reader.split(cast("Object", value))
        return made

    def read_times(self, made: Object) -> None:
        """Read times in a form that msgspec does not take."""
        for field in self._fields.values():
            value = made.setdefault(field, None)
            if "Timestamp" in self._model.__annotations__[field]:
                made[field] = _time(value) or value
            elif field in self._nested and isinstance(value, dict):
                self._nested[field].read_times(cast("Object", value))

    def _read_with_care(self, item: Object, made: Object, path: str) -> ModelT:
        """Read one, with live-only values of another type left in `extra`, or say what is wrong."""
        self.read_times(made)
        while True:
            try:
                return convert(made, self._model)
            except msgspec.ValidationError as error:
                field, expected = _place(error)
            value, key = made[field], self._keys[field]
            is_live = value is not None and item.get(key) is None
            *outer, last = self._live[field] if is_live else (key,)
            if field not in LIVE_ONLY[self._model]:
                found = describe(value) if value is not None or key in item else "nothing"
                raise DecodeError(".".join((path, *outer, last)), expected, found)
            made[field] = None
            holder, sent = made["extra"], item
            for each in outer:
                holder, sent = holder.setdefault(each, {}), sent[each]
            holder[last] = sent[last]


def _adopt(made: Object, field: str, item: Object, route: tuple[str, ...]) -> None:
    """Move the live dialect's value of a field to where the contract's would be."""
    *outer, last = route
    if not outer:  # it has a field of its own
        made[field] = made.get(last)
        return
    (name,), extra = outer, made["extra"]
    inner = extra.get(name)
    if not isinstance(inner, dict):
        return
    if inner is item[name]:  # the caller's is not changed
        inner = extra[name] = dict(cast("Object", inner))
    made[field] = cast("Object", inner).pop(last, None)
    if not inner:
        del extra[name]


def detailed_tags(data: Sequence[object], path: str) -> tuple[Tag, ...]:
    """An array of tags: strings in the contract, objects from the live server."""
    objects: list[Object] = []
    for index, item in enumerate(data):
        if not isinstance(item, str | dict):
            raise DecodeError(f"{path}[{index}]", "a string", describe(item))
        objects.append({"name": item} if isinstance(item, str) else cast("Object", item))
    return tag.many(objects, path)


def tags(data: Sequence[object], path: str) -> tuple[str, ...]:
    """An array of tags, without their ids and times."""
    plain = tuple(each for each in data if isinstance(each, str))
    if len(plain) == len(data):
        return plain
    return tuple(each.name for each in detailed_tags(data, path))


_IDENTITIES: Final = frozenset(("id", "name", "userId"))
_ERROR: Final = {LIVE["error.code"][0], LIVE["error.message"][0]}


def nothing(data: object, path: str = "$") -> None:
    """Ignore the object that the live server sends where the contract has no body. Any other JSON
    may say that nothing was done."""
    is_empty = data is NO_BODY or data is None or data == {}
    keys = cast("Object", data).keys() if isinstance(data, dict) else set[str]()
    if not is_empty and (_IDENTITIES.isdisjoint(keys) or keys >= _ERROR):
        expected = "an empty body, or what was added or removed"
        raise DecodeError(path, expected, describe(cast("Object | list[object]", data)))


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
            body = convert(page, _PageBody)
        except msgspec.ValidationError as error:
            key, expected = _place(error)
            raise DecodeError(f"{path}.{key}", expected, describe(page[key])) from None
        if body.items is None:  # read as an empty page, it would say that nothing exists
            found = "null" if "items" in page else "nothing"
            raise DecodeError(f"{path}.items", "an array", found)
        items = self._many(body.items, f"{path}.items")
        return WirePage(
            items, bare=False, has_more=body.has_more, next_cursor=body.next_page or None
        )


class _SecretReader(ModelReader[Secret]):
    """Reads secrets without their values, which a server that sends them must not make show."""

    def split(self, item: Object) -> Object:
        made = super().split(item)
        if "value" in made["extra"]:
            made["extra"]["value"] = STARS
        return made


project = ModelReader(Project)
collaborator = ModelReader(Collaborator)
secret = _SecretReader(Secret)
tag = ModelReader(Tag)
event = ModelReader(
    ActivityEvent,
    actor=ModelReader(EventActor),
    data=ModelReader(EventData),
    deployment=ModelReader(EventDeployment),
)
model = ModelReader(Model)
