"""The record of what was sent to the emulator, for tests to look at.

It must never hold an API key or a secret's value: what may be one is hidden before a request is
written down.
"""

import json
import threading
from collections import deque
from dataclasses import dataclass
from typing import Final

from .inputs import query
from .messages import Call, Problem
from .redaction import shown_body, shown_query
from .routes import find_id

KEPT: Final = 10_000
"""How many requests are remembered, so that a long run does not fill the memory."""

KEPT_TEXT: Final = 20_000_000
"""How many characters of paths, queries and bodies are remembered in all."""


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request that was sent to the emulator, whether or not it got an answer.

    `path` and `query_string` are as they came, percent-encoded; `operation` is the operation id of
    openapi.yaml, or None where there is no such operation. `body` is the JSON that was sent; it is
    empty where none was.

    What may be a secret's value is `***`: each field and parameter that is named `value`, however
    deep, all but the name in a request about secrets, and a body that is no JSON. So is a body of
    more than a million characters, which would fill the memory.
    """

    method: str
    path: str
    query_string: str
    operation: str | None
    body: str

    @property
    def query(self) -> dict[str, str]:
        """The query's names and values; empty for a query that the emulator refuses."""
        try:
            return query(self.query_string.encode())
        except Problem:
            return {}

    @property
    def json(self) -> object:
        """The body, read; None where there is none. A secret's value is `"***"`."""
        return json.loads(self.body) if self.body else None


class Requests:
    """Remembers the last requests. It may be used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: deque[SentRequest] = deque()
        self._length = 0

    def add(self, call: Call) -> None:
        """Write a request down, and forget the oldest ones where they are too many or too long."""
        sent = _sent_request(call)
        with self._lock:
            self._sent.append(sent)
            self._length += _length(sent)
            while len(self._sent) > KEPT or self._length > KEPT_TEXT:
                self._length -= _length(self._sent.popleft())

    def all(self) -> tuple[SentRequest, ...]:
        """What was sent, in the order of arrival."""
        with self._lock:
            return tuple(self._sent)


def _sent_request(call: Call) -> SentRequest:
    """A request as it may be written down."""
    return SentRequest(
        call.method,
        call.path.decode("ascii", "backslashreplace"),
        shown_query(call.path, call.query),
        find_id(call.method, call.path),
        shown_body(call.path, call.body),
    )


def _length(sent: SentRequest) -> int:
    return len(sent.path) + len(sent.query_string) + len(sent.body)
