"""Servers on real sockets that answer well, slowly, in drops, or not at all."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Final

BODY: Final = b'{"id": "p1", "name": "one"}'


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    """An answer as it stands on the wire."""
    lines = (f"HTTP/1.1 {status}", f"content-length: {len(body)}", *headers)
    return "\r\n".join((*lines, "", "")).encode() + body


class SlowServer:
    """Serves each connection in a thread until it is closed; counts what came.

    `behave` gets the connection after each request, and gives whether to go on with it.
    """

    def __init__(self, behave: Callable[[SlowServer, socket.socket], bool]) -> None:
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        self.requests: list[bytes] = []
        self.connections = 0
        self.ended = 0
        self.came = threading.Event()
        self.over = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            while request := connection.recv(65536):
                self.requests.append(request)
                self.came.set()
                if not self._behave(self, connection):
                    break
        self.ended += 1

    def close(self) -> None:
        self.over.set()
        for each in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join()


def well(_: SlowServer, connection: socket.socket) -> bool:
    connection.sendall(answer("200 OK", BODY, "content-type: application/json"))
    return True


def never(server: SlowServer, _: socket.socket) -> bool:
    server.over.wait()
    return False


def in_drops(start: bytes) -> Callable[[SlowServer, socket.socket], bool]:
    """After `start`, a byte now and then, without end."""

    def behave(server: SlowServer, connection: socket.socket) -> bool:
        connection.sendall(start)
        while not server.over.wait(0.02):
            connection.sendall(b"x")
        return False

    return behave


def wait_long(_: SlowServer, connection: socket.socket) -> bool:
    connection.sendall(answer("429 Too Many Requests", b"", "retry-after: 100"))
    return True


@contextlib.contextmanager
def serving(behave: Callable[[SlowServer, socket.socket], bool]) -> Iterator[SlowServer]:
    server = SlowServer(behave)
    try:
        yield server
    finally:
        server.close()
