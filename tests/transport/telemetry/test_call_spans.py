"""Each call is a span of OpenTelemetry's where a program uses that, and shows no secret."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from typing import Any

import anyio
import httpx
import pytest
from client.secrecy.planted import KEYS, VALUES, leaks
from client.secrecy.witness import WRITES, Witness
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from support.driving import KEY, Driver
from support.fault_server import FaultServer
from support.faults import breaks_off
from support.libraries import both_libraries
from support.servers import Script, json, project, status

from paperspace_projects import AsyncClient, AttemptEvent, NotFoundError, PaperspaceError

library = both_libraries


@pytest.fixture
def provider() -> TracerProvider:
    return TracerProvider()


@pytest.fixture
def spans(provider: TracerProvider, monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    return exporter


def names(spans: InMemorySpanExporter) -> list[str]:
    return [span.name for span in spans.get_finished_spans()]


def the_span(spans: InMemorySpanExporter) -> ReadableSpan:
    (span,) = spans.get_finished_spans()
    return span


def test_a_call_is_a_span_named_by_its_operation(
    drive: Driver, client: Any, spans: InMemorySpanExporter
) -> None:
    drive(client.projects.create("vision"))
    drive.items(client.projects.list())
    assert names(spans) == ["createProject", "listProjects"]
    for span in spans.get_finished_spans():
        assert span.kind is SpanKind.CLIENT
        assert span.status.status_code is StatusCode.UNSET


def test_it_has_the_attributes_of_the_conventions(
    drive: Driver, spans: InMemorySpanExporter
) -> None:
    server = Script(json(project(), x_request_id="r1"))
    client = drive.client(server, base_url="https://api.example.com:8443/v1")
    drive(client.with_options(query={"a": "b"}).projects.get("p1"))
    span = the_span(spans)
    assert span.attributes == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "http.response.header.x-request-id": ("r1",),
        "server.address": "api.example.com",
        "server.port": 8443,
        "url.full": "https://api.example.com:8443/v1/projects/p1",
    }
    assert span.instrumentation_scope is not None
    assert span.instrumentation_scope.name == "paperspace_projects"


def test_attempts_are_events_of_it(drive: Driver, spans: InMemorySpanExporter) -> None:
    events: list[AttemptEvent] = []
    server = Script(status(503), httpx.ConnectError("refused"), json(project()))
    drive(drive.client(server, on_event=events.append).projects.get("p1"))
    span = the_span(spans)
    same = {"paperspace.elapsed": 0.0}
    assert [(each.name, each.attributes) for each in span.events] == [
        (
            "attempt",
            {
                "paperspace.attempt": 1,
                "paperspace.wait": 0.5,
                "http.response.status_code": 503,
                "error.type": "ServerError",
                **same,
            },
        ),
        (
            "attempt",
            {
                "paperspace.attempt": 2,
                "paperspace.wait": 1.0,
                "error.type": "APIConnectionError",
                **same,
            },
        ),
        ("attempt", {"paperspace.attempt": 3, "http.response.status_code": 200, **same}),
    ]
    assert span.attributes is not None
    assert span.attributes["http.request.resend_count"] == 2
    assert "error.type" not in span.attributes
    assert len(events) == 3  # `on_event` is told as well


def test_an_error_is_one_without_its_text(drive: Driver, spans: InMemorySpanExporter) -> None:
    client = drive.client(Script(json({"code": "NOT_FOUND", "message": "a text"}, 404)))
    with pytest.raises(NotFoundError):
        drive(client.projects.get("p1"))
    span = the_span(spans)
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes is not None
    assert span.attributes["error.type"] == "NotFoundError"
    assert span.attributes["http.response.status_code"] == 404
    assert "a text" not in span.to_json()


def test_a_look_after_a_lost_write_is_a_span_within_it(
    drive: Driver, spans: InMemorySpanExporter
) -> None:
    client = drive.client(Script(httpx.ReadError("lost"), json([]), status(201)))
    drive(client.project("p1").tags.add("gpu"))
    look, write = spans.get_finished_spans()
    assert (look.name, write.name) == ("listProjectTags", "addProjectTag")
    assert look.parent is not None
    assert look.parent.span_id == write.context.span_id


def test_a_call_has_the_programs_span_as_its_parent(
    drive: Driver, client: Any, provider: TracerProvider, spans: InMemorySpanExporter
) -> None:
    parent = provider.get_tracer("tests").start_span("all")
    with trace.use_span(parent):
        drive(client.projects.list(prefetch=1).collect())
    span = the_span(spans)
    assert span.parent is not None
    assert span.parent.span_id == parent.get_span_context().span_id


def test_a_call_beyond_the_contract_is_named_by_its_route(
    drive: Driver, spans: InMemorySpanExporter
) -> None:
    client = drive.client(Script(json({})))
    drive(client.request("GET", "/projects/{id}/notebooks", path={"id": "p1"}, query={"a": "b"}))
    assert names(spans) == ["GET /projects/{id}/notebooks"]
    assert "a=b" not in the_span(spans).to_json()


def test_it_can_be_turned_off(drive: Driver, spans: InMemorySpanExporter) -> None:
    client = drive.client(Script(json(project())), tracing=False)
    drive(client.projects.get("p1"))
    assert names(spans) == []
    assert client.settings.tracing is False


def test_it_is_so_over_a_real_socket(drive: Driver, spans: InMemorySpanExporter) -> None:
    with FaultServer() as server:
        server.play(breaks_off())
        client = drive.client(base_url=server.url)
        drive(client.projects.get("p1"))
        drive.close(client)
        span = the_span(spans)
        assert len(span.events) == 2
        assert span.attributes is not None
        assert span.attributes["server.port"] == server.port


def test_a_cancelled_call_ends_its_span(library: Any, spans: InMemorySpanExporter) -> None:
    async def main() -> None:
        async def never(_: object) -> None:
            await anyio.sleep_forever()

        async with AsyncClient(KEY, transport=library.MockTransport(never)) as client:
            with anyio.move_on_after(0.01):
                await client.projects.get("p1")

    anyio.run(main)
    assert the_span(spans).status.status_code is StatusCode.ERROR


@pytest.mark.parametrize("form", KEYS)
@pytest.mark.parametrize(
    "answer",
    [
        lambda key, value: json({"name": "TOKEN", "seen": [key, value]}),
        lambda key, value: json({"code": "X", "message": f"{key} {value}"}, 400),
        lambda key, value: httpx.ReadError(f"{key} {value}"),
    ],
    ids=["200", "400", "lost"],
)
def test_no_span_shows_a_key_or_a_value(
    drive: Driver,
    caplog: pytest.LogCaptureFixture,
    spans: InMemorySpanExporter,
    form: str,
    answer: Any,
) -> None:
    key, value = KEYS[form], VALUES[form]
    witness = Witness(drive, caplog)
    client = witness.client(Script(answer(key, value)), api_key=key)
    for write in WRITES.values():
        witness.run(client, lambda write=write: write(client, "TOKEN", value))
    witness.run(client, lambda: client.request("POST", "/a", json={"value": value}))
    with suppress(PaperspaceError):
        drive(client.project("p1").secrets.update(value, value))  # by mistake
    with suppress(PaperspaceError):
        drive(client.projects.get(key))
    assert len(spans.get_finished_spans()) >= 6
    for span in spans.get_finished_spans():
        assert not leaks(span.to_json())


def test_a_program_without_opentelemetry_loads_none() -> None:
    program = """
import sys
from paperspace_projects import Client
from paperspace_projects.testing import Emulator
emulator = Emulator()
with Client(emulator.api_key, transport=emulator.transport()) as client:
    client.projects.list().collect()
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
assert "paperspace_projects._http.tracing" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
