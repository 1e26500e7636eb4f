"""The things of a spec that a candidate takes away or changes, and their names in code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..live_document.shapes import Body, Field, Fields, OperationShape, Reader

Document = Mapping[str, Any]

VERBS = {"add", "create", "delete", "get", "list", "remove", "update", "body", "page"}
"""Words of a name that do not say what it is about."""


@dataclass(frozen=True)
class Thing:
    """A thing that is gone or has changed.

    `words` are patterns of its names: a line with one is a mention of it. Where a name is a common
    word, one of `near` must stand in the same function or paragraph, or in the file's path.
    `operation` is an operation id where its methods are meant, too; `advice` says what to do.
    """

    what: str
    words: frozenset[str]
    near: frozenset[str] = frozenset()
    operation: str = ""
    advice: str = ""


def changed(old: Document, new: Document) -> list[Thing]:
    """What is gone, renamed, moved, retyped or stricter in a candidate; what is new is not."""
    kinds = (_operations, _schemas, _components, _server, _security)
    return [thing for kind in kinds for thing in kind(old, new)]


def snake(name: str) -> str:
    """A name of the spec in snake case: `team_id` for `teamId`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()


def _nouns(name: str) -> frozenset[str]:
    """The words that a text about a schema or an operation has: `secret` for `SecretCreate`."""
    words = {word.rstrip("s") for word in snake(name.partition(" ")[0]).split("_")}
    nouns = words - VERBS
    return frozenset(nouns - {"project"} or nouns)


def _names(*names: str) -> frozenset[str]:
    """A name of the spec, in Python, and as an option of the command line."""
    kebab = (snake(each).replace("_", "-") for each in names)
    return frozenset(map(re.escape, {*names, *map(snake, names), *kebab}))


def _of_operation(id_: str) -> frozenset[str]:
    """An operation's id, its generated module, and the classes that are generated for it."""
    return _names(id_) | {rf"{id_[0].upper()}{id_[1:]}\w*"}


def _request(operation: OperationShape) -> str:
    """A request as tests and docs write it, whatever its path begins with and is filled with."""
    parts = operation.path.split("/")
    first = max(n for n, part in enumerate(parts) if not part.startswith("{"))
    tail = (r"[^/\s\"'`]+" if part.startswith("{") else re.escape(part) for part in parts[first:])
    method = rf"(?:{operation.method.upper()}[\"'`, ]+|{operation.method}\()"
    return rf"{method}(?:f?[\"'])?(?:[^\s\"'`]*/)?{'/'.join(tail)}(?![^\"'`?\s])"


def _request_by_variable(operation: OperationShape) -> tuple[frozenset[str], frozenset[str]]:
    """A request to a path in a variable, and the last word of the path, which must be near."""
    *_, word = (part for part in operation.path.split("/") if not part.startswith("{"))
    values = rf"(?:/[^/\"']+){{{operation.path.rpartition(word)[2].count('/')}}}"
    call = rf"(?<=\.){operation.method}\((?:\w+(?=[,)])|f[\"']\{{\w+\}}{values}[\"'])"
    return frozenset([call]), frozenset([re.escape(word)])


def _operations(old: Document, new: Document) -> Iterator[Thing]:
    after = Reader(new).operations()
    by_id, by_key = {each.id: each for each in after}, {each.key: each for each in after}
    tags, new_tags = _tags(old), _tags(new)
    for was in Reader(old).operations():
        now = by_id.get(was.id) or by_key.get(was.key)
        words, place = _of_operation(was.id), _request(was)
        if now is None:
            what = f"operation `{was.id}` ({was.method.upper()} {was.path}) is gone"
            advice = "remove its entry and its methods, and see to what is built on them"
            yield Thing(what, words | {place}, operation=was.id, advice=advice)
            yield Thing(what, *_request_by_variable(was))
            continue
        if now.id != was.id:
            what = f"operation `{was.id}` is now `{now.id}`"
            yield Thing(what, words, advice="its entry and its methods may keep their names")
        elif tags[was.id] != new_tags[now.id]:
            what = f"the first tag of `{was.id}` is now {new_tags[now.id]}, and was {tags[was.id]}"
            advice = "its generated module is in another folder"
            yield Thing(what, frozenset([snake(was.id)]), advice=advice)
        if now.key != was.key:
            what = f"`{was.id}`, {was.key}, is now {now.key}"
            yield Thing(what, words | {place})
            yield Thing(what, *_request_by_variable(was))
        yield from _operation(was, now)


