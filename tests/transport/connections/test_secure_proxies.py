"""A proxy that is itself reached by TLS cannot hold a call up beyond its time."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import certifi
import pytest
from retries.faults.conftest import make_authority
from support.backends import BACKENDS, Backend, outcome
from support.early import BufferedTLS, Listener, listening

from paperspace_projects import APITimeoutError, RetryPolicy

HELLO = b"\x16\x03\x03\x40\x00" + b"\x02" * 200
"""The beginning of what a server says in a handshake; 16 KiB are to follow."""


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_handshake_that_trickles_through_a_secure_proxy_ends_in_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, backend: Backend
) -> None:
    authority = make_authority("127.0.0.1")
    authority.ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setattr(certifi, "where", lambda: str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))  # httpcore2 does without certifi
    gone = threading.Event()

    def trickles(listener: Listener, connection: socket.socket) -> None:
        tls = BufferedTLS(connection, authority.server)
        tls.shake_hands()
        tls.send()
        listener.hear(tls)
        tls.send(b"HTTP/1.1 200 OK\r\n\r\n")
        tls.recv(65_536)  # the client speaks first
        for byte in HELLO:
            tls.send(bytes([byte]))
            if gone.wait(0.05):
                break

    with listening(trickles) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{proxy.port}")
        error = outcome(
            backend,
            lambda client: client.projects.create("new"),
            base_url="https://projects.example",
            timeout=0.5,
            retry=RetryPolicy(max_attempts=1),
        )
        gone.set()
    assert isinstance(error, APITimeoutError), repr(error)
    assert b"CONNECT projects.example:443 " in proxy.heard
