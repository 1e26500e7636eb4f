"""The calls of the operations, their results, and what was sent."""

from __future__ import annotations

from typing import Any

from paperspace_projects import AttemptEvent
from scripts.operation_calls import CALLS

ID = "p/1 ü"  # one segment, whatever is in it


def called(operation: str, client: Any, *, every: bool = False) -> Any:
    """Make a call; of a list it gives the pager."""
    return CALLS[operation](client, ID, "A", every=every)


def result_of(value: Any, operation: str) -> Any:
    """What a call gives; of a list, its first item."""
    return value.first() if CALLS[operation].is_list else value


def operations(events: list[AttemptEvent]) -> list[str]:
    """The operations that were carried out, each at the first attempt."""
    assert all(each.error is None and each.attempt == 1 for each in events)
    return [each.operation for each in events]
