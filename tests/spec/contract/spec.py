"""Reads openapi.yaml: PyYAML, `$ref`s followed by hand, and nothing of the generator's.

Whatever is read knows where it stands, as a JSON pointer, so that a failing test can name the
place. Nothing but the list of operations is read on import: what is wrong with one of them is the
failure of its own tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from attrs import frozen

SPEC_PATH = Path(__file__).parents[3] / "openapi.yaml"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class SpecError(Exception):
    """openapi.yaml says something that cannot be, or that these tests do not know how to read."""


@frozen
class Place:
    """A value of the document and where it stands. A `$ref` is followed; its place names both."""

    value: Any
    pointer: str
    component: str | None = None
    """The name of the component schema that a `$ref` led to."""

    def __str__(self) -> str:
        return self.pointer

    def __contains__(self, key: object) -> bool:
        return key in self.value

    def get(self, key: str, default: Any = None) -> Any:
        return self.value.get(key, default)

    def at(self, *steps: str | int) -> Place:
        """The place below this one that the steps lead to."""
        place = self
        for step in steps:
            pointer = f"{place.pointer}/{str(step).replace('~', '~0').replace('/', '~1')}"
            try:
                value = place.value[step]
            except (KeyError, IndexError, TypeError):
                raise SpecError(f"there is nothing at {pointer}") from None
            place = _followed(Place(value, pointer))
        return place

    def below(self, key: str) -> Iterator[tuple[Any, Place]]:
        """The entries of the map or list under a key, none where the key is missing."""
        entries = self.value.get(key) or {}
        names = entries if isinstance(entries, dict) else range(len(entries))
        return ((name, self.at(key, name)) for name in names)


def _followed(place: Place) -> Place:
    if not isinstance(place.value, dict) or "$ref" not in place.value:
        return place
    reference = str(place.value["$ref"])
    pointer = f"{place.pointer} -> {reference}"
    if not reference.startswith("#/"):
        raise SpecError(f"{pointer}: only references within the document are read")
    steps = [step.replace("~1", "/").replace("~0", "~") for step in reference[2:].split("/")]
    try:
        target = ROOT.at(*steps)
    except (SpecError, RecursionError):
        raise SpecError(f"{pointer}: the reference leads nowhere") from None
    component = steps[-1] if steps[:-1] == ["components", "schemas"] else None
    return Place(target.value, pointer, target.component or component)


ROOT = Place(yaml.load(SPEC_PATH.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader), "#")


@frozen
class Parameter:
    """A parameter of an operation. `where` is path, query, header or cookie."""

    name: str
    where: str
    required: bool
    schema: Place
    place: Place


@frozen
class Body:
    """The body that an operation takes."""

    required: bool
    schema: Place
    place: Place


@frozen
class Answer:
    """A documented answer. `status` is a number, a range such as 4XX, or default."""

    status: str
    schema: Place | None
    place: Place

    def covers(self, status: int) -> bool:
        return self.status in ("default", str(status), f"{status // 100}XX")


def _json(content: Place) -> Place:
    """The schema of the one media type that a body or an answer has, which must be JSON."""
    media = list(content.value)
    if media != ["application/json"]:
        raise SpecError(f"{content}: only application/json is read, and it has {media}")
    return content.at("application/json", "schema")


class Operation:
    """One operation. Its parts are read when they are asked for."""

    def __init__(self, item: Place, method: str, template: str) -> None:
        self.place = item.at(method)
        self.method = method.upper()
        self.template = template
        self._item = item
        fallback = f"{method}_{template.strip('/').replace('/', '_')}"
        self.id = str(self.place.get("operationId") or fallback)

    def __repr__(self) -> str:
        return self.id

    @property
    def tag(self) -> str:
        """The first tag, which decides the package that the operation is generated into."""
        tags = self.place.get("tags") or ["default"]
        return str(tags[0])

    @property
    def tag_place(self) -> str:
        return f"{self.place}/tags/0" if self.place.get("tags") else f"{self.place}"

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Those of the operation and of its path item, which it may override."""
        found: dict[tuple[str, str], Parameter] = {}
        for holder in (self.place, self._item):
            for _, place in holder.below("parameters"):
                name, where = place.at("name").value, place.at("in").value
                found.setdefault(
                    (name, where),
                    Parameter(
                        name=name,
                        where=where,
                        required=place.get("required", False),
                        schema=place.at("schema"),
                        place=place,
                    ),
                )
        return tuple(found.values())

    def parameters_in(self, where: str) -> tuple[Parameter, ...]:
        """Those in path (in the template's order), query, header or cookie."""
        found = [each for each in self.parameters if each.where == where]
        if where == "path":
            names = [part.split("}")[0] for part in self.template.split("{")[1:]]
            if sorted(names) != sorted(each.name for each in found):
                raise SpecError(
                    f"{self.place}: the template {self.template} has the parameters {names}, "
                    f"documented are {[each.name for each in found]}"
                )
            found.sort(key=lambda each: names.index(each.name))
        return tuple(found)

    @cached_property
    def body(self) -> Body | None:
        if "requestBody" not in self.place:
            return None
        place = self.place.at("requestBody")
        return Body(place.get("required", False), _json(place.at("content")), place)

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """In the order in which the generated code has to try them."""
        answers = [
            Answer(
                str(status).upper() if str(status) != "default" else "default",
                _json(place.at("content")) if place.get("content") else None,
                place,
            )
            for status, place in self.place.below("responses")
        ]
        return tuple(sorted(answers, key=lambda each: (each.status == "default", each.status)))

    def answer_to(self, status: int) -> Answer | None:
        """The documented answer with a status: its own, that of its range, or the default."""
        found = [each for each in self.answers if each.covers(status)]
        return min(found, key=lambda each: len(each.status.strip("0123456789")), default=None)

    @property
    def has_body_in_answer(self) -> bool:
        return any(each.schema is not None for each in self.answers)

    @property
    def security(self) -> Place:
        """The list of security requirements that holds for the operation."""
        return self.place.at("security") if "security" in self.place else ROOT.at("security")


def _operations() -> Iterator[Operation]:
    for template, item in ROOT.below("paths"):
        for method in METHODS:
            if method in item:
                yield Operation(item, method, template)


OPERATIONS = tuple(_operations())
COMPONENTS: Mapping[str, Place] = (
    dict(ROOT.at("components").below("schemas")) if "components" in ROOT else {}
)
