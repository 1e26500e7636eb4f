"""Reading the bodies of answers: JSON of either dialect in, models out.

The generated models name the contract's keys and parse them; what only the live server sends
(docs/dialects.md) stands in the table at the top, and nowhere else. Nothing is assumed about a
body: what cannot be read is `Unreadable`, which says where. A null is the same as nothing said, and
what no field covers is kept.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar, cast

import attrs
from attrs import frozen

from ..models import ActivityEvent, Collaborator, Model, Project, Secret
from .generated import models as generated
from .generated import types
from .twins import Property, Twin, properties_of

T = TypeVar("T")
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
"""What only the live dialect has: what it is to us, and the keys that lead to it there."""


class Unreadable(Exception):
    """A body that is not what it should be. Says where, what was expected, and what was found."""

    def __init__(self, path: str, expected: str, found: str) -> None:
        super().__init__(path, expected, found)
        self.path = path
        self.expected = expected
        self.found = found


class NoBody:
    """Stands for the JSON of an answer that has none."""


NO_BODY: Final = NoBody()


def describe(value: object) -> str:
    """A JSON value in a few words, for an error message."""
    if isinstance(value, NoBody):
        return "an empty body"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        keys = [key[:20] for key in cast("Object", value)]
        return f"an object with {', '.join(keys[:5]) or 'no keys'}{', …' if len(keys) > 5 else ''}"
    if isinstance(value, list):
        return f"an array of {len(cast('list[object]', value))}"
    shown = repr(value)
    return f"{'the string' if isinstance(value, str) else 'the number'} {shown[:40]}" + (
        "…" if len(shown) > 40 else ""
    )


_MOST_LAYOUTS: Final = 100
"""A server that makes up keys must not fill the memory."""


@frozen
class Layout(Generic[T]):
    """How to read what has the keys and types of something that was read with care before.

    `attributes` are those that its values go to, in its order; `dates` are those of them that are
    dates, `extra` the keys that no field covers, `silent` the fields that nothing is said of. A
    listing holds hundreds of things that look alike: they are made without a second look.
    """

    model: type[T]
    attributes: tuple[str, ...]
    dates: tuple[str, ...]
    extra: tuple[str, ...]
    silent: Mapping[str, None]

    def read(self, values: Iterable[object]) -> T | None:
        """The model of these values, or None where a date is none."""
        made = object.__new__(self.model)
        held = made.__dict__  # the models are frozen, and have no slots for this reason
        held.update(zip(self.attributes, values))  # noqa: B905  as many by what they look like
        try:
            for name in self.dates:
                when = datetime.fromisoformat(held[name])
                held[name] = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
        except ValueError:
            return None
        if self.silent:
            held.update(self.silent)
        held["extra"] = {key: held.pop(key) for key in self.extra} if self.extra else {}
        return made


class Reader(Generic[T]):
    """Reads one kind of thing: an object of either dialect in, a model out."""

    def __init__(
        self, model: type[T], twin: Callable[[], type[Twin]], required: tuple[str, ...]
    ) -> None:
        """`twin` gives the generated model, `required` names what is always there."""
        self._model = model
        self._make: Callable[..., T] = model
        self._find_twin = twin
        self._required = required
        self._layouts: dict[tuple[object, ...], Layout[T] | None] = {}

    # What is known of the generated model is looked up when the first such thing is read.

    @functools.cached_property
    def _twin(self) -> type[Twin]:
        return self._find_twin()

    @functools.cached_property
    def _properties(self) -> list[Property]:
        # What the spec gains is in `extra` until the model has a field for it.
        fields = {attribute.name for attribute in attrs.fields(cast("type[Any]", self._model))}
        return [each for each in properties_of(self._twin) if each.attribute in fields]

    @functools.cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(each.key for each in self._properties)

    @functools.cached_property
    def _enums(self) -> set[str]:
        # The generated parser refuses the values of an enum that it does not know.
        return {each.key for each in self._properties if each.enum}

    @functools.cached_property
    def _never_null(self) -> set[str]:
        return {each.key for each in properties_of(self._twin) if not each.nullable}

    @functools.cached_property
    def _live(self) -> list[tuple[str, tuple[str, ...]]]:
        return [
            (each.key, route)
            for each in self._properties
            if (route := LIVE.get(f"{self._model.__name__}.{each.attribute}"))
        ]

    def __call__(self, data: object, path: str = "$") -> T:
        return self._each((data,), lambda _: path)[0]

    def many(self, data: Sequence[object], path: str) -> tuple[T, ...]:
        """Read an array of them."""
        return self._each(data, lambda index: f"{path}[{index}]")

    def _each(self, data: Sequence[object], path: Callable[[int], str]) -> tuple[T, ...]:
        read: list[T] = []
        for things in cast("Sequence[Object]", data):
            if type(things) is not dict:
                raise Unreadable(path(len(read)), "an object", describe(things))
            values = things.values()
            looks = (*things, *map(type, values))
            layout = self._layouts.get(looks)
            made = None if layout is None else layout.read(values)
            if made is None:
                made = self._read(things, path(len(read)))
                if looks not in self._layouts and len(self._layouts) < _MOST_LAYOUTS:
                    self._layouts[looks] = self._layout_of(things, made)
            read.append(made)
        return tuple(read)

    def _layout_of(self, things: Object, made: T) -> Layout[T] | None:
        """How what looks like `things` is read in short, as it was with care into `made`.

        None where that cannot be told from keys and types alone, as where something is nested.
        """
        held = vars(made)
        attributes = {each.key: each.attribute for each in self._properties}
        attributes.update((route[-1], attributes[key]) for key, route in self._live)
        names = tuple(key if key in held["extra"] else attributes.get(key, "") for key in things)
        if (
            any(len(route) > 1 and route[0] in things for _, route in self._live)
            or len({*names, ""}) <= len(names)  # a key that is no field's, or two of one field
            or held.keys() & held["extra"].keys()
        ):
            return None
        layout = Layout(
            model=self._model,
            attributes=names,
            dates=tuple(each for each in names if isinstance(held.get(each), datetime)),
            extra=tuple(held["extra"]),
            silent={each: None for each in held if each != "extra" and each not in names},
        )
        return layout if layout.read(things.values()) == made else None

    def _read(self, things: Object, path: str) -> T:
        known = {
            key: value
            for key, value in things.items()
            if value is not None or key not in self._never_null
        }
        sources = self._adopt(known)
        try:
            parsed = self._twin.from_dict(
                {key: value for key, value in known.items() if key not in self._enums}
                if self._enums
                else known
            )
        except KeyError as error:
            raise Unreadable(f"{path}.{error.args[0]}", "a value", "nothing") from None
        except (TypeError, ValueError, AttributeError) as error:
            raise self._culprit(known, path, sources) from error
        values: Object = {}
        for each in self._properties:
            value = known.get(each.key) if each.enum else getattr(parsed, each.attribute)
            if value is None or isinstance(value, types.Unset):
                if each.attribute in self._required:
                    found = "null" if each.key in things else "nothing"
                    raise Unreadable(f"{path}.{each.key}", each.expected, found)
                value = None
            elif not isinstance(value, each.type):
                where = sources.get(each.key, each.key)
                raise Unreadable(f"{path}.{where}", each.expected, describe(value))
            elif isinstance(value, datetime) and value.tzinfo is None:
                value = value.replace(tzinfo=UTC)  # the API speaks UTC
            values[each.attribute] = value
        extra = {key: value for key, value in known.items() if key not in self._keys}
        return self._make(**values, extra=extra)

    def _adopt(self, known: Object) -> dict[str, str]:
        """Move what the live dialect keeps elsewhere to the contract's keys; say whence."""
        sources: dict[str, str] = {}
        for key, (*outer, last) in self._live:
            holder: Object | None = None if key in known else known
            for step in outer:
                inner: object = holder.get(step) if holder is not None else None
                if holder is not None and isinstance(inner, dict):
                    # A copy: what the caller has stays as it is.
                    copied = dict(cast("Object", inner))
                    holder[step] = copied
                    holder = copied
                else:
                    holder = None
            if holder is not None and holder.get(last) is not None:
                known[key] = holder.pop(last)
                sources[key] = ".".join((*outer, last))
        return sources

    def _culprit(self, known: Object, path: str, sources: Mapping[str, str]) -> Unreadable:
        """Which property the generated parser could not take: each is tried by itself."""
        for each in self._properties:
            if each.key in known:
                try:
                    self._twin.from_dict({each.key: known[each.key]})
                except (TypeError, ValueError, AttributeError):
                    where = sources.get(each.key, each.key)
                    return Unreadable(f"{path}.{where}", each.expected, describe(known[each.key]))
        return Unreadable(path, f"a {self._twin.__name__}", describe(known))


