"""The record of the requests that were sent to the emulator, for tests to look at.

It must never hold an API key or a secret's value. Of a request about secrets only what cannot be a
value is shown, as a value may be in the wrong field by mistake.
"""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from contextlib import suppress
from typing import Final
from urllib.parse import unquote_plus

import msgspec

from .inputs import query_or_empty, segments
from .messages import HTTPException, ServerRequest
from .routes import find_operation_id

# The most requests, and characters of paths, queries and bodies in all, that are kept: a long run
# must not fill the memory. A longer body than LONGEST_BODY is hidden as a whole.
KEPT: Final = 10_000
KEPT_TEXT: Final = 20_000_000
LONGEST_BODY: Final = 1_000_000

HIDDEN: Final = "***"

# The parameters of the operations' queries; none of them is a secret's value.
_PARAMETERS: Final = frozenset({"after", "limit", "name", "order", "orderBy", "type"})


class SentRequest(msgspec.Struct, frozen=True):
    """A request that was sent to the emulator, whether or not it got an answer.

    `path` and `query_string` are percent-encoded, as they arrived. `operation` is an operation id
    or None. `body` is the JSON that was sent, or empty.

    Possible values of secrets are replaced by `***`: each field and parameter named `value`, at any
    depth; everything but the name in a request about secrets; a body that is not JSON or has more
    than a million characters.
    """

    method: str
    path: str
    query_string: str
    operation: str | None
    body: str

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query; empty if the emulator refuses the query."""
        return query_or_empty(self.query_string.encode())

    @property
    def json(self) -> object:
        """The decoded body; None if there is none. A secret's value is `"***"`."""
        return json.loads(self.body) if self.body else None


class RequestLog:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: deque[SentRequest] = deque()
        self._length = 0

    def add(self, request: ServerRequest) -> None:
        try:
            about_secrets = "secrets" in segments(request.path)
        except HTTPException:
            about_secrets = True
        sent = SentRequest(
            request.method,
            request.path_text,
            _shown_query(request.query, about_secrets),
            find_operation_id(request.method, request.path),
            _shown_body(request.body, about_secrets),
        )
        with self._lock:
            self._sent.append(sent)
            self._length += _length(sent)
            while len(self._sent) > KEPT or self._length > KEPT_TEXT:
                self._length -= _length(self._sent.popleft())

    def all(self) -> tuple[SentRequest, ...]:
        with self._lock:
            return tuple(self._sent)


def _length(sent: SentRequest) -> int:
    return len(sent.path) + len(sent.query_string) + len(sent.body)


def _shown_query(raw: bytes, about_secrets: bool) -> str:
    def shown(pair: re.Match[str]) -> str:
        name, equals, _ = pair[0].partition("=")
        decoded = unquote_plus(name)
        if decoded in _PARAMETERS or not (about_secrets or _is_value(decoded)):
            return pair[0]
        return f"{name}={HIDDEN}" if equals else HIDDEN

    return re.sub("[^&;]+", shown, raw.decode("ascii", "backslashreplace"))


def _shown_body(body: bytes, about_secrets: bool) -> str:
    def shown(name: str, value: object) -> object:
        is_name = name == "name" and isinstance(value, str)
        return value if is_name or not (about_secrets or _is_value(name)) else HIDDEN

    if not body:
        return ""
    with suppress(ValueError, RecursionError):
        document: object = json.loads(
            body, object_hook=lambda fields: {name: shown(name, fields[name]) for name in fields}
        )
        text = json.dumps(document)
        if len(text) <= LONGEST_BODY and (isinstance(document, dict) or not about_secrets):
            return text
    return json.dumps(HIDDEN)


def _is_value(name: str) -> bool:
    return name.strip().casefold() == "value"
