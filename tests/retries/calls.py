"""The calls of the retry tests, by the kind of their operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CALLS: dict[str, Callable[[Any], Any]] = {
    "GET": lambda client: client.projects.get("p1"),
    "PUT": lambda client: client.projects.update("p1", name="new"),
    "DELETE": lambda client: client.projects.delete("p1"),
    "POST": lambda client: client.projects.create("new"),
    "PATCH": lambda client: client.project("p1").secrets.update("TOKEN", "value"),
}


WRITES = {"POST", "PATCH"}


WRITES_AND_WHAT_TELLS: list[tuple[str, Callable[[Any], Any], str]] = [
    ("createProject", lambda c: c.projects.create("n"), "projects.find("),
    (
        "addProjectCollaborator",
        lambda c: c.project("p1").collaborators.add("u1"),
        "collaborators.list()",
    ),
    ("createProjectSecret", lambda c: c.project("p1").secrets.create("N", "v"), "secrets.get("),
    ("updateProjectSecret", lambda c: c.project("p1").secrets.update("N", "v"), "secrets.get("),
    ("addProjectTag", lambda c: c.project("p1").tags.add("t"), "tags.list()"),
    ("addProjectModel", lambda c: c.project("p1").models.add("m"), "models.list()"),
]


DELETES: dict[str, Callable[[Any], Any]] = {
    "project": lambda c: c.projects.delete("p1"),
    "collaborator": lambda c: c.project("p1").collaborators.remove("u1"),
    "secret": lambda c: c.project("p1").secrets.delete("N"),
    "tag": lambda c: c.project("p1").tags.remove("t"),
    "model": lambda c: c.project("p1").models.remove("m"),
}
