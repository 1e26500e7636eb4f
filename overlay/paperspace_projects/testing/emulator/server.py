"""Real HTTP: an ASGI application, and uvicorn in a thread that ends with the context.

It must never leave a thread, socket or event loop behind, however its clients behave, nor touch
the logging of the process.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from ...config import DEFAULT_BASE_URL
from ..faults.injector import AsyncSleep
from . import SERVED_BASE_URLS
from .messages import NoResponse, Reply, ServerRequest, ServerResponse

try:
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol
except ImportError as _missing:
    raise ImportError(
        'serving the emulator needs uvicorn: pip install "paperspace-projects[testing]"'
    ) from _missing

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Handle = Callable[[ServerRequest, AsyncSleep], Awaitable[Reply]]

# How long clients that are halfway through a request may still take at the end, in seconds.
_SHUTDOWN_GRACE: Final = 0.5

# The addresses at which to reach a server that listens on every address.
_LOOPBACK: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}


@contextmanager
def serving(handle: Handle, host: str, port: int) -> Generator[str, None, None]:
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
        reachable = _LOOPBACK.get(host, host)
        shown = f"[{reachable}]" if ":" in reachable else reachable
        base_url = f"http://{shown}:{listener.getsockname()[1]}{urlsplit(DEFAULT_BASE_URL).path}"
        try:
            server.settled.wait()
            if not server.started:
                raise RuntimeError("the emulator's server could not start")
            SERVED_BASE_URLS.add(base_url)
            yield base_url
        finally:
            SERVED_BASE_URLS.discard(base_url)
            server.should_exit = True
            thread.join()


class _Server(uvicorn.Server):
    """uvicorn's server, which signals when it has started and does not wait long at the end."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self.settled = threading.Event()
        self._ending = asyncio.Event()
        super().__init__(
            uvicorn.Config(
                self.app,
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="off",
                interface="asgi3",
                server_header=False,
                proxy_headers=False,  # connections keep the addresses of their peers
                log_config=None,  # None leaves every logger as it is; access_log=False would not
                log_level=None,
            )
        )

    def run_in_thread(self, listener: socket.socket) -> None:
        try:
            self.run(sockets=[listener])
        finally:
            self.settled.set()  # also after a failure, or the waiting thread would hang

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.settled.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn closes idle connections at once. A client that stopped halfway through a request
        # would delay the end for ever, and cancelling its task would leave its transport open.
        def abort_connections() -> None:
            for connection in self._connections():
                connection.transport.abort()

        self._ending.set()
        asyncio.get_running_loop().call_later(_SHUTDOWN_GRACE, abort_connections)
        await super().shutdown(sockets)

    def _connections(self) -> list[H11Protocol]:
        return [each for each in self.server_state.connections if isinstance(each, H11Protocol)]

    async def _sleep(self, seconds: float) -> None:
        """Wait, but not beyond the end of the server."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ending.wait(), seconds)

    async def app(self, scope: Message, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        body = bytearray()
        message: Message = {"more_body": True}
        while message.get("more_body", False):
            message = await receive()
            body += message.get("body", b"")
        if message["type"] == "http.disconnect":
            return
        # A request that is sent to a proxy has scheme and host before the path.
        path = re.sub(rb"^[a-z][a-z0-9+.-]*://[^/]*", b"", scope["raw_path"], flags=re.I) or b"/"
        query, headers = scope["query_string"], scope["headers"]
        request = ServerRequest(scope["method"], path, query, headers, bytes(body))
        match await self._handle(request, self._sleep):
            case ServerResponse() as response:
                await _send(send, response)
                if not response.is_cut_off:
                    return
                self._disconnect(scope)
            case NoResponse(reason) if reason != "timeout":  # there the client waits as it likes
                self._disconnect(scope, reset=reason != "drop")
            case _:
                pass
        # uvicorn logs an error if the application ends before the connection does.
        while (await receive())["type"] != "http.disconnect":
            pass

    def _disconnect(self, scope: Message, *, reset: bool = False) -> None:
        """Close a request's connection once all is sent, or reset it at once (TCP's RST)."""
        # ASGI has no message for it, so the connection is found by its peer's address.
        mine = (each for each in self._connections() if each.client == scope["client"])
        for transport in [each.transport for each in mine]:
            if reset:
                # A socket that may not linger is reset as it closes.
                connection: socket.socket = transport.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                transport.abort()
            transport.close()


async def _send(send: Send, response: ServerResponse) -> None:
    headers = [(name.encode(), value.encode()) for name, value in response.headers]
    if response.status != HTTPStatus.NO_CONTENT:  # RFC 9110, 8.6
        headers.append((b"content-length", str(len(response.body)).encode()))
    body, more_body = response.sent_body, response.is_cut_off
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": more_body})
