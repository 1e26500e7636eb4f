"""Real HTTP: a small ASGI application, and uvicorn in a thread that is gone when the context ends.

This module alone needs uvicorn, and is imported only to serve. It must never leave a thread, socket
or event loop behind, however its clients behave, nor touch the logging of the process it is in.
"""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Generator, Iterable, MutableMapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final, Protocol, cast

from paperspace_projects.testing._http import Answer, Call

try:
    import uvicorn
except ImportError as missing:
    raise ImportError(
        'serving the emulator needs uvicorn: pip install "paperspace-projects[testing]"'
    ) from missing

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

# How long clients that are in the midst of a request may still take at the end, in seconds.
_PATIENCE: Final = 0.5

# Where to reach a server that listens at every address.
_LOOPBACK: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}


@contextmanager
def serving(answer: Callable[[Call], Answer], host: str, port: int) -> Generator[str, None, None]:
    """Serve `answer` at an address while the context is open; gives the base URL."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        # Accepted connections inherit it. asyncio sets it only on sockets that name their protocol,
        # and without it an answer in two pieces waits 40 ms for the client's acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = _Server(_configuration(application(answer)))
        thread = threading.Thread(
            target=server.run_in_thread, args=(listener,), name="paperspace-emulator", daemon=True
        )
        thread.start()
        try:
            server.wait_until_started()
            reachable = _LOOPBACK.get(host, host)
            shown = f"[{reachable}]" if ":" in reachable else reachable
            yield f"http://{shown}:{listener.getsockname()[1]}/v1"
        finally:
            server.should_exit = True
            thread.join()


def application(answer: Callable[[Call], Answer]) -> Application:
    """An ASGI application that passes requests on as raw as they came."""

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if body is None:
            return
        headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        authorization = b", ".join(value for name, value in headers if name == b"authorization")
        found = answer(
            Call(scope["method"], scope["raw_path"], scope["query_string"], authorization, body)
        )
        await send(
            {"type": "http.response.start", "status": int(found.status), "headers": _headers(found)}
        )
        await send({"type": "http.response.body", "body": found.body})

    return app


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or None if the client went away before it was sent."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def _headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    """The headers to send; a length unless the status forbids a body (RFC 9110, 8.6)."""
    headers = [(name.encode(), value.encode()) for name, value in answer.headers]
    if answer.status != HTTPStatus.NO_CONTENT:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    return headers


def _configuration(app: Application) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        # The same event loop and parser whatever else is installed.
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        interface="asgi3",
        server_header=False,
        # None leaves every logger as it is; access_log=False would not.
        log_config=None,
        log_level=None,
    )


class _Connection(Protocol):
    """What of uvicorn's protocols is used here."""

    @property
    def transport(self) -> asyncio.Transport: ...


class _Server(uvicorn.Server):
    """uvicorn's server, which tells when it has started and does not wait long at the end."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._settled = threading.Event()

    def run_in_thread(self, listener: socket.socket) -> None:
        """Run until `should_exit` is set."""
        try:
            self.run(sockets=[listener])
        finally:
            # Also when it fails, or whoever waits would wait for ever.
            self._settled.set()

    def wait_until_started(self) -> None:
        """Wait until requests are answered.

        Raises:
            RuntimeError: the server failed; its thread reports why.
        """
        self._settled.wait()
        if not self.started:
            raise RuntimeError("the emulator's server could not start")

    async def main_loop(self) -> None:
        self._settled.set()
        await super().main_loop()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Idle connections are closed at once. One that stopped in the midst of a request would
        # hold things up for ever, and its transport would be left open if its task were cancelled.
        asyncio.get_running_loop().call_later(_PATIENCE, self._cut_connections)
        await super().shutdown(sockets)

    def _cut_connections(self) -> None:
        for connection in list(cast("Iterable[_Connection]", self.server_state.connections)):
            connection.transport.abort()
