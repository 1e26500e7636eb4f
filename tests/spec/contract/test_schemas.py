"""Every generated class against its schema: fields, conversions both ways, what is not there."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

import attrs
import pytest
from hypothesis import given
from spec.contract.arguments import canonical
from spec.contract.drawing import QUIETLY
from spec.contract.inventory import OBJECTS
from spec.contract.kinds import Array, Kind
from spec.contract.schemas import Object, Property
from spec.contract.source import annotations_of
from spec.contract.verdict import code_place, fail, shown, verdict

from paperspace_projects_api.types import UNSET, Unset

EVERY_CLASS = pytest.mark.parametrize("kind", OBJECTS, ids=lambda each: each.text)


def wanted_default(each: Property) -> Any:
    default = each.kind.place.get("default")
    if default is not None:
        return each.kind.python(default)
    return attrs.NOTHING if each.required else UNSET


@EVERY_CLASS
def test_a_class_has_the_fields_of_its_schema(kind: Object) -> None:
    cls = kind.annotation
    code = code_place(cls)
    if not attrs.has(cls):
        fail(f"{code} is no attrs class, {kind.place} wants one")
    fields = {each.name: each for each in attrs.fields(cls)}
    types = annotations_of(cls)
    problems: list[str] = []
    for each in kind.properties:
        field = fields.pop(each.attribute, None)
        where = f"{code}.{each.attribute}"
        if field is None:
            problems.append(f"{where} is missing for {each.kind.place}")
            continue
        wanted = each.kind.annotation if each.required else each.kind.annotation | Unset
        if types[each.attribute] != wanted:
            is_now = shown(types[each.attribute])
            problems.append(f"{where} is `{is_now}`, {each.kind.place} says `{shown(wanted)}`")
        default = wanted_default(each)
        same = type(field.default) is type(default) and field.default == default
        if field.default is not default and (default is UNSET or not same):
            problems.append(
                f"{where} defaults to {field.default!r}, {each.kind.place} says {default!r}: "
                f"required in {kind.place}/required is {each.required}"
            )
        if not field.init or field.kw_only or field.alias != each.attribute:
            problems.append(f"{where} is no plain argument of the class, {each.kind.place}")
    extra = fields.pop("additional_properties", None)
    problems += others_problems(kind, extra, types, code)
    problems += [f"{code}.{name} is no property of {kind.place}" for name in fields]
    verdict(problems or order_problems(kind, code))


def order_problems(kind: Object, code: str) -> list[str]:
    """Whether the fields, which are positional arguments, stand where the spec puts them: those
    that must be given before those that have a default."""
    if kind.is_composed:
        return []
    in_order = sorted(kind.properties, key=lambda each: not each.required)
    in_order.sort(key=lambda each: wanted_default(each) is not attrs.NOTHING)
    wanted = [each.attribute for each in in_order]
    found = [each.name for each in attrs.fields(kind.annotation) if each.init]
    if found == wanted:
        return []
    return [f"{code}: the fields stand as {found}, {kind.place}/properties makes it {wanted}"]


def others_problems(kind: Object, field: Any, types: Mapping[str, Any], code: str) -> list[str]:
    """What is wrong with the field that keeps the undocumented properties."""
    if kind.others is None:
        return [f"{code}.additional_properties, but {kind.place} forbids them"] if field else []
    if field is None:
        return [f"{code}.additional_properties is missing, {kind.place} does not forbid them"]
    wanted = dict[str, kind.others.annotation]
    problems = []
    if types["additional_properties"] != wanted:
        problems.append(f"{code}.additional_properties is not `{shown(wanted)}`, {kind.place}")
    if (
        field.init is not False
        or not isinstance(field.default, attrs.Factory)
        or field.default.factory is not dict
    ):
        problems.append(
            f"{code}.additional_properties must begin as a dict of its own, not as an argument"
        )
    return problems


@EVERY_CLASS
def test_each_value_lands_in_its_own_attribute_and_under_its_own_key(kind: Object) -> None:
    cls = kind.annotation
    value = kind.sample(kind.text)
    parsed, made = cls.from_dict(value), kind.python(value)
    problems = list(kind.differences(value, parsed, f"{code_place(cls.from_dict)}: the result"))
    if made != parsed:
        problems.append(
            f"{code_place(cls)}: made by keywords is {made!r}, parsed {parsed!r}, {kind.place}"
        )
    for way, thing in (("parsed", parsed), ("made by keywords", made)):
        written = thing.to_dict()
        if canonical(written) != canonical(value):
            problems.append(
                f"{code_place(cls.to_dict)}: {way}, it gives {written}, {kind.place} had {value}"
            )
    verdict(problems)


def has_default(kind: Kind, around: tuple[Kind, ...] = ()) -> bool:
    """Whether something in a thing, however deep, has a default."""
    if isinstance(kind, Array):
        return has_default(kind.item, around)
    if not isinstance(kind, Object) or kind in around:
        return False
    return any(
        "default" in each.kind.place or has_default(each.kind, (*around, kind))
        for each in kind.properties
    )


@EVERY_CLASS
def test_any_value_of_the_schema_survives_the_way_there_and_back(kind: Object) -> None:
    cls = kind.annotation
    into, out_of = code_place(cls.from_dict), code_place(cls.to_dict)

    @QUIETLY
    @given(kind.values())
    def check(value: Mapping[str, Any]) -> None:
        before = canonical(value)
        try:
            parsed = cls.from_dict(MappingProxyType(value))
            written = parsed.to_dict()
            # A default is for those who make a thing by keywords, not for what was received.
            again = written if has_default(kind) else kind.python(value).to_dict()
        except Exception as error:
            fail(f"{into}: {error!r} for {value}, allowed by {kind.place}")
        problems = list(kind.differences(value, parsed, f"{into}: the result"))
        if canonical(value) != before:
            problems.append(f"{into} changes what it is given, {kind.place}")
        for result in (written, again):
            if canonical(result) != before:
                problems.append(f"{out_of} gives {result}, by {kind.place} it was {value}")
        verdict(problems)

    check()


@EVERY_CLASS
def test_what_is_missing_stays_missing(kind: Object) -> None:
    cls = kind.annotation
    least = kind.sample(kind.text, optional=False, unknown=False)
    parsed = cls.from_dict(least)
    problems = list(kind.differences(least, parsed, f"{code_place(cls.from_dict)}: the result"))
    for thing in (parsed, kind.python(least)):
        if thing is parsed or not any("default" in each.kind.place for each in kind.properties):
            written = thing.to_dict()
            if canonical(written) != canonical(least):
                problems.append(
                    f"{code_place(cls.to_dict)} gives {written}, by {kind.place} it was {least}"
                )
    for each in kind.properties:
        if each.required:
            without = {key: value for key, value in least.items() if key != each.name}
            try:
                cls.from_dict(without)
                problems.append(
                    f"{code_place(cls.from_dict)} takes {without} without `{each.name}`, which "
                    f"{kind.place}/required names"
                )
            except KeyError:
                pass
    verdict(problems)


@EVERY_CLASS
def test_a_class_can_be_compared_and_shown(kind: Object) -> None:
    value = kind.sample(kind.text)
    one, same = kind.annotation.from_dict(value), kind.annotation.from_dict(value)
    assert one == same, f"{code_place(kind.annotation)}: the same thing twice is not equal"
    assert one.__slots__, f"{code_place(kind.annotation)} has no slots"
    for each in kind.properties:
        assert f"{each.attribute}=" in repr(one), f"{code_place(kind.annotation)}: repr"
        other = {**value, each.name: each.kind.sample("another") if value[each.name] else None}
        if canonical(other) != canonical(value):
            assert one != kind.annotation.from_dict(other), (
                f"{code_place(kind.annotation)}.{each.attribute} has no say in what is equal"
            )


@EVERY_CLASS
def test_undocumented_properties_are_items_of_the_thing(kind: Object) -> None:
    if kind.others is None:
        pytest.skip(f"{kind.place} forbids them")
    code = code_place(kind.annotation)
    thing = kind.python(kind.sample(kind.text, unknown=False))
    other = kind.python(kind.sample(kind.text, unknown=False))
    one, two = kind.others.sample("one"), kind.others.sample("two")
    thing["x-one"], thing["x-two"] = one, two
    assert (thing["x-one"], thing["x-two"]) == (one, two), f"{code}.__getitem__ or __setitem__"
    assert thing.additional_keys == ["x-one", "x-two"], f"{code}.additional_keys"
    assert thing.additional_properties == {"x-one": one, "x-two": two}, f"{code}.__setitem__"
    assert "x-one" in thing, f"{code}.__contains__"
    assert "x-three" not in thing, f"{code}.__contains__"
    assert other.additional_properties == {}, f"{code}: two things share their properties"
    del thing["x-one"]
    assert thing.additional_properties == {"x-two": two}, f"{code}.__delitem__"
    assert thing.to_dict().get("x-two") == two, f"{code}.to_dict"
    for missing in (thing.__getitem__, thing.__delitem__):
        with pytest.raises(KeyError):
            missing("x-one")


@EVERY_CLASS
def test_a_documented_property_wins_over_an_undocumented_one_of_its_name(kind: Object) -> None:
    if kind.others is None:
        pytest.skip(f"{kind.place} forbids them")
    value = kind.sample(kind.text, unknown=False)
    thing = kind.python(value)
    for each in kind.properties:
        thing[each.name] = kind.others.sample("shadow")
    assert canonical(thing.to_dict()) == canonical(value), (
        f"{code_place(kind.annotation.to_dict)}: an undocumented property hides one of {kind.place}"
    )


@EVERY_CLASS
def test_to_dict_gives_a_dict_of_its_own(kind: Object) -> None:
    thing = kind.python(kind.sample(kind.text))
    thing.to_dict()["x-later"] = 1
    assert "x-later" not in thing.to_dict(), f"{code_place(kind.annotation.to_dict)}, {kind.place}"


@EVERY_CLASS
def test_the_methods_have_the_generators_signatures(kind: Object) -> None:
    cls = kind.annotation
    value = Any if kind.others is None else kind.others.annotation
    wanted: dict[str, Any] = {
        "to_dict": {"return": dict[str, Any]},
        "from_dict": {"src_dict": Mapping[str, Any], "return": Self},
    }
    if kind.others is not None:
        wanted |= {
            "additional_keys": {"return": list[str]},
            "__getitem__": {"key": str, "return": value},
            "__setitem__": {"key": str, "value": value, "return": None},
            "__delitem__": {"key": str, "return": None},
            "__contains__": {"key": str, "return": bool},
        }
    problems = []
    for name, types in wanted.items():
        raw = inspect.getattr_static(cls, name, None)
        function = getattr(raw, "__func__", None) or getattr(raw, "fget", None) or raw
        if function is None:
            problems.append(f"{code_place(cls)}.{name} is missing, see {kind.place}")
            continue
        found = annotations_of(function)
        if found != types:
            problems.append(f"{code_place(function)}: {found}, it must be {types}, {kind.place}")
        if any(
            each.default is not inspect.Parameter.empty
            for each in inspect.signature(function).parameters.values()
        ):
            problems.append(f"{code_place(function)} has an argument with a default, {kind.place}")
        kinds = {"from_dict": classmethod, "additional_keys": property}
        if type(raw) is not kinds.get(name, type(function)):
            problems.append(f"{code_place(function)} is no {kinds.get(name)}, {kind.place}")
    public = {name for name in vars(cls) if not name.startswith("_")} - {"additional_keys"}
    public -= {each.attribute for each in kind.properties} | {"additional_properties"}
    for name in public - {"to_dict", "from_dict"}:
        problems.append(f"{code_place(cls)}.{name}: nothing in {kind.place} asks for it")
    verdict(problems)
