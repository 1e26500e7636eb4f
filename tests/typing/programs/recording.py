"""What a server says, recorded and said again; and tests that are kept off the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, assert_type

from paperspace_projects import AsyncClient, Client
from paperspace_projects.testing import (
    Exchange,
    NetworkBlockedError,
    OperationReport,
    Recorder,
    Replay,
    ReplayError,
    SentRequest,
    block_network,
    dialect_report,
    read_transcript,
    recording_relay,
)


def recorded(path: Path) -> None:
    assert_type(Client(transport=Recorder(path)), Client)
    assert_type(AsyncClient(transport=Recorder("transcript.jsonl")), AsyncClient)
    relay = recording_relay(path, "https://api.paperspace.com/v1", port=8080)
    with relay as base_url:
        assert_type(base_url, str)


def said_again(path: Path) -> None:
    replay = Replay(path)
    assert_type(Client(transport=replay), Client)
    assert_type(AsyncClient(transport=replay), AsyncClient)
    assert_type(replay.unused, tuple[Exchange, ...])
    exchanges = read_transcript(path)
    assert_type(exchanges, Iterator[Exchange])
    for exchange in exchanges:
        assert_type(exchange.request, SentRequest)
        assert_type(exchange.status, int | None)
        assert_type(exchange.headers, Mapping[str, str])
        assert_type(exchange.answer, object)
        assert_type(exchange.length, int)
        assert_type(exchange.error, str | None)


def compared(report: OperationReport) -> None:
    assert_type(dialect_report("transcript.jsonl"), tuple[OperationReport, ...])
    assert_type(report.operation, str)
    assert_type(report.answers, int)
    assert_type(report.spoken, Literal["contract", "live", "either", "neither"])
    assert_type(report.differences, tuple[str, ...])


def kept_off(error: NetworkBlockedError, other: ReplayError) -> None:
    with block_network(allow=["http://127.0.0.1:8080"]) as nothing:
        assert_type(nothing, None)
    assert_type(error.operation, str)
    assert_type(error.method, str)
    assert_type(error.url, str)
    assert_type(error.call_site, str | None)
    assert_type(other.request, SentRequest)
