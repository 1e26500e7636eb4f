"""What a schema becomes in Python, by the spec alone: the type, the values, and how to tell them.

A kind knows the annotation that the generated code must have, draws JSON values that the schema
allows, makes the Python value that stands for one, and says where a value that was found differs.
Objects, and how a schema's kind is found, are in schemas.py.
"""

from __future__ import annotations

import datetime
import re
import uuid
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from hypothesis import strategies as st
from spec.contract import generated, naming
from spec.contract.spec import Place, SpecError

Name = tuple[str, ...]
"""What a schema is called: the operation or component that it is in, and the way to it there."""

ANYTHING = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4)
"""Values of a property that no schema describes, one level deep at the most."""
UNKNOWN = ANYTHING | st.lists(ANYTHING, max_size=2) | st.dictionaries(st.text(), ANYTHING)


class Kind:
    """A schema without anything to go by: any value."""

    text = "Any"
    """The annotation as the generator writes it in a docstring."""

    def __init__(self, place: Place) -> None:
        self.place = place

    @property
    def annotation(self) -> Any:
        return Any

    @property
    def json_annotation(self) -> Any:
        """What the generated code annotates the JSON value with."""
        return self.annotation

    def parts(self) -> Iterator[Kind]:
        """The kinds that this one is made of."""
        yield from ()

    def values(self) -> st.SearchStrategy[Any]:
        """JSON values that the schema allows."""
        return UNKNOWN

    def sample(self, tag: str) -> Any:
        """One JSON value, which differs from tag to tag as far as the schema allows."""
        return {"any": tag}

    def python(self, json: Any) -> Any:
        """The Python value that stands for a JSON value."""
        return json

    def differences(self, json: Any, found: Any, where: str) -> Iterator[str]:
        """What is wrong with the Python value that was found for a JSON value."""
        wanted = self.python(json)
        if type(found) is not type(wanted) or found != wanted:
            yield f"{where} is {found!r} where {self.place} makes it {wanted!r}"


class Scalar(Kind):
    """A string, a number, or true and false."""

    TYPES: ClassVar[Mapping[str, type]] = {
        "string": str,
        "integer": int,
        "number": float,
        "boolean": bool,
    }

    def __init__(self, place: Place, name: str) -> None:
        super().__init__(place)
        self._type = self.TYPES[name]
        self.text = self._type.__name__

    @property
    def annotation(self) -> Any:
        return self._type

    def values(self) -> st.SearchStrategy[Any]:
        limits = self.place.get
        if self._type is bool:
            return st.booleans()
        if self._type is str and limits("pattern"):
            return st.from_regex(limits("pattern")).filter(self._is_allowed)
        if self._type is str:
            return st.text(min_size=limits("minLength", 0), max_size=limits("maxLength", 12))
        least, most = limits("minimum", -(2**53)), limits("maximum", 2**53)
        if self._type is int:
            return st.integers(least, most)
        return st.floats(least, most, allow_nan=False, allow_infinity=False)

    def sample(self, tag: str) -> Any:
        number = zlib.crc32(tag.encode()) % 100_000 + 2
        least, most = self.place.get("minimum", 0), self.place.get("maximum", 2**53)
        if self._type is bool:
            return True
        if self._type is int:
            return least + number % (most - least + 1)
        if self._type is float:
            return float(least + number % max(1, int(most - least)))
        words = (f"{tag} ü/&?", re.sub(r"\W", "_", tag), f"T{number}", f"{number}", "T" * 9, "")
        for word in words:
            if self._is_allowed(word[: self.place.get("maxLength")]):
                return word[: self.place.get("maxLength")]
        raise SpecError(
            f"{self.place}: these tests have no sample for it (tests/spec/contract/kinds.py)"
        )

    def _is_allowed(self, text: str) -> bool:
        limits = self.place.get
        long_enough = limits("minLength", 0) <= len(text) <= limits("maxLength", len(text))
        return long_enough and re.search(limits("pattern", ""), text) is not None


