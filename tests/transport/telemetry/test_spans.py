"""OpenTelemetry's instrumentation of httpx sees what this client sends, and no secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from client.secrecy.planted import KEYS, VALUES, leaks
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode, Tracer, use_span
from support.driving import Driver

from paperspace_projects import PaperspaceError
from paperspace_projects.testing import Emulator, Fault, FaultPlan

KEY, VALUE = KEYS["plain"], VALUES["plain"]
SANITIZED = "OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SANITIZE_FIELDS"
CAPTURED = "OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_REQUEST"

Spans = Callable[[], tuple[ReadableSpan, ...]]


@pytest.fixture(scope="module", params=["contract", "live"])
def emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with Emulator(request.param, api_key=KEY) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def base_url(emulator: Emulator) -> Iterator[str]:
    with emulator.serve() as base_url:
        yield base_url


@pytest.fixture
def provider() -> TracerProvider:
    return TracerProvider()


@pytest.fixture
def tracer(provider: TracerProvider) -> Tracer:
    return provider.get_tracer("tests")


@pytest.fixture
def spans(provider: TracerProvider) -> Spans:
    """Gives the spans that have ended, in that order."""
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter.get_finished_spans


@pytest.fixture
def instrumented(provider: TracerProvider, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever uses httpx in this process is seen, as in a program that asks for it at its start.

    Headers are captured in the way that docs/guides/logging.md tells.
    """
    monkeypatch.setenv(CAPTURED, "authorization,content-type")
    monkeypatch.setenv(SANITIZED, "authorization")
    instrumentor = HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    yield
    instrumentor.uninstrument()


@pytest.fixture
def client(drive: Driver, base_url: str, instrumented: None) -> Iterator[Any]:  # noqa: ARG001
    """A client with connections of its own, closed before the server is."""
    client = drive.client(base_url=base_url, api_key=KEY)
    yield client
    drive.close(client)


def sent(span: ReadableSpan) -> tuple[str, str, int]:
    """The method, the path and the status that a span tells."""
    attributes = span.attributes
    assert attributes is not None
    path = urlsplit(str(attributes["http.url"])).path
    return span.name, path, int(str(attributes["http.status_code"]))


def test_each_request_is_a_span(
    drive: Driver, client: Any, emulator: Emulator, spans: Spans
) -> None:
    project = drive(client.projects.create("vision"))
    drive(client.project(project.id).tags.add("gpu"))
    is_live = emulator.dialect == "live"
    created = 200 if is_live else 201
    assert [sent(span) for span in spans()] == [
        ("POST", "/v1/projects", created),
        ("POST", f"/v1/projects/{project.id}/tags", created),
    ]


def test_a_repeat_is_another_span_of_the_same_parent(
    drive: Driver, client: Any, emulator: Emulator, spans: Spans, tracer: Tracer
) -> None:
    emulator.faults = FaultPlan.script([Fault.status(503)])
    parent = tracer.start_span("list them")
    with use_span(parent):
        drive(client.projects.list().collect())
    first, second = spans()
    assert [sent(first)[2], sent(second)[2]] == [503, 200]
    assert [first.status.status_code, second.status.status_code] == [
        StatusCode.ERROR,
        StatusCode.UNSET,
    ]
    for span in (first, second):
        assert span.parent is not None
        assert span.parent.span_id == parent.get_span_context().span_id


@pytest.mark.parametrize(
    "fault",
    [None, Fault.status(500, when="after"), Fault.status(503), Fault.drop(when="after")],
    ids=["none", "500", "503", "lost"],
)
def test_no_span_holds_a_key_or_a_value(
    drive: Driver, client: Any, emulator: Emulator, spans: Spans, fault: Fault | None
) -> None:
    secrets = client.project(drive(client.projects.create("vision")).id).secrets
    drive(secrets.create("TOKEN", "an old value"))
    for write in (secrets.update, secrets.create, secrets.set):
        emulator.faults = FaultPlan.script([fault])
        with suppress(PaperspaceError):
            drive(write("TOKEN", VALUE))
    assert len(spans()) >= 5
    for span in spans():
        assert not leaks(span.to_json())


def test_headers_that_are_captured_show_no_key_if_it_is_sanitized(
    drive: Driver, client: Any, spans: Spans
) -> None:
    drive(client.projects.list().collect())
    (span,) = spans()
    assert span.attributes is not None
    assert span.attributes["http.request.header.authorization"] == ("[REDACTED]",)
    assert not leaks(span.to_json())


def test_an_http_client_of_ones_own_can_be_instrumented_alone(
    drive: Driver, emulator: Emulator, provider: TracerProvider, spans: Spans
) -> None:
    http = drive.http_client(transport=emulator.transport())
    HTTPXClientInstrumentor.instrument_client(http, tracer_provider=provider)
    client = drive.client(api_key=KEY, http_client=http)
    drive(client.projects.list().collect())
    drive.close(http)
    assert [sent(span)[:2] for span in spans()] == [("GET", "/v1/projects")]
