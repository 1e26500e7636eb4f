"""What an error answer says: a code and a message, at times more (docs/dialects.md, "errors")."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, cast

from attrs import frozen

from .decoding import LIVE, Object


@frozen
class ErrorBody:
    """What an error body says (docs/dialects.md, "errors"); None for what it doesn't."""

    code: str | None = None
    message: str | None = None
    details: Any = None
    issues: tuple[str, ...] = ()


_ERROR_KEYS: Final = {
    name.removeprefix("error."): route[0]
    for name, route in LIVE.items()
    if name.startswith("error.")
}


def is_error(data: object, known: Collection[str] = ()) -> bool:
    """Whether a body is an error whatever the status: a code and a message.

    With anything else beside what errors have, only where the code is a known one.
    """
    if not isinstance(data, dict):
        return False
    body = cast("Object", data)
    code = body.get(_ERROR_KEYS["code"])
    return (
        isinstance(code, str)
        and isinstance(body.get(_ERROR_KEYS["message"]), str)
        and (body.keys() <= set(_ERROR_KEYS.values()) or code in known)
    )


def error_body(data: object) -> ErrorBody:
    """What can be told from the body of an error answer, whatever it is."""
    if not isinstance(data, dict):
        return ErrorBody()
    body = {name: cast("Object", data).get(key) for name, key in _ERROR_KEYS.items()}
    issues = cast("list[object]", body["issues"]) if isinstance(body["issues"], list) else []
    said = [
        cast("dict[str, Any]", issue).get(_ERROR_KEYS["message"])
        if isinstance(issue, dict)
        else issue
        for issue in issues
    ]
    return ErrorBody(
        code=body["code"] if isinstance(body["code"], str) else None,
        message=body["message"] if isinstance(body["message"], str) else None,
        details=body["details"],
        issues=tuple(each for each in said if isinstance(each, str)),
    )
