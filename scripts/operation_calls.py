"""A call of each operation, found by the docstring of its method: `Read a project (getProject).`

Tests and the fuzzer make these calls, so that a new operation is in all of them with its method.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec

import paperspace_projects as package
from paperspace_projects.dialects.shapes import described
from paperspace_projects_api import models

OWNERS = ("Projects", "ProjectScope", "Collaborators", "Secrets", "Tags", "Models")
"""The classes with methods for operations; where two have one, that of the first is called."""

VALUES: Mapping[str, Any] = {
    "project_id": "p1",
    "user_id": "u1",
    "model_id": "m1",
    "name": "TOKEN",
    "value": "a secret value",
    "order_by": "dtCreated",
    "page_size": 5,
    "since": "2000-01-01T00:00:00Z",
    "until": "2100-01-01T00:00:00Z",
}
"""A value for each argument of which not every value of its type will do."""

BY_TYPE: Mapping[str, Any] = {
    "str": "string",
    "int": 1,
    "float": 1.5,
    "bool": True,
    "datetime": datetime(2000, 1, 1, tzinfo=UTC),
    "Sequence": ["x"],
    "Mapping": {"x": "x"},
}
NEEDED = {"updateProject": ("name",)}
"""Arguments of which one has to be given, though none of them is required."""
LEFT_OUT = ("after", "prefetch")
"""Arguments that are about more than one request."""


class Call(msgspec.Struct, frozen=True):
    """The call of an operation: `call(client, "p1", name="x")`.

    Texts go to the parameters of the path, in order. What is not given has a value of its own,
    unless it is optional; with `every`, optional arguments have one as well.
    """

    operation: str
    owner: str
    method: str

    def __call__(self, client: Any, *texts: Any, every: bool = False, **given: Any) -> Any:
        given |= dict(zip(self.in_path, texts, strict=False))
        part = client.projects
        if self.owner != "Projects":
            part = client.project(given.get("project_id", VALUES["project_id"]))
        if self.owner not in ("Projects", "ProjectScope"):
            part = getattr(part, self.owner.lower())
        return getattr(part, self.method)(**self.arguments(given, every=every))

    def arguments(self, given: Mapping[str, Any], *, every: bool = False) -> dict[str, Any]:
        """The arguments of the method, each with its value."""
        values, made = {**VALUES, **given}, dict[str, Any]()
        for each in self.parameters:
            is_needed = each.default is each.empty or each.name in NEEDED.get(self.operation, ())
            if each.name in given or is_needed or (every and each.name not in LEFT_OUT):
                made[each.name] = values[each.name] if each.name in values else self._make(each)
        return made

    @property
    def parameters(self) -> list[inspect.Parameter]:
        function = getattr(getattr(package, self.owner), self.method)
        return list(inspect.signature(function).parameters.values())[1:]

    @property
    def request(self) -> tuple[str, str]:
        """The method of HTTP and the template of the path."""
        method, _, path = described()[self.operation].request.partition(" ")
        return method, path

    @property
    def in_path(self) -> list[str]:
        """The arguments that are parameters of the path, as the methods call them."""
        names = re.findall(r"{(\w+)}", self.request[1])
        snake = (re.sub(r"(?<!^)(?=[A-Z])", "_", each).lower() for each in names)
        return ["project_id" if each == "id" else each for each in snake]

    def _make(self, parameter: inspect.Parameter) -> Any:
        """A value by the type of an argument, which has none in `VALUES`."""
        for name in re.findall(r"\w+", str(parameter.annotation)):
            choices = get_args(getattr(models, name, None))
            if name in BY_TYPE or choices:
                return BY_TYPE[name] if name in BY_TYPE else choices[0]
        where = f"{parameter.name!r} of {self.owner}.{self.method}"
        raise LookupError(f"add a value for {where} to VALUES in {__file__}")

    @property
    def is_list(self) -> bool:
        function = getattr(getattr(package, self.owner), self.method)
        return str(inspect.signature(function).return_annotation).startswith("Pager")


def _found() -> Iterator[Call]:
    for owner in reversed(OWNERS):
        for name, method in inspect.getmembers(getattr(package, owner), inspect.isfunction):
            text = (inspect.getdoc(method) or "").partition("\n\n")[0]
            operations = re.findall(r"\((\w+)\)", text)
            listed = getattr(getattr(package, owner), "_list_operation", None)
            if name == "list" and listed is not None:
                operations = [listed.id]
            if name != "list_details" and not name.startswith("_"):
                yield from (Call(each, owner, name) for each in operations if each in described())


_CALLS = {each.operation: each for each in _found()}
CALLS: Mapping[str, Call] = {each: _CALLS[each] for each in described() if each in _CALLS}
"""The calls by operation, in the order of openapi.yaml."""


def _rank(call: Call) -> tuple[int, int]:
    """What creates comes first, and what removes comes last, the whole after its parts."""
    method, path = call.request
    if method == "DELETE":
        return 3, -path.count("/")
    creates = method == "POST" and call.method in ("create", "add")
    return (0, path.count("/")) if creates else (1, 0)


STORY = tuple(sorted(CALLS.values(), key=_rank))
"""The calls in an order in which a server that has no projects can carry them all out."""
