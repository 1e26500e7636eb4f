"""A proxy that really is one: it forwards plain requests, and opens tunnels for secure ones.

Names that end in `.example` are this machine to it.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

BLOCK = 65_536


class Proxy:
    """Where it listens, and the heads of the requests that were meant for it."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.heads: list[str] = []
        self.connections = 0

    def serve(self) -> None:
        """Take in connections until the listener is closed."""
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        server: socket.socket | None = None
        with client, contextlib.suppress(OSError):
            while head := _head(client):
                self.heads.append(head.decode("latin-1"))
                method, target, rest = head.split(b" ", 2)
                if method == b"CONNECT":
                    host, _, port = target.decode().rpartition(":")
                    with _connected(host, int(port)) as server:
                        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                        _join(client, server)
                    return
                url = urlsplit(target.decode())
                if server is None:
                    server = _connected(url.hostname or "", url.port or 80)
                plain = b" ".join((method, url.path.encode(), rest))
                server.sendall(plain + _body(client, head))
                answer = _head(server)
                client.sendall(answer + _body(server, answer))
        if server is not None:
            server.close()


def _connected(host: str, port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1" if host.endswith(".example") else host, port))


def _head(connection: socket.socket) -> bytes:
    """A head, byte by byte; nothing at the end."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return b""
        head += byte
    return head


def _body(connection: socket.socket, head: bytes) -> bytes:
    """As many bytes as a head says that follow it."""
    length = sum(
        int(line.split(b":")[1])
        for line in head.splitlines()
        if line.lower().startswith(b"content-length")
    )
    body = b""
    while len(body) < length:
        body += connection.recv(BLOCK)
    return body


def _join(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until either side has ended."""

    def carry(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(BLOCK):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    there = threading.Thread(target=carry, args=(one, other), daemon=True)
    there.start()
    carry(other, one)
    there.join()


@contextlib.contextmanager
def proxying() -> Iterator[Proxy]:
    """A proxy that listens within it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = Proxy(listener)
        threading.Thread(target=proxy.serve, daemon=True).start()
        yield proxy
        listener.shutdown(socket.SHUT_RDWR)
