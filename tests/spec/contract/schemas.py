"""Objects, which become generated classes, and which kind a schema is.

What these tests cannot read (a `oneOf`, say) is a `SpecError` that names the place.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from hypothesis import strategies as st
from spec.contract import generated, naming
from spec.contract.kinds import Array, Enum, Kind, Name, Nullable, Scalar, Written
from spec.contract.spec import Place, SpecError


class Object(Kind):
    """A generated class."""

    def __init__(self, place: Place, name: Name, parts: tuple[Place, ...] = ()) -> None:
        """`parts` are the schemas that make up one that is said with `allOf`."""
        super().__init__(place)
        self.name = name
        self._parts = parts or (place,)
        self.module, self.text = naming.module_name(*name), naming.class_name(*name)

    @property
    def is_composed(self) -> bool:
        """Whether it is put together of several schemas."""
        return len(self._parts) > 1

    @cached_property
    def properties(self) -> tuple[Property, ...]:
        required = [name for part in self._parts for name in part.get("required") or ()]
        places = {name: place for part in self._parts for name, place in part.below("properties")}
        if not set(required) <= places.keys():
            raise SpecError(f"{self.place}/required: {required} are not all properties of it")
        return tuple(
            Property(name, name in required, kind_of(place, (*self.name, name)))
            for name, place in places.items()
        )

    @cached_property
    def others(self) -> Kind | None:
        """What properties beyond the documented ones may be; None if there may be none."""
        schema = self.place.get("additionalProperties", True)
        if schema is False:
            return None
        if schema is True or not schema:
            return Kind(self.place)
        return kind_of(self.place.at("additionalProperties"), (*self.name, "additional property"))

    @property
    def annotation(self) -> Any:
        return generated.model(self.text, self.place)

    @property
    def json_annotation(self) -> Any:
        return dict[str, Any]

    def parts(self) -> Iterator[Kind]:
        yield from (each.kind for each in self.properties)
        if self.others is not None:
            yield self.others

    def values(self) -> st.SearchStrategy[Any]:
        strategies = {each.name: each.kind.values() for each in self.properties}
        optional = {each.name for each in self.properties if not each.required}
        known = st.fixed_dictionaries(
            {name: each for name, each in strategies.items() if name not in optional},
            optional={name: strategies[name] for name in optional},
        )
        if self.others is None:
            return known
        names = st.text(max_size=6).filter(lambda name: name not in strategies)
        extra = st.dictionaries(names, self.others.values(), max_size=2)
        return st.tuples(extra, known).map(lambda both: {**both[0], **both[1]})

    def sample(self, tag: str, *, optional: bool = True, unknown: bool = True) -> Any:
        value = {
            each.name: each.kind.sample(f"{tag}.{each.name}")
            for each in self.properties
            if each.required or optional
        }
        if unknown and self.others is not None:
            value["x-undocumented"] = self.others.sample(f"{tag}.x-undocumented")
        return value

    def python(self, json: Any) -> Any:
        """Made by keywords, as users of the generated class make one."""
        known = {each.name: each for each in self.properties}
        made = self.annotation(
            **{
                known[key].attribute: known[key].kind.python(json[key])
                for key in json.keys() & known
            }
        )
        if self.others is not None:
            for key in json.keys() - known:
                made[key] = self.others.python(json[key])
        return made

    def differences(self, json: Any, found: Any, where: str) -> Iterator[str]:
        from paperspace_projects_api.types import UNSET

        if type(found) is not self.annotation:
            yield f"{where} is {found!r} where {self.place} makes it a {self.text}"
            return
        for each in self.properties:
            value = getattr(found, each.attribute, "missing")
            place = f"{where}.{each.attribute}"
            if each.name in json:
                yield from each.kind.differences(json[each.name], value, place)
            elif value is not UNSET:
                yield f"{place} is {value!r}, {each.kind.place} was not sent: it must be UNSET"
        if self.others is not None:
            known = {each.name for each in self.properties}
            wanted = {key: self.others.python(json[key]) for key in json if key not in known}
            if found.additional_properties != wanted:
                yield (
                    f"{where}.additional_properties is {found.additional_properties!r}, "
                    f"{self.place} does not document {wanted!r}: it must be kept there"
                )


class Property:
    """A property of an object, and the attribute that holds it."""

    def __init__(self, name: str, required: bool, kind: Kind) -> None:
        self.name, self.required, self.kind = name, required, kind
        self.attribute = naming.identifier(name)


def kind_of(place: Place, name: Name) -> Kind:
    """The kind that a schema is. `name` says what it is called if it is inline and gets a class."""
    schema = place.value
    if not isinstance(schema, dict):
        raise SpecError(f"{place} is no schema")
    if place.component is not None:
        name = (place.component,)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return _of_members(place, key, name)
    types = schema.get("type") if isinstance(schema.get("type"), list) else [schema.get("type")]
    plain = [each for each in types if each != "null"]
    unread = schema.keys() & {"not", "const", "patternProperties", "discriminator"}
    if unread or len(plain) != 1:
        raise SpecError(
            f"{place}: these tests cannot read {sorted(unread) or types} "
            "(tests/spec/contract/schemas.py)"
        )
    if schema.get("nullable") or "null" in types:
        inner = (*name, "type 0") if plain[0] in ("object", "array") else name
        return Nullable(place, _plain(place, plain[0], inner))
    return _plain(place, plain[0], name)


def _of_members(place: Place, key: str, name: Name) -> Kind:
    """One schema said in a roundabout way: alone in a list, with null beside it, or in parts."""
    members = [each for _, each in place.below(key)]
    others = [each for each in members if each.value.get("type") != "null"]
    if len(others) == 1 and "properties" not in place:
        if len(others) < len(members) or place.get("nullable"):
            return Nullable(place, kind_of(others[0], (*name, "type 0")))
        return kind_of(others[0], name)
    if key == "allOf" and all("properties" in each for each in members):
        own = [place] if "properties" in place else []
        return Object(place, _titled(place, name), (*members, *own))
    raise SpecError(
        f"{place}: these tests cannot read such an {key} (tests/spec/contract/schemas.py)"
    )


def _titled(place: Place, name: Name) -> Name:
    """What becomes a class is called by its title, if it has one, within what it is part of."""
    title = place.get("title")
    return (*name[:-1], title) if title else name


def _plain(place: Place, kind: str | None, name: Name) -> Kind:
    if "enum" in place:
        return Enum(place, _titled(place, name))
    if kind == "object" or (kind is None and "properties" in place):
        return Object(place, _titled(place, name))
    if kind == "array":
        return Array(place, kind_of(place.at("items"), (*name, "item")))
    if kind == "string" and place.get("format") in Written.TYPES:
        return Written(place, place.get("format"))
    if kind in Scalar.TYPES and place.get("format") != "binary":
        return Scalar(place, kind)
    if kind is None:
        return Kind(place)
    raise SpecError(
        f"{place}: these tests cannot read the type {kind!r} (tests/spec/contract/schemas.py)"
    )
