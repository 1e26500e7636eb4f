"""The record of what was sent to the emulator, for tests to look at.

It must never hold an API key or a secret's value: what may be one is hidden before a request is
written down.
"""

import json
import threading
from collections import deque
from dataclasses import dataclass
from typing import Final, cast

from paperspace_projects.testing._http import Call, Problem
from paperspace_projects.testing._inputs import query, segments
from paperspace_projects.testing._routes import find_id

HIDDEN: Final = "***"
"""What stands in place of a value that may be a secret."""

KEPT: Final = 10_000
"""How many requests are remembered, so that a long run does not fill the memory."""


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request that was sent to the emulator, whether or not it got an answer.

    `path` and `query_string` are as they came, percent-encoded; `operation` is the operation id of
    openapi.yaml, or None where there is no such operation. `body` is the JSON that was sent, with
    secrets' values hidden; it is empty where none was.
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
        self._sent: deque[SentRequest] = deque(maxlen=KEPT)

    def add(self, call: Call) -> None:
        """Write a request down."""
        sent = sent_request(call)
        with self._lock:
            self._sent.append(sent)

    def all(self) -> tuple[SentRequest, ...]:
        """What was sent, in the order of arrival."""
        with self._lock:
            return tuple(self._sent)


def sent_request(call: Call) -> SentRequest:
    """A request as it may be written down."""
    return SentRequest(
        call.method,
        call.path.decode("ascii", "backslashreplace"),
        call.query.decode("ascii", "backslashreplace"),
        find_id(call.method, call.path),
        _shown(call),
    )


def _shown(call: Call) -> str:
    """The body as JSON text, without what may be a secret's value."""
    if not call.body:
        return ""
    try:
        document: object = json.loads(call.body)
    except (ValueError, RecursionError):
        return json.dumps(HIDDEN)
    return json.dumps(_without_values(document, is_secret=_is_about_secrets(call.path)))


def _is_about_secrets(path: bytes) -> bool:
    try:
        return "secrets" in segments(path)
    except Problem:
        return True


def _without_values(document: object, *, is_secret: bool) -> object:
    """The document with each field hidden that may hold a secret's value.

    Only a secret's name is shown of what is sent about secrets, as a value may have been put into a
    wrong field by mistake; of anything else, all but what is called a value.
    """
    if not isinstance(document, dict):
        return HIDDEN if is_secret else document
    fields = cast("dict[str, object]", document)
    hidden = fields.keys() - {"name"} if is_secret else fields.keys() & {"value"}
    return {name: HIDDEN if name in hidden else value for name, value in fields.items()}
