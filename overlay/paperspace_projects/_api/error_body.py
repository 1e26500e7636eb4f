"""Read the body of an error answer: code, message, and others (docs/dialects.md, "errors")."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, cast

import msgspec

from .decoding import LIVE, Object


class ErrorBody(msgspec.Struct, frozen=True):
    """The parts of an error body; None for those that it does not have."""

    code: str | None = None
    message: str | None = None
    details: object = None
    issues: tuple[str, ...] = ()


_KEYS: Final = {name: LIVE[f"error.{name}"][0] for name in ErrorBody.__struct_fields__}

MESSAGE_KEY: Final = _KEYS["message"]


def is_error(data: object, known: Collection[str] = ()) -> bool:
    """Whether a body is an error whatever the status: it has a code and a message.

    With any key that errors do not have, only where the code is a known one.
    """
    if not isinstance(data, dict):
        return False
    body = cast("Object", data)
    code, message = body.get(_KEYS["code"]), body.get(_KEYS["message"])
    if not isinstance(code, str) or not isinstance(message, str):
        return False
    return body.keys() <= set(_KEYS.values()) or code in known


def error_body(data: object) -> ErrorBody:
    """Read the body of an error answer, whatever it is."""
    body = cast("Object", data) if isinstance(data, dict) else {}
    code, message, details, issues = (body.get(key) for key in _KEYS.values())
    found = [
        cast("Object", each).get(_KEYS["message"]) if isinstance(each, dict) else each
        for each in cast("list[object]", issues if isinstance(issues, list) else [])
    ]
    return ErrorBody(
        code=code if isinstance(code, str) else None,
        message=message if isinstance(message, str) else None,
        details=details,
        issues=tuple(each for each in found if isinstance(each, str)),
    )
