"""No client: requests as bytes, responses not parsed. It shows the time of the server."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from . import PAGE, Projects, SyncPages


class Sync(Projects, SyncPages):
    """One connection, on which one request is sent after the other."""

    def __init__(self, root: str) -> None:
        parts = urlsplit(root)
        self._path = parts.path
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 80))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def page(self, cursor: str | None) -> tuple[range, str | None]:
        body = self._read(f"/projects?limit={PAGE}{cursor or ''}")
        at = body.rfind(b'"nextPage":"')
        return range(PAGE), None if at < 0 else f"&after={body[at + 12 : -2].decode()}"

    def _read(self, path: str) -> bytes:
        """Send a request; returns the body of the response, found by its length."""
        self._socket.sendall(f"GET {self._path}{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        read = self._socket.recv(1 << 16)
        head = read.index(b"\r\n\r\n") + 4
        at = read.index(b"Content-Length: ") + 16
        missing = head + int(read[at : read.index(b"\r", at)]) - len(read)
        chunks = [read[head:]]
        while missing > 0:
            chunks.append(self._socket.recv(1 << 16))
            missing -= len(chunks[-1])
        return b"".join(chunks)

    def close(self) -> None:
        self._socket.close()
