"""A loopback server that is as fast as Python allows: it looks up a response and writes it.

It listens on a port for each latency, and prints its URLs as one line of JSON. It keeps connections
alive, ignores headers, and reads no bodies: all requests are GETs.
"""

from __future__ import annotations

import asyncio
import json
import sys

from .responses import response


class Connection(asyncio.Protocol):
    """One connection. A response is made once for each target."""

    def __init__(self, known: dict[bytes, bytes], root: str, latency: float) -> None:
        self._known = known
        self._root = root
        self._latency = latency
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._later = asyncio.get_running_loop().call_later

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            target = self._read[4 : self._read.find(b" ", 4)]  # behind "GET "
            self._read = self._read[end + 4 :]
            found = self._known.get(target)
            if found is None:
                found = self._known[target] = response(target.decode("ascii"), self._root)
            if self._latency:
                self._later(self._latency, self._transport.write, found)
            else:
                self._transport.write(found)


async def serve(latencies: list[float]) -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    roots: dict[float, str] = {}
    for latency in latencies:
        known: dict[bytes, bytes] = {}

        def connection(latency: float = latency, known: dict[bytes, bytes] = known) -> Connection:
            return Connection(known, roots[latency], latency)

        server = await loop.create_server(connection, "127.0.0.1", 0, backlog=1000)
        roots[latency] = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(json.dumps({str(latency): root for latency, root in roots.items()}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve([float(latency) for latency in sys.argv[1:]]))
