"""A step whose answer is lost is looked at again, where a look can tell that it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from reconcile.between import Between
from reconcile.driving import apply, document, failure, plan
from support.driving import Driver
from support.servers import status

from paperspace_projects import OutcomeUnknownError
from paperspace_projects.reconcile import StepResult

ADDITIONS: dict[str, dict[str, Any]] = {
    "add-tag": {"tags": ["a", "b", "c"]},
    "add-model": {"models": ["m1", "m2", "m3"]},
    "add-collaborator": {"collaborators": {"u1": None, "u2": None, "u3": "admin"}},
}
OF_SECRETS: dict[str, dict[str, Any]] = {
    "create-secret": {"secrets": {"S1": "env:S1", "S2": "env:S1", "S3": "env:S3"}},
    "rotate-secret": {"secrets": {"S1": "env:S1"}},
}


def lost(
    between: Between, *, is_done: bool, looks: int = 1
) -> Callable[[httpx.Request], httpx.Response | None]:
    """The next write is answered 500, carried out or not; so many reads after it are refused.

    The first of these is the client's own attempt to find out.
    """
    todo = ["write", *["read"] * looks]

    def first(request: httpx.Request) -> httpx.Response | None:
        kind = "read" if request.method == "GET" else "write"
        if todo[:1] != [kind]:
            return None
        todo.pop(0)
        if kind == "read":
            return status(403)
        if is_done:
            between.emulator.handle(request)
        return status(500)

    return first


@pytest.fixture
def applied(
    drive: Driver, client: Any, watched: Any, between: Between
) -> Callable[..., StepResult]:
    """What came of the one step of a plan for `home`."""

    def of(part: dict[str, Any], first: Any, rotate: Any = "never") -> StepResult:
        found = plan(drive, client, document({"name": "home", **part}), rotate_secrets=rotate)
        between.first = first
        (result,) = apply(drive, watched, found).steps
        between.first = lambda _: None
        return result

    return of


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("kind", ADDITIONS)
def test_an_addition_that_was_carried_out_is_done(
    drive: Driver, client: Any, between: Between, *, applied: Any, kind: str
) -> None:
    dialect = between.emulator.dialect
    result = applied(ADDITIONS[kind], lost(between, is_done=True))
    assert (result.step.kind, result.status) == (kind, "done")
    said = "no response arrived, but a check shows that it is done"
    if (kind, dialect) == ("add-collaborator", "live"):
        said += ", but the server does not return the role"
    assert result.detail == said
    assert plan(drive, client, document({"name": "home", **ADDITIONS[kind]})).is_empty


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("looks", [1, 10], ids=["is not there", "cannot be looked at"])
@pytest.mark.parametrize("kind", ADDITIONS)
def test_an_addition_of_which_no_look_tells_stays_unknown(
    between: Between, applied: Any, kind: str, looks: int
) -> None:
    result = applied(ADDITIONS[kind], lost(between, is_done=looks > 1, looks=looks))
    assert (result.step.kind, result.status) == (kind, "failed")
    assert isinstance(result.error, OutcomeUnknownError)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("kind", OF_SECRETS)
def test_of_a_secrets_value_no_look_tells(between: Between, applied: Any, kind: str) -> None:
    rotate = "always" if kind == "rotate-secret" else "never"
    result = applied(OF_SECRETS[kind], lost(between, is_done=True), rotate)
    assert (result.step.kind, result.status) == (kind, "failed")
    assert isinstance(result.error, OutcomeUnknownError)


@pytest.mark.parametrize("emulator", ["contract"], indirect=True)
@pytest.mark.parametrize("is_done", [True, False])
def test_a_removal_of_unknown_outcome_does_not_leave_a_user_out_when_a_role_changes(
    drive: Driver, client: Any, watched: Any, between: Between, *, home: str, is_done: bool
) -> None:
    """Each attempt is answered 500; the first may have removed the user."""
    desired = document({"name": "home", "collaborators": {"u1": "admin", "u2": None}})
    found = plan(drive, client, desired)
    first_one = [True] * is_done

    def first(request: httpx.Request) -> httpx.Response | None:
        if request.method != "DELETE":
            return None
        if first_one:
            first_one.pop()
            between.emulator.handle(request)
        return status(500)

    between.first = first
    result = apply(drive, watched, found)
    listed = drive.items(client.project(home).collaborators.list())
    role = {each.user_id: each.role for each in listed}["u1"]
    if is_done:
        assert (result.is_ok, role) == (True, "admin")
    else:
        kind, _, detail = failure(result)
        assert (kind, detail, role) == ("change-role", None, "viewer")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("emulator", ["contract"], indirect=True)
def test_a_removal_of_which_nothing_tells_is_told_when_a_role_changes(
    drive: Driver, client: Any, watched: Any, between: Between
) -> None:
    desired = document({"name": "home", "collaborators": {"u1": "admin", "u2": None}})
    found = plan(drive, client, desired)

    def first(request: httpx.Request) -> httpx.Response | None:
        if request.method == "DELETE":
            between.emulator.handle(request)
            return status(500)
        return status(403) if between.writes else None

    between.first = first
    _, _, detail = failure(apply(drive, watched, found))
    assert detail is not None
    assert "may be out right now" in detail
    between.first = lambda _: None
    again = plan(drive, client, desired)
    assert apply(drive, client, again).is_ok
    assert plan(drive, client, desired).is_empty
