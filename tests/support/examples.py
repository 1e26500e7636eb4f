"""An answer to each operation, as openapi.yaml documents it, and what it is read into."""

from __future__ import annotations

from typing import Any

from spec.contract.arguments import answer_kind
from spec.contract.spec import OPERATIONS

from paperspace_projects._api import operations as entries
from paperspace_projects._api.decoding import WirePage


def example(operation_id: str) -> Any:
    """The body of an operation's success; None if it has none."""
    (operation,) = (each for each in OPERATIONS if each.id == operation_id)
    answer = next(each for each in operation.answers if each.status.startswith("2"))
    kind = answer_kind(operation, answer)
    return None if kind is None else kind.sample(operation_id)


def type_of_result(operation: str) -> type:
    """The type of what an operation gives, or of the items that it lists."""
    (entry,) = (
        each
        for each in vars(entries).values()
        if isinstance(each, entries.Operation) and each.id == operation
    )
    value = entry.decode(example(operation))
    return type(value.items[0] if isinstance(value, WirePage) else value)
