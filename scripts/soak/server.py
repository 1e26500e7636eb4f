"""The server of `nox -s soak`: an emulator over real sockets that tells less than it should.

The emulator's plan of faults says what is carried out and what the client is told. On top of that
an answer may have no Date or one by a clock that is off, a secret no time, and a listing of
projects may tell one of them twice.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

import httpx

from paperspace_projects.testing import Emulator

OFF = (None, 0.0, 0.0, 0.0, 1.0, -1.0)
"""Seconds that a Date is off, one of them for each answer; None: there is no Date."""


class Server:
    """Answers each connection's requests one after the other."""

    def __init__(self, emulator: Emulator, seed: int) -> None:
        self._transport = emulator.transport()
        self._lots = random.Random(seed)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer until either side ends the connection."""
        try:
            while True:
                request = await _read(reader)
                if not await self._answer(request, writer):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort()

    async def _answer(self, request: httpx.Request, writer: asyncio.StreamWriter) -> bool:
        """Answer a request; gives whether the connection goes on."""
        try:
            response = self._transport.handle_request(request)
        except httpx.TransportError:
            return False
        parts: list[bytes] = []
        is_whole = True
        try:
            assert isinstance(response.stream, httpx.SyncByteStream)
            parts += response.stream
        except httpx.TransportError:
            is_whole = False
        body = b"".join(parts)
        length = response.headers.get("content-length", str(len(body)))
        if is_whole:
            body = self._distorted(request, response, body)
            length = str(len(body))
        headers = {"Content-Type": response.headers.get("content-type", "application/json")}
        headers |= {"Content-Length": length, **self._date()}
        if "retry-after" in response.headers:
            headers["Retry-After"] = response.headers["retry-after"]
        phrase = HTTPStatus(response.status_code).phrase
        lines = [f"HTTP/1.1 {response.status_code} {phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join((*lines, "", "")).encode() + body)
        await writer.drain()
        return is_whole

    def _date(self) -> dict[str, str]:
        off = self._lots.choice(OFF)
        return {} if off is None else {"Date": formatdate(time.time() + off, usegmt=True)}

    def _distorted(self, request: httpx.Request, response: httpx.Response, body: bytes) -> bytes:
        """A body, which may have lost a secret's time, or tell a project twice."""
        path = request.url.path.removeprefix("/v1")
        if request.method != "GET" or response.status_code != 200 or self._lots.random() < 0.7:
            return body
        document: dict[str, Any] = json.loads(body)
        if path == "/projects" and document.get("items"):
            document["items"].append(self._lots.choice(document["items"]))
        elif "/secrets/" in path:
            document["dtCreated"] = None
        return json.dumps(document).encode()


async def _read(reader: asyncio.StreamReader) -> httpx.Request:
    """The next request of a connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
    first, *lines = head.rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    url = f"http://{headers['host']}{target}"
    return httpx.Request(method, url, headers=headers, content=body)


@contextmanager
def serving(emulator: Emulator, seed: int) -> Iterator[str]:
    """Serve an emulator while the context is open; gives the base URL."""
    started, urls, loops = threading.Event(), list[str](), list[asyncio.AbstractEventLoop]()

    async def main() -> None:
        server = await asyncio.start_server(Server(emulator, seed).serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        urls.append(f"http://127.0.0.1:{port}/v1")
        loops.append(asyncio.get_running_loop())
        stopped = asyncio.Event()
        stops.append(stopped)
        started.set()
        async with server:
            await stopped.wait()

    stops: list[asyncio.Event] = []
    thread = threading.Thread(target=lambda: asyncio.run(main()), name="soak server")
    thread.start()
    started.wait()
    try:
        yield urls[0]
    finally:
        loops[0].call_soon_threadsafe(stops[0].set)
        thread.join()
