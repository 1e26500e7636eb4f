"""No client at all: requests as bytes, answers not looked at. What the server takes by itself."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from ..terms import PAGE, PARTS


class Connection:
    """One connection, on which one request is sent after the other."""

    def __init__(self, root: str) -> None:
        parts = urlsplit(root)
        self._path = parts.path
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 80))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, path: str) -> None:
        self._socket.sendall(f"GET {self._path}{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    def body(self) -> bytes:
        """The body of the answer, by its length."""
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


class Sync:
    def __init__(self, root: str) -> None:
        self._root = root
        self._one = Connection(root)

    def get(self, number: int) -> object:
        self._one.ask(f"/projects/p-{number}")
        return self._one.body()

    def everything(self) -> Iterator[object]:
        cursor = ""
        while cursor is not None:
            self._one.ask(f"/projects?limit={PAGE}{cursor}")
            body = self._one.body()
            yield from range(PAGE)
            at = body.rfind(b'"nextPage":"')
            if at < 0:
                return
            cursor = "&after=" + body[at + 12 : -2].decode()

    def part(self, number: int, kind: int) -> Sequence[object]:
        self._one.ask(f"/projects/p-{number}/{PARTS[kind]}")
        return self._one.body()

    def many(self, count: int, at_a_time: int) -> None:
        """GETs, so many at a time, with neither threads nor tasks."""
        connections = [Connection(self._root) for _ in range(at_a_time)]
        for first in range(0, count, at_a_time):
            for number, connection in enumerate(connections, first):
                connection.ask(f"/projects/p-{number}")
            for connection in connections:
                connection.body()
        for connection in connections:
            connection.close()

    def close(self) -> None:
        self._one.close()
