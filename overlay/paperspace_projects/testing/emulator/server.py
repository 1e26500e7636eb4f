"""Real HTTP: a small ASGI application, and uvicorn in a thread that is gone when the context ends.

This module alone needs uvicorn, and is imported only to serve. It must never leave a thread, socket
or event loop behind, however its clients behave, nor touch the logging of the process it is in.
"""

import asyncio
import contextlib
import re
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Generator, Iterable, MutableMapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final, Protocol, cast

from ..faults.effects import CutOff, NoAnswer, Reply
from ..faults.injector import Pause
from ..served_addresses import serving_at
from .messages import Answer, Call

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
Handle = Callable[[Call, Pause], Awaitable[Reply]]

# How long clients that are in the midst of a request may still take at the end, in seconds.
_PATIENCE: Final = 0.5

# Where to reach a server that listens at every address.
_LOOPBACK: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}


@contextmanager
def serving(handle: Handle, host: str, port: int) -> Generator[str, None, None]:
    """Serve what `handle` replies at an address while the context is open; gives the base URL."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        # Accepted connections inherit it. asyncio sets it only on sockets that name their protocol,
        # and without it an answer in two pieces waits 40 ms for the client's acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = _Server(handle)
        thread = threading.Thread(
            target=server.run_in_thread, args=(listener,), name="paperspace-emulator", daemon=True
        )
        thread.start()
        try:
            server.wait_until_started()
            reachable = _LOOPBACK.get(host, host)
            shown = f"[{reachable}]" if ":" in reachable else reachable
            base_url = f"http://{shown}:{listener.getsockname()[1]}/v1"
            with serving_at(base_url):
                yield base_url
        finally:
            server.should_exit = True
            thread.join()


def application(
    handle: Callable[[Call], Awaitable[Reply]],
    transport_of: Callable[[Message], asyncio.Transport | None],
) -> Application:
    """An ASGI application that passes requests on as raw as they came.

    Arguments:
        handle: what gives the replies.
        transport_of: a scope's connection, unless it has ended; ASGI has no word for ending it.
    """

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if body is None:
            return
        headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        authorization = b", ".join(value for name, value in headers if name == b"authorization")
        reply = await handle(
            Call(
                scope["method"],
                _path(scope["raw_path"]),
                scope["query_string"],
                authorization,
                body,
            )
        )
        match reply:
            case Answer():
                await _send(send, reply, reply.body)
                return
            case CutOff(answer):
                await _send(send, answer, reply.sent, more=True)
                _end(transport_of(scope))
            case NoAnswer("drop"):
                _end(transport_of(scope))
            case NoAnswer("reset" | "refuse"):
                _end(transport_of(scope), reset=True)
            case NoAnswer():
                pass  # The client waits as long as it likes.
        # uvicorn takes it for an error if the application ends before the connection does.
        while (await receive())["type"] != "http.disconnect":
            pass

    return app


def _path(target: bytes) -> bytes:
    """The path of a request's target, which proxies are sent with a scheme and a host before it."""
    absolute = re.fullmatch(rb"[a-z][a-z0-9+.-]*://[^/]*(.*)", target, re.IGNORECASE | re.DOTALL)
    return target if absolute is None else absolute[1] or b"/"


async def _send(send: Send, answer: Answer, body: bytes, *, more: bool = False) -> None:
    """Send an answer's head, and a body, which may be the first part of what the head promises."""
    await send(
        {"type": "http.response.start", "status": int(answer.status), "headers": _headers(answer)}
    )
    await send({"type": "http.response.body", "body": body, "more_body": more})


def _end(transport: asyncio.Transport | None, *, reset: bool = False) -> None:
    """End a connection once all is sent, or at once by RST."""
    if transport is None:
        return
    if reset:
        # What may not linger is reset as it closes.
        connection: socket.socket = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    transport.close()


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
        # Whom a proxy speaks for matters to nobody here, and connections are known by their peer.
        proxy_headers=False,
        # None leaves every logger as it is; access_log=False would not.
        log_config=None,
        log_level=None,
    )


class _Connection(Protocol):
    """What of uvicorn's protocols is used here."""

    @property
    def client(self) -> tuple[str, int] | None: ...

    @property
    def transport(self) -> asyncio.Transport: ...


class _Server(uvicorn.Server):
    """uvicorn's server, which tells when it has started and does not wait long at the end."""

    def __init__(self, handle: Handle) -> None:
        app = application(lambda call: handle(call, self._pause), self._transport_of)
        super().__init__(_configuration(app))
        self._settled = threading.Event()
        self._ending = asyncio.Event()

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
        self._ending.set()
        asyncio.get_running_loop().call_later(_PATIENCE, self._cut_connections)
        await super().shutdown(sockets)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond the end."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ending.wait(), seconds)

    def _transport_of(self, scope: Message) -> asyncio.Transport | None:
        """The transport of a request's connection, which its peer's address tells from others."""
        mine = (each for each in self._connections if each.client == scope["client"])
        return next((each.transport for each in mine), None)

    def _cut_connections(self) -> None:
        for connection in self._connections:
            connection.transport.abort()

    @property
    def _connections(self) -> list[_Connection]:
        return list(cast("Iterable[_Connection]", self.server_state.connections))
