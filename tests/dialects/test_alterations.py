"""A server that answers one operation in another way: it is named in the report, and no other."""

from __future__ import annotations

from typing import Any

import pytest
from dialects.altering import ALTERATIONS, AlteredServer, Change
from dialects.seeding import client_of, seed
from support.driving import Driver

from paperspace_projects.dialects import Report, async_report, report
from paperspace_projects.testing import Dialect, Emulator


def report_on(drive: Driver, dialect: Dialect, operation: str = "", **change: Change) -> Report:
    """A report with writes on a server that has one project; nothing is left of them."""
    with Emulator(dialect) as emulator:
        seed(emulator)
        server = AlteredServer(emulator, operation, **change)
        client = drive.client(server, api_key=emulator.api_key)
        make: Any = report if drive.flavour == "sync" else async_report
        made: Report = drive(make(client, write=True))
        with client_of(emulator) as looking:
            assert [each.name for each in looking.projects.list()] == ["home"]
        assert made.left_over is None
        return made


@pytest.mark.parametrize(
    ("dialect", "operation", "change", "wanted"),
    [(each[0], *each[2:]) for each in ALTERATIONS],
    ids=[f"{each[0]}: {each[1]}" for each in ALTERATIONS],
)
def test_an_alteration_is_named_and_nothing_else(
    drive: Driver, dialect: Dialect, operation: str, change: Change, wanted: set[str] | str
) -> None:
    plain = {each.operation: each for each in report_on(drive, dialect).operations}
    altered = report_on(drive, dialect, operation, change=change)
    rows = {each.operation: each for each in altered.operations}
    row = rows.pop(operation)
    if isinstance(wanted, str):
        assert (row.verdict, row.differences) == (wanted, ())
    else:
        assert (row.verdict, set(map(str, row.differences))) == ("differs", wanted)
    assert not row.is_as_described
    assert not altered.is_as_described
    assert altered.dialect == dialect
    for name, other in rows.items():
        assert (other.verdict, other.differences) == (
            plain[name].verdict,
            plain[name].differences,
        ), name


def test_there_are_thirty_in_the_live_dialect() -> None:
    assert len([each for each in ALTERATIONS if each[0] == "live"]) >= 30
