"""How well the overlay fits the generated code, told as what to do about it."""

from __future__ import annotations

import datetime
import importlib
import inspect
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType, NoneType
from typing import Any, get_type_hints

from spec.contract.kinds import Array, Kind, Nullable
from spec.contract.schemas import Object, Property

FOLDER = "overlay/paperspace_projects"
SAFETIES_OF_METHOD = {
    "GET": ("READ",),
    "HEAD": ("READ",),
    "PUT": ("IDEMPOTENT",),
    "DELETE": ("IDEMPOTENT",),
    "POST": ("NONE", "NATURAL_KEY"),
    "PATCH": ("NONE",),
}


def module(name: str) -> ModuleType:
    """A module of the overlay."""
    return importlib.import_module(f"paperspace_projects.{name}")


def plain(kind: Kind) -> Kind:
    """A kind without the null that it may be."""
    return kind.kind if isinstance(kind, Nullable) else kind


def missing_fields(model: type[Any], kind: Object) -> Iterator[str]:
    """What an overlay model lacks, has too much, or has of another type than its schema.

    A field that only the live dialect fills must leave the table `LIVE_ONLY` once the schema has
    it. The line of a missing field can be pasted in front of that of `extra`, whose number is told.
    """
    where = f"{FOLDER}/models.py"
    live_only = module("_api.live_dialect").LIVE_ONLY.get(model, ())
    fields = set(model.__struct_fields__) - {"extra", *live_only}
    hints = get_type_hints(model)
    for each in kind.properties:
        if each.attribute in live_only:
            yield (
                f"remove `{each.attribute}` from LIVE_ONLY[{model.__name__}] "
                f"({FOLDER}/_api/live_dialect.py): the contract has it now, {each.kind.place}"
            )
        elif each.attribute not in fields:
            yield (
                f"add `{_field(each)}` to models.{model.__name__}, before `extra` "
                f"({where}:{_line_of_extra(model)}), read from {each.name!r}: {each.kind.place}"
            )
        if each.attribute in model.__struct_fields__:
            yield from _type_problem(model, each, hints[each.attribute])
    for name in sorted(fields - {each.attribute for each in kind.properties}):
        yield (
            f"remove `{name}` from `models.{model.__name__}` ({where}): "
            f"{kind.place}/properties does not have it"
        )


def _line_of_extra(model: type[Any]) -> int:
    lines, first = inspect.getsourcelines(model)
    return first + next(i for i, line in enumerate(lines) if line.startswith("    extra:"))


def _field(each: Property) -> str:
    """The line of a model that holds a property."""
    type_ = f"{_code(each.kind)} | None"
    if module("_api.decoding").key_of(each.attribute) != each.name:
        type_ = f'Annotated[{type_}, JsonKey("{each.name}")]'
    return f"{each.attribute}: {type_} = None"


def _code(kind: Kind) -> str:
    """A type of models.py that holds the values of a kind."""
    kind = plain(kind)
    if isinstance(kind, Array):
        return f"tuple[{_code(kind.item)}, ...]"
    if isinstance(kind, Object):
        return "Mapping[str, object]"
    type_ = _type_of(kind)
    if type_ is None:
        return "str" if kind.json_annotation is str else "object"
    return "Timestamp" if type_ is datetime.datetime else str(type_.__name__)


def misread_keys(model: type[Any], kind: Object) -> Iterator[str]:
    """What the decoder reads a field from, where that is not the key of the schema."""
    for each in kind.properties:
        key = module("_api.decoding").keys_of(model).get(each.attribute, each.name)
        if key != each.name:
            yield (
                f"let `{each.attribute}` of `models.{model.__name__}` be read from {each.name!r}, "
                f"not {key!r}, by `{_field(each)}` ({FOLDER}/models.py): {each.kind.place}"
            )


def _type_problem(model: type[Any], each: Property, found: Any) -> Iterator[str]:
    wanted = _type_of(each.kind)
    if wanted is not None and found not in (wanted, wanted | None):
        yield (
            f"let `{each.attribute}` of `models.{model.__name__}` ({FOLDER}/models.py) be "
            f"`{_written(wanted)} | None`, not `{_written(found)}`: {each.kind.place}"
        )


