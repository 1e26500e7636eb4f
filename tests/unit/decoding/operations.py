"""The 20 operations, each as a call that a test can make, with a body that it reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import frozen
from support.driving import Driver

PROJECT = {"id": "p1", "name": "one"}
SECRET = {"name": "TOKEN"}


@frozen
class Operation:
    """`run(drive, client)` makes the call and gives what a user gets; `good` is a fine answer."""

    run: Callable[[Driver, Any], Any]
    good: Any = None


def listing(make: Callable[[Any], Any]) -> Callable[[Driver, Any], Any]:
    # A few items are enough: an answer may name a next page for ever.
    return lambda drive, client: drive(make(client).collect(3))


OPERATIONS: dict[str, Operation] = {
    "listProjects": Operation(listing(lambda c: c.projects.list()), {"items": [PROJECT]}),
    "createProject": Operation(lambda d, c: d(c.projects.create("one")), PROJECT),
    "getProject": Operation(lambda d, c: d(c.projects.get("p1")), PROJECT),
    "updateProject": Operation(lambda d, c: d(c.projects.update("p1", name="one")), PROJECT),
    "deleteProject": Operation(lambda d, c: d(c.projects.delete("p1"))),
    "listProjectActivity": Operation(listing(lambda c: c.project("p1").activity()), [{"id": "e1"}]),
    "listProjectCollaborators": Operation(
        listing(lambda c: c.project("p1").collaborators.list()), [{"userId": "u1"}]
    ),
    "addProjectCollaborator": Operation(
        lambda d, c: d(c.project("p1").collaborators.add("u1")), {"userId": "u1"}
    ),
    "removeProjectCollaborator": Operation(
        lambda d, c: d(c.project("p1").collaborators.remove("u1"))
    ),
    "listProjectSecrets": Operation(listing(lambda c: c.project("p1").secrets.list()), [SECRET]),
    "createProjectSecret": Operation(
        lambda d, c: d(c.project("p1").secrets.create("TOKEN", "a secret value")), SECRET
    ),
    "getProjectSecret": Operation(lambda d, c: d(c.project("p1").secrets.get("TOKEN")), SECRET),
    "updateProjectSecret": Operation(
        lambda d, c: d(c.project("p1").secrets.update("TOKEN", "a secret value")), SECRET
    ),
    "deleteProjectSecret": Operation(lambda d, c: d(c.project("p1").secrets.delete("TOKEN"))),
    "listProjectTags": Operation(listing(lambda c: c.project("p1").tags.list()), ["blue"]),
    "addProjectTag": Operation(lambda d, c: d(c.project("p1").tags.add("blue"))),
    "removeProjectTag": Operation(lambda d, c: d(c.project("p1").tags.remove("blue"))),
    "listProjectModels": Operation(listing(lambda c: c.project("p1").models.list()), [{"id": "m"}]),
    "addProjectModel": Operation(lambda d, c: d(c.project("p1").models.add("m1"))),
    "removeProjectModel": Operation(lambda d, c: d(c.project("p1").models.remove("m1"))),
}
