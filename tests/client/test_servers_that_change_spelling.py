"""Servers that change the spelling of tags: neither `sync` nor a plan removes what is wanted."""

from __future__ import annotations

import json as standard
import unicodedata
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from reconcile.driving import apply, changes, document, plan
from support.driving import Driver
from support.servers import json, status

from paperspace_projects import Changes, ConflictError, PaperspaceError
from paperspace_projects.testing import Dialect, Emulator


class Folding:
    """Keeps tags in another spelling. `refuses`: adding one that is there is a conflict."""

    def __init__(self, *tags: str, refuses: bool, spell: Callable[[str], str] = str.lower) -> None:
        self.tags = list(tags)
        self.refuses = refuses
        self.spell = spell

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return json(self.tags)
        if request.method == "DELETE":
            self.tags.remove(request.url.params["name"])
            return status(204)
        name = self.spell(standard.loads(request.content)["name"])
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


@pytest.mark.parametrize(
    ("spell", "there", "wanted"),
    [
        (lambda name: unicodedata.normalize("NFC", name), "\u00e9", "e\u0301"),
        (str.strip, "gpu", "gpu "),
        (str.upper, "GPU V100", "gpu v100"),
    ],
    ids=["composed", "trimmed", "upper case"],
)
def test_a_tag_in_any_usual_spelling_is_not_removed(
    drive: Driver, spell: Callable[[str], str], there: str, wanted: str
) -> None:
    server = Folding(there, "old", refuses=False, spell=spell)
    changes = drive(drive.client(server).project("p1").tags.sync({wanted}))
    assert server.tags == [there]
    assert changes == Changes(removed=("old",))


def test_nothing_is_removed_if_the_spelling_cannot_be_told(drive: Driver) -> None:
    def spell(name: str) -> str:
        return name.replace(" ", "-")

    server = Folding("gpu-v100", "old", refuses=False, spell=spell)
    with pytest.raises(PaperspaceError, match="'gpu v100' and does not list it"):
        drive(drive.client(server).project("p1").tags.sync({"gpu v100"}))
    assert server.tags == ["gpu-v100", "old"]


def test_a_tag_that_became_a_new_one_keeps_no_other_from_being_removed(drive: Driver) -> None:
    server = Folding("old", refuses=False, spell=lambda name: name.replace(" ", "-"))
    drive(drive.client(server).project("p1").tags.sync({"gpu v100"}))
    assert server.tags == ["gpu-v100"]


class FoldingEmulator:
    """An emulator, with the names of tags and the ids of models that are added in lower case."""

    def __init__(self, dialect: Dialect, *, refuses: bool) -> None:
        self.emulator = Emulator(dialect)
        self._refuses = refuses

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method != "POST":
            return self.emulator.handle(request)
        headers = {name: each for name, each in request.headers.items() if name != "content-length"}
        folded = httpx.Request(
            "POST",
            str(request.url).replace("GPU", "gpu"),
            headers=headers,
            content=request.content.replace(b"GPU", b"gpu"),
        )
        answer = self.emulator.handle(folded)
        return status(201) if answer.status_code == 409 and not self._refuses else answer


@pytest.mark.parametrize("refuses", [False, True])
@pytest.mark.parametrize("dialect", ["contract", "live"])
@pytest.mark.parametrize("part", ["tags", "models"])
def test_a_plan_does_not_remove_a_name_that_it_keeps_in_another_spelling(
    drive: Driver, dialect: Dialect, part: str, *, refuses: bool
) -> None:
    server = FoldingEmulator(dialect, refuses=refuses)
    server.emulator.seed({"version": 1, "projects": [{"name": "home", part: ["gpu", "old"]}]})
    client = drive.client(server, api_key=server.emulator.api_key)
    found = plan(drive, client, document({"name": "home", part: ["GPU"]}), prune=True)
    kind = part.removesuffix("s")
    assert changes(found) == [
        f"add-{kind} None -> GPU",
        f"remove-{kind} gpu -> None",
        f"remove-{kind} old -> None",
    ]
    result = apply(drive, client, found)
    assert result.is_ok is not refuses
    left = "left as it is: the server lists 'GPU' as 'gpu'"
    assert refuses or [each.detail for each in result.steps] == [None, left, None]
    assert there(drive, client, part) == (["gpu", "old"] if refuses else ["gpu"])


@pytest.mark.parametrize("part", ["tags", "models"])
def test_a_plan_gives_a_server_that_tells_case_apart_the_new_spelling(
    drive: Driver, emulator: Emulator, client: Any, part: str
) -> None:
    emulator.seed({"version": 1, "projects": [{"name": "home", part: ["gpu"]}]})
    found = plan(drive, client, document({"name": "home", part: ["GPU"]}), prune=True)
    assert apply(drive, client, found).is_ok
    assert there(drive, client, part) == ["GPU"]


def there(drive: Driver, client: Any, part: str) -> list[str]:
    """The tags, or the ids of the models, of the only project."""
    (project,) = drive.items(client.projects.list())
    listed = drive.items(getattr(client.project(project.id), part).list())
    return sorted(each if isinstance(each, str) else each.id for each in listed)
