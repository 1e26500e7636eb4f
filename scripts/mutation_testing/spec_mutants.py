"""Mutants of openapi.yaml, with the generated code unchanged.

A mutant is written anew from the changed data, so that only the meaning differs; its line is that
of the place in the original text.
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


def lines_of(text: str) -> dict[Steps, int]:
    """The line of every place in the document."""
    lines: dict[Steps, int] = {}

    def note(node: yaml.Node | None, steps: Steps) -> None:
        assert node is not None
        lines.setdefault(steps, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                lines[(*steps, key.value)] = key.start_mark.line + 1
                note(value, (*steps, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                note(value, (*steps, index))

    note(yaml.compose(text, Loader=yaml.SafeLoader), ())
    return lines


def mutants(root: Path) -> Iterator[Mutant]:
    """Every mutant of the spec."""
    text = (root / SPEC).read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    lines = lines_of(text)
    seen = {written(document)}
    for steps in _walk(document, ()):
        for operator in OPERATORS:
            for change, new in operator(steps, _at(document, steps)):
                content = written(_with(document, steps, new))
                if content in seen:
                    continue
                seen.add(content)
                yield Mutant(
                    *("spec", operator.__name__, SPEC.as_posix(), lines.get(steps, 1)),
                    place=pointer(steps),
                    change=change,
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


def _walk(value: Any, steps: Steps) -> Iterator[Steps]:
    if isinstance(value, dict | list):
        yield steps
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in entries:
            yield from _walk(each, (*steps, key))


def _at(document: Any, steps: Steps) -> Any:
    for step in steps:
        document = document[step]
    return document


def _with(document: Any, steps: Steps, new: Any) -> Any:
    """A document with another value at a place."""
    if not steps:
        return new
    changed = document.copy()
    changed[steps[0]] = _with(document[steps[0]], steps[1:], new)
    return changed
