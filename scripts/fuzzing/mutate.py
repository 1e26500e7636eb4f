"""Mutates the JSON of a case: libFuzzer's changes of bytes rarely leave valid JSON."""

from __future__ import annotations

import json
import random
from typing import Any

from .leaks import ESCAPES, KEY, VALUES

KEYS = (
    *("id", "name", "description", "teamId", "dtCreated", "dtModified", "dtDeleted", "userId"),
    *("email", "role", "projectId", "type", "action", "message", "user", "items", "hasMore"),
    *("nextPage", "code", "details", "issues", "actor", "data", "deployment", "repoUrl", "value"),
    *("extra", "__class__", ""),
)
NOTABLE_VALUES: tuple[object, ...] = (
    *(None, True, False, 0, -1, 1.5, 2**53 + 1, 10**400, float("inf"), float("nan"), -0.0),
    *("", "..", "/", "\x00", "\x1b[31m", "\u2028", "\ud800", "🙂", "\\" * 3_000, "admin", "owner"),
    *("2026-03-18T09:30:00.123456+14:00", "9999-12-31T24:00:00Z", "0001-01-01T00:00:00+23:59"),
    *("2026-02-30", "20260318T093000", "2026-03-18T09:30:60Z", "NOT_FOUND", "TOO_MANY_REQUESTS"),
    *([], {}, [[]], [None], {"id": None}, {"user": {"id": "u1", "email": None}}),
    {"items": [], "hasMore": True, "nextPage": "c"},
)


def mutated_json(body: bytes, draw: random.Random) -> bytes | None:
    """One change to the JSON of a body; None if the body is not JSON."""
    try:
        document = [json.loads(body)]
        spots = list(_spots(document))
    except (ValueError, RecursionError):
        return None
    holder, key = draw.choice(spots)
    value = draw.choice((*NOTABLE_VALUES, draw.choice(ESCAPES)(draw.choice((KEY, *VALUES)))))
    match draw.randrange(6):
        case 0 if holder is not document:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[draw.choice(KEYS)] = value
        case 2 if isinstance(holder, list) and holder is not document:
            holder.extend([holder[key]] * draw.choice((1, 2, 120)))
        case 3:
            other, at = draw.choice(spots)
            holder[key] = json.loads(json.dumps(other[at]))
        case 4:
            holder[key] = {draw.choice(KEYS): holder[key]}
        case _:
            holder[key] = value
    text = json.dumps(document[0], ensure_ascii=draw.random() < 0.5)
    return text.encode("utf-8", "surrogatepass")


def _spots(value: Any) -> list[tuple[Any, Any]]:
    """Every container within a value with each of its keys or indexes."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    found: list[tuple[Any, Any]] = []
    for key, each in entries:
        found.append((value, key))
        if isinstance(each, dict | list):
            found += _spots(each)
    return found