def _tags(document: Document) -> Mapping[str, str]:
    """The first tag of each operation: the folder of its generated module."""
    return {
        str(each.get("operationId")): str((each.get("tags") or ["default"])[0])
        for item in document.get("paths", {}).values()
        for each in item.values()
        if isinstance(each, Mapping)
    }


def _operation(was: OperationShape, now: OperationShape) -> Iterator[Thing]:
    """The changes of an operation that stays: its parameters, and the form of its success."""
    words, id_ = _of_operation(was.id), was.id
    for place in ("query ", "header ", "cookie "):  # those of the path have no name on the wire
        before, after = (
            {name.removeprefix(place): f for name, f in each.parameters.items() if place in name}
            for each in (was, now)
        )
        yield from _fields(
            f"{place}parameter", id_, before, after, shared=Counter(before), taker=id_
        )
    if (was.body is None) != (now.body is None):
        yield Thing(f"`{id_}` {'takes' if now.body else 'has no'} body now", words, operation=id_)
    answers, new_answers = (
        {status: body for status, body in each.answers.items() if status.startswith("2")}
        for each in (was, now)
    )
    if answers.keys() != new_answers.keys():
        what = f"`{id_}` answers {', '.join(new_answers)}, and no more {', '.join(answers)}"
        statuses = frozenset({*answers, *new_answers})
        near = frozenset({id_, _request(was)})
        advice = "the client takes any 2xx, and the emulator asks the spec"
        yield Thing(what, statuses, near, advice=advice)
    form, new_form = (_form(next(iter(each.values()), None)) for each in (answers, new_answers))
    if form != new_form:
        yield Thing(f"`{id_}` answers {new_form}, and no more {form}", words, operation=id_)


def _form(body: Body | None) -> str:
    if body is None:
        return "nothing"
    kind = body.fields[""].type
    return "a page" if "items[]" in body.fields else f"a bare {kind}" if kind == "array" else kind


def _schemas(old: Document, new: Document) -> Iterator[Thing]:
    before, after = _objects(old), _objects(new)
    shared = Counter(name for fields in before.values() for name in fields)
    added = [name for name in after if name not in before]
    takers = _takers(new)
    for name, fields in before.items():
        heir = name if name in after else None
        if heir is None and " " not in name:  # an inline one goes with its operation
            heir = max(added, key=lambda each: _likeness(fields, after[each]), default=None)
            words = {rf"schemas[./]{name}", rf"[\"']{name}(?=[\"'])"}
            if heir is None or _likeness(fields, after[heir]) <= 0.5:
                classes = frozenset({*words, name, rf"models\.{snake(name)}"})
                yield Thing(f"schema `{name}` is gone", classes)
                continue
            entry = f"`{heir}: {{class_name: {name}, module_name: {snake(name)}}}`"
            advice = f"{entry} below `class_overrides` of generator-config.yml keeps Python's name"
            yield Thing(f"schema `{name}` is now `{heir}`", frozenset(words), advice=advice)
        if heir is not None:
            taker = takers.get(heir, "")
            yield from _fields("property", name, fields, after[heir], shared=shared, taker=taker)


def _takers(document: Document) -> dict[str, str]:
    """The operations that take a schema as their body, by its name or that of an inline one."""
    found: dict[str, str] = {}
    for item in document.get("paths", {}).values():
        for each in item.values():
            if isinstance(each, Mapping) and "requestBody" in each:
                id_ = str(each.get("operationId"))
                found[f"{id_} body"] = id_
                for content in each["requestBody"].get("content", {}).values():
                    name = str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2]
                    found[name] = id_
    return found


def _components(old: Document, new: Document) -> Iterator[Thing]:
    """Those that are no schemas: the overlay of the live dialect refers to them by name."""
    parts, left = old.get("components", {}), new.get("components", {})
    for kind in ("parameters", "responses", "requestBodies", "headers"):
        for name in parts.get(kind, {}):
            if name not in left.get(kind, {}):
                place = frozenset([rf"components[./]{kind}[./]{re.escape(name)}"])
                yield Thing(f"`#/components/{kind}/{name}` is gone", place)


