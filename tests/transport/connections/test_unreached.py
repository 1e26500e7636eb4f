"""Where nothing is reached, the error says what is wrong, at once and by its right name."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from support.backends import BACKENDS, Backend, outcome
from support.early import Listener, listening
from support.fault_server import address_lookup
from support.faults import http

from paperspace_projects import APIConnectionError, APITimeoutError, ConfigurationError, RetryPolicy

ONCE: dict[str, Any] = {"retry": RetryPolicy(max_attempts=1), "timeout": 30}
HOST = "projects.example"
every_backend = pytest.mark.parametrize("backend", BACKENDS)


def get(client: Any) -> Any:
    return client.projects.get("p1")


# ---- what the environment has OpenSSL read ----


@every_backend
@pytest.mark.parametrize(
    ("variable", "content"),
    [
        ("SSL_CERT_FILE", None),
        ("SSL_CERT_FILE", "no certificate"),
        ("SSL_CERT_FILE", "/"),
        ("SSLKEYLOGFILE", None),
        ("SSLKEYLOGFILE", "/"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    backend: Backend,
    variable: str,
    content: str | None,
) -> None:
    path = tmp_path / "folder" / "file.pem"
    if content == "/":
        path.mkdir(parents=True)
    elif content is not None:
        path.parent.mkdir()
        path.write_text(content)
    monkeypatch.setenv(variable, str(path))
    error = outcome(backend, get, base_url="https://127.0.0.1:9", **ONCE)
    assert isinstance(error, ConfigurationError), repr(error)
    assert variable in str(error)


# ---- names that can be nobody's ----

NO_NAMES = ["a..b", "a" * 64 + ".example", ".".join(["a" * 60] * 5)]


@every_backend
@pytest.mark.parametrize("name", NO_NAMES)
@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_host_that_can_be_none_fails_at_once(backend: Backend, name: str) -> None:
    error = outcome(backend, get, base_url=f"https://{name}/v1", **ONCE)
    assert isinstance(error, APIConnectionError), repr(error)
    assert not isinstance(error, APITimeoutError)
    assert f"base URL https://{name}/v1" in str(error)


@every_backend
@pytest.mark.parametrize("name", NO_NAMES)
@pytest.mark.parametrize("scheme", ["http", "socks5"])
@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_proxy_that_can_be_none_fails_at_once(
    monkeypatch: pytest.MonkeyPatch, backend: Backend, name: str, scheme: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", f"{scheme}://user:word@{name}:3128")
    error = outcome(backend, get, base_url=f"https://{HOST}", **ONCE)
    assert isinstance(error, APIConnectionError), repr(error)
    assert not isinstance(error, APITimeoutError)
    assert f"through the proxy {name}:3128" in str(error)
    assert "word" not in str(error)


# ---- a proxy is named ----


@every_backend
def test_a_proxy_that_wants_a_password_is_named(
    monkeypatch: pytest.MonkeyPatch, backend: Backend
) -> None:
    def refuses(listener: Listener, connection: socket.socket) -> None:
        listener.hear(connection)
        connection.sendall(http(407))

    with listening(refuses) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:word@127.0.0.1:{proxy.port}")
        error = outcome(backend, get, base_url=f"https://{HOST}", **ONCE)
        told = f"(base URL https://{HOST}, through the proxy 127.0.0.1:{proxy.port})"
    assert isinstance(error, APIConnectionError), repr(error)
    assert "407" in str(error)
    assert told in str(error)
    assert "word" not in str(error)


@every_backend
@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
def test_a_proxy_whose_name_is_not_found_is_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, backend: Backend, scheme: str
) -> None:
    def look_up() -> None:
        raise socket.gaierror(socket.EAI_NONAME, os.strerror(2))

    monkeypatch.setattr(socket, "getaddrinfo", address_lookup("proxy.example", look_up))
    monkeypatch.setenv("ALL_PROXY", f"{scheme}://user:word@proxy.example:3128")
    error = outcome(backend, get, base_url=f"https://{HOST}", **ONCE)
    assert isinstance(error, APIConnectionError), repr(error)
    text = str(error)
    assert "the proxy's name was not found" in text
    assert f"(base URL https://{HOST}, through the proxy proxy.example:3128)" in text
    assert "check base_url" not in text
    assert "word" not in text


@every_backend
def test_where_there_is_no_proxy_none_is_named(backend: Backend) -> None:
    with socket.socket() as refusing:
        refusing.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{refusing.getsockname()[1]}"
        error = outcome(backend, get, base_url=url, **ONCE)
    assert isinstance(error, APIConnectionError), repr(error)
    assert "proxy" not in str(error)
