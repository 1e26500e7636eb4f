"""A role is changed in two steps; what fails between them is reported."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from reconcile.between import Between
from reconcile.driving import apply, changes, document, failure, plan
from support.driving import Driver
from support.servers import status

from paperspace_projects import (
    OutcomeUnknownError,
    StalePlanError,
)

in_contract = pytest.mark.parametrize("emulator", ["contract"], indirect=True)
"""Where a description or a role is to be told, and so to be compared."""


class Refusing:
    """Answers the next so many additions of a collaborator in the server's place."""

    def __init__(self, between: Between, left: int, answer: httpx.Response, done: bool) -> None:
        self._between = between
        self._left = left
        self._answer = answer
        self._done = done

    def __call__(self, request: httpx.Request) -> httpx.Response | None:
        if request.method != "POST" or not self._left:
            return None
        self._left -= 1
        if self._done:
            self._between.emulator.handle(request)
        return httpx.Response(self._answer.status_code)


ROLE = document({"name": "home", "collaborators": {"u1": "admin", "u2": None}})


HALVES: dict[str, tuple[int, int, bool, str, str | None]] = {
    "put back": (1, 403, False, "was removed, and put back with the old role", "viewer"),
    "out": (2, 403, False, "was removed and is OUT right now: a new plan adds them as admin", None),
    "put back, as there is no such user": (1, 404, False, "put back with the old role", "viewer"),
    "put back, as it is a conflict": (1, 409, False, "put back with the old role", "viewer"),
    "put back, as nothing tells": (1, 500, False, "put back with the old role", "viewer"),
    "unknown": (2, 500, False, "was removed, and may be out right now: a new plan", None),
}


UNKNOWN = ("put back, as nothing tells", "unknown")


@in_contract
@pytest.mark.parametrize("case", HALVES)
def test_a_role_whose_second_half_fails_says_who_is_out_and_a_new_plan_converges(
    drive: Driver, client: Any, between: Between, home: str, case: str
) -> None:
    failures, code, done, told, role = HALVES[case]
    found = plan(drive, client, ROLE)
    assert changes(found) == ["change-role viewer -> admin"]
    between.first = Refusing(between, failures, status(code), done)
    if case in UNKNOWN:  # nor can it be found out
        refuse = between.first
        between.first = lambda request: (
            refuse(request)
            if request.method == "POST"
            else status(403)
            if any(line.startswith("POST") for line in between.lines)
            else None
        )
    watched = drive.client(between, api_key=between.emulator.api_key)
    kind, error, detail = failure(apply(drive, watched, found))
    assert kind == "change-role"
    assert isinstance(error, OutcomeUnknownError) == (case in UNKNOWN)
    assert not isinstance(error, StalePlanError), "something was changed by this step"
    assert detail is not None
    assert detail.startswith("collaborator 'u1' ")
    assert told in detail
    between.first = lambda _: None
    listed = drive.items(client.project(home).collaborators.list())
    assert {each.user_id: each.role for each in listed}.get("u1") == role
    again = plan(drive, client, ROLE)
    assert not again.is_empty
    assert apply(drive, watched, again).is_ok
    assert plan(drive, client, ROLE).is_empty