def tag(data: object, path: str = "$") -> str:
    """A tag: a string in the contract, an object with a name from the live server."""
    if isinstance(data, dict):
        key = LIVE["tag"][0]
        data, path = cast("Object", data).get(key), f"{path}.{key}"
    if not isinstance(data, str):
        raise Unreadable(path, "a string", describe(data))
    return data


def tags(data: Sequence[object], path: str) -> tuple[str, ...]:
    """An array of tags."""
    return tuple(tag(each, f"{path}[{index}]") for index, each in enumerate(data))


@frozen
class DatedTag:
    """A tag and when it was added, which the live server tells."""

    name: str
    created: datetime | None


def dated_tags(data: Sequence[object], path: str) -> tuple[DatedTag, ...]:
    """An array of tags, with their times."""
    return tuple(
        DatedTag(name, created(cast("Object", each)) if isinstance(each, dict) else None)
        for name, each in zip(tags(data, path), data, strict=True)
    )


def created(extra: Mapping[str, object]) -> datetime | None:
    """When a thing was made, from the keys that no field covers; None where that is not told."""
    text = extra.get(LIVE["created"][0])
    if not isinstance(text, str):
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def nothing(data: object, path: str = "$") -> None:
    """The answer of an operation that gives nothing: the live server sends a body all the same."""


