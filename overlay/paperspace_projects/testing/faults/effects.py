"""What a fault makes of a response: pure functions from responses to replies.

They look at a response's shape, and know no dialect or operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import msgspec

from ..emulator.messages import HTTPException, NoResponse, Reply, ServerResponse
from .plan import Fault

# `userId` identifies an object only if it has no `id`, as a collaborator; an event has both.
_IDENTITIES: Final = ("id", "name", "userId")


def replacement(fault: Fault) -> Reply | None:
    """Return the reply that replaces any response; None if the fault alters a response."""
    match fault.kind:
        case "refuse" | "drop" | "reset" | "timeout":
            return NoResponse(fault.kind)
        case "status":
            headers = () if fault.retry_after is None else (("retry-after", fault.retry_after),)
            status = fault.code or 500
            if status in (204, 304):  # they have no body: RFC 9110, 15.3.5 and 15.4.5
                return ServerResponse(status, headers)
            if fault.body is None:
                message = "An injected fault set this status."
                return HTTPException(status, message, *headers).response()
            return ServerResponse(
                status, (("content-type", fault.content_type), *headers), fault.body
            )
        case _:
            return None


def apply_fault(fault: Fault, response: ServerResponse, after: str | None) -> Reply | None:
    """Return the reply to send after the operation; None if there is nothing to alter.

    `after` is the cursor of the request.
    """
    if fault.kind == "cut_off":
        return msgspec.structs.replace(response, is_cut_off=True) if response.body else None
    if (instead := replacement(fault)) is not None:
        return instead
    if not (200 <= response.status < 300 and response.body):
        return None
    document: object = msgspec.json.decode(response.body)
    changed = _changed(fault, document, after)
    if changed == document:
        return None
    return msgspec.structs.replace(response, body=msgspec.json.encode(changed))


def _changed(fault: Fault, document: object, after: str | None) -> object:
    page = _page(document)
    match fault.kind:
        case "repeated_cursor" if page and after is not None:
            return {**page, "hasMore": True, "nextPage": after}
        case "missing_cursor" if page:
            return {**page, "hasMore": True, "nextPage": None}
        case "nulls" if page:
            return {**page, "items": _with_nulls(page["items"], fault.everywhere)}
        case "nulls":
            return _with_nulls(document, fault.everywhere)
        case _:
            return document


def _page(document: object) -> Mapping[str, object] | None:
    """Return the document if it is a page of either dialect."""
    if isinstance(document, dict) and {"items", "hasMore"} <= document.keys():
        return cast("dict[str, object]", document)
    return None


def _with_nulls(value: object, everywhere: bool) -> object:
    """Replace each object's fields by null, but for its identities unless `everywhere`."""
    if isinstance(value, list):
        return [_with_nulls(item, everywhere) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        kept = {} if everywhere else _identities(fields)
        return {name: kept.get(name) for name in fields}
    return value


def _identities(fields: Mapping[str, object]) -> dict[str, object]:
    """Return the fields that identify an object, and nested objects that have such fields."""
    kept = {name: fields[name] for name in _IDENTITIES if name in fields}
    if "id" in kept:
        kept.pop("userId", None)
    for name, value in fields.items():
        if isinstance(value, dict) and _identities(cast("dict[str, object]", value)):
            kept[name] = _with_nulls(cast("object", value), everywhere=False)
    return kept
