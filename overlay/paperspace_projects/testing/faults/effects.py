"""What becomes of an answer when a fault is done to it: pure functions from answers to replies.

They look at an answer's shape, and know nothing of dialects or operations. They must never undo or
repeat anything: by then it is settled whether the operation was carried out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from ..emulator.messages import Answer, Problem
from .plan import Fault

# What things are known by: `userId` only where there is no `id`, as a collaborator and no event is.
_IDENTITIES: Final = ("id", "name", "userId")


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The connection ends, or is held, without an answer."""

    why: Literal["refuse", "drop", "reset", "timeout"]


@dataclass(frozen=True, slots=True)
class CutOff:
    """An answer of which only the first half of the body is sent."""

    answer: Answer

    @property
    def sent(self) -> bytes:
        """The part of the body that is sent."""
        return self.answer.body[: len(self.answer.body) // 2]


Reply = Answer | NoAnswer | CutOff


def in_place_of_answer(fault: Fault) -> Reply | None:
    """What is said in place of any answer; None for the faults that make something of one."""
    match fault.kind:
        case "status":
            return _other_answer(fault)
        case "refuse" | "drop" | "reset" | "timeout":
            return NoAnswer(fault.kind)
        case _:
            return None


def spoilt(fault: Fault, answer: Answer, after: str | None) -> Reply | None:
    """What is said once the operation has given its answer; None where there is nothing to spoil.

    Arguments:
        fault: what goes wrong.
        answer: the operation's answer.
        after: the cursor that the request came with.
    """
    if fault.kind == "cut_off":
        return CutOff(answer) if answer.body else None
    if (instead := in_place_of_answer(fault)) is not None:
        return instead
    if not (200 <= answer.status < 300 and answer.body):
        return None
    document: object = json.loads(answer.body)
    changed = _changed(fault, document, after)
    return None if changed == document else answer.with_json(changed)


def _other_answer(fault: Fault) -> Answer:
    status = fault.code or 500
    headers = () if fault.retry_after is None else (("retry-after", fault.retry_after),)
    if status in (204, 304):
        # RFC 9110, 15.3.5 and 15.4.5: they end with their headers.
        return Answer(status, headers)
    if fault.body is None:
        return Problem(status, "The emulator was told to fail here.", *headers).answer()
    return Answer(status, (("content-type", fault.content_type), *headers), fault.body)


def _changed(fault: Fault, document: object, after: str | None) -> object:
    page = _page(document)
    match fault.kind:
        case "repeated_cursor" if page is not None and after is not None:
            return {**page, "hasMore": True, "nextPage": after}
        case "missing_cursor" if page is not None:
            return {**page, "hasMore": True, "nextPage": None}
        case "nulls" if page is not None:
            return {**page, "items": _nulled(page["items"], fault.everywhere)}
        case "nulls":
            return _nulled(document, fault.everywhere)
        case _:
            return document


def _page(document: object) -> Mapping[str, object] | None:
    """The document if it is a page of either dialect."""
    if isinstance(document, dict) and {"items", "hasMore"} <= document.keys():
        return cast("dict[str, object]", document)
    return None


def _nulled(value: object, everywhere: bool) -> object:
    """The same with null in each object's fields; identities, and what has them, stay if asked."""
    match value:
        case list():
            return [_nulled(item, everywhere) for item in cast("list[object]", value)]
        case dict():
            fields = cast("dict[str, object]", value)
            kept = {} if everywhere else _identities(fields)
            return {name: kept.get(name) for name in fields}
        case _:
            return value


def _identities(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields that a thing is known by, and of the objects in it those that have such."""
    kept = {name: fields[name] for name in _IDENTITIES if name in fields}
    if "id" in kept:
        kept.pop("userId", None)
    for name, value in fields.items():
        if isinstance(value, dict) and _identities(cast("dict[str, object]", value)):
            kept[name] = _nulled(cast("object", value), everywhere=False)
    return kept
