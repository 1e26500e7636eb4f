"""An inventory yields every project, whole, once, in both dialects; what fails is yielded, too."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from inventory.taking import Taker, Team, Watched, forever, is_part

from paperspace_projects import (
    Client,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    Project,
    ProjectFailure,
    ProjectSnapshot,
    RetryPolicy,
    ServerError,
)
from paperspace_projects.inventory import InventoryProgress
from paperspace_projects.testing import Emulator, Fault, FaultPlan


@pytest.fixture(name="projects")
def made_projects(emulator: Emulator) -> list[Project]:
    """Five projects, each of which holds other things."""
    with Client(emulator.api_key, transport=emulator.transport()) as client:
        made = [client.projects.create(f"project {number}") for number in range(5)]
        for number, project in enumerate(made):
            scope = client.project(project.id)
            emulator.record_event(project.id, action="deployment.created")
            for each in range(number):
                scope.tags.add(f"tag {each} of {number}")
                scope.secrets.create(f"SECRET_{each}", "a value")
                scope.models.add(f"model-{each}")
                scope.collaborators.add(f"user-{each}")
    return made


def snapshots(emulator: Emulator) -> dict[str, ProjectSnapshot]:
    """What `snapshot()` reads of each project."""
    with Client(emulator.api_key, transport=emulator.transport()) as client:
        return {
            each.id: client.project(each.id).snapshot() for each in client.projects.list().collect()
        }


def client_of(taker: Taker, emulator: Emulator, transport: Any = None) -> Any:
    return taker.client(transport or emulator.transport(), api_key=emulator.api_key)


def test_every_project_is_read_whole(
    taker: Taker, emulator: Emulator, projects: list[Project]
) -> None:
    taken = taker.take(client_of(taker, emulator))
    assert taken.error is None
    assert len(taken.results) == len(projects)
    assert {each.project.id: each for each in taken.results} == snapshots(emulator)


@pytest.mark.parametrize("include", [["tags"], ["activity", "secrets"], ["models", "tags"], []])
def test_only_the_parts_that_are_asked_for_are_read(
    taker: Taker, emulator: Emulator, projects: list[Project], include: list[Any]
) -> None:
    watched = Watched(emulator.transport())
    taken = taker.take(client_of(taker, emulator, watched), include=include, in_order=True)
    whole = snapshots(emulator)
    for each in taken.results:
        assert set(each.included) == set(include)
        for part in ("collaborators", "secrets", "tags", "models"):
            expected = getattr(whole[each.project.id], part) if part in include else ()
            assert getattr(each, part) == expected
        types = [event.type for event in each.activity]
        assert ("deployment.created" in types) is ("activity" in include)
    assert len(taken.results) == len(projects)
    paths = [line.partition("?")[0].rsplit("/", 1)[1] for line in watched.lines]
    assert set(paths) == {"projects", *include}


def test_projects_that_were_listed_are_not_read_again(
    taker: Taker, emulator: Emulator, projects: list[Project]
) -> None:
    watched = Watched(emulator.transport())
    taker.take(client_of(taker, emulator, watched))
    assert len(watched.lines) == 1 + 4 * len(projects)

    watched = Watched(emulator.transport())
    taken = taker.take(client_of(taker, emulator, watched), projects[2:4], include=["tags"])
    assert sorted(taken.names) == ["project 2", "project 3"]
    assert len(watched.lines) == 2


def test_ids_are_read_in_their_order_and_as_often_as_they_come(
    taker: Taker, emulator: Emulator, projects: list[Project]
) -> None:
    ids = [projects[number].id for number in (4, 2, 4, 0)]
    watched = Watched(emulator.transport())
    client = client_of(taker, emulator, watched)
    taken = taker.take(client, iter(ids), include=["models"], in_order=True)
    assert [each.project.id for each in taken.results] == ids
    assert taken.results[0] == taken.results[2]
    assert not any(line.startswith("GET /projects?") for line in watched.lines)


def test_one_project_that_fails_does_not_stop_the_rest(
    taker: Taker, emulator: Emulator, projects: list[Project]
) -> None:
    emulator.faults = FaultPlan.script([None, Fault.status(403)], only=["listProjectSecrets"])
    taken = taker.take(client_of(taker, emulator))
    (failure,) = [each for each in taken.results if isinstance(each, ProjectFailure)]
    assert isinstance(failure.error, PermissionDeniedError)
    assert failure.error.path == f"/projects/{failure.project_id}/secrets"
    assert not failure.is_gone
    assert len(taken.results) == len(projects)


@pytest.mark.usefixtures("projects")
def test_what_is_answered_late_is_asked_for_again(taker: Taker, emulator: Emulator) -> None:
    emulator.faults = FaultPlan(
        seed=3, rate=0.4, faults=[Fault.status(503), Fault.drop(), Fault.status(429, retry_after=1)]
    )
    client = taker.client(
        emulator.transport(), api_key=emulator.api_key, retry=RetryPolicy(max_attempts=30)
    )
    taken = taker.take(client)
    emulator.faults = None
    assert {each.project.id: each for each in taken.results} == snapshots(emulator)
    assert len(emulator.injected) > 3


def test_a_project_that_vanishes_after_it_was_listed_is_reported_as_gone(
    taker: Taker, emulator: Emulator, projects: list[Project]
) -> None:
    gone = projects[3].id

    def delete(request: httpx.Request) -> None:
        if not is_part(request):
            with Client(emulator.api_key, transport=emulator.transport()) as other:
                other.projects.delete(gone)

    watched = Watched(emulator.transport(), before=delete)
    taken = taker.take(client_of(taker, emulator, watched))
    failures = [each for each in taken.results if isinstance(each, ProjectFailure)]
    assert [(each.project_id, each.is_gone, type(each.error)) for each in failures] == [
        (gone, True, NotFoundError)
    ]
    assert len(taken.results) == len(projects)


@pytest.mark.parametrize("include", [(), ("tags",), ("secrets", "activity")])
def test_an_id_of_no_project_is_gone(taker: Taker, emulator: Emulator, include: Any) -> None:
    taken = taker.take(client_of(taker, emulator), ["no-such-project"], include=include)
    (failure,) = taken.results
    assert (failure.project_id, failure.is_gone) == ("no-such-project", True)


def test_of_a_project_that_has_failed_no_more_is_read(taker: Taker) -> None:
    watched = Watched(Team(1, lambda path: httpx.Response(404) if "p0" in path else None))
    (failure,) = taker.take(taker.client(watched), concurrency=1).results
    assert failure.is_gone
    assert watched.lines == ["GET /projects?limit=120", "GET /projects/p0/collaborators"]


def test_a_page_of_a_gateway_does_not_say_that_a_project_is_gone(
    taker: Taker, emulator: Emulator, projects: list[Project]
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(f"{projects[0].id}/secrets"):
            return httpx.Response(404, text="404 page not found")
        return emulator.handle(request)

    taken = taker.take(client_of(taker, emulator, httpx.MockTransport(answer)), include=["secrets"])
    (failure,) = (each for each in taken.results if isinstance(each, ProjectFailure))
    assert isinstance(failure.error, NotFoundError)
    assert (failure.project_id, failure.is_gone) == (projects[0].id, False)


def test_that_a_project_is_gone_counts_more_than_what_failed_before(taker: Taker) -> None:
    def answer(path: str) -> httpx.Response | None:
        if path.endswith("/collaborators"):
            return httpx.Response(403)
        return httpx.Response(404) if path.endswith("/secrets") else None

    def until(request: httpx.Request) -> Any:
        return (lambda: len(watched.lines) > 2) if is_part(request) else None

    watched = Watched(Team(1, answer), until=until)
    (failure,) = taker.take(taker.client(watched), include=["collaborators", "secrets"]).results
    assert failure.is_gone


def test_an_id_that_cannot_be_sent_fails_alone(taker: Taker) -> None:
    taken = taker.take(taker.client(Team(2)), ["p0", "..", "p1"], in_order=True)
    first, bad, last = taken.results
    assert (first.project.id, last.project.id) == ("p0", "p1")
    assert isinstance(bad.error, InvalidArgumentError)
    assert (bad.project_id, bad.is_gone) == ("..", False)


def test_what_is_no_id_ends_it_after_what_came_before(taker: Taker) -> None:
    ids: list[Any] = ["p0", "p1", None, "p2"]
    taken = taker.take(taker.client(Team(3)), ids)
    assert sorted(taken.names) == ["0", "1"]
    assert isinstance(taken.error, InvalidArgumentError)
    assert "project_ids" in str(taken.error)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (["p1"], {}, "project_ids must be several, not one str"),
        ([7], {}, "project_ids must be several, not one int"),
        ([], {"include": ["tags", "names"]}, "include must be one of collaborators"),
        ([], {"include": "tags"}, "include must be one of collaborators"),
        ([], {"concurrency": 0}, "concurrency must be a whole number from 1 up"),
        ([], {"on_progress": 3}, "on_progress must be a function"),
        ([], {"executor": 3}, r"executor must be a concurrent\.futures\.Executor"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_at_once(
    taker: Taker, arguments: list[Any], options: dict[str, Any], message: str
) -> None:
    client = taker.client(Team(1))
    with pytest.raises(InvalidArgumentError, match=message):
        client.inventory(*arguments, **options)


def test_threads_go_through_no_async_iterable() -> None:
    taken = Taker("sync").take(Taker("sync").client(Team(1)), forever(["p0"]))
    assert isinstance(taken.error, InvalidArgumentError)
    assert "AsyncClient" in str(taken.error)


def test_a_listing_that_fails_raises_after_what_was_listed(taker: Taker) -> None:
    pages = 0

    def answer(path: str) -> httpx.Response | None:
        nonlocal pages
        pages += path == "/projects"
        return httpx.Response(501) if path == "/projects" and pages == 2 else None

    taken = taker.take(taker.client(Team(300, answer)), include=["tags"])
    assert sorted(map(int, taken.names)) == list(range(120))
    assert isinstance(taken.error, ServerError)
    assert taken.error.operation == "listProjects"
    assert any("after='120'" in note for note in taken.error.__notes__)


def test_an_iterable_that_fails_raises_after_what_it_gave(taker: Taker) -> None:
    def ids() -> Any:
        yield "p0"
        raise InvalidArgumentError("the list of ids", "longer")

    taken = taker.take(taker.client(Team(1)), ids())
    assert taken.names == ["0"]
    assert str(taken.error) == "the list of ids must be longer"


def test_no_projects_are_an_empty_inventory(taker: Taker) -> None:
    assert taker.take(taker.client(Team(0))).results == []
    assert taker.take(taker.client(Team(0)), []).results == []


def test_progress_is_told_before_each_result(taker: Taker) -> None:
    told: list[InventoryProgress] = []
    seen: list[int] = []

    def answer(path: str) -> httpx.Response | None:
        return httpx.Response(403) if path == "/projects/p7/tags" else None

    taken = taker.take(
        taker.client(Team(150, answer)),
        include=["tags"],
        concurrency=2,
        in_order=True,
        on_progress=told.append,
        look=lambda _: seen.append(len(told)),
    )
    assert len(taken.results) == 150
    assert seen == [each.done for each in told] == list(range(1, 151))
    assert [each.failed for each in told] == [int(each.done > 7) for each in told]
    assert (told[0].listed, told[0].total) == (120, None)
    assert (told[-1].listed, told[-1].total) == (150, 150)


def test_the_total_is_known_where_ids_can_be_counted(taker: Taker) -> None:
    told: list[InventoryProgress] = []
    taker.take(taker.client(Team(3)), {"p0", "p1", "p2"}, on_progress=told.append)
    assert [each.total for each in told] == [3, 3, 3]
    told.clear()
    taker.take(taker.client(Team(3)), iter(["p0"]), on_progress=told.append, concurrency=1)
    assert [each.total for each in told][-1:] in ([None], [1])


def test_what_on_progress_raises_ends_it(taker: Taker) -> None:
    def refuse(_: InventoryProgress) -> None:
        raise InvalidArgumentError("this", "enough")

    taken = taker.take(taker.client(Team(3)), on_progress=refuse)
    assert taken.results == []
    assert str(taken.error) == "this must be enough"


def test_what_goes_wrong_in_a_transport_is_raised_as_it_is(taker: Taker) -> None:
    def answer(path: str) -> httpx.Response | None:
        if path.endswith("/secrets"):
            raise ZeroDivisionError
        return None

    client = taker.client(Team(3, answer))
    with pytest.raises(ZeroDivisionError):
        taker.take(client)
