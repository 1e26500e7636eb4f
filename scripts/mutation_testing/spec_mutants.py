"""Mutants of openapi.yaml, with the generated code unchanged.

A mutant is written anew from the changed data, so that only the meaning differs.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from . import spec_operators
from .code_mutants import Mutant
from .spec_operators import Steps

SPEC = Path("openapi.yaml")
OPERATORS = [
    each
    for name, each in vars(spec_operators).items()
    if inspect.isfunction(each) and not name.startswith("_")
]


def pointer(steps: Steps) -> str:
    return "#" + "".join(f"/{str(each).replace('~', '~0').replace('/', '~1')}" for each in steps)


def written(document: Any) -> str:
    """A document as JSON, which is also YAML, and much quicker to write."""
    return json.dumps(document, indent=1, ensure_ascii=False)


def mutants(root: Path) -> Iterator[Mutant]:
    """Every mutant of the spec."""
    document = yaml.safe_load((root / SPEC).read_bytes())
    seen = {written(document)}
    for steps, value in _walk(document, ()):
        for operator in OPERATORS:
            for change, new in operator(steps, value):
                content = written(_with(document, steps, new))
                if content in seen:
                    continue
                seen.add(content)
                yield Mutant(
                    *("spec", operator.__name__, SPEC.as_posix(), pointer(steps), change),
                    content=content,
                    about=_about(document, steps),
                )


def _about(document: Any, steps: Steps) -> tuple[str, ...]:
    """The schema that contains a place, or the operations at the place or below its path."""
    if steps[:2] == ("components", "schemas"):
        return tuple(map(str, steps[2:3]))
    if steps[:1] != ("paths",) or len(steps) < 2:
        return ()
    item = document["paths"][steps[1]]
    methods = steps[2:3] if steps[2:3] != ("parameters",) else ()
    return tuple(
        each["operationId"]
        for method, each in item.items()
        if method != "parameters" and method in (methods or item)
    )


def _walk(value: Any, steps: Steps) -> Iterator[tuple[Steps, Any]]:
    if isinstance(value, dict | list):
        yield steps, value
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in entries:
            yield from _walk(each, (*steps, key))


def _with(document: Any, steps: Steps, new: Any) -> Any:
    """A document with another value at a place."""
    if not steps:
        return new
    changed = document.copy()
    changed[steps[0]] = _with(document[steps[0]], steps[1:], new)
    return changed