class Written(Kind):
    """A string with a format that the generated code makes a value of: a time, a day, a UUID."""

    TYPES: ClassVar[Mapping[str, type]] = {
        "date-time": datetime.datetime,
        "date": datetime.date,
        "uuid": uuid.UUID,
    }

    def __init__(self, place: Place, name: str) -> None:
        super().__init__(place)
        self._type: Any = self.TYPES[name]
        self.text = {"date-time": "datetime.datetime", "date": "datetime.date"}.get(name, "UUID")

    @property
    def annotation(self) -> Any:
        return self._type

    @property
    def json_annotation(self) -> Any:
        return str

    def values(self) -> st.SearchStrategy[Any]:
        if self._type is uuid.UUID:
            return st.uuids().map(str)
        if self._type is datetime.date:
            return st.dates().map(datetime.date.isoformat)
        offsets = st.integers(-14 * 60, 14 * 60).map(
            lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes))
        )
        return st.datetimes(timezones=offsets).map(datetime.datetime.isoformat)

    def sample(self, tag: str) -> Any:
        number = zlib.crc32(tag.encode())
        if self._type is uuid.UUID:
            return str(uuid.UUID(int=number))
        moment = datetime.datetime(2026, 3, 18, tzinfo=datetime.UTC)
        moment += datetime.timedelta(days=number % 9_999, minutes=number % 1_439)
        return (moment if self._type is datetime.datetime else moment.date()).isoformat()

    def python(self, json: Any) -> Any:
        return uuid.UUID(json) if self._type is uuid.UUID else self._type.fromisoformat(json)

    def differences(self, json: Any, found: Any, where: str) -> Iterator[str]:
        yield from super().differences(json, found, where)
        if type(found) is datetime.datetime and found.utcoffset() is None:
            yield f"{where} is a datetime without a time zone, {self.place} is a date-time"


class Enum(Kind):
    """One of a list of values."""

    def __init__(self, place: Place, name: Name) -> None:
        super().__init__(place)
        self.module, self.text = naming.module_name(*name), naming.class_name(*name)
        self.members = list(place.value["enum"])

    @property
    def annotation(self) -> Any:
        return generated.model(self.text, f"{self.place}/enum")

    @property
    def json_annotation(self) -> Any:
        return type(self.members[0])

    def values(self) -> st.SearchStrategy[Any]:
        return st.sampled_from(self.members)

    def sample(self, tag: str) -> Any:
        return self.members[zlib.crc32(tag.encode()) % len(self.members)]


class Array(Kind):
    """A list of things of one kind."""

    def __init__(self, place: Place, item: Kind) -> None:
        super().__init__(place)
        self.item = item
        self.text = f"list[{item.text}]"

    @property
    def annotation(self) -> Any:
        return list[self.item.annotation]

    @property
    def json_annotation(self) -> Any:
        return list[self.item.json_annotation]

    def parts(self) -> Iterator[Kind]:
        yield self.item

    def values(self) -> st.SearchStrategy[Any]:
        least = self.place.get("minItems", 0)
        return st.lists(self.item.values(), min_size=least, max_size=least + 3)

    def sample(self, tag: str) -> Any:
        return [self.item.sample(f"{tag} 0"), self.item.sample(f"{tag} 1")]

    def python(self, json: Any) -> Any:
        return [self.item.python(each) for each in json]

    def differences(self, json: Any, found: Any, where: str) -> Iterator[str]:
        if type(found) is not list or len(found) != len(json):
            yield f"{where} is {found!r} where {self.place} makes it a list of {len(json)}"
            return
        for index, (each, thing) in enumerate(zip(json, found, strict=True)):
            yield from self.item.differences(each, thing, f"{where}[{index}]")


class Nullable(Kind):
    """Something, or null."""

    def __init__(self, place: Place, kind: Kind) -> None:
        super().__init__(place)
        self.kind = kind
        self.text = f"{kind.text} | None"

    @property
    def annotation(self) -> Any:
        return self.kind.annotation | None

    @property
    def json_annotation(self) -> Any:
        return self.kind.json_annotation | None

    def parts(self) -> Iterator[Kind]:
        yield self.kind

    def values(self) -> st.SearchStrategy[Any]:
        return st.none() | self.kind.values()

    def sample(self, tag: str) -> Any:
        return self.kind.sample(tag)

    def python(self, json: Any) -> Any:
        return None if json is None else self.kind.python(json)

    def differences(self, json: Any, found: Any, where: str) -> Iterator[str]:
        if json is None:
            if found is not None:
                yield f"{where} is {found!r} where {self.place} lets it be null"
            return
        yield from self.kind.differences(json, found, where)
