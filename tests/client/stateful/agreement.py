"""How a client and a dictionary agree: the same values, the same refusals, the same listings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from client.stateful.dictionary import KINDS, Dictionary, Refused
from hypothesis.stateful import RuleBasedStateMachine, invariant
from support.driving import Driver, Flavour

from paperspace_projects import (
    ActivityEvent,
    Collaborator,
    Model,
    Project,
    ProjectSnapshot,
    Secret,
    Tag,
)
from paperspace_projects.testing import Dialect, Emulator

VALUES = ("value-one", "value-two", "", "wert-ö\n")


def told(thing: Any) -> Any:
    """What the dictionary knows of a thing, too."""
    match thing:
        case Project():
            return thing.id, thing.name, thing.description, thing.dt_created
        case Collaborator():
            assert thing.email is not None
            assert thing.email.endswith("@users.example")
            return thing.user_id, thing.role
        case Secret():
            return thing.name, thing.dt_created, thing.dt_modified
        case Model():
            assert thing.name == f"model-{thing.id}"
            return thing.id
        case Tag():
            return thing.name
        case ActivityEvent():
            return thing.type, thing.dt_created
        case ProjectSnapshot():
            kinds = ([told(each) for each in getattr(thing, kind)] for kind in KINDS)
            return told(thing.project), *kinds
    return thing


def assert_refused(drive: Driver, call: Callable[[], Any], refused: Refused) -> None:
    """A call raises just what is expected, and nothing derived from it."""
    with pytest.raises(refused.error) as caught:
        drive(call())
    assert type(caught.value) is refused.error


class Agreement(RuleBasedStateMachine):
    """A client, its server, and the dictionary that says what they have to tell."""

    def __init__(self, flavour: Flavour, dialect: Dialect) -> None:
        super().__init__()
        self.dictionary = Dictionary(dialect)
        self.emulator = Emulator(dialect, clock=lambda: self.dictionary.now)
        self.drive = Driver(flavour)
        transport = self.emulator.transport()
        self.client = self.drive.client(transport, api_key=self.emulator.api_key)

    def teardown(self) -> None:
        self.drive.shut_down()
        self.emulator.close()

    @invariant()
    def time_passes(self) -> None:
        self.dictionary.tick()

    def check_values(self) -> None:
        """Every secret has the value that was written last, and no other."""
        for project_id, home in self.dictionary.homes.items():
            for name, secret in home.secrets.items():
                values = [v for v in VALUES if self.emulator.secret_is(project_id, name, v)]
                assert values == [secret.given]

    def agree(self, call: Callable[[], Any], expected: Callable[[], Any]) -> None:
        """The call gives what is expected, or raises just what is; the dictionary goes first."""
        try:
            wanted = expected()
        except Refused as refused:
            assert_refused(self.drive, call, refused)
            return
        assert told(self.drive(call())) == wanted

    def agree_on_listing(self, pager: Any, expected: Callable[[], list[Any]]) -> None:
        """A pager gives what is expected in each of its ways, and can be resumed."""
        try:
            wanted = expected()
        except Refused as refused:
            for walk in (pager.collect, pager.first, lambda: self.drive.items(pager.pages())):
                assert_refused(self.drive, walk, refused)
            assert pager.next_cursor is None
            return
        assert [told(each) for each in self.drive.items(pager)] == wanted
        assert pager.next_cursor is None
        assert [told(each) for each in self.drive(pager.collect(2))] == wanted[:2]
        assert told(self.drive(pager.first())) == (wanted[0] if wanted else None)
        pages = self.drive.items(pager.pages())
        assert [told(each) for page in pages for each in page.items] == wanted
        assert [page.has_more for page in pages] == [True] * (len(pages) - 1) + [False]
        assert all((page.next_cursor is not None) is page.has_more for page in pages)
