"""What a Paperspace server is at heart: a dictionary of projects, each with a few dictionaries.

It knows nothing of HTTP, pages or JSON. Where the dialects differ, it says so in words: the live
server keeps no description, role, message or order by name, takes few names for secrets, and tells
of no events but those of deployments.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import Factory, define

from paperspace_projects import (
    AmbiguousNameError,
    BadRequestError,
    Changes,
    ConflictError,
    NotFoundError,
    PaperspaceError,
)


class Refused(Exception):
    """What is asked for is refused: the client has to raise this very class."""

    def __init__(self, error: type[PaperspaceError]) -> None:
        super().__init__(error)
        self.error = error


@define
class Held:
    """A thing that a project holds: what was given with it, and when it came and was changed."""

    given: str | None
    came: datetime
    changed: datetime


@define
class Home:
    """A project. What it holds stands in the order in which it came."""

    name: str
    description: str | None
    came: datetime
    collaborators: dict[str, Held] = Factory(dict)
    secrets: dict[str, Held] = Factory(dict)
    tags: dict[str, Held] = Factory(dict)
    models: dict[str, Held] = Factory(dict)
    events: list[tuple[str, datetime]] = Factory(list)


KINDS = {
    "collaborators": ("collaborator.added", "collaborator.removed"),
    "secrets": ("secret.created", "secret.deleted"),
    "tags": ("tag.added", "tag.removed"),
    "models": ("model.added", "model.removed"),
}
"""What a project holds, with the events of coming and going."""


class Dictionary:
    """All there is, and what time it is: everything within one step has the same time."""

    def __init__(self, dialect: str) -> None:
        self.is_live = dialect == "live"
        self.homes: dict[str, Home] = {}
        self.gone: list[str] = []
        self.now = datetime(2026, 3, 18, 12, tzinfo=UTC)

    def tick(self) -> None:
        self.now += timedelta(seconds=1)

    def home(self, project_id: str) -> Home:
        if project_id not in self.homes:
            raise Refused(NotFoundError)
        return self.homes[project_id]

    def add_project(self, project_id: str, name: str, description: str | None) -> None:
        assert project_id not in self.homes
        home = Home(name, None if self.is_live else description, self.now)
        home.events.append(("project.created", self.now))
        self.homes[project_id] = home

    def update(self, project_id: str, name: str | None, description: str | None) -> None:
        home = self.home(project_id)
        if name is not None or description is not None:
            home.events.append(("project.updated", self.now))
        if self.is_live:
            description = None
        if name is not None:
            home.name = name
        if description is not None:
            home.description = description

    def delete(self, project_id: str) -> None:
        self.home(project_id)
        del self.homes[project_id]
        self.gone.append(project_id)

    def project(self, project_id: str) -> tuple[Any, ...]:
        """What a client is to be told of a project."""
        home = self.home(project_id)
        return project_id, home.name, home.description, home.came

    def projects(self, *, by_name: bool, oldest_first: bool) -> list[tuple[Any, ...]]:
        if by_name and self.is_live:
            raise Refused(BadRequestError)
        ids = list(self.homes)  # in the order in which they came, which also breaks ties
        if by_name:
            ids.sort(key=lambda each: self.homes[each].name)
        return [self.project(each) for each in (ids if oldest_first else reversed(ids))]

    def named(self, name: str) -> str | None:
        """The id of the one project of this name, or None."""
        ids = [each for each, home in self.homes.items() if home.name == name]
        if len(ids) > 1:
            raise Refused(AmbiguousNameError)
        return ids[0] if ids else None

    def add(self, project_id: str, kind: str, name: str, given: str | None = None) -> None:
        if kind == "secrets" and self.is_live and not re.fullmatch("[a-zA-Z][a-zA-Z0-9_]*", name):
            raise Refused(BadRequestError)
        home = self.home(project_id)
        held: dict[str, Held] = getattr(home, kind)
        if name in held:
            raise Refused(ConflictError)
        held[name] = Held(given, self.now, self.now)
        home.events.append((KINDS[kind][0], self.now))

    def remove(self, project_id: str, kind: str, name: str) -> None:
        home = self.home(project_id)
        held: dict[str, Held] = getattr(home, kind)
        if name not in held:
            raise Refused(NotFoundError)
        del held[name]
        home.events.append((KINDS[kind][1], self.now))

    def sync(self, project_id: str, kind: str, wanted: set[str], dry_run: bool) -> Changes:
        """Have a project hold exactly these of a kind: what is new comes first."""
        held: dict[str, Held] = getattr(self.home(project_id), kind)
        added, removed = sorted(wanted - held.keys()), sorted(held.keys() - wanted)
        if not dry_run:
            for name in added:
                self.add(project_id, kind, name)
            for name in removed:
                self.remove(project_id, kind, name)
        return Changes(added=tuple(added), removed=tuple(removed))

    def update_secret(self, project_id: str, name: str, value: str) -> None:
        home = self.home(project_id)
        if name not in home.secrets:
            raise Refused(NotFoundError)
        secret = home.secrets[name]
        secret.given, secret.changed = value, self.now
        home.events.append(("secret.updated", self.now))

    def set_secret(self, project_id: str, name: str, value: str) -> None:
        try:
            self.update_secret(project_id, name, value)
        except Refused:
            self.add(project_id, "secrets", name, value)

    def one(self, project_id: str, kind: str, name: str) -> Any:
        """What a client is to be told of one thing that a project holds."""
        held: dict[str, Held] = getattr(self.home(project_id), kind)
        if name not in held:
            raise Refused(NotFoundError)
        if kind == "collaborators":
            return name, None if self.is_live else held[name].given
        if kind == "secrets":
            return name, held[name].came, held[name].changed
        return name

    def every(self, project_id: str, kind: str) -> list[Any]:
        """The same of all of them, in the order of a listing."""
        held: dict[str, Held] = getattr(self.home(project_id), kind)
        names = reversed(held) if self.is_live else held
        return [self.one(project_id, kind, name) for name in names]

    def events(self, project_id: str, kind: str | None = None) -> list[tuple[str, datetime]]:
        told = ("deployment." if self.is_live else "",)
        every = [event for event in self.home(project_id).events[::-1] if event[0].startswith(told)]
        return [event for event in every if kind in (None, event[0])]
