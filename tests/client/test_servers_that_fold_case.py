"""A server that keeps tags in lower case: `sync` never removes what is wanted."""

from __future__ import annotations

import json as standard

import httpx
import pytest
from support.driving import Driver
from support.servers import json, status

from paperspace_projects import Changes, ConflictError


class Folding:
    """Keeps tags in lower case. `refuses` says whether adding one that is there is a conflict."""

    def __init__(self, *tags: str, refuses: bool) -> None:
        self.tags = list(tags)
        self.refuses = refuses

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return json(self.tags)
        if request.method == "DELETE":
            self.tags.remove(request.url.params["name"])
            return status(204)
        name = standard.loads(request.content)["name"].lower()
        if name in self.tags and self.refuses:
            return status(409)
        if name not in self.tags:
            self.tags.append(name)
        return status(201)


def test_a_tag_that_it_refuses_to_add_again_is_not_removed(drive: Driver) -> None:
    server = Folding("gpu", "old", refuses=True)
    with pytest.raises(ConflictError):
        drive(drive.client(server).project("p1").tags.sync({"GPU"}))
    assert server.tags == ["gpu", "old"]


def test_a_tag_that_it_keeps_in_another_spelling_is_not_removed(drive: Driver) -> None:
    server = Folding("gpu", "old", refuses=False)
    changes = drive(drive.client(server).project("p1").tags.sync({"GPU", "New"}))
    assert server.tags == ["gpu", "new"]
    assert changes == Changes(added=("New",), removed=("old",))


def test_a_server_that_tells_case_apart_gets_the_new_spelling(drive: Driver) -> None:
    class Exact(Folding):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            if request.method == "POST":
                self.tags.append(standard.loads(request.content)["name"])
                return status(201)
            return super().__call__(request)

    server = Exact("gpu", refuses=False)
    changes = drive(drive.client(server).project("p1").tags.sync({"GPU"}))
    assert server.tags == ["GPU"]
    assert changes == Changes(added=("GPU",), removed=("gpu",))
