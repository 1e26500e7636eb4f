"""Whether the overlay of the live dialect still fits a candidate, action by action."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ..live_document.document import Action, Document, apply
from ..live_document.shapes import SAYS_NOTHING, Reader

UNFIT, OVERTAKEN, CONTRADICTS = "no longer fits", "overtaken", "contradicts"


@dataclass(frozen=True)
class Verdict:
    """An action that needs a look: what is the matter (`kind`), its target, and why."""

    kind: str
    target: str
    why: str


def judge(contract: Document, candidate: Document, actions: Sequence[Action]) -> list[Verdict]:
    """The actions that select nothing in the candidate, do nothing there, or contradict it.

    Args:
        contract: The spec that the overlay was written for.
        candidate: The one that is to take its place.
        actions: The overlay's, in order.
    """
    live = apply(contract, actions)
    is_live = tuple(_live_already(candidate, live))
    before, after = deepcopy(contract), deepcopy(candidate)
    verdicts: list[Verdict] = []
    for action in actions:
        if f"{action.target}.".startswith(is_live):
            verdicts.append(Verdict(OVERTAKEN, action.target, "the candidate has the live one"))
        elif verdict := _verdict(action, action.matches(before), action.matches(after), after):
            verdicts.append(verdict)
        action.apply(before)
        action.apply(after)
    return verdicts


def _live_already(candidate: Document, live: Document) -> Iterator[str]:
    """How the targets begin of what is the live one in the candidate, however it is written."""
    wanted = {each.key: each for each in Reader(live).operations()}
    for shape in Reader(candidate).operations():
        if (other := wanted.get(shape.key)) is not None and shape.is_like(other):
            yield f"$.paths['{shape.path}'].{shape.method}."
    for kind, things in live["components"].items():
        others = candidate.get("components", {}).get(kind, {})
        for name in things.keys() & others.keys():
            if _plain(things[name]) == _plain(others[name]):
                yield f"$.components.{kind}.{name}."


def _verdict(
    action: Action, before: Sequence[Any], after: Sequence[Any], candidate: Document
) -> Verdict | None:
    if not after:
        if action.update is None and action.parent_exists(candidate):
            return Verdict(OVERTAKEN, action.target, "the candidate does not have it")
        return Verdict(UNFIT, action.target, "it selects nothing in the candidate")
    if action.update is None:
        if _plain(before) == _plain(after):
            return None
        return Verdict(CONTRADICTS, action.target, "what it removes has changed in the candidate")
    clashes = [
        f"{name}: {_shown(theirs)} in the candidate, {_shown(ours)} in the overlay"
        for each in after
        for name, ours, theirs in _clashes("", action.update, each)
    ]
    if clashes:
        return Verdict(CONTRADICTS, action.target, "; ".join(clashes))
    if all(_has(each, action.update) for each in after):
        return Verdict(OVERTAKEN, action.target, "the candidate has all of it")
    return None


def _clashes(path: str, ours: Any, theirs: Any) -> Iterator[tuple[str, Any, Any]]:
    """The values of an update that are others in the candidate."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        if "$ref" in theirs and theirs["$ref"] != ours.get("$ref"):
            yield path, ours, theirs
            return
        for key in ours:
            if key in theirs and key not in SAYS_NOTHING:
                yield from _clashes(f"{path}.{key}" if path else key, ours[key], theirs[key])
    elif _plain(ours) != _plain(theirs):
        yield path, ours, theirs


def _has(theirs: Any, ours: Any) -> bool:
    """Whether all of an update is there already."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return all(
            key in SAYS_NOTHING or (key in theirs and _has(theirs[key], ours[key])) for key in ours
        )
    return bool(_plain(ours) == _plain(theirs))


def _plain(value: Any) -> Any:
    """A value without words, and with lists of plain values, such as `required`, in order."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items() if not _is_words(key, each)}
    if isinstance(value, list):
        listed = [_plain(each) for each in value]
        return sorted(listed) if all(isinstance(each, str) for each in listed) else listed
    return value


def _is_words(key: str, value: Any) -> bool:
    return key in SAYS_NOTHING and isinstance(value, str)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
