"""Every cell of the retry table over sockets: how often a request arrives, and what it leaves.

The rule is written out here once more: a request that may have been carried out is never sent again
blindly. Each case is counted by a server that keeps what arrived, and carries it out or not.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from attrs import frozen
from retries.faults.cells import (
    CASES,
    COLUMNS,
    EXPECTED,
    LOOK,
    ONCE,
    RUNS,
    UNKNOWN,
    WHOLE,
    Case,
    Run,
    expected,
    reset_within,
)
from retries.faults.conftest import Authority
from retries.faults.rig import Background, Rig
from support.fault_server import FaultServer, address_lookup
from support.faults import Connection, Fault

from paperspace_projects import (
    APIError,
    APIStatusError,
    OutcomeUnknownError,
    ServerError,
)
from paperspace_projects._api.operations import Idempotency
from paperspace_projects._http.failures import Failure
from paperspace_projects._retry.decision_table import TABLE
from paperspace_projects.errors import (
    OutcomeUnknownNotFoundError,
    OutcomeUnknownServerError,
    OutcomeUnknownStatusError,
)


class World:
    """A server in which a case happens to an operation, and a client of it."""

    def __init__(
        self,
        drive: Rig,
        stack: contextlib.ExitStack,
        run: Run,
        *,
        trusted: ssl.SSLContext,
        secured: ssl.SSLContext,
        patch: pytest.MonkeyPatch,
    ) -> None:
        case, op = run.case, run.op
        self.case, self.op, self.drive = case, op, drive
        setting = case.setting
        is_tls = setting in ("TLS", "another CA")
        starts = setting not in ("full", "refusing")
        self.server = stack.enter_context(
            FaultServer(tls=secured if is_tls else None, starts=starts, narrow=setting == "narrow")
        )
        # A long id does not fit into these buffers: the connection can be lost while it is sent.
        self.project_id = "p" * 60_000 if setting == "narrow" else "p1"
        house = self.server.house
        if setting == "narrow":
            house.add_project(self.project_id, "long")
        op.before(house, self.project_id)
        self.lookups = 0
        options: dict[str, Any] = {"timeout": httpx.Timeout(10)}
        if setting == "no name":
            patch.setattr("socket.getaddrinfo", address_lookup("nosuch.invalid", self._look_up))
            options["base_url"] = f"http://nosuch.invalid:{self.server.port}"
            options["allow_insecure_http"] = True
        elif setting == "full":
            self.server.fill_backlog()
            options["timeout"] = httpx.Timeout(10, connect=0.05)
        elif setting == "busy":
            options["timeout"] = httpx.Timeout(10, pool=0.02)
            options["max_concurrency"] = 1
        elif setting == "impatient":
            options["timeout"] = httpx.Timeout(10, read=0.1)
        if is_tls:
            options["ssl_context"] = trusted
        self.resolves = False
        self.client = drive.client_of(self.server, **options)
        if setting == "narrow":
            drive.narrow(self.client)
        self.released = threading.Event()
        self.background: Background | None = None
        if setting == "busy":
            self.server.play(Fault(self._keep_busy), to="GET")
            self.background = drive.start(lambda: self.client.projects.get("p2"), self.server)
        request = op.request(self.project_id)
        fault = case.fault
        if setting == "narrow":
            fault = reset_within(request, house.handle if run.done else lambda _: None)
        elif fault is not None and run.done:
            fault = fault.carried_out()
        if fault is not None:
            self.server.play(fault, for_ever=run.lasts, to=op.method)
        if not run.lasts:
            drive.clock.on_sleep = self.pass_on

    def _keep_busy(self, connection: Connection) -> None:
        self.released.wait(10)
        connection.send(WHOLE)

    def _look_up(self) -> None:
        self.lookups += 1
        if not self.resolves:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def pass_on(self) -> Any:
        """End what keeps the call from succeeding, while it waits for its next attempt."""
        self.drive.clock.on_sleep = None
        self.resolves = True
        if self.case.setting in ("full", "refusing"):
            self.server.start()
        return self.finish()

    def finish(self) -> Any:
        """End the call that keeps another one waiting."""
        self.released.set()
        background, self.background = self.background, None
        return background.finish() if background else None

    def arrived(self) -> int:
        """How often the operation's request arrived, each time as it has to be."""
        wanted = self.op.request(self.project_id)
        found = [
            each
            for each in self.server.received
            if (each.method, each.path) == (wanted.method, wanted.path)
        ]
        assert {each.body for each in found} <= {wanted.body}
        assert {line.split()[0] for line in self.server.lines} <= {self.op.method, "GET"}
        return len(found)

    def looks(self) -> int:
        """How often the client looked whether it was carried out."""
        return sum(
            line.startswith(f"GET /projects/{self.project_id}/") for line in self.server.lines
        )

    def marks(self) -> int:
        return self.op.marks(self.server.house, self.project_id)


