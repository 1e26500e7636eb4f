"""An answer to each operation, as openapi.yaml documents it."""

from __future__ import annotations

from typing import Any

from spec.contract.arguments import answer_kind
from spec.contract.spec import OPERATIONS


def example(operation_id: str) -> Any:
    """The body of an operation's success; None if it has none."""
    (operation,) = (each for each in OPERATIONS if each.id == operation_id)
    answer = next(each for each in operation.answers if each.status.startswith("2"))
    kind = answer_kind(operation, answer)
    return None if kind is None else kind.sample(operation_id)
