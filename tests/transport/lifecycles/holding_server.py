"""A server that holds answers back until it is told to let them go, and counts what goes on.

What it does with a request is in the id or name of the project: `held-1` is answered once `let_go`
is set, `half-1` gets half an answer before that, `later-1` is told to come again in 100 seconds,
`busy-1` that there are too many requests, and `lost-1` nothing: the connection ends. All others are
answered at once, each with its own id.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Self

PATIENCE = 5.0
"""Seconds after which something that is waited for will not come any more."""
WHERE = ["held-1", "half-1", "later-1"]
"""The ids with which a call can be met before, within and after its answer."""


class HoldingServer:
    """Serves each connection in a thread. `ids` lists what was asked for, in order.

    Args:
        tls: What to secure connections with.
        crowd: How many requests have to be there at once before the first one is answered.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, crowd: int = 1) -> None:
        self.let_go = threading.Event()
        self.ids: list[str] = []
        self.connections = 0
        self.open = 0
        self.under_way = 0
        self.most_at_once = 0
        self._tls = tls
        self._crowd = crowd
        self._change = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self._accepted: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}/v1"

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so; what the server counts is looked at with each change."""
        with self._change:
            assert self._change.wait_for(condition, PATIENCE)

    def until_asked(self, count: int = 1) -> None:
        """Wait until so many requests have come."""
        self.until(lambda: len(self.ids) >= count)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = self._listener.accept()
                thread = threading.Thread(target=self._serve, args=(accepted,))
                with self._change:
                    self.connections += 1
                    self.open += 1
                    self._accepted.append(accepted)
                    self._change.notify_all()
                self._threads.append(thread)
                thread.start()

    def _serve(self, accepted: socket.socket) -> None:
        connection = accepted
        with contextlib.suppress(OSError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(accepted, server_side=True)
                self._accepted.append(connection)
            while True:
                self._answer(connection, *self._request(connection))
        with self._change:
            connection.close()
            self.open -= 1
            self._change.notify_all()

    def _request(self, connection: socket.socket) -> tuple[str, str]:
        """The method and the id, or name, of the next request."""
        data = b""

        def more() -> bytes:
            came = connection.recv(65_536)
            if not came:
                raise ConnectionAbortedError
            return came

        while b"\r\n\r\n" not in data:
            data += more()
        head, _, body = data.partition(b"\r\n\r\n")
        method, path, _ = head.split(b" ", 2)
        lengths = [x for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")]
        while lengths and len(body) < int(lengths[0].split(b":")[1]):
            body += more()
        named = json.loads(body).get("name") if method == b"POST" else None
        return method.decode(), named or path.decode().split("/")[3]

    def _answer(self, connection: socket.socket, method: str, project_id: str) -> None:
        with self._change:
            self.ids.append(project_id)
            self.under_way += 1
            self.most_at_once = max(self.most_at_once, self.under_way)
            self._change.notify_all()
            self._change.wait_for(lambda: self.most_at_once >= self._crowd, PATIENCE)
        if project_id.startswith("held"):
            self.let_go.wait()
        with self._change:
            self.under_way -= 1
        if project_id.startswith("lost"):
            raise ConnectionAbortedError
        status, headers, body = "200 OK", "", json.dumps({"id": project_id, "name": project_id})
        if project_id.startswith("later"):
            status, headers = "503 Service Unavailable", "retry-after: 100\r\n"
        elif project_id.startswith("busy"):
            status, headers = "429 Too Many Requests", "retry-after: 2\r\n"
        elif method == "POST":
            status = "201 Created"
        head = f"HTTP/1.1 {status}\r\n{headers}content-length: {len(body)}\r\n\r\n"
        answer = (head + body).encode()
        half = len(answer) - 10 if project_id.startswith("half") else len(answer)
        connection.sendall(answer[:half])
        if half < len(answer):
            self.let_go.wait()
            connection.sendall(answer[half:])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        for each in (self._listener, *self._accepted):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for each in (self._listener, *self._accepted):
            each.close()
