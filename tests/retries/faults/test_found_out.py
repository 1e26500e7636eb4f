"""What a client makes of what it finds, when it looks whether a write was carried out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from retries.faults.rig import Rig
from retries.faults.writes import OPS, Op
from support.fault_server import FaultServer, House
from support.faults import Connection, Fault, Received, breaks_off

from paperspace_projects import ConflictError, OutcomeUnknownError
from paperspace_projects.errors import OutcomeUnknownConflictError

KEYED = [op for op in OPS if op.column == "NATURAL_KEY"]
DELETES = [op for op in OPS if op.method == "DELETE"]
LOST = breaks_off()
each_write = pytest.mark.parametrize("op", KEYED, ids=lambda op: op.id)


def answered_before(happens: Callable[[House], object]) -> Fault:
    """Answers as is right, and lets something happen that the answer does not tell of yet."""

    def act(connection: Connection) -> None:
        house = connection.server.house
        answer = house.answer(connection.server.received[-1])
        happens(house)
        connection.send(answer)

    return Fault(act)


def carried_out(op: Op) -> Callable[[House], object]:
    return lambda house: house.handle(op.request("p1"))


def made_by_somebody_else(op: Op) -> Callable[[House], object]:
    def make(house: House) -> None:
        request = op.request("p1")
        if op.id == "addProjectCollaborator":
            request = Received("POST", request.path, [], b'{"userId": "u1", "role": "admin"}')
        now = house.now
        house.now -= timedelta(days=1)
        house.handle(request)
        house.now = now

    return make


def methods(server: FaultServer) -> list[str]:
    return [each.method for each in server.received]


@each_write
def test_a_write_that_arrives_late_is_found_once_it_stands_in_the_way(
    drive: Rig, server: FaultServer, op: Op
) -> None:
    server.play(LOST, answered_before(carried_out(op)))
    outcome = drive.outcome(lambda: op.call(drive.client_of(server), "p1"))
    if op.id == "createProjectSecret":  # somebody else's would look the same, but for its value
        assert type(outcome) is OutcomeUnknownConflictError
    else:
        assert not isinstance(outcome, Exception)
    assert methods(server) == ["POST", "GET", "POST", "GET"]
    assert len(server.house.done) == op.marks(server.house, "p1") == 1


@pytest.mark.parametrize("when", ["before the look", "before the repeat"])
@pytest.mark.parametrize("name", ["createProjectSecret", "addProjectCollaborator"])
def test_what_somebody_else_made_is_a_conflict(
    drive: Rig, server: FaultServer, name: str, when: str
) -> None:
    (op,) = (each for each in KEYED if each.id == name)
    make = made_by_somebody_else(op)
    if when == "before the look":
        server.play(Fault(LOST.does, first=lambda house, _: make(house)))
    else:
        server.play(LOST, answered_before(make))
    with pytest.raises(ConflictError) as caught:
        drive(op.call(drive.client_of(server), "p1"))
    assert caught.value.attempts == 2
    assert methods(server) == ["POST", "GET", "POST", "GET"]
    assert len(server.house.done) == 1


@pytest.mark.parametrize("done", [False, True], ids=["lost", "carried out"])
@each_write
def test_a_look_that_fails_too_leaves_the_outcome_unknown_and_says_so(
    drive: Rig, server: FaultServer, op: Op, done: bool
) -> None:
    server.play(LOST.carried_out() if done else LOST, for_ever=True)
    with pytest.raises(OutcomeUnknownError, match="failed as well") as caught:
        drive(op.call(drive.client_of(server), "p1"))
    assert caught.value.attempts == 1
    assert methods(server) == ["POST", *["GET"] * 4]
    assert op.marks(server.house, "p1") == done


@each_write
def test_a_look_is_as_patient_as_any_read(drive: Rig, server: FaultServer, op: Op) -> None:
    server.play(LOST, LOST, LOST)
    drive(op.call(drive.client_of(server), "p1"))
    assert methods(server) == ["POST", "GET", "GET", "GET", "POST"]
    assert len(server.house.done) == 1


@each_write
def test_a_conflict_at_once_is_one(drive: Rig, server: FaultServer, op: Op) -> None:
    server.house.handle(op.request("p1"))
    with pytest.raises(ConflictError):
        drive(op.call(drive.client_of(server), "p1"))
    assert methods(server) == ["POST"]


@pytest.mark.parametrize("op", DELETES, ids=lambda op: op.id)
def test_a_delete_whose_repeat_finds_nothing_was_carried_out(
    drive: Rig, server: FaultServer, op: Op
) -> None:
    op.before(server.house, "p1")
    server.play(LOST.carried_out())
    assert drive(op.call(drive.client_of(server), "p1")) is None
    assert methods(server) == ["DELETE", "DELETE"]
    assert len(server.house.done) == 1