def _type_of(kind: Kind) -> Any:
    """The overlay's type for a kind; None where the overlay is free to choose."""
    kind = plain(kind)
    if isinstance(kind, Array):
        item = _type_of(kind.item)
        return None if item is None else tuple[item, ...]
    if isinstance(kind, Object):
        return None
    if kind.annotation in (str, int, float, bool, datetime.datetime, datetime.date):
        return kind.annotation
    return kind.json_annotation if kind.json_annotation in (str, int) else None


def _written(type_: Any) -> str:
    members = [each for each in getattr(type_, "__args__", ()) if each is not NoneType]
    if members and NoneType in type_.__args__:
        return f"{' | '.join(_written(each) for each in members)} | None"
    if isinstance(type_, type) and not hasattr(type_, "__args__"):
        return (
            type_.__name__
            if type_.__module__ == "builtins"
            else f"{type_.__module__}.{type_.__name__}"
        )
    return str(type_)


def read_differences(kind: Kind, json: Any, found: Any, where: str) -> Iterator[str]:
    """What is wrong with what the overlay read from a JSON value of a kind."""
    kind = plain(kind)
    models = vars(module("models"))
    page = module("_api.decoding").WirePage
    if isinstance(kind, Object) and isinstance(found, page):
        yield from _page_differences(kind, json, found, where)
    elif isinstance(kind, Object):
        if type(found) is dict and kind.text not in models:  # no model was made of it
            yield from Kind(kind.place).differences(json, found, where)
            return
        if type(found) is not models.get(kind.text):
            yield f"{where} is {found!r}: {kind.place} makes it a models.{kind.text}"
            return
        for each in kind.properties:
            value = getattr(found, each.attribute, None)
            if each.name in json:
                at = f"{where}.{each.attribute}"
                yield from read_differences(each.kind, json[each.name], value, at)
        extra = {key: json[key] for key in json if key not in {p.name for p in kind.properties}}
        if dict(found.extra) != extra:
            yield f"{where}.extra is {found.extra!r}, and not {extra!r}, {kind.place}"
    elif isinstance(kind, Array):
        items = found.items if isinstance(found, page) else found
        if isinstance(found, page) and (found.bare, found.next_cursor) != (True, None):
            yield f"{where} is {found!r}, {kind.place} is a bare array"
        if not isinstance(items, tuple) or len(items) != len(json):
            yield f"{where} is {found!r}: {kind.place} makes it {len(json)} items"
            return
        for index, (each, item) in enumerate(zip(json, items, strict=True)):
            yield from read_differences(kind.item, each, item, f"{where}[{index}]")
    else:
        yield from kind.differences(json, found, where)


def _page_differences(kind: Object, json: Any, found: Any, where: str) -> Iterator[str]:
    """A page object: one list of items, whether there are more, and where they begin."""
    for each in kind.properties:
        part = plain(each.kind)
        if isinstance(part, Array):
            for index, item in enumerate(json[each.name]):
                got = found.items[index] if index < len(found.items) else None
                yield from read_differences(part.item, item, got, f"{where}.items[{index}]")
        elif json[each.name] not in (found.has_more, found.next_cursor):
            yield f"{where} is {found!r}: {each.kind.place} was {json[each.name]!r}, and got lost"
    if found.bare:
        yield f"{where} is taken for a bare array, {kind.place} is a page"


def operations() -> Mapping[str, Any]:
    """The entries of `_api/operations.py`, by the names that they have there."""
    found = module("_api.operations")
    return {name: each for name, each in vars(found).items() if isinstance(each, found.Operation)}


def line_of(name: str) -> str:
    """The place of an entry in `_api/operations.py`."""
    file = f"{FOLDER}/_api/operations.py"
    source = sys.modules["paperspace_projects._api.operations"].__file__ or ""
    with open(source, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith(f"{name} = "):
                return f"{file}:{number}, {name}"
    return f"{file}, {name}"
