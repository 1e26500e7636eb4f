"""An update without a name works on either server, and undoes a rename only where it must."""

from __future__ import annotations

import json as codec
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support.driving import Driver
from support.servers import json, status

from paperspace_projects import BadRequestError, DeadlineExceededError, NotFoundError
from paperspace_projects.testing import Emulator

NAMELESS = {"code": "BAD_REQUEST", "message": "name: Required", "issues": [{"message": "Required"}]}


class Server:
    """A server of one project. `dialect`: whether it requires a name, and knows descriptions.

    `mixed` is one that requires a name and answers as the contract has it. `meanwhile` is called
    after each read.
    """

    def __init__(self, dialect: str, **answers: Callable[[], httpx.Response]) -> None:
        self.requires_name = dialect != "contract"
        self.project: dict[str, Any] = {"id": "p1", "name": "alpha", "dtCreated": "2026-03-18"}
        if dialect != "live":
            self.project |= {"description": "old", "teamId": "t1"}
        self.seen: list[tuple[str, Any]] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.answers = answers

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = codec.loads(request.content) if request.content else None
        self.seen.append((request.method, body))
        if (answer := self.answers.get(request.method)) is not None:
            return answer()
        if request.method == "GET":
            read = json(self.project)
            self.meanwhile()
            return read
        if "name" not in body and self.requires_name:
            return json(NAMELESS, 400)
        self.project |= {key: body[key] for key in body if key in self.project}
        return json(self.project)


def scoped(client: Any, **given: Any) -> Any:
    return client.project("p1").update(**given)


def by_id(client: Any, **given: Any) -> Any:
    return client.projects.update("p1", **given)


either_way = pytest.mark.parametrize("update", [by_id, scoped])


@either_way
def test_a_live_server_gets_the_name_that_it_requires(drive: Driver, update: Any) -> None:
    server = Server("live")
    updated = drive(update(drive.client(server), description="new"))
    assert server.seen == [("GET", None), ("PUT", {"name": "alpha", "description": "new"})]
    assert (updated.name, updated.description) == ("alpha", None)


@either_way
def test_a_server_of_the_contract_gets_nothing_that_was_not_given(
    drive: Driver, update: Any
) -> None:
    server = Server("contract")
    updated = drive(update(drive.client(server), description="new"))
    assert server.seen == [("GET", None), ("PUT", {"description": "new"})]
    assert (updated.name, updated.description) == ("alpha", "new")


def test_a_refusal_to_go_without_a_name_is_met(drive: Driver) -> None:
    server = Server("mixed")
    assert drive(by_id(drive.client(server), description="new")).description == "new"
    assert server.seen[1:] == [
        ("PUT", {"description": "new"}),
        ("PUT", {"name": "alpha", "description": "new"}),
    ]


@either_way
@pytest.mark.parametrize("dialect", ["contract", "live"])
@pytest.mark.parametrize("given", [{"name": "beta"}, {"name": "beta", "description": ""}])
def test_an_update_with_a_name_is_one_request(
    drive: Driver, dialect: str, update: Any, given: dict[str, str]
) -> None:
    server = Server(dialect)
    assert drive(update(drive.client(server), **given)).name == "beta"
    assert server.seen == [("PUT", given)]


@pytest.mark.parametrize(("dialect", "name"), [("contract", "theirs"), ("live", "alpha")])
def test_a_rename_in_between_stays_where_no_name_has_to_be_sent(
    drive: Driver, dialect: str, name: str
) -> None:
    """What becomes of it on a live server is in docs/reliability.md: no update is conditional."""
    server = Server(dialect)
    server.meanwhile = lambda: server.project.update(name="theirs")
    assert drive(by_id(drive.client(server), description="new")).name == name


def test_a_description_that_is_refused_is_refused_with_a_name_too(drive: Driver) -> None:
    for dialect, puts in (("contract", 2), ("live", 1)):
        server = Server(dialect, PUT=lambda: json({"code": "BAD_REQUEST", "message": "long"}, 400))
        with pytest.raises(BadRequestError, match="long") as caught:
            drive(by_id(drive.client(server), description="new"))
        assert caught.value.operation == "updateProject"
        assert [method for method, _ in server.seen] == ["GET", *["PUT"] * puts]


def test_nothing_is_written_to_a_project_that_cannot_be_read(drive: Driver) -> None:
    server = Server("live", GET=lambda: status(404))
    with pytest.raises(NotFoundError):
        drive(by_id(drive.client(server), description="new"))
    assert [method for method, _ in server.seen] == ["GET"]


def test_all_of_it_has_one_deadline(drive: Driver) -> None:
    def slowly() -> httpx.Response:
        drive.clock.advance(9)
        return json({"id": "p1", "name": "alpha"})

    def unavailable() -> httpx.Response:
        drive.clock.advance(1)
        return status(503)

    server = Server("live", GET=slowly, PUT=unavailable)
    began = drive.clock.now
    with pytest.raises(DeadlineExceededError):
        drive(by_id(drive.client(server, deadline=10), description="new"))
    assert drive.clock.now <= began + 10
    assert [method for method, _ in server.seen] == ["GET", "PUT"]


def test_each_request_of_it_is_sent_again_as_any_other(drive: Driver) -> None:
    server = Server("live")
    answers = [status(503), None, status(503), None]

    def unsteady(request: httpx.Request) -> httpx.Response:
        return answers.pop(0) or server(request)

    drive(by_id(drive.client(unsteady), description="new"))
    assert server.seen == [("GET", None), ("PUT", {"name": "alpha", "description": "new"})]
    assert answers == []


def test_what_the_answer_does_not_confirm_is_not_claimed(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    project = drive(client.projects.create("alpha", description="old"))
    kept = emulator.dialect == "contract"
    assert project.description == ("old" if kept else None)
    updated = drive(client.projects.update(project.id, description="new"))
    assert (updated.name, updated.description) == ("alpha", "new" if kept else None)
    assert drive(client.projects.get(project.id)) == updated
    added = drive(client.project(project.id).collaborators.add("u1", "admin"))
    assert added.role == ("admin" if kept else None)
    (listed,) = [
        each
        for each in drive.items(client.project(project.id).collaborators.list())
        if each.user_id == "u1"
    ]
    assert listed.role == added.role
