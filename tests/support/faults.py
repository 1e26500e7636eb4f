"""Faults of a server, and the connections that they act on.

Each connection has a thread with a blocking socket: so it can be cut off, reset or kept silent at
any byte. Nothing here sleeps where an event can be waited for.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, NoReturn

import attrs

if TYPE_CHECKING:
    from support.fault_server import FaultServer, House

Stage = Literal["connection", "request"]


@attrs.frozen
class Received:
    """A request that arrived whole."""

    method: str
    path: str
    headers: list[tuple[str, str]] = attrs.Factory(list)
    body: bytes = b""

    def all_of(self, header: str) -> list[str]:
        """Every value of a header, in lower case its name."""
        return [value for name, value in self.headers if name.lower() == header]


class Gone(Exception):
    """This connection has ended."""


class Connection:
    """One connection of the server, and what can be done with it."""

    def __init__(self, server: FaultServer, accepted: socket.socket) -> None:
        self.server = server
        self.socket = accepted
        self._read = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def hang_up(self, *, reset: bool = False) -> NoReturn:
        """End the connection, by RST instead of FIN if so asked."""
        if reset:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
        raise Gone

    def hold(self) -> NoReturn:
        """Read on and say nothing until the client hangs up."""
        while self.socket.recv(65_536):
            pass
        raise Gone

    def trickle(self, data: bytes, every: float) -> None:
        """Send byte by byte, so many seconds apart."""
        for byte in data:
            if self.server.ending.wait(every):
                raise Gone
            self.send(bytes([byte]))

    def more(self) -> bytes:
        data = self.socket.recv(65_536)
        if not data:
            raise Gone
        return data

    def request(self) -> Received:
        """The next request, once it is whole."""
        while b"\r\n\r\n" not in self._read:
            self._read += self.more()
        head, _, body = self._read.partition(b"\r\n\r\n")
        first, *lines = head.decode("ascii").split("\r\n")
        method, target, _ = first.split(" ")
        headers = [(name, value.strip()) for name, _, value in (x.partition(":") for x in lines)]
        received = Received(method, target, headers)
        length = int((received.all_of("content-length") or ["0"])[0])
        while len(body) < length:
            body += self.more()
        self._read = body[length:]
        return attrs.evolve(received, body=body[:length])

    def answer_one(self, **headers: str) -> None:
        """Take in a request, and do to it what the server is told to do."""
        request = self.request()
        house = self.server.house
        fault = self.server.take_in(request)
        if fault is None:
            self.send(house.answer(request, **headers))
            return
        if fault.first is not None:
            fault.first(house, request)
        fault.does(self)


@attrs.frozen
class Fault:
    """What the server does instead of what it should.

    `does` gets the connection; when it returns, the connection goes on to the next request. `at` is
    when: as the connection comes, or once a request is there. `first` is called before, with the
    house and the request that is there: it may carry it out.
    """

    does: Callable[[Connection], object]
    at: Stage = "request"
    first: Callable[[House, Received], object] | None = None

    def carried_out(self) -> Fault:
        """The same, once the request was carried out."""
        return attrs.evolve(self, first=lambda house, request: house.handle(request))


def http(status: int, body: bytes = b"", **headers: str) -> bytes:
    """An answer as it goes over the wire; a header of value "" is left out."""
    given = {name.replace("_", "-").title(): value for name, value in headers.items()}
    given = {"Content-Length": str(len(body)), "Content-Type": "application/json", **given}
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Odd"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{k}: {v}" for k, v in given.items() if v)]
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


def answers(status: int, body: bytes = b"", **headers: str) -> Fault:
    """Answers with this, and keeps the connection."""
    return sends(http(status, body, **headers))


def sends(data: bytes) -> Fault:
    """Sends this, and keeps the connection."""
    return Fault(lambda connection: connection.send(data))


def breaks_off(data: bytes = b"", *, reset: bool = False) -> Fault:
    """Sends this, and ends the connection."""

    def act(connection: Connection) -> None:
        connection.send(data)
        connection.hang_up(reset=reset)

    return Fault(act)


def falls_silent(data: bytes = b"") -> Fault:
    """Sends this, and then nothing any more."""

    def act(connection: Connection) -> None:
        connection.send(data)
        connection.hold()

    return Fault(act)


def trickles(data: bytes, then: bytes, every: float = 0.02) -> Fault:
    """Sends `data` at once and `then` byte by byte."""

    def act(connection: Connection) -> None:
        connection.send(data)
        connection.trickle(then, every)

    return Fault(act)


def floods(data: bytes, then: bytes) -> Fault:
    """Sends `data`, and `then` for ever."""

    def act(connection: Connection) -> None:
        connection.send(data)
        while True:
            connection.send(then)

    return Fault(act)
