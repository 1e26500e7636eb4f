"""The cells of the retry table, and the failures and calls that are tested for each."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

from attrs import frozen
from retries.faults.writes import OPS, Op
from support.faults import Connection, Fault, Received, answers, breaks_off, falls_silent, http

from paperspace_projects import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    BadRequestError,
    ConflictError,
    RateLimitError,
    ResponseError,
    ServerError,
)

COLUMNS = ("READ", "IDEMPOTENT", "NATURAL_KEY", "NONE")


AGAIN = "is sent again, up to four times"


LOOK = "is looked for, and sent again if it is not there"


UNKNOWN = "is sent once, and its outcome is unknown"


ONCE = "is sent once"


SURELY_NOT = (AGAIN, AGAIN, AGAIN, AGAIN)


PERHAPS = (AGAIN, AGAIN, LOOK, UNKNOWN)


UNTOLD = (ONCE, ONCE, UNKNOWN, UNKNOWN)


FINAL = (ONCE, ONCE, ONCE, ONCE)


EXPECTED = {
    "NAME_NOT_RESOLVED": SURELY_NOT,
    "CONNECT_FAILED": SURELY_NOT,
    "CONNECT_TIMEOUT": SURELY_NOT,
    "CERTIFICATE_REFUSED": FINAL,
    "TLS_FAILED": SURELY_NOT,
    "POOL_TIMEOUT": SURELY_NOT,
    "WRITE_FAILED": PERHAPS,
    "READ_TIMEOUT": PERHAPS,
    "LOST_BEFORE_ANSWER": PERHAPS,
    "LOST_WITHIN_ANSWER": PERHAPS,
    "REQUEST_TIMEOUT": PERHAPS,
    "TOO_EARLY": SURELY_NOT,
    "TOO_MANY_REQUESTS": SURELY_NOT,
    "INTERNAL_ERROR": PERHAPS,
    "BAD_GATEWAY": PERHAPS,
    "UNAVAILABLE": PERHAPS,
    "UNAVAILABLE_FOR_A_TIME": PERHAPS,
    "GATEWAY_TIMEOUT": PERHAPS,
    "CLIENT_CLOSED_REQUEST": UNTOLD,
    "REDIRECT": UNTOLD,
    "ODD_SUCCESS": UNTOLD,
    "OTHER_SERVER_ERROR": UNTOLD,
    "FINAL": FINAL,
}


FOR_A_COLUMN = {"getProject", "updateProject", "createProjectSecret", "createProject"}


"""One operation of each column, which meets every variant of a failure."""


@frozen(eq=False)
class Case:
    """One way of failing: the row of the table, the error of one attempt, and what is played.

    `arrives` tells whether the server gets the request whole, `retry_after` what it asks to wait.
    """

    id: str
    row: str
    error: type[APIError]
    fault: Fault | None = None
    arrives: bool = True
    retry_after: float = 0
    setting: str = "plain"


def statuses() -> Iterator[Case]:
    for row, status, error in [
        ("REQUEST_TIMEOUT", 408, APIStatusError),
        ("TOO_EARLY", 425, APIStatusError),
        ("TOO_MANY_REQUESTS", 429, RateLimitError),
        ("INTERNAL_ERROR", 500, ServerError),
        ("BAD_GATEWAY", 502, ServerError),
        ("UNAVAILABLE", 503, ServerError),
        ("GATEWAY_TIMEOUT", 504, ServerError),
        ("CLIENT_CLOSED_REQUEST", 499, APIStatusError),
        ("OTHER_SERVER_ERROR", 501, ServerError),
        ("OTHER_SERVER_ERROR", 599, ServerError),
        ("FINAL", 400, BadRequestError),
        ("FINAL", 409, ConflictError),
        ("FINAL", 418, APIStatusError),
        ("REDIRECT", 302, APIStatusError),
        ("REDIRECT", 303, APIStatusError),
        ("FINAL", 307, APIStatusError),
    ]:
        yield Case(str(status), row, error, answers(status))
        fault = answers(status, retry_after="7")
        row_then = "UNAVAILABLE_FOR_A_TIME" if status == 503 else row
        yield Case(f"{status} with Retry-After", row_then, error, fault, retry_after=7)


WHOLE = http(200, b'{"id": "p9", "name": "half"}')


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{"


def reset_within(request: Received, carry_out: Callable[[Received], object]) -> Fault:
    """Carries a request out or not, and resets its connection before all of it was sent."""

    def act(connection: Connection) -> None:
        if connection.socket.recv(10, socket.MSG_PEEK).startswith(request.method.encode()):
            carry_out(request)
            connection.hang_up(reset=True)
        # A look: it is answered, but the next request has to come on another connection.
        connection.answer_one(connection="close")
        connection.hang_up()

    return Fault(act, at="connection")


def speaks_no_tls(connection: Connection) -> None:
    connection.more()
    connection.send(http(400))
    connection.hang_up()


CASES = [
    Case("unresolved", "NAME_NOT_RESOLVED", APIConnectionError, arrives=False, setting="no name"),
    Case("refused", "CONNECT_FAILED", APIConnectionError, arrives=False, setting="refusing"),
    Case("full backlog", "CONNECT_TIMEOUT", APITimeoutError, arrives=False, setting="full"),
    Case(
        *("another CA", "CERTIFICATE_REFUSED", APIConnectionError),
        arrives=False,
        setting="another CA",
    ),
    Case(
        *("no TLS", "TLS_FAILED", APIConnectionError),
        Fault(speaks_no_tls, at="connection"),
        arrives=False,
        setting="TLS",
    ),
    Case("busy", "POOL_TIMEOUT", APITimeoutError, arrives=False, setting="busy"),
    Case(
        *("reset in mid-request", "WRITE_FAILED", APIConnectionError),
        arrives=False,
        setting="narrow",
    ),
    Case("silence", "READ_TIMEOUT", APITimeoutError, falls_silent(), setting="impatient"),
    Case(
        *("silence in the headers", "READ_TIMEOUT", APITimeoutError),
        falls_silent(WHOLE[:20]),
        setting="impatient",
    ),
    Case(
        *("silence in the body", "READ_TIMEOUT", APITimeoutError),
        falls_silent(WHOLE[:-5]),
        setting="impatient",
    ),
    Case("closed", "LOST_BEFORE_ANSWER", APIConnectionError, breaks_off()),
    Case("reset", "LOST_BEFORE_ANSWER", APIConnectionError, breaks_off(reset=True)),
    *(
        Case(f"{how} {where}", "LOST_WITHIN_ANSWER", APIConnectionError, fault)
        for where, data in {
            "in the status line": WHOLE[:7],
            "in the headers": WHOLE[:30],
            "in the body": WHOLE[:-5],
            "in a chunk": CHUNKED,
        }.items()
        for how, fault in {
            "closed": breaks_off(data),
            "reset": breaks_off(data, reset=True),
        }.items()
    ),
    Case("garbage", "LOST_WITHIN_ANSWER", APIConnectionError, breaks_off(b"SSH-2.0-x\r\n" * 9)),
    *statuses(),
    Case(
        *("a code of no table", "ODD_SUCCESS", APIStatusError),
        answers(200, b'{"code": "WHATEVER", "message": "half done"}'),
    ),
    Case("no JSON", "FINAL", ResponseError, answers(200, b"{")),
]


def expected(case: Case, op: Op) -> str:
    return EXPECTED[case.row][COLUMNS.index(op.column)]


def is_uncertain(case: Case) -> bool:
    return EXPECTED[case.row] in (PERHAPS, UNTOLD)


@frozen(eq=False)
class Run:
    """A case that happens to an operation; `done`: it is carried out, `lasts`: again and again."""

    case: Case
    op: Op
    done: bool
    lasts: bool

    def __str__(self) -> str:
        name = f"{self.op.id}-{self.case.id}"
        return f"{name}{'-carried out' * self.done}{'-for ever' * self.lasts}"


def runs() -> Iterator[Run]:
    """Each case with each operation that it is to meet, carried out or not, lasting or not."""
    seen = set()
    for case in CASES:
        for op in OPS:
            if op.id not in FOR_A_COLUMN and (case.row, op.id) in seen:
                continue
            seen.add((case.row, op.id))
            for done in (False, True) if is_uncertain(case) and op.column != "READ" else (False,):
                can_last = op.id in FOR_A_COLUMN and "silence in" not in case.id  # it takes long
                for lasts in (True, False) if can_last else (False,):
                    yield Run(case, op, done, lasts)


RUNS = list(runs())
