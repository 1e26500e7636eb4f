"""A relay on this machine that records: for programs that no transport can be given to.

It listens on loopback alone, hands every request on to one server as it came, and writes down what
was said as `Recorder` does. It must never hand a key on to any other place.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import anyio.to_thread
import httpx

from paperspace_projects.testing._gate import Pause
from paperspace_projects.testing._http import Answer, Call, bad_request
from paperspace_projects.testing._spoil import NoAnswer, Reply
from paperspace_projects.testing._transcript import Transcript

TIMEOUT: Final = 120.0
"""Seconds without a byte from the server: the client that waits gives up long before."""

# What is true of one connection, or of bytes that are handed on decoded.
_NOT_HANDED_ON: Final = (
    *("connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding"),
)


@contextmanager
def recording_relay(
    path: str | os.PathLike[str], base_url: str, *, port: int = 0
) -> Generator[str, None, None]:
    """Relay to a server and record, for as long as the context is open.

    Arguments:
        path: the transcript, in JSON Lines, which is added to.
        base_url: the server.
        port: the port to listen at; 0 takes a free one.

    Yields:
        The base URL to use in place of the server's.

    Raises:
        ImportError: uvicorn is not installed.
        OSError: the file cannot be written, or the port not be listened at.
    """
    from paperspace_projects.testing._serve import serving

    transcript = Transcript(path)
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client:

        def hand_on(call: Call) -> Reply:
            if not {b".", b".."}.isdisjoint(call.path.split(b"/")):
                # httpx would fold them, and the server be asked for something else.
                return bad_request("path", "must have no dot segments").answer()
            request = client.build_request(
                call.method,
                _url(base_url, call),
                headers=_headers(call),
                content=call.body or None,
            )
            try:
                response = client.send(request)
            except httpx.HTTPError as error:
                transcript.note(request, error)
                return NoAnswer("drop")
            transcript.note(request, response)
            headers = [
                each for each in response.headers.multi_items() if each[0] not in _NOT_HANDED_ON
            ]
            return Answer(response.status_code, tuple(headers), response.content)

        async def handle(call: Call, _: Pause) -> Reply:
            return await anyio.to_thread.run_sync(hand_on, call)

        with serving(handle, "127.0.0.1", port) as relayed:
            yield relayed


def _url(base_url: str, call: Call) -> str:
    query = f"?{call.query.decode('ascii')}" if call.query else ""
    return f"{base_url}{call.path.removeprefix(b'/v1').decode('ascii')}{query}"


def _headers(call: Call) -> dict[str, str]:
    headers = {"accept": "application/json"}
    if call.authorization:
        headers["authorization"] = call.authorization.decode("latin-1")
    if call.body:
        headers["content-type"] = "application/json"
    return headers
