"""Whatever goes wrong in whatever order: a right result or a typed error, in time, none doubled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.clock import FakeClock
from support.driving import FLAVOURS, Driver, Flavour

from paperspace_projects import APIError, NotFoundError, OutcomeUnknownError, ResponseError
from paperspace_projects.testing import Dialect, Emulator

DEADLINE = 60.0
SECONDS = {"ReadTimeout": 30.0, "ConnectTimeout": 30.0, "PoolTimeout": 30.0}
ERRORS = {
    "ConnectError": httpx.ConnectError,
    "ConnectTimeout": httpx.ConnectTimeout,
    "PoolTimeout": httpx.PoolTimeout,
    "WriteError": httpx.WriteError,
    "ReadTimeout": httpx.ReadTimeout,
    "ReadError": httpx.ReadError,
    "RemoteProtocolError": httpx.RemoteProtocolError,
}
NEVER_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout"}


@frozen
class Fault:
    """What happens to one request: it is carried out or not, and then this comes instead."""

    carried_out: bool
    kind: str
    retry_after: str | None = None


statuses = st.sampled_from(["408", "425", "429", "499", "500", "501", "502", "503", "504", "520"])
surely_not = st.builds(
    Fault,
    st.just(False),
    st.sampled_from(sorted(NEVER_SENT)) | st.sampled_from(["425", "429"]),
)
waits = st.sampled_from(["0", "1", "7", "59", "61", "121", "soon"])
told_to_wait = st.builds(Fault, st.just(False), st.just("429"), waits) | st.builds(
    Fault, st.booleans(), st.just("503"), waits
)
uncertain = st.builds(
    Fault,
    st.booleans(),
    st.sampled_from(sorted(ERRORS.keys() - NEVER_SENT))
    | statuses.filter(lambda code: code not in ("425", "429"))
    | st.sampled_from(["page", "half"]),
)
plans = st.lists(st.none() | surely_not | told_to_wait | uncertain, max_size=6)


class Faulty:
    """The emulator, with faults for its next requests."""

    def __init__(self, emulator: Emulator, clock: FakeClock) -> None:
        self._emulator = emulator
        self._clock = clock
        self.plan: list[Fault | None] = []
        self.carried_out = 0
        self.lied = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        fault = self.plan.pop(0) if self.plan else None
        answer = None
        if fault is None or fault.carried_out:
            answer = self._emulator.handle(request)
            if request.method != "GET" and answer.is_success:
                self.carried_out += 1
        if fault is None:
            assert answer is not None
            return answer
        if fault.kind in ERRORS:
            self._clock.advance(min(SECONDS.get(fault.kind, 0), _read_timeout(request)))
            raise ERRORS[fault.kind]("as planned")
        if fault.kind in ("page", "half"):
            body = b"<html>all is well</html>" if fault.kind == "page" else b'{"items": [{'
            self.lied |= request.method != "GET" and not fault.carried_out
            return httpx.Response(200, content=body)
        headers = {} if fault.retry_after is None else {"retry-after": fault.retry_after}
        return httpx.Response(int(fault.kind), headers=headers)


def _read_timeout(request: httpx.Request) -> float:
    return float(request.extensions["timeout"]["read"])


@frozen
class Case:
    """An operation, and how often its effect is there."""

    call: Callable[[Any], Any]
    count: Callable[[Any, Any], int]
    makes: bool = True


def _items(drive: Driver, pager: Any, is_it: Callable[[Any], bool]) -> int:
    return sum(map(is_it, drive.items(pager)))


CASES: dict[str, Case] = {
    "createProject": Case(
        lambda c: c.client.projects.create("new"),
        lambda d, c: _items(d, c.client.projects.list(), lambda each: each.name == "new"),
    ),
    "updateProject": Case(
        lambda c: c.scope.update(name="renamed"),
        lambda d, c: _items(d, c.client.projects.list(), lambda each: each.name == "renamed"),
    ),
    "deleteProject": Case(
        lambda c: c.scope.delete(),
        lambda d, c: _items(d, c.client.projects.list(), lambda each: each.id == c.scope.id),
        makes=False,
    ),
    "addProjectCollaborator": Case(
        lambda c: c.scope.collaborators.add("u2", "viewer"),
        lambda d, c: _items(d, c.scope.collaborators.list(), lambda each: each.user_id == "u2"),
    ),
    "removeProjectCollaborator": Case(
        lambda c: c.scope.collaborators.remove("u1"),
        lambda d, c: _items(d, c.scope.collaborators.list(), lambda each: each.user_id == "u1"),
        makes=False,
    ),
    "createProjectSecret": Case(
        lambda c: c.scope.secrets.create("NEW", "v"),
        lambda d, c: _items(d, c.scope.secrets.list(), lambda each: each.name == "NEW"),
    ),
    "deleteProjectSecret": Case(
        lambda c: c.scope.secrets.delete("OLD"),
        lambda d, c: _items(d, c.scope.secrets.list(), lambda each: each.name == "OLD"),
        makes=False,
    ),
    "addProjectTag": Case(
        lambda c: c.scope.tags.add("new"),
        lambda d, c: _items(d, c.scope.tags.list(), lambda each: each == "new"),
    ),
    "removeProjectTag": Case(
        lambda c: c.scope.tags.remove("old"),
        lambda d, c: _items(d, c.scope.tags.list(), lambda each: each == "old"),
        makes=False,
    ),
    "addProjectModel": Case(
        lambda c: c.scope.models.add("m2"),
        lambda d, c: _items(d, c.scope.models.list(), lambda each: each.id == "m2"),
    ),
    "removeProjectModel": Case(
        lambda c: c.scope.models.remove("m1"),
        lambda d, c: _items(d, c.scope.models.list(), lambda each: each.id == "m1"),
        makes=False,
    ),
}
READS: dict[str, Callable[[Any], Any]] = {
    "listProjects": lambda c: c.client.projects.list().collect(),
    "getProject": lambda c: c.scope.get(),
    "listProjectActivity": lambda c: c.scope.activity().collect(),
    "listProjectCollaborators": lambda c: c.scope.collaborators.list().collect(),
    "listProjectSecrets": lambda c: c.scope.secrets.list().collect(),
    "getProjectSecret": lambda c: c.scope.secrets.get("OLD"),
    "listProjectTags": lambda c: c.scope.tags.list().collect(),
    "listProjectModels": lambda c: c.scope.models.list().collect(),
}


@frozen
class World:
    """A client on a server with one project that holds one of each."""

    client: Any
    scope: Any
    server: Faulty


def world(drive: Driver, emulator: Emulator) -> World:
    server = Faulty(emulator, drive.clock)
    client = drive.client(server, api_key=emulator.api_key, deadline=DEADLINE)
    scope = client.project(drive(client.projects.create("home")).id)
    for adding in (
        lambda: scope.tags.add("old"),
        lambda: scope.secrets.create("OLD", "v"),
        lambda: scope.collaborators.add("u1"),
        lambda: scope.models.add("m1"),
    ):
        drive(adding())
    return World(client, scope, server)


def attempt(drive: Driver, there: World, plan: list[Fault | None], call: Any) -> Any:
    """What a call gave or raised, within its deadline; faults are over after it."""
    there.server.plan = list(plan)
    there.server.carried_out = 0
    began = drive.clock.now
    try:
        outcome = drive(call(there))
    except APIError as error:
        outcome = error
    finally:
        there.server.plan = []
    assert drive.clock.now - began <= DEADLINE + 0.01
    drive.clock.advance(1_000)  # whatever a 429 asked all to wait is over
    return outcome


def quickly(examples: int) -> Any:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


@pytest.mark.parametrize("dialect", ["contract", "live"])
@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("name", CASES)
@quickly(25)
@given(plan=plans)
def test_a_write_is_carried_out_once_or_fails_as_it_says(
    name: str, flavour: Flavour, dialect: Dialect, plan: list[Fault | None]
) -> None:
    case, drive = CASES[name], Driver(flavour)
    with Emulator(dialect) as emulator:
        try:
            there = world(drive, emulator)
            outcome = attempt(drive, there, plan, case.call)
            count = case.count(drive, there)
            done = count == (1 if case.makes else 0)
            assert count in (0, 1), "doubled"
            if name != "updateProject":  # an update that is repeated is the same once more
                assert there.server.carried_out <= 1
            if not isinstance(outcome, APIError):
                assert done or there.server.lied, "said to be done, and is not"
                assert there.server.carried_out or there.server.lied, "somebody else did it"
            elif done and there.server.carried_out:
                # It fails although it was done: then it must not say that it was not.
                assert (
                    isinstance(outcome, OutcomeUnknownError | ResponseError)
                    or not case.makes
                    or name == "updateProject"
                ), outcome
        finally:
            drive.shut_down()


THERE: dict[str, Callable[[Any], Any]] = {
    "addProjectCollaborator": lambda c: c.scope.collaborators.add("u1"),
    "createProjectSecret": lambda c: c.scope.secrets.create("OLD", "v"),
    "addProjectTag": lambda c: c.scope.tags.add("old"),
    "addProjectModel": lambda c: c.scope.models.add("m1"),
}


@pytest.mark.parametrize("dialect", ["contract", "live"])
@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("name", THERE)
@quickly(25)
@given(plan=plans, age=st.sampled_from([0.0, 0.5, 3.0, 60.0, 86_400.0]))
def test_what_was_there_before_is_never_reported_as_made(
    name: str, flavour: Flavour, dialect: Dialect, plan: list[Fault | None], age: float
) -> None:
    drive = Driver(flavour)
    with Emulator(dialect) as emulator:
        try:
            there = world(drive, emulator)
            drive.clock.advance(age)
            emulator.advance(age)
            outcome = attempt(drive, there, plan, THERE[name])
            assert isinstance(outcome, APIError)
            assert not there.server.carried_out
        finally:
            drive.shut_down()


@pytest.mark.parametrize("dialect", ["contract", "live"])
@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("name", READS)
@quickly(15)
@given(plan=plans)
def test_a_read_gives_what_is_there_or_fails(
    name: str, flavour: Flavour, dialect: Dialect, plan: list[Fault | None]
) -> None:
    drive = Driver(flavour)
    with Emulator(dialect) as emulator:
        try:
            there = world(drive, emulator)
            right = drive(READS[name](there))
            outcome = attempt(drive, there, plan, READS[name])
            assert not isinstance(outcome, OutcomeUnknownError | NotFoundError)
            if not isinstance(outcome, APIError):
                assert outcome == right
        finally:
            drive.shut_down()
