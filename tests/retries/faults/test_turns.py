"""An attempt's time begins with its turn: what waits for one behind others has not begun."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from retries.faults.rig import Rig
from support.servers import json, project

from paperspace_projects import (
    APITimeoutError,
    AttemptEvent,
    DeadlineExceededError,
    OutcomeUnknownError,
    RetryPolicy,
)
from paperspace_projects.hooks import before_sending

PATIENCE = 10
ONCE = RetryPolicy(max_attempts=1)


class House:
    """Answers one request after the other; the first one only when it may."""

    url = "http://127.0.0.1"

    def __init__(self, drive: Rig) -> None:
        self._drive = drive
        self.arrived = threading.Semaphore(0)
        self.let_go = threading.Event()
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> Any:
        self.requests.append(request)
        self.arrived.release()
        is_first = len(self.requests) == 1
        if self._drive.flavour == "sync":
            return self._answer(is_first)
        return self._answer_later(is_first)

    def _answer(self, is_first: bool) -> httpx.Response:
        if is_first:
            assert self.let_go.wait(PATIENCE)
            self.before_first()
        return json(project())

    async def _answer_later(self, is_first: bool) -> httpx.Response:
        return await asyncio.to_thread(self._answer, is_first)

    def before_first(self) -> None:
        """What happens while the first request is answered."""


@pytest.fixture
def house(drive: Rig) -> Iterator[House]:
    house = House(drive)
    yield house
    house.let_go.set()
    drive.shut_down_clients()


def test_the_limits_of_an_attempt_are_those_of_when_its_turn_has_come(
    drive: Rig, house: House
) -> None:
    events: list[AttemptEvent] = []
    house.before_first = lambda: drive.clock.advance(5)  # type: ignore[method-assign]
    client = drive.client_of(
        house, transport=house, max_concurrency=1, timeout=8, deadline=10, on_event=events.append
    )
    have_begun: list[object] = []

    def begins(departure: object) -> None:
        have_begun.append(departure)
        if len(have_begun) == 2:
            house.let_go.set()

    with before_sending(begins):
        drive.together(*[lambda: client.projects.get("p1")] * 2)
    limits = [each.extensions["timeout"] for each in house.requests]
    assert [set(each.values()) for each in limits] == [{8.0}, {5.0}]
    assert sorted(each.elapsed for each in events) == [0.0, 5.0]


def test_a_number_of_seconds_does_not_limit_the_wait_for_a_turn(drive: Rig, house: House) -> None:
    """A pool timeout does: when that has run out, the other one has long waited for more."""
    client = drive.client_of(house, transport=house, max_concurrency=1, retry=ONCE)
    patient = client.with_options(timeout=0.01)
    impatient = client.with_options(
        timeout=httpx.Timeout(10, pool=0.1), on_event=lambda _: house.let_go.set()
    )
    first = drive.start(lambda: client.projects.get("p1"), house)
    made, failed = drive.together(
        lambda: patient.projects.create("new"), lambda: impatient.projects.create("other")
    )
    assert drive(first.finish()).id == made.id == "p1"
    assert isinstance(failed, APITimeoutError)
    assert not isinstance(failed, OutcomeUnknownError)
    assert "too many calls at once" in str(failed)
    assert [each.method for each in house.requests] == ["GET", "POST"]


def test_the_deadline_limits_the_wait_for_a_turn_and_nothing_is_sent_after_it(
    drive: Rig, house: House
) -> None:
    client = drive.client_of(house, transport=house, max_concurrency=1, real_time=True)
    hurried = client.with_options(deadline=0.05, timeout=httpx.Timeout(None))
    first = drive.start(lambda: client.projects.get("p1"), house)
    error = drive.outcome(lambda: hurried.projects.create("new"))
    house.let_go.set()
    assert drive(first.finish()).id == "p1"
    assert isinstance(error, DeadlineExceededError)
    assert not isinstance(error, OutcomeUnknownError)
    assert [each.method for each in house.requests] == ["GET"]


def test_nothing_is_sent_if_the_turn_comes_after_the_deadline(drive: Rig, house: House) -> None:
    house.before_first = lambda: drive.clock.advance(60)  # type: ignore[method-assign]
    client = drive.client_of(house, transport=house, max_concurrency=1)
    hurried = client.with_options(deadline=50)
    first = drive.start(lambda: client.projects.get("p1"), house)
    with before_sending(lambda _: house.let_go.set()):
        error = drive.outcome(lambda: hurried.projects.create("new"))
    assert drive(first.finish()).id == "p1"
    assert isinstance(error, DeadlineExceededError)
    assert "the deadline passed before anything was sent" in str(error)
    assert [each.method for each in house.requests] == ["GET"]