@pytest.fixture
def cells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The cells of the table that failures were taken for."""
    taken: list[tuple[str, str]] = []

    class Rows(dict[Failure, Any]):
        def __getitem__(self, failure: Failure) -> Any:
            return Row(failure, TABLE[failure])

    class Row(dict[Idempotency, Any]):
        def __init__(self, failure: Failure, cells: Any) -> None:
            super().__init__(cells)
            self.failure = failure

        def __getitem__(self, idempotency: Idempotency) -> Any:
            taken.append((self.failure.name, idempotency.name))
            return super().__getitem__(idempotency)

    monkeypatch.setattr("paperspace_projects._retry.attempts.TABLE", Rows())
    return taken


@pytest.fixture
def make_world(
    drive: Rig,
    authority: Authority,
    another_authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., World]]:
    worlds: list[World] = []
    with contextlib.ExitStack() as stack:

        def make(run: Run) -> World:
            trusted = another_authority if run.case.setting == "another CA" else authority
            world = World(
                *(drive, stack, run),
                trusted=trusted.client,
                secured=authority.server,
                patch=monkeypatch,
            )
            worlds.append(world)
            return world

        yield make
        for world in worlds:
            drive(world.finish())
            drive.close(world.client)


def unknown(case: Case) -> type[APIError]:
    """What a write ends with that this happened to, when nobody knows what became of it."""
    if issubclass(case.error, ServerError):
        return OutcomeUnknownServerError
    return (
        OutcomeUnknownStatusError if issubclass(case.error, APIStatusError) else OutcomeUnknownError
    )


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_what_fails_is_neither_doubled_nor_lost(
    drive: Rig,
    make_world: Callable[..., World],
    cells: list[tuple[str, str]],
    run: Run,
) -> None:
    case, op, done = run.case, run.op, run.done
    world = make_world(run)
    outcome = drive.outcome(lambda: op.call(world.client, world.project_id))
    end = end_of(run)
    assert [cell for cell in cells if cell[1] == op.column] == [
        (case.row, op.column)
    ] * end.failures
    if end.error is None:
        assert not isinstance(outcome, Exception), outcome
    else:
        assert type(outcome) is end.error
        assert outcome.attempts == end.failures + end.successes
        assert (outcome.operation, outcome.method) == (op.id, op.method)
    if isinstance(outcome, OutcomeUnknownError) and not end.successes:
        assert isinstance(outcome, case.error) or outcome.status_code is None
    assert world.arrived() == (end.failures if case.arrives else 0) + end.successes
    assert world.looks() == end.looks
    is_marked = op.column != "READ" and (done or end.successes > 0)
    assert world.marks() == is_marked
    assert drive.clock.sleeps == [pytest.approx(x) for x in waits(case, end)]
    if case.setting in ("TLS", "another CA"):
        assert world.server.connections == end.failures + end.successes
    if case.setting == "no name":
        assert world.lookups == end.failures + end.successes


@frozen
class End:
    """What a call has to come to: its error, and how many attempts failed and succeeded."""

    error: type[APIError] | None
    failures: int
    successes: int = 0
    looks: int = 0
    waits: int = 0


def end_of(run: Run) -> End:
    case, rule = run.case, expected(run.case, run.op)
    if rule is ONCE:
        return End(case.error, 1)
    if rule is UNKNOWN:
        return End(unknown(case), 1)
    if rule is LOOK and run.done:
        # It is there. Nothing tells whether it was so before: it has no time, or one too near.
        return End(unknown(case), 1, looks=1, waits=1)
    if run.done and run.op.method == "DELETE" and case.row == "UNAVAILABLE_FOR_A_TIME":
        return End(OutcomeUnknownNotFoundError, 1, successes=1, waits=1)
    looks = rule is LOOK
    if run.lasts:
        is_slow = looks and case.row == "READ_TIMEOUT"  # what is not there may still come
        return End(unknown(case) if is_slow else case.error, 4, looks=4 * looks, waits=3 + looks)
    # A DELETE that was carried out finds nothing the second time, and has succeeded.
    return End(None, 1, successes=1, looks=looks, waits=1)


def waits(case: Case, end: End) -> list[float]:
    """The waits, by a policy that begins with half a second and doubles it: the clock draws most.

    What the server asks for goes before it.
    """
    return [case.retry_after or 0.5 * 2**number for number in range(end.waits)]


def test_every_cell_of_the_table_is_tested() -> None:
    tested = {(case.row, op.column) for case, op in ((run.case, run.op) for run in RUNS)}
    assert tested == {(row.name, column.name) for row in TABLE for column in TABLE[row]}
    assert tested == {(row.name, column.name) for row in Failure for column in Idempotency}
    assert tested == {(row, column) for row in EXPECTED for column in COLUMNS}
    assert len(tested) == 92


def test_each_status_of_the_table_is_tested_with_and_without_a_wait_asked_for() -> None:
    for row in EXPECTED:
        waits = {case.retry_after > 0 for case in CASES if case.row == row and case.fault}
        if row.endswith(("_TIMEOUT", "_ERROR", "EARLY", "REQUESTS", "GATEWAY")) and row not in (
            *("CONNECT_TIMEOUT", "POOL_TIMEOUT", "READ_TIMEOUT"),
        ):
            assert waits == {True, False}, row
