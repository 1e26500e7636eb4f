"""The server of the soak test: an emulator over real sockets that fails and omits data.

The emulator's fault plan decides whether a request is applied and how its response fails. Besides,
a response may lack its Date or have a wrong one, a secret may lack its time, and a listing of
projects may repeat one.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from paperspace_projects.testing import Emulator

CLOCK_ERRORS = (None, 0.0, 0.0, 0.0, 1.0, -1.0)
"""The error of the Date in seconds, or None for no Date: one is drawn for each response."""


@contextmanager
def serving(emulator: Emulator, seed: int) -> Iterator[str]:
    """Serve an emulator while the context is open; yields the base URL."""
    transport, draw = emulator.transport(), random.Random(seed)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            url = f"http://{self.headers['host']}{self.path}"
            headers = list(self.headers.items())
            request = httpx.Request(self.command, url, headers=headers, content=body)
            chunks: list[bytes] = []
            try:
                response = transport.handle_request(request)
                assert isinstance(response.stream, httpx.SyncByteStream)
                chunks.extend(response.stream)  # keeps what came before an exception
            except httpx.TransportError:  # a fault: send nothing, or only a part
                self.close_connection = True
                if not chunks:
                    return
            content = b"".join(chunks)
            length = int(response.headers.get("content-length", len(content)))
            if not self.close_connection:
                content = _distorted(request, response.status_code, content, draw)
                length = len(content)
            self.send_response_only(response.status_code)
            wrong_by = draw.choice(CLOCK_ERRORS)
            if wrong_by is not None:
                self.send_header("Date", formatdate(time.time() + wrong_by, usegmt=True))
            for name in ("content-type", "retry-after"):
                if name in response.headers:
                    self.send_header(name, response.headers[name])
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = False
        request_queue_size = 100

        def handle_error(self, *_: object) -> None:
            """Ignore connections that the client closed."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="soak server")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()


def _distorted(request: httpx.Request, status: int, body: bytes, draw: random.Random) -> bytes:
    """A body that may lack a secret's time, or repeat a project."""
    path = request.url.path.removeprefix("/v1")
    if request.method != "GET" or status != 200 or draw.random() < 0.7:
        return body
    document: dict[str, Any] = json.loads(body)
    if path == "/projects" and document.get("items"):
        document["items"].append(draw.choice(document["items"]))
    elif "/secrets/" in path:
        document["dtCreated"] = None
    return json.dumps(document).encode()
