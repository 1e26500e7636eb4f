"""What a client tells of its calls: an `AttemptEvent` of each attempt, a `ResponseInfo` of each
call. Neither holds a key, a query, a body or a secret's value."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class _Answered(msgspec.Struct, frozen=True, kw_only=True):
    operation: str
    method: str
    path: str
    status_code: int | None
    error: str | None
    elapsed: float
    request_id: str | None = None
    headers: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])

    def __hash__(self) -> int:
        names = (name for name in self.__struct_fields__ if name != "headers")  # it has no hash
        return hash((type(self), *(getattr(self, name) for name in names)))


class AttemptEvent(_Answered, frozen=True, kw_only=True):
    """One request that was sent, or that could not be sent.

    Attributes:
        operation: The spec's operation id, or method and route of `client.request`.
        method: The HTTP method.
        path: The path below the base URL, without the query.
        attempt: Its number, from 1.
        status_code: The status of the answer; None: no answer came.
        error: The name of the error class; None on success.
        elapsed: Seconds since the attempt was admitted, or since it began to wait for admission.
        wait: Seconds until the next attempt; None: there is none.
        request_id: The server's id of the request, if the answer has one.
        headers: Those headers of the answer that are known to be harmless, such as `date`,
            `retry-after` and those of rate limits, by their names in lower case.
    """

    attempt: int
    wait: float | None


class ResponseInfo(_Answered, frozen=True, kw_only=True):
    """One call, which `client.responses()` has seen, and its last answer.

    Attributes:
        operation: The spec's operation id, or method and route of `client.request`.
        method: The HTTP method.
        path: The path below the base URL, without the query.
        attempts: The number of attempts.
        status_code: The status of the last answer; None: the last attempt got none.
        error: The name of the class of the error that was raised; None on success.
        elapsed: Seconds from the beginning of the call to its end, waits included.
        request_id: The server's id of the request, if the last answer has one.
        headers: Those headers of the last answer that are known to be harmless, such as `date`,
            `retry-after` and those of rate limits, by their names in lower case.
    """

    attempts: int
