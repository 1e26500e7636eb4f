"""Changes to the JSON of a body: a value for another, keys that come, go or are there twice."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from .planted import ESCAPES, KEY, VALUES

KEYS = (
    *("id", "name", "description", "teamId", "dtCreated", "dtModified", "dtDeleted", "userId"),
    *("email", "role", "projectId", "type", "action", "message", "user", "items", "hasMore"),
    *("nextPage", "code", "details", "issues", "actor", "data", "deployment", "repoUrl", "value"),
    *("extra", "additional_properties", "__class__", "", "\ud800", "id "),
)
VALUES_OF_NOTE: tuple[object, ...] = (
    *(None, True, False, 0, -1, 1.5, 2**53 + 1, 10**400, -(10**4299), 1e308),
    *(float("inf"), float("nan"), -0.0),
    *("", " ", ".", "..", "/", "\x00", "\x1b[31m", "\u2028", "\ud800", "\udc00\ud800", "🙂"),
    *("x" * 10_000, "\\" * 3_000, "\\u0000", "<script>", "admin", "owner", "p1", "null"),
    *("2026-03-18T09:30:00Z", "2026-03-18T09:30:00.123456+14:00", "9999-12-31T24:00:00Z"),
    *("0001-01-01T00:00:00+23:59", "2026-02-30", "2026-W01-1", "20260318T093000", "2026-077"),
    *(
        "2026-03-18T09:30:60Z",
        "\u0662\u0660\u0662\u0666-03-18T09:30:00Z",
        "NOT_FOUND",
        "TOO_MANY_REQUESTS",
    ),
    *("deployment.created", [], {}, [[]], {"": {}}, [None], {"id": None}, {"message": 5}),
    {"user": {"id": "u1", "email": None}},
    {"items": [], "hasMore": True, "nextPage": "c"},
    {"code": "CONFLICT", "message": "m"},
)


def changed(text: str, lots: random.Random) -> str | None:
    """The JSON with one change; None where it is none or nested too deeply."""
    try:
        data = json.loads(text)
        return _dumped(lots.choice(_CHANGES)(data, lots), lots)
    except (ValueError, RecursionError):
        return None


def _dumped(data: object, lots: random.Random) -> str:
    text = json.dumps(data, ensure_ascii=lots.random() < 0.5)
    kind = lots.randrange(12)
    if kind == 0:
        return text.replace("/", "\\/")
    if kind == 1:  # a key that is there twice
        return text.replace("{", '{"' + lots.choice(KEYS[:-2]) + '": null, ', 1)
    if kind == 2:
        return json.dumps(data, indent=lots.choice(("", "\t", "\r\n")))
    return text


def value_of_note(lots: random.Random) -> object:
    """Something that a reader may stumble over, or an echo of what must not show."""
    return echo(lots) if lots.random() < 0.15 else lots.choice(VALUES_OF_NOTE)


def echo(lots: random.Random) -> str:
    """A planted text, escaped once or twice, within other text or alone, perhaps cut off."""
    text = lots.choice((KEY, *VALUES))
    for _ in range(lots.randrange(3)):
        text = lots.choice(ESCAPES)(text)
    kind = lots.randrange(6)
    if kind == 0:
        text = text[: lots.randrange(len(text) + 1)]
    elif kind == 1:
        text = text.replace(" ", lots.choice(["\n", "\t", "  ", "\xa0", "&nbsp;"]))
    elif kind == 2:
        text = text[: (at := lots.randrange(len(text)))] + lots.choice(["~", '"']) + text[at:]
    return lots.choice(("", "bad value: ", "<b>")) + text + lots.choice(("", ".", "</b>", text))


Spot = tuple[Any, Any]
"""A container and the key or index of a value in it."""


def _spots(data: object) -> list[Spot]:
    found: list[Spot] = []
    todo = [data]
    while todo and len(found) < 2_000:
        each = todo.pop()
        if isinstance(each, dict):
            found += [(each, key) for key in each]
            todo += each.values()
        elif isinstance(each, list):
            found += [(each, index) for index in range(len(each))]
            todo += each
    return found


def _at_a_spot(change: Callable[[Any, Any, random.Random], None]) -> _Change:
    """A change of what is at one spot, drawn by lot."""

    def changing(data: object, lots: random.Random) -> object:
        spots = _spots(data)
        if not spots:
            return value_of_note(lots)
        holder, key = lots.choice(spots)
        change(holder, key, lots)
        return data

    return changing


def _replace(holder: Any, key: Any, lots: random.Random) -> None:
    holder[key] = value_of_note(lots)


def _remove(holder: Any, key: Any, _: random.Random) -> None:
    del holder[key]


def _nest(holder: Any, key: Any, lots: random.Random) -> None:
    for _ in range(lots.choice((1, 1, 2, 30, 300))):
        holder[key] = [holder[key]] if lots.random() < 0.5 else {lots.choice(KEYS): holder[key]}


def _repeat(holder: Any, key: Any, lots: random.Random) -> None:
    if isinstance(holder, list):
        holder += [holder[key]] * lots.choice((1, 2, 120))
    else:
        holder[lots.choice(KEYS)] = holder[key]


def _put_in(holder: Any, key: Any, lots: random.Random) -> None:
    if isinstance(holder, dict):
        holder[lots.choice(KEYS)] = value_of_note(lots)
    else:
        holder.insert(key, value_of_note(lots))


def _swap(data: object, lots: random.Random) -> object:
    spots = _spots(data)
    if len(spots) < 2:
        return [data]
    (one, key), (other, at) = lots.sample(spots, 2)
    try:
        one[key], other[at] = other[at], one[key]
        json.dumps(data)
    except (ValueError, LookupError):  # one within the other
        return {"items": [value_of_note(lots)]}
    return data


def _wrap(data: object, lots: random.Random) -> object:
    wraps: tuple[object, ...] = ([data], {"items": data}, {"user": data}, {"id": "x", "more": data})
    return lots.choice((*wraps, {"code": "X", "message": "m", "details": data}))


_Change = Callable[[Any, random.Random], object]
_CHANGES: tuple[_Change, ...] = (
    *[_at_a_spot(_replace)] * 4,
    _at_a_spot(_remove),
    _at_a_spot(_nest),
    _at_a_spot(_repeat),
    *[_at_a_spot(_put_in)] * 2,
    _swap,
    _wrap,
)
