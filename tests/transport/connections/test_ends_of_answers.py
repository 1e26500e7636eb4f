"""A connection is used again only after an answer that ended exactly where it should."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from support.backends import BACKENDS, Backend, outcomes
from support.early import Listener, listening
from support.faults import http

from paperspace_projects import PermissionDeniedError, RetryPolicy

BODY = b'{"id": "p1", "name": "vision"}'
SIZE = b"%d" % len(BODY)
CHUNK = b"%x\r\n%s\r\n" % (len(BODY), BODY)
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK
DONE = b"HTTP/1.1 204 No Content\r\n\r\n"
REFUSAL = http(403, b'{"code": "FORBIDDEN", "message": "no"}')

ENDED = {
    "length": OK + b"Content-Length: " + SIZE + b"\r\n\r\n" + BODY,
    "length twice": OK + b"Content-Length: %s\r\nContent-Length: %s\r\n\r\n" % (SIZE, SIZE) + BODY,
    "chunks": CHUNKED + b"0\r\n\r\n",
    "chunks and trailers": CHUNKED + b"0\r\nX-Checked: yes\r\n\r\n",
    "lines that end in LF": OK.strip() + b"\nContent-Length: " + SIZE + b"\n\n" + BODY,
    "early hints": b"HTTP/1.1 103 Early Hints\r\n\r\n" + CHUNKED + b"0\r\n\r\n",
}
LENGTH_AND_CHUNKS = (
    OK
    + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % (len(CHUNK) + 5 + len(DONE))
    + CHUNK
    + b"0\r\n\r\n"
)
LONG_LF = b"HTTP/1.1 200 OK\nContent-Length: %s\n\n" % SIZE + BODY
SURPLUS = {
    **{f"{name}, an answer": answer + DONE for name, answer in ENDED.items()},
    **{f"{name}, empty lines": answer + b"\r\n\r\n" for name, answer in ENDED.items()},
    "a length that counts the surplus": LENGTH_AND_CHUNKS + DONE,
    "a head that seems longer": LONG_LF + DONE + b"x" * len(BODY),
}


def calls(listener: Listener, answer: bytes, connection: socket.socket) -> None:
    if b"GET " in listener.hear(connection):
        connection.sendall(answer)
        listener.hear(connection)
    connection.sendall(REFUSAL)
    listener.hear(connection, end=b"")


def get_then_delete(backend: Backend, answer: bytes) -> tuple[list[Any], int]:
    """A GET with this answer, then a refused DELETE: their outcomes, and how many connections."""
    with listening(lambda listener, connection: calls(listener, answer, connection)) as server:
        found = outcomes(
            backend,
            lambda client: client.projects.get("p1"),
            lambda client: client.projects.delete("p1"),
            base_url=f"http://127.0.0.1:{server.port}",
            retry=RetryPolicy(max_attempts=1),
        )
        return found, server.connections


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("answer", SURPLUS.values(), ids=SURPLUS)
def test_what_follows_an_answer_is_not_the_next_calls(backend: Backend, answer: bytes) -> None:
    (project, refused), connections = get_then_delete(backend, answer)
    assert project.name == "vision"
    assert isinstance(refused, PermissionDeniedError), repr(refused)
    assert connections == 2


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("answer", ENDED.values(), ids=ENDED)
def test_a_connection_is_used_again_after_an_answer_that_ended(
    backend: Backend, answer: bytes
) -> None:
    (project, refused), connections = get_then_delete(backend, answer)
    assert project.name == "vision"
    assert isinstance(refused, PermissionDeniedError), repr(refused)
    assert connections == 1
