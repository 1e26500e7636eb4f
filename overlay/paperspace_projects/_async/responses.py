"""The facts of the answers to the calls of one thread or task: `client.responses()`."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TypeVar

import msgspec

from .._retry.attempts import AttemptResult, Attempts
from ..errors import PaperspaceError
from ..events import ResponseInfo
from .primitives import caller

T = TypeVar("T")


class Collector(msgspec.Struct, eq=False):
    """Collects the facts of the answers to the calls of one thread or task."""

    caller: object
    seen: list[ResponseInfo] = msgspec.field(default_factory=list[ResponseInfo])


@contextmanager
def collecting(collectors: list[Collector]) -> Generator[list[ResponseInfo], None, None]:
    """Add a collector of this thread or task to those of a client in the body."""
    collector = Collector(caller())
    collectors.append(collector)
    try:
        yield collector.seen
    finally:
        collectors.remove(collector)


def collected(collectors: list[Collector], attempts: Attempts[T], result: AttemptResult[T]) -> T:
    """Return or raise the result of a call, and tell the collectors of this thread or task."""
    error: PaperspaceError | None = None
    try:
        return attempts.result(result)
    except PaperspaceError as raised:
        error = raised
        raise
    finally:
        for each in tuple(collectors):
            if each.caller == caller():
                each.seen.append(attempts.info(error))