def _likeness(one: Fields, other: Fields) -> float:
    return len(one.keys() & other.keys()) / (len(one.keys() | other.keys()) or 1)


def _objects(document: Document) -> dict[str, Fields]:
    """The properties of each schema; an inline one is called after its operation."""
    reader = Reader(document)
    schemas = document.get("components", {}).get("schemas", {})
    found = {name: _properties(reader.fields(name)) for name in schemas}
    named = list(found.values())
    for each in reader.operations():
        for kind, body in (("body", each.body), *each.answers.items()):
            if body is not None and (fields := _properties(body.fields)) not in named:
                found[f"{each.id} {kind}"] = fields
    return found


def _properties(fields: Fields) -> Fields:
    """Those of an object, or of the items of an array or a page; not what is in them."""
    kind = fields[""].type
    start = "[]." if kind == "array" else ""
    inner = {name.removeprefix(start): each for name, each in fields.items()}
    return {name: each for name, each in inner.items() if re.fullmatch(r"[\w-]+", name)}


def _fields(
    kind: str, owner: str, before: Fields, after: Fields, *, shared: Counter[str], taker: str
) -> Iterator[Thing]:
    """What became of the properties of a schema, or of the parameters of an operation.

    `taker` is the operation that sends them, if one does.
    """
    gone = [name for name in before if name not in after]
    added = [name for name in after if name not in before]
    is_renamed = len(gone) == len(added) == 1
    for name, was in before.items():
        is_own = shared[name] == 1 and "_" in snake(name)
        near = frozenset[str]() if is_own else _nouns(owner)
        now, words, called = after.get(name), _names(name), f"{kind} `{name}` of {owner}"
        if now is None:
            became = f"is now `{added[0]}`" if is_renamed else "is gone"
            yield Thing(f"{called} {became}", words, near)
            continue
        if _type(was) != _type(now):
            yield Thing(f"{called} is {_type(now)}, and was {_type(was)}", words, near)
        if lost := _lost_values(was, now):
            what = f"{called} takes no `{'`, `'.join(lost)}` any more"
            yield Thing(what, frozenset(map(re.escape, lost)))
    for name, now in after.items() if taker else ():
        was_required = name in before and before[name].required
        if now.required and not was_required and (name in before or not is_renamed):
            what = f"{kind} `{name}` of {owner} is required now"
            advice = "its methods must take it"
            yield Thing(what, _of_operation(taker), operation=taker, advice=advice)


def _lost_values(was: Field, now: Field) -> list[str]:
    values = was.keywords.get("enum", [])
    return [each for each in values if each not in now.keywords.get("enum", values)]


def _type(field: Field) -> str:
    """A type and its format. Nulls are none of it: they are read as missing, and never sent."""
    form = field.keywords.get("format")
    return f"{field.type} ({form})" if form else field.type


def _server(old: Document, new: Document) -> Iterator[Thing]:
    before, after = ([each["url"] for each in one.get("servers", ())] for one in (old, new))
    if before != after:
        urls, new_urls = (list(map(urlsplit, each)) for each in (before, after))
        paths = {each.path.strip("/") for each in urls} - {
            each.path.strip("/") for each in new_urls
        }
        words = {re.escape(each.netloc) for each in urls}
        words |= {rf"[/\"']{re.escape(path)}" for path in paths if path}
        what = f"the server {', '.join(before)} is now {', '.join(after)}"
        yield Thing(what, frozenset(words), advice="`DEFAULT_BASE_URL` decides")


def _security(old: Document, new: Document) -> Iterator[Thing]:
    before, after = (
        [
            {key: value for key, value in each.items() if key in ("type", "scheme", "in", "name")}
            for each in one.get("components", {}).get("securitySchemes", {}).values()
        ]
        for one in (old, new)
    )
    if before != after:
        what = f"the security scheme is {_schemes(after)}, and was {_schemes(before)}"
        names = {*old.get("components", {}).get("securitySchemes", {})}
        for each in before:
            is_key = each.get("type") == "apiKey"
            names |= {each["name"]} if is_key else {"[Aa]uthorization", "Bearer", "BEARER"}
        yield Thing(what, frozenset(names), advice="`_http/request_builder.py` sends the key")


def _schemes(schemes: list[dict[str, Any]]) -> str:
    return ", ".join(" ".join(map(str, each.values())) for each in schemes) or "none"
