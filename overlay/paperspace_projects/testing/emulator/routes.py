"""The operations of both dialects, and the search for that of a request.

The requests and the answers come from openapi.yaml and overlay/live.overlay.yaml, by way of
`dialects/shapes.json`, which is read here: the package of the dialect report imports the client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import resources
from typing import Final

import msgspec

from .inputs import segments
from .messages import HTTPException


class Route(msgspec.Struct, frozen=True, eq=False):
    """An operation; `answers` are the status of its success, and whether it has a body."""

    operation_id: str
    method: str
    path: str
    answers: Mapping[str, tuple[int, bool]]

    def match(self, parts: Sequence[str]) -> dict[str, str] | None:
        """Return the path parameters if the segments fit, none of them empty; else None."""
        names = self.path.split("/")[1:]
        if len(names) != len(parts):
            return None
        pairs = list(zip(names, parts, strict=True))
        if not all(part if name.startswith("{") else part == name for name, part in pairs):
            return None
        return {name.strip("{}"): part for name, part in pairs if name.startswith("{")}


def _success(answers: Mapping[str, object]) -> tuple[int, bool]:
    """The first success, such as 201 or 2XX, and whether it has a body."""
    for status, body in answers.items():
        if status[0] == "2":
            return int(status.upper().replace("X", "0")), body is not None
    return 200, False


def _routes() -> Iterator[Route]:
    shapes = resources.files("paperspace_projects") / "dialects" / "shapes.json"
    for operation_id, shape in msgspec.json.decode(shapes.read_bytes()).items():
        method, _, path = shape["request"].partition(" ")
        answers = {dialect: _success(shape[dialect]) for dialect in ("contract", "live")}
        yield Route(operation_id, method, path, answers)


ROUTES: Final = tuple(_routes())
OPERATION_IDS: Final = frozenset(route.operation_id for route in ROUTES)
METHODS: Final = frozenset(route.method for route in ROUTES)


def find_route(method: str, path: bytes) -> tuple[Route, Mapping[str, str]]:
    """Return the route and the path parameters, or raise 404 or 405; `/v1` is optional.

    A path with fewer parameters goes before one that takes any text at the same place.
    """
    parts = segments(path)
    if parts[:1] == ["v1"]:
        parts = parts[1:]
    matches = ((route, route.match(parts)) for route in ROUTES)
    fitting = {route: found for route, found in matches if found is not None}
    fewest = min(map(len, fitting.values()), default=0)
    fitting = {route: found for route, found in fitting.items() if len(found) == fewest}
    for route, parameters in fitting.items():
        if route.method == method:
            return route, parameters
    if not fitting:
        raise HTTPException(404, "No such path.")
    allowed = ("allow", ", ".join(route.method for route in fitting))
    raise HTTPException(405, "The method is not supported for this path.", allowed)


def find_operation_id(method: str, path: bytes) -> str | None:
    """Return the operation id of a request, or None if there is no such operation."""
    with suppress(HTTPException):
        return find_route(method, path)[0].operation_id
    return None