@frozen
class WirePage(Generic[T]):
    """A page as it came. `bare` is an array that says nothing about a next page."""

    items: tuple[T, ...]
    bare: bool
    has_more: bool | None = None
    next_cursor: str | None = None


@functools.cache
def _of_page() -> dict[str, Property]:
    """The properties of a page, by their attributes."""
    return {each.attribute: each for each in properties_of(generated.ProjectList)}


class PageReader(Generic[T]):
    """Reads a listing: a bare array or a page object, in either dialect.

    Args:
        many: Reads the items.
    """

    def __init__(self, many: Callable[[Sequence[object], str], tuple[T, ...]]) -> None:
        self._many = many

    def __call__(self, data: object, path: str = "$") -> WirePage[T]:
        if isinstance(data, list):
            return WirePage(self._many(cast("list[object]", data), path), bare=True)
        if not isinstance(data, dict):
            raise Unreadable(path, "a page or an array", describe(data))
        page = cast("Object", data)
        if not any(each.key in page for each in _of_page().values()):
            raise Unreadable(path, "a page or an array", describe(page))
        items, where = _part(page, "items", path), f"{path}.{_of_page()['items'].key}"
        if items is None:  # read as an empty page, it would say that nothing is there
            found = "null" if _of_page()["items"].key in page else "nothing"
            raise Unreadable(where, _of_page()["items"].expected, found)
        return WirePage(
            self._many(items, where),
            bare=False,
            has_more=_part(page, "has_more", path),
            next_cursor=_part(page, "next_page", path) or None,
        )


def _part(page: Object, attribute: str, path: str) -> Any:
    """A property of a page, checked; None where it says nothing."""
    wanted = _of_page()[attribute]
    value = page.get(wanted.key)
    if value is not None and not isinstance(value, wanted.type):
        raise Unreadable(f"{path}.{wanted.key}", wanted.expected, describe(value))
    return value


project = Reader(Project, lambda: generated.Project, ("id", "name"))
collaborator = Reader(Collaborator, lambda: generated.Collaborator, ("user_id",))
secret = Reader(Secret, lambda: generated.Secret, ("name",))
event = Reader(ActivityEvent, lambda: generated.ActivityEvent, ("id",))
model = Reader(Model, lambda: generated.Model, ("id",))
