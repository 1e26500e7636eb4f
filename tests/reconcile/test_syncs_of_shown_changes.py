"""`sync(..., changes=...)` makes the changes that a dry run has shown, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from reconcile.between import Between
from support.driving import Driver

from paperspace_projects import InvalidArgumentError, StalePlanError
from paperspace_projects.models import Changes, RoleChange

WANTED: Mapping[str, Any] = {
    "tags": ["b", "c"],
    "models": ["m2", "m3"],
    "collaborators": {"u2": None, "u3": None},
}
in_contract = pytest.mark.parametrize("emulator", ["contract"], indirect=True)


def names(drive: Driver, scope: Any, part: str) -> set[str]:
    items = drive.items(getattr(scope, part).list())
    return {getattr(each, "user_id", None) or getattr(each, "id", None) or each for each in items}


@pytest.mark.parametrize("part", WANTED)
def test_what_others_add_after_the_dry_run_stays(
    drive: Driver, client: Any, home: str, part: str
) -> None:
    scope = client.project(home)
    shown = drive(getattr(scope, part).sync(WANTED[part], dry_run=True))
    drive(getattr(scope, part).add("new"))
    changes = drive(getattr(scope, part).sync(WANTED[part], changes=shown))
    assert changes == shown
    assert names(drive, scope, part) == {*WANTED[part], "new"}


@pytest.mark.parametrize("part", WANTED)
def test_what_others_have_done_by_then_is_no_failure(
    drive: Driver, client: Any, home: str, part: str
) -> None:
    scope = client.project(home)
    shown = drive(getattr(scope, part).sync(WANTED[part], dry_run=True))
    drive(getattr(scope, part).sync(WANTED[part]))
    drive(getattr(scope, part).sync(WANTED[part], changes=shown))
    assert names(drive, scope, part) == {*WANTED[part]}


@pytest.mark.parametrize("part", WANTED)
def test_a_part_of_the_changes_can_be_made(
    drive: Driver, watched: Any, between: Between, *, home: str, part: str
) -> None:
    scope = watched.project(home)
    (added,) = drive(getattr(scope, part).sync(WANTED[part], dry_run=True)).added
    before, there = len(between.lines), names(drive, scope, part)
    drive(getattr(scope, part).sync(WANTED[part], changes=Changes(added=(added,))))
    assert len(between.writes) == len(between.lines) - before - 1 == 1
    assert names(drive, scope, part) == {*there, added}


@in_contract
def test_a_role_that_is_as_it_was_seen_is_changed(drive: Driver, client: Any, home: str) -> None:
    collaborators = client.project(home).collaborators
    wanted = {"u1": "admin", "u2": None}
    shown = drive(collaborators.sync(wanted, dry_run=True))
    assert shown.changed == (RoleChange(user_id="u1", before="viewer", after="admin"),)
    assert drive(collaborators.sync(wanted, changes=shown)) == shown
    assert {each.role for each in drive.items(collaborators.list())} == {"admin"}
    assert drive(collaborators.sync(wanted, changes=shown)).is_empty


@in_contract
@pytest.mark.parametrize("now", ["member", None])
def test_a_role_that_is_another_by_now_stays(
    drive: Driver, watched: Any, between: Between, *, home: str, now: Any
) -> None:
    collaborators = watched.project(home).collaborators
    wanted = {"u1": "admin", "u2": None}
    shown = drive(collaborators.sync(wanted, dry_run=True))
    drive(collaborators.remove("u1"))
    if now is not None:
        drive(collaborators.add("u1", now))
    before = between.writes
    with pytest.raises(StalePlanError, match="change the role of 'u1' to admin") as caught:
        drive(collaborators.sync(wanted, changes=shown))
    assert caught.value.found == ("no such collaborator" if now is None else "the role member")
    assert between.writes == before


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("tags", ["b"]),
        ("tags", Changes(added=("other",))),
        ("models", Changes(removed=("m2",))),
        ("tags", Changes(changed=(RoleChange(user_id="b", before=None, after="admin"),))),
        (
            "collaborators",
            Changes(changed=(RoleChange(user_id="u2", before="admin", after="viewer"),)),
        ),
    ],
)
def test_changes_of_another_dry_run_are_refused(
    drive: Driver, watched: Any, between: Between, *, home: str, part: str, changes: Any
) -> None:
    with pytest.raises(InvalidArgumentError, match="changes must be"):
        drive(getattr(watched.project(home), part).sync(WANTED[part], changes=changes))
    assert between.lines == []
