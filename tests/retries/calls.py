"""The calls of the retry tests, by the kind of their operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paperspace_projects._api import operations
from scripts import operation_calls as every_call

CALLS: dict[str, Callable[[Any], Any]] = {
    "GET": lambda client: client.projects.get("p1"),
    "PUT": lambda client: client.projects.update("p1", name="new"),
    "DELETE": lambda client: client.projects.delete("p1"),
    "POST": lambda client: client.projects.create("new"),
    "PATCH": lambda client: client.project("p1").secrets.update("TOKEN", "value"),
}


WRITES = {"POST", "PATCH"}


ENTRIES = {
    each.id: each for each in vars(operations).values() if isinstance(each, operations.Operation)
}


WRITES_AND_WHAT_TELLS: list[tuple[str, Callable[[Any], Any], str]] = [
    (id_, call, ENTRIES[id_].verify_with or "a name of what tells")
    for id_, call in every_call.CALLS.items()
    if ENTRIES[id_].idempotency.may_duplicate
]


DELETES: dict[str, Callable[[Any], Any]] = {
    id_: call for id_, call in every_call.CALLS.items() if call.request[0] == "DELETE"
}
