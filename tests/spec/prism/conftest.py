"""Runs Prism, and makes a client of it that notes its attempts."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.driving import Driver

from paperspace_projects import AttemptEvent
from scripts.live_document.document import live_document

SPEC = Path(__file__).resolve().parents[3] / "openapi.yaml"


@pytest.fixture(scope="session")
def prism_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a Prism that serves openapi.yaml."""
    with serving(SPEC, tmp_path_factory.mktemp("prism")) as url:
        yield url


@pytest.fixture(scope="session")
def prism_live_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a Prism that serves the live document."""
    folder = tmp_path_factory.mktemp("prism-live")
    file = folder / "live.openapi.json"
    file.write_text(json.dumps(live_document()), encoding="utf-8")
    with serving(file, folder) as url:
        yield url


@contextmanager
def serving(document: Path, folder: Path) -> Iterator[str]:
    """Run Prism on a free port; a run without Prism is a mistake and not a pass."""
    if "PRISM" not in os.environ:
        pytest.fail("PRISM is not set: `nox -s prism` installs Prism and sets it to its path")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [os.environ["PRISM"], "mock", "--errors", str(document), "--multiprocess", "false"]
    log = folder / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 60
        try:
            while not answers_without_key(url):
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"Prism did not start:\n{log.read_text()}")
                time.sleep(0.1)
            yield url
        finally:
            process.terminate()


def answers_without_key(url: str) -> bool:
    """Whether Prism is up: it answers 401 to a request without a key."""
    try:
        return httpx.get(f"{url}/projects", trust_env=False).status_code == 401
    except httpx.TransportError:
        return False


@pytest.fixture
def events() -> list[AttemptEvent]:
    """What the client sent in this test."""
    return []


@pytest.fixture
def client(drive: Driver, prism_url: str, events: list[AttemptEvent]) -> Any:
    """A client of Prism, which takes any key."""
    return drive.client(base_url=prism_url, on_event=events.append)
