"""The requests of the operations, and the search for that of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

import msgspec

from ...config import DEFAULT_BASE_URL
from .inputs import segments
from .messages import HTTPException
from .shapes import OPERATIONS


class Route(msgspec.Struct, frozen=True, eq=False):
    """The requests of an operation."""

    operation_id: str
    method: str
    path: str

    def match(self, parts: Sequence[str]) -> dict[str, str] | None:
        """Return the path parameters if the segments fit, none of them empty; else None."""
        names = self.path.split("/")[1:]
        if len(names) != len(parts):
            return None
        pairs = list(zip(names, parts, strict=True))
        if not all(part if name.startswith("{") else part == name for name, part in pairs):
            return None
        return {name.strip("{}"): part for name, part in pairs if name.startswith("{")}


ROUTES: Final = tuple(
    Route(operation_id, *request.split(" ")) for operation_id, (request, _) in OPERATIONS.items()
)
_BASE: Final = segments(urlsplit(DEFAULT_BASE_URL).path.encode())
OPERATION_IDS: Final = frozenset(route.operation_id for route in ROUTES)
METHODS: Final = frozenset(route.method for route in ROUTES)


def find_route(method: str, path: bytes) -> tuple[Route, Mapping[str, str]]:
    """Return the route and the path parameters, or raise 404 or 405.

    The path of the server, `/v1`, is optional. A path with fewer parameters goes before one that
    takes any text at the same place.
    """
    parts = segments(path)
    if parts[: len(_BASE)] == _BASE:
        parts = parts[len(_BASE) :]
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
