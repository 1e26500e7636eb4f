"""OpenTelemetry spans of calls. It is loaded once a program has loaded OpenTelemetry's API.

A span names the operation, the path and what came of it: no key, query, body, text of an error or
secret's value.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from opentelemetry import trace

from .._api.operations import ApiRequest
from .._security.redaction import redact
from .._security.secret_str import SecretStr
from .._version import __version__
from ..events import AttemptEvent

Observer: TypeAlias = Callable[[AttemptEvent], object]

_SCHEMA: Final = "https://opentelemetry.io/schemas/1.30.0"
_PORTS: Final = {"http": 80, "https": 443}


@contextmanager
def call_span(
    request: ApiRequest[Any], base_url: str, key: SecretStr, on_event: Observer | None
) -> Generator[Observer, None, None]:
    """Make a call in the body a span. Yield what to call with its attempts, in place of
    `on_event`, which is called as well."""
    server, hidden = urlsplit(base_url), (*request.secrets, key)
    attributes: dict[str, str | int] = {
        "http.request.method": request.method,
        "server.address": server.hostname or "",
        "server.port": server.port or _PORTS[server.scheme],
        "url.full": redact(base_url + request.path, hidden),
    }
    span = trace.get_tracer("paperspace_projects", __version__, schema_url=_SCHEMA).start_span(
        redact(request.operation, hidden), kind=trace.SpanKind.CLIENT, attributes=attributes
    )

    def note(event: AttemptEvent) -> None:
        found = {
            "http.response.status_code": event.status_code,
            "error.type": event.error,
            "paperspace.attempt": event.attempt,
            "paperspace.elapsed": event.elapsed,
            "paperspace.wait": event.wait,
        }
        known = {name: value for name, value in found.items() if value is not None}
        span.add_event("attempt", known)
        if event.status_code is not None:
            span.set_attribute("http.response.status_code", event.status_code)
        if event.request_id is not None:
            span.set_attribute("http.response.header.x-request-id", [event.request_id])
        if event.attempt > 1:
            span.set_attribute("http.request.resend_count", event.attempt - 1)
        if on_event is not None:
            on_event(event)

    with trace.use_span(span, True, record_exception=False, set_status_on_exception=False):
        try:
            yield note
        except BaseException as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(trace.StatusCode.ERROR)
            raise
