"""Servers and proxies that speak before they are asked, on real sockets."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from paperspace_projects._async.transport import network_backend as async_network
from paperspace_projects._sync.transport import network_backend as sync_network

PATIENCE = 10.0
"""Seconds after which something that is waited for will not come any more."""
ANSWER = b'{"id": "p1", "name": "forged"}'
FORGED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(ANSWER),
    ANSWER,
)


class Listener:
    """Has a function do what is to be done with each connection, in a thread of its own.

    `has_spoken` is set by the function once all that comes early was sent. `heard` is what came.
    """

    def __init__(self, act: Callable[[Listener, socket.socket], object]) -> None:
        self._act = act
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.heard = b""
        self.connections = 0
        self.has_spoken = threading.Event()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = self._listener.accept()
                # What is sent has come when it was sent.
                accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.append(accepted)
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(accepted,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, accepted: socket.socket) -> None:
        with contextlib.suppress(OSError), accepted:
            self._act(self, accepted)

    def hear(self, connection: Any, end: bytes = b"\r\n\r\n") -> bytes:
        """What comes up to an end; all that comes where none is given."""
        came = b""
        while (not end or end not in came) and (data := connection.recv(65_536)):
            came += data
            self.heard += data
        return came

    def close(self) -> None:
        for each in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(PATIENCE)


@contextlib.contextmanager
def listening(act: Callable[[Listener, socket.socket], object]) -> Iterator[Listener]:
    listener = Listener(act)
    try:
        yield listener
    finally:
        listener.close()


class BufferedTLS:
    """The server's side of TLS, which sends only when it is told to: several records at once."""

    def __init__(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        self._socket = connection
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def shake_hands(self) -> None:
        """Come to terms; the last of what there is to say is not sent yet."""
        self._until_done(self.tls.do_handshake)

    def recv(self, size: int) -> bytes:
        try:
            return bytes(self._until_done(lambda: self.tls.read(size)))
        except ssl.SSLError:
            return b""

    def send(self, *records: bytes) -> None:
        """Send what is still to be sent, and some records, in one go."""
        for record in records:
            self.tls.write(record)
        self._socket.sendall(self._outgoing.read())

    def _until_done(self, function: Callable[[], Any]) -> Any:
        while True:
            try:
                return function()
            except ssl.SSLWantReadError:
                self._socket.sendall(self._outgoing.read())
                data = self._socket.recv(65_536)
                if not data:
                    raise ConnectionAbortedError from None
                self._incoming.write(data)


def have_clients_wait(
    monkeypatch: pytest.MonkeyPatch, listener: Listener, *, after: str, turns: int = 0
) -> None:
    """Have each client go on only when the listener has spoken, after it connected or secured.

    Args:
        monkeypatch: Ends it.
        listener: Who speaks.
        after: `connect` or `start_tls`.
        turns: How often an event loop turns before the client goes on.
    """
    async_owner: Any = async_network if after == "connect" else async_network.AsyncRecordedStream
    sync_owner: Any = sync_network if after == "connect" else sync_network.RecordedStream
    connect, aconnect = getattr(sync_owner, after), getattr(async_owner, after)

    def waited(*args: Any, **options: Any) -> Any:
        made = connect(*args, **options)
        assert listener.has_spoken.wait(PATIENCE)
        return made

    async def awaited(*args: Any, **options: Any) -> Any:
        import anyio

        made = await aconnect(*args, **options)
        assert listener.has_spoken.wait(PATIENCE)
        for _ in range(turns):
            await anyio.lowlevel.checkpoint()
        return made

    monkeypatch.setattr(sync_owner, after, waited)
    monkeypatch.setattr(async_owner, after, awaited)
