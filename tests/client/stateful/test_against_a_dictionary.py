"""Any sequence of calls leaves a server with what a plain dictionary would hold after it.

The rules are all that a user can do with projects and what they hold, with ids that are and are not
there, and with things that are there already; they are run by both clients, in both dialects.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from client.stateful.agreement import VALUES, Agreement, assert_refused, told
from client.stateful.dictionary import KINDS, Refused
from client.stateful.watching import CLASSES, DECLARED, public_names, uses, watch
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test
from support.driving import Flavour

from paperspace_projects.testing import DeploymentAction, Dialect

names = st.sampled_from(
    ["alpha", "TOKEN", "a_1", "Z", "größe/ö & more", "%2e%2e", "...", "x?y#z", "'"]
)
several_names = st.lists(names, min_size=1, max_size=6)
values = st.sampled_from(VALUES)
texts = st.sampled_from(["", "what it is for"])
descriptions = st.none() | texts
changes = st.fixed_dictionaries(
    {"name": names}, optional={"description": texts}
) | st.fixed_dictionaries({"description": texts})
sizes = st.none() | st.integers(1, 4)


def ids(there: int, elsewhere: int = 1) -> st.SearchStrategy[str]:
    """Ids of projects that are there, and of some that are not, in this proportion."""

    def drawn(machine: Agreement) -> st.SearchStrategy[str]:
        no_more = st.sampled_from([*machine.dictionary.gone, "nowhere", "no/where", "pü"])
        some = st.sampled_from(list(machine.dictionary.homes))
        return st.one_of(*[some] * there, *[no_more] * elsewhere)

    return st.runner().flatmap(drawn)


some_id = ids(9)
NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
EVENTS = [
    *("project.created", "project.updated", "secret.updated"),
    *(event for both in KINDS.values() for event in both),
    *get_args(DeploymentAction),
]


class AgainstADictionary(Agreement):
    """What a user can do, one rule for each thing."""

    # ---- projects ----

    @initialize(names=st.lists(names, min_size=1, max_size=3), held=several_names, value=values)
    def begin(self, names: list[str], held: list[str], value: str) -> None:
        """There are projects to begin with, and one of them holds something."""
        for name in names:
            self.create(name=name, description=None)
        project_id = next(iter(self.dictionary.homes))
        self.add_tags_and_models(project_id=project_id, names=held)
        self.add_collaborators(project_id=project_id, users=held, role=None)
        self.create_secrets(project_id=project_id, names=held, value=value)

    @precondition(lambda self: len(self.dictionary.homes) < 6)
    @rule(name=names, description=descriptions)
    @uses("Projects.create")
    def create(self, name: str, description: str | None) -> None:
        made = self.drive(self.client.projects.create(name, description=description))
        self.dictionary.add_project(made.id, name, description)
        assert told(made) == self.dictionary.project(made.id)

    @rule(name=names, description=descriptions)
    @uses("Projects.ensure", "Projects.find")
    def ensure(self, name: str, description: str | None) -> None:
        try:
            found = self.dictionary.named(name)
        except Refused as refused:
            for look in (self.client.projects.ensure, self.client.projects.find):
                assert_refused(self.drive, functools.partial(look, name), refused)
            return
        made = self.drive(self.client.projects.ensure(name, description=description))
        if found is None:
            self.dictionary.add_project(made.id, name, description)
        assert made.id == self.dictionary.named(name)
        self.agree(
            lambda: self.client.projects.find(name), lambda: self.dictionary.project(made.id)
        )

    @rule(name=names)
    @uses("Projects.find")
    def find(self, name: str) -> None:
        def expected() -> Any:
            found = self.dictionary.named(name)
            return None if found is None else self.dictionary.project(found)

        self.agree(lambda: self.client.projects.find(name), expected)

    @rule(
        order_by=st.sampled_from([None, "dtCreated", "name"]),
        order=st.sampled_from([None, "asc", "desc"]),
        size=sizes,
    )
    @uses("Projects.list", "Pager.collect", "Pager.first", "Pager.pages", "Pager.next_cursor")
    def list_projects(self, order_by: str | None, order: Any, size: int | None) -> None:
        self.agree_on_listing(
            self.client.projects.list(order_by=order_by, order=order, page_size=size),
            lambda: self.dictionary.projects(
                by_name=order_by == "name", oldest_first=order == "asc"
            ),
        )

    @rule(project_id=some_id)
    @uses("Projects.get", "ProjectScope.get")
    def get(self, project_id: str) -> None:
        scope = self.client.project(project_id)
        for call in (functools.partial(self.client.projects.get, scope.id), scope.get):
            self.agree(call, lambda: self.dictionary.project(project_id))

    def expected_of_update(self, project_id: str, given: dict[str, str]) -> Callable[[], Any]:
        def expected() -> Any:
            self.dictionary.update(project_id, given.get("name"), given.get("description"))
            return self.dictionary.project(project_id)

        return expected

    @rule(project_id=some_id, given=changes)
    @uses("Projects.update")
    def update(self, project_id: str, given: dict[str, str]) -> None:
        self.agree(
            lambda: self.client.projects.update(project_id, **given),
            self.expected_of_update(project_id, given),
        )

    @rule(project_id=some_id, given=changes)
    @uses("ProjectScope.update")
    def update_by_scope(self, project_id: str, given: dict[str, str]) -> None:
        self.agree(
            lambda: self.client.project(project_id).update(**given),
            self.expected_of_update(project_id, given),
        )

    @precondition(lambda self: len(self.dictionary.homes) > 1)
    @rule(project_id=ids(1))
    @uses("Projects.delete")
    def delete(self, project_id: str) -> None:
        self.agree(
            lambda: self.client.projects.delete(project_id),
            lambda: self.dictionary.delete(project_id),
        )

    @precondition(lambda self: len(self.dictionary.homes) > 1)
    @rule(project_id=ids(1))
    @uses("ProjectScope.delete")
    def delete_by_scope(self, project_id: str) -> None:
        self.agree(
            self.client.project(project_id).delete, lambda: self.dictionary.delete(project_id)
        )

    @rule(project_id=some_id, kind=st.none() | st.sampled_from(EVENTS), data=st.data())
    @uses("ProjectScope.activity", "Pager.collect", "Pager.first", "Pager.pages")
    def activity(self, project_id: str, kind: str | None, data: st.DataObject) -> None:
        """All of it, and what lies between the times of two events."""
        home, ours = self.dictionary.homes.get(project_id), self.client.project(project_id)
        times = st.sampled_from([when for _, when in home.events] if home else [NOON])
        since, until = data.draw(times, "since"), data.draw(times, "until")
        for limits in ({}, {"since": since}, {"until": until}, {"since": since, "until": until}):
            self.agree_on_listing(
                ours.activity(type=kind, page_size=data.draw(sizes, "size"), **limits),
                lambda limits=limits: [
                    (event, when)
                    for event, when in self.dictionary.events(project_id, kind)
                    if limits.get("since", when) <= when < limits.get("until", LATER)
                ],
            )

    @rule(project_id=ids(1, 0), actions=st.lists(st.sampled_from(get_args(DeploymentAction))))
    def happen(self, project_id: str, actions: list[DeploymentAction]) -> None:
        """Something happens to deployments, on the server."""
        home = self.dictionary.homes[project_id]
        for action in actions:
            self.emulator.record_event(project_id, action=action)
            home.events.append((action, self.dictionary.now))

    @rule(project_id=some_id)
    @uses("ProjectScope.snapshot")
    def snapshot(self, project_id: str) -> None:
        self.agree(
            self.client.project(project_id).snapshot,
            lambda: (
                self.dictionary.project(project_id),
                *(self.dictionary.every(project_id, kind) for kind in KINDS),
            ),
        )

    # ---- what a project holds ----

    @rule(project_id=some_id, size=sizes)
    @uses("Collaborators.list", "Secrets.list", "Tags.list", "Tags.list_details", "Models.list")
    def list_all_kinds(self, project_id: str, size: int | None) -> None:
        for kind in KINDS:
            part = getattr(self.client.project(project_id), kind)
            self.agree_on_listing(
                part.list(page_size=size),
                functools.partial(self.dictionary.every, project_id, kind),
            )
        tags = self.client.project(project_id).tags
        self.agree_on_listing(
            tags.list_details(page_size=size),
            functools.partial(self.dictionary.every, project_id, "tags"),
        )

    @rule(project_id=ids(1, 0), size=st.integers(1, 3), kind=st.sampled_from(["projects", *KINDS]))
    @uses("Pager.pages", "Pager.next_cursor", "Pager.collect")
    def resume(self, project_id: str, size: int, kind: str) -> None:
        """A listing that is left after a page goes on from its cursor with all that follows."""
        scope = self.client.project(project_id)
        part = self.client.projects if kind == "projects" else getattr(scope, kind)
        pager = part.list(page_size=size)
        (page,) = self.drive.items(pager.pages(), at_most=1)
        rest = part.list(page_size=size, after=pager.next_cursor)
        after = self.drive(rest.collect()) if page.has_more else []
        assert [*page.items, *after] == self.drive(part.list().collect())

    @rule(project_id=some_id, users=several_names, role=st.sampled_from([None, "admin", "viewer"]))
    @uses("Collaborators.add")
    def add_collaborators(self, project_id: str, users: list[str], role: Any) -> None:
        def expected(user: str) -> Any:
            self.dictionary.add(project_id, "collaborators", user, role)
            return self.dictionary.one(project_id, "collaborators", user)

        add = self.client.project(project_id).collaborators.add
        for user in users:
            self.agree(functools.partial(add, user, role), functools.partial(expected, user))

    @rule(project_id=some_id, names=several_names)
    @uses("Tags.add", "Models.add")
    def add_tags_and_models(self, project_id: str, names: list[str]) -> None:
        for name, kind in itertools.product(names, ("tags", "models")):
            self.agree(
                functools.partial(getattr(self.client.project(project_id), kind).add, name),
                functools.partial(self.dictionary.add, project_id, kind, name),
            )

    @rule(project_id=some_id, name=names)
    @uses("Collaborators.remove", "Secrets.delete", "Tags.remove", "Models.remove")
    def remove_from_all_kinds(self, project_id: str, name: str) -> None:
        for kind in KINDS:
            part = getattr(self.client.project(project_id), kind)
            self.agree(
                functools.partial(part.delete if kind == "secrets" else part.remove, name),
                functools.partial(self.dictionary.remove, project_id, kind, name),
            )

    @rule(project_id=some_id, wanted=st.sets(names, max_size=4), dry_run=st.booleans())
    @uses("Collaborators.sync", "Tags.sync", "Models.sync")
    def make_it_exactly_these(self, project_id: str, wanted: set[str], dry_run: bool) -> None:
        for kind in ("collaborators", "tags", "models"):
            part = getattr(self.client.project(project_id), kind)
            given = dict.fromkeys(wanted) if kind == "collaborators" else wanted
            self.agree(
                functools.partial(part.sync, given, dry_run=dry_run),
                functools.partial(self.dictionary.sync, project_id, kind, wanted, dry_run),
            )

    def agree_on_secret(
        self, call: Callable[..., Any], change: Callable[..., None], *drawn: str
    ) -> None:
        project_id, name, value = drawn

        def expected() -> Any:
            change(project_id, name, value)
            return self.dictionary.one(project_id, "secrets", name)

        self.agree(lambda: call(name, value), expected)
        self.check_values()

    @rule(project_id=some_id, names=several_names, value=values)
    @uses("Secrets.create")
    def create_secrets(self, project_id: str, names: list[str], value: str) -> None:
        def change(project_id: str, name: str, value: str) -> None:
            self.dictionary.add(project_id, "secrets", name, value)

        call = self.client.project(project_id).secrets.create
        for name in names:
            self.agree_on_secret(call, change, project_id, name, value)

    @rule(project_id=some_id, name=names, value=values)
    @uses("Secrets.update")
    def update_secret(self, project_id: str, name: str, value: str) -> None:
        call = self.client.project(project_id).secrets.update
        self.agree_on_secret(call, self.dictionary.update_secret, project_id, name, value)

    @rule(project_id=some_id, name=names, value=values)
    @uses("Secrets.set")
    def set_secret(self, project_id: str, name: str, value: str) -> None:
        call = self.client.project(project_id).secrets.set
        self.agree_on_secret(call, self.dictionary.set_secret, project_id, name, value)

    @rule(project_id=some_id, name=names)
    @uses("Secrets.get")
    def get_secret(self, project_id: str, name: str) -> None:
        self.agree(
            lambda: self.client.project(project_id).secrets.get(name),
            lambda: self.dictionary.one(project_id, "secrets", name),
        )


@pytest.mark.parametrize("dialect", ["contract", "live"])
def test_any_sequence_of_calls_leaves_what_a_dictionary_holds(
    flavour: Flavour, dialect: Dialect, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(monkeypatch)
    run_state_machine_as_test(
        functools.partial(AgainstADictionary, flavour, dialect),
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            phases=[Phase.reuse, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_public_method_is_used_by_a_rule() -> None:
    everything = {name for each in CLASSES for name in public_names(each)}
    assert everything - DECLARED == {"ProjectScope.watch"}  # it never ends: tests/client/watching
