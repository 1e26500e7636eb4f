"""The operations that failures happen to: what each has to send, and the mark that it leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from attrs import field, frozen
from support.fault_server import House
from support.faults import Received


@frozen
class Op:
    """An operation: its call, the request that it has to be, and how often it left its mark."""

    id: str
    column: str
    method: str
    path: str
    call: Callable[[Any, str], Any] = field(repr=False)
    body: Any = None
    marks: Callable[[House, str], int] = field(repr=False, default=lambda _, __: 0)
    before: Callable[[House, str], object] = field(repr=False, default=lambda _, __: None)

    def request(self, project_id: str) -> Received:
        """What has to arrive."""
        body = self.body
        if self.column == "NONE" and self.method == "POST" and len(project_id) > 9:
            body = {"name": project_id * 9}
        sent = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        return Received(self.method, self.path.replace("ID", project_id), [], sent)


def add(part: str, key: str, **document: Any) -> Callable[[House, str], None]:
    def before(house: House, project_id: str) -> None:
        house.parts[project_id, part][key] = dict(document)

    return before


def has(part: str, key: str) -> Callable[[House, str], int]:
    return lambda house, project_id: key in house.parts[project_id, part]


def lacks(part: str, key: str) -> Callable[[House, str], int]:
    return lambda house, project_id: key not in house.parts[project_id, part]


def create(client: Any, project_id: str) -> Any:
    return client.projects.create("new" if len(project_id) < 9 else project_id * 9)


OPS = [
    Op("getProject", "READ", "GET", "/projects/ID", lambda c, p: c.projects.get(p)),
    Op(
        *("updateProject", "IDEMPOTENT", "PUT", "/projects/ID"),
        lambda c, p: c.projects.update(p, name="other"),
        {"name": "other"},
        lambda house, project_id: house.projects[project_id]["name"] == "other",
    ),
    Op(
        *("deleteProject", "IDEMPOTENT", "DELETE", "/projects/ID"),
        lambda c, p: c.projects.delete(p),
        marks=lambda house, project_id: project_id not in house.projects,
    ),
    Op(
        *("removeProjectCollaborator", "IDEMPOTENT", "DELETE", "/projects/ID/collaborators/u1"),
        lambda c, p: c.project(p).collaborators.remove("u1"),
        marks=lacks("collaborators", "u1"),
        before=add("collaborators", "u1", userId="u1"),
    ),
    Op(
        *("deleteProjectSecret", "IDEMPOTENT", "DELETE", "/projects/ID/secrets/TOKEN"),
        lambda c, p: c.project(p).secrets.delete("TOKEN"),
        marks=lacks("secrets", "TOKEN"),
        before=add("secrets", "TOKEN", name="TOKEN"),
    ),
    Op(
        *("removeProjectTag", "IDEMPOTENT", "DELETE", "/projects/ID/tags?name=blue"),
        lambda c, p: c.project(p).tags.remove("blue"),
        marks=lacks("tags", "blue"),
        before=add("tags", "blue"),
    ),
    Op(
        *("removeProjectModel", "IDEMPOTENT", "DELETE", "/projects/ID/models/m1"),
        lambda c, p: c.project(p).models.remove("m1"),
        marks=lacks("models", "m1"),
        before=add("models", "m1", id="m1"),
    ),
    Op(
        *("createProjectSecret", "NATURAL_KEY", "POST", "/projects/ID/secrets"),
        lambda c, p: c.project(p).secrets.create("TOKEN", "v"),
        {"name": "TOKEN", "value": "v"},
        has("secrets", "TOKEN"),
    ),
    Op(
        *("addProjectCollaborator", "NATURAL_KEY", "POST", "/projects/ID/collaborators"),
        lambda c, p: c.project(p).collaborators.add("u1", "viewer"),
        {"userId": "u1", "role": "viewer"},
        has("collaborators", "u1"),
    ),
    Op(
        *("addProjectTag", "NATURAL_KEY", "POST", "/projects/ID/tags"),
        lambda c, p: c.project(p).tags.add("blue"),
        {"name": "blue"},
        has("tags", "blue"),
    ),
    Op(
        *("addProjectModel", "NATURAL_KEY", "POST", "/projects/ID/models/m1"),
        lambda c, p: c.project(p).models.add("m1"),
        None,
        has("models", "m1"),
    ),
    Op(
        *("createProject", "NONE", "POST", "/projects"),
        create,
        {"name": "new"},
        lambda house, _: sum(each.startswith("new") for each in house.projects),
    ),
    Op(
        *("updateProjectSecret", "NONE", "PATCH", "/projects/ID/secrets/TOKEN"),
        lambda c, p: c.project(p).secrets.update("TOKEN", "v"),
        {"value": "v"},
        lambda house, project_id: "dtModified" in house.parts[project_id, "secrets"]["TOKEN"],
        add("secrets", "TOKEN", name="TOKEN"),
    ),
]
