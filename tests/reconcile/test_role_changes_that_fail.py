"""A role is changed by removing and adding: a user who is out is put back, or else named."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product
from typing import Any

import httpx
import pytest
from reconcile.between import Between
from reconcile.driving import apply, document, plan
from support.driving import Driver
from support.servers import status

from paperspace_projects import PaperspaceError, ResponseError
from paperspace_projects.testing import Emulator, Fault, FaultPlan

pytestmark = pytest.mark.parametrize("emulator", ["contract"], indirect=True)
"""Where a role is told, and so can be changed."""

ROLES = {"u1": "admin", "u2": None}
DESIRED = document({"name": "home", "collaborators": ROLES})
WAYS = pytest.mark.parametrize("way", ["apply", "sync"])
Told = tuple[str, BaseException | None]
"""What is said of the change, and what was raised or is in the result; None for a success."""


def changed(drive: Driver, client: Any, way: str, home: str, roles: Any = None) -> Told:
    """Change the role of `u1` to admin, in one of two ways."""
    roles = roles or ROLES
    try:
        if way == "sync":
            drive(client.project(home).collaborators.sync(roles))
            return "", None
        wanted = document({"name": "home", "collaborators": roles})
        (result,) = apply(drive, client, plan(drive, client, wanted)).steps
    except BaseException as error:
        return "\n".join([str(error), *getattr(error, "__notes__", ())]), error
    return result.describe(), result.error


def role_of(drive: Driver, client: Any, home: str) -> str | None:
    """The role of `u1`, or `OUT`."""
    listed = drive.items(client.project(home).collaborators.list())
    return {each.user_id: each.role for each in listed}.get("u1", "OUT")


REMOVE, ADD = "removeProjectCollaborator", "addProjectCollaborator"
LOST = {
    "dropped": Fault.drop(when="after"),
    "500": Fault.status(500, when="after"),
    "503": Fault.status(503, retry_after=0, when="after"),
    "408": Fault.status(408, when="after"),
}


@WAYS
@pytest.mark.parametrize("refused", [401, 403, 404, 409, 429])
@pytest.mark.parametrize("lost", LOST)
def test_a_removal_that_was_lost_and_whose_repeat_is_refused_is_gone_on_with(
    drive: Driver, client: Any, emulator: Emulator, *, home: str, way: str, lost: str, refused: int
) -> None:
    refusals = [Fault.status(refused)] * (9 if refused == 429 else 1)
    emulator.faults = FaultPlan.script([LOST[lost], *refusals], only=[REMOVE])
    assert changed(drive, client, way, home)[1] is None
    assert role_of(drive, client, home) == "admin"


KINDS = {"dropped": LOST["dropped"], **{str(code): Fault.status(code) for code in (403, 404, 409)}}


@WAYS
@pytest.mark.parametrize("faults", list(product(KINDS, repeat=2)), ids="-".join)
@pytest.mark.parametrize("only", [[REMOVE], [ADD], [REMOVE, ADD]], ids="-".join)
def test_a_user_who_is_out_is_named(
    drive: Driver,
    client: Any,
    emulator: Emulator,
    *,
    home: str,
    way: str,
    faults: tuple[str, str],
    only: list[str],
) -> None:
    emulator.faults = FaultPlan.script([KINDS[each] for each in faults], only=only)
    told, error = changed(drive, client, way, home)
    emulator.faults = None
    role = role_of(drive, client, home)
    assert (error is None) == (role == "admin")
    assert ("is OUT right now" in told) == (role == "OUT")
    assert "may be out right now" not in told, "a look tells"


@WAYS
@pytest.mark.parametrize("first_code", [403, 404, 409])
def test_a_user_whose_putting_back_is_a_conflict_is_looked_for(
    drive: Driver, watched: Any, between: Between, *, home: str, way: str, first_code: int
) -> None:
    codes = [first_code, 409]
    between.first = lambda request: (
        status(codes.pop(0)) if request.method == "POST" and codes else None
    )
    told, error = changed(drive, watched, way, home)
    assert isinstance(error, PaperspaceError)
    assert "u1" in told
    assert "was removed and is OUT right now" in told
    assert role_of(drive, watched, home) == "OUT"


class Interruption(BaseException):
    """Ends the work, as Ctrl-C does, and is none to the event loop."""


def raising(
    between: Between, method: str, error: BaseException, *, times: int = 1, is_done: bool = False
) -> Callable[[httpx.Request], None]:
    """Raise an error at the next requests of a method, before or after each is carried out."""
    left = [error] * times

    def first(request: httpx.Request) -> None:
        if request.method == method and left:
            if is_done:
                between.emulator.handle(request)
            between.lines.append(f"raised at {method}")
            raise left.pop()

    return first


HALVES: dict[str, tuple[str, int, bool, str, str]] = {
    "once": ("POST", 1, False, "was removed, and put back with the old role", "viewer"),
    "twice": ("POST", 2, False, "was removed and is OUT right now", "OUT"),
    "after the addition": ("POST", 1, True, "was removed, and is in again", "admin"),
    "after the removal": ("DELETE", 1, True, "was removed, and put back", "viewer"),
    "before the removal": ("DELETE", 1, False, "", "viewer"),
}


@WAYS
@pytest.mark.parametrize("case", HALVES)
def test_after_an_error_of_others_the_user_is_put_back_and_it_is_raised(
    drive: Driver, watched: Any, between: Between, *, home: str, way: str, case: str
) -> None:
    method, times, is_done, note, role = HALVES[case]
    error = RuntimeError("the exporter of traces is down")
    between.first = raising(between, method, error, times=times, is_done=is_done)
    told, raised = changed(drive, watched, way, home)
    assert raised is error
    assert note in told
    about_steps = "begun, and perhaps carried out"  # what an application says of each open step
    lines = [line for line in told.splitlines() if about_steps not in line]
    assert any("u1" in line for line in lines) == bool(note)
    assert role_of(drive, watched, home) == role


@WAYS
@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("method", ["DELETE", "POST"])
def test_after_an_interruption_nothing_is_sent_and_a_note_names_the_user(
    drive: Driver,
    watched: Any,
    between: Between,
    *,
    home: str,
    way: str,
    method: str,
    is_done: bool,
) -> None:
    error = Interruption()
    between.first = raising(between, method, error, is_done=is_done)
    told, raised = changed(drive, watched, way, home)
    assert raised is error
    assert between.lines[-1] == f"raised at {method}"
    assert "u1" in told
    assert "may be out right now" in told


def giving(between: Between, role: str) -> Callable[[httpx.Request], httpx.Response | None]:
    """Have the server give each user who is added this role, whatever is asked for."""

    def first(request: httpx.Request) -> httpx.Response | None:
        if request.method != "POST":
            return None
        content = json.dumps({**json.loads(request.content), "role": role})
        headers = {k: v for k, v in request.headers.items() if k != "content-length"}
        changed = httpx.Request("POST", request.url, headers=headers, content=content)
        return between.emulator.handle(changed)

    return first


@WAYS
def test_a_role_that_the_server_answers_as_another_one_is_no_success(
    drive: Driver, watched: Any, between: Between, *, home: str, way: str
) -> None:
    between.first = giving(between, "member")
    told, error = changed(drive, watched, way, home)
    assert isinstance(error, ResponseError)
    assert (error.expected, error.found) == ("'admin'", "the role 'member'")
    assert "the server has given them the role 'member' instead of the role 'admin'" in told
    assert "was removed, and is in again" in told
    assert role_of(drive, watched, home) == "member"


@WAYS
def test_a_user_who_is_added_with_another_role_is_no_success(
    drive: Driver, watched: Any, between: Between, *, home: str, way: str
) -> None:
    between.first = giving(between, "viewer")
    roles = {"u1": None, "u2": None, "u3": "admin"}
    told, error = changed(drive, watched, way, home, roles)
    assert isinstance(error, ResponseError)
    assert error.path == f"/projects/{home}/collaborators"
    assert "the user 'u3' was added, and the server has given them the role 'viewer'" in told
