"""Every public method does its work: sync and async, in both dialects, through the emulator.

Each test says with `@covers` which public names it is about, and must really call them; the last
test fails when a public name is about nothing here.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from client.covering import CLASSES, COVERED, EVERYTHING, covers, public_names, watch
from support.driving import Driver

import paperspace_projects as package
from paperspace_projects import (
    Collaborator,
    ConflictError,
    InvalidArgumentError,
    Model,
    NotFoundError,
    Page,
    ProjectSnapshot,
    Secret,
)
from paperspace_projects.testing import DeploymentAction, Emulator


@pytest.fixture(autouse=True)
def really_used(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    seen: set[str] = set()
    mark = request.node.get_closest_marker("covers")
    names = mark.args if mark else ()
    for name in names:
        watch(monkeypatch, name, seen)
    yield
    assert seen == set(names), f"covered but not used: {set(names) - seen}"


@pytest.fixture
def scope(drive: Driver, client: Any) -> Any:
    """A scope for a project that is there."""
    return client.project(drive(client.projects.create("home", description="for tests")).id)


@covers("Projects.create", "Projects.get")
def test_a_created_project_can_be_read(drive: Driver, client: Any, emulator: Emulator) -> None:
    created = drive(client.projects.create("alpha", description="first"))
    assert created.name == "alpha"
    assert created.dt_created.utcoffset() == timedelta(0)
    assert created.description == ("first" if emulator.dialect == "contract" else None)
    assert drive(client.projects.get(created.id)) == created


@covers("Projects.update")
def test_a_project_is_renamed(drive: Driver, client: Any) -> None:
    created = drive(client.projects.create("alpha"))
    assert drive(client.projects.update(created.id, name="beta")).name == "beta"
    assert drive(client.projects.get(created.id)).name == "beta"


@covers("Projects.update")
def test_a_description_can_be_changed_alone(drive: Driver, client: Any, emulator: Emulator) -> None:
    created = drive(client.projects.create("alpha", description="old"))
    updated = drive(client.projects.update(created.id, description="new"))
    assert updated.name == "alpha"
    assert updated.description == ("new" if emulator.dialect == "contract" else None)


@covers("Projects.delete")
def test_a_deleted_project_is_gone(drive: Driver, client: Any) -> None:
    created = drive(client.projects.create("alpha"))
    assert drive(client.projects.delete(created.id)) is None
    with pytest.raises(NotFoundError) as caught:
        drive(client.projects.get(created.id))
    assert caught.value.code == "NOT_FOUND"
    assert caught.value.path == f"/projects/{created.id}"


@covers("Projects.list")
def test_projects_are_listed_in_the_order_asked_for(drive: Driver, client: Any) -> None:
    names = [f"project {number}" for number in range(7)]
    for name in names:
        drive(client.projects.create(name))
    ordered = client.projects.list(order_by="dtCreated", order="asc", page_size=3)
    assert [project.name for project in drive.items(ordered)] == names
    newest_first = client.projects.list(order="desc", page_size=120)
    assert [project.name for project in drive.items(newest_first)] == names[::-1]


@covers("Projects.find")
def test_a_project_is_found_by_its_exact_name(drive: Driver, client: Any) -> None:
    wanted = drive(client.projects.create("alpha"))
    drive(client.projects.create("alphabet"))
    assert drive(client.projects.find("alpha")) == wanted
    assert drive(client.projects.find("Alpha")) is None


@covers("Projects.find")
def test_a_name_that_two_projects_have_is_ambiguous(drive: Driver, client: Any) -> None:
    ids = {drive(client.projects.create("twin")).id for _ in range(2)}
    with pytest.raises(package.AmbiguousNameError, match="twin") as caught:
        drive(client.projects.find("twin"))
    assert set(caught.value.project_ids) == ids


@covers("Projects.ensure")
def test_ensure_creates_once(drive: Driver, client: Any) -> None:
    first = drive(client.projects.ensure("alpha", description="made by ensure"))
    assert drive(client.projects.ensure("alpha")) == first
    assert len(drive.items(client.projects.list())) == 1


@covers("Client.project", "ProjectScope.get", "ProjectScope.update", "ProjectScope.delete")
def test_a_scope_reads_updates_and_deletes(drive: Driver, client: Any) -> None:
    created = drive(client.projects.create("alpha"))
    scope = client.project(created.id)
    assert scope.id == created.id
    assert drive(scope.get()) == created
    assert drive(scope.update(name="beta")).name == "beta"
    assert drive(scope.delete()) is None
    with pytest.raises(NotFoundError):
        drive(scope.get())


@covers("ProjectScope.activity")
def test_activity_tells_what_happened_newest_first(
    drive: Driver, scope: Any, emulator: Emulator
) -> None:
    drive(scope.tags.add("blue"))
    drive(scope.tags.remove("blue"))
    for action in get_args(DeploymentAction)[:3]:
        emulator.record_event(scope.id, action=action)
    events = drive.items(scope.activity())
    types = ["deployment.deleted", "deployment.updated", "deployment.created"]
    if emulator.dialect == "contract":  # live tells of deployments alone
        types += ["tag.removed", "tag.added", "project.created"]
    assert [event.type for event in events] == types
    assert drive.items(scope.activity(page_size=1)) == events
    for wanted in (1, -2):
        assert drive.items(scope.activity(type=types[wanted])) == [events[wanted]]
    first_page = scope.activity(page_size=1)
    assert drive.items(first_page.pages(), at_most=1)[0].items == (events[0],)
    assert drive.items(scope.activity(after=first_page.next_cursor)) == events[1:]
    assert all(event.dt_created.tzinfo is not None for event in events)


@covers("ProjectScope.activity")
def test_activity_can_be_cut_by_time(drive: Driver) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    times = iter(now + timedelta(hours=hour) for hour in range(100))
    for dialect in ("contract", "live"):
        with Emulator(dialect=dialect, clock=lambda: next(times)) as emulator:
            client = drive.client(emulator.transport(), api_key=emulator.api_key)
            scope = client.project(drive(client.projects.create("alpha")).id)
            for _ in range(5):
                emulator.record_event(scope.id, action="deployment.updated")
            every = drive.items(scope.activity())
            since, until = every[3].dt_created, every[1].dt_created
            assert drive.items(scope.activity(since=since, until=until)) == every[2:4]
            assert drive.items(scope.activity(since=since.isoformat())) == every[:4]


@covers("ProjectScope.watch")
def test_a_watch_gives_what_happened_since_oldest_first(
    drive: Driver, scope: Any, emulator: Emulator
) -> None:
    created = emulator.record_event(scope.id, action="deployment.created")
    before = len(drive.items(scope.activity()))
    drive(scope.tags.add("blue"))
    drive(scope.secrets.create("TOKEN", "value-of-token"))
    drive(scope.tags.remove("blue"))
    types = ["tag.added", "secret.created", "tag.removed"] * (emulator.dialect == "contract")
    types += ["deployment.enabled", "deployment.scaled", "deployment.deleted"]
    for action in ("deployment.enabled", "deployment.scaled", "deployment.deleted"):
        emulator.record_event(scope.id, action=action)
    events = drive.items(scope.watch(after=created), at_most=len(types))
    assert events == drive.items(scope.activity())[::-1][before:]
    assert [event.type for event in events] == types
    assert drive.items(scope.watch(after=events[0].id), at_most=len(types) - 1) == events[1:]
    for kind, event in ((types[2], events[2]), (types[-1], events[-1])):
        assert drive.items(scope.watch(type=kind, after=created), at_most=1) == [event]


@covers("ProjectScope.snapshot")
def test_a_snapshot_holds_everything(drive: Driver, scope: Any) -> None:
    drive(scope.tags.add("blue"))
    drive(scope.secrets.create("TOKEN", "value-of-token"))
    drive(scope.models.add("m1"))
    drive(scope.collaborators.add("u1"))
    snapshot = drive(scope.snapshot())
    assert isinstance(snapshot, ProjectSnapshot)
    assert snapshot.project.id == scope.id
    assert snapshot.tags == ("blue",)
    assert [secret.name for secret in snapshot.secrets] == ["TOKEN"]
    assert [model.id for model in snapshot.models] == ["m1"]
    assert [each.user_id for each in snapshot.collaborators] == ["u1"]


@covers("Client.request", "Client.request_pages")
def test_any_path_can_be_called(drive: Driver, client: Any, scope: Any) -> None:
    drive(client.request("POST", "/projects/{id}/tags", path={"id": scope.id}, json={"name": "t"}))
    assert drive.items(scope.tags.list()) == ["t"]
    assert [each["id"] for each in drive.items(client.request_pages("/projects"))] == [scope.id]


@covers("Client.responses")
def test_what_came_back_can_be_looked_at(drive: Driver, client: Any, emulator: Emulator) -> None:
    (told,) = drive.collected(client, lambda: client.projects.create("alpha"))
    created = 201 if emulator.dialect == "contract" else 200
    assert (told.operation, told.status_code, told.attempts) == ("createProject", created, 1)


@covers("Client.inventory")
def test_an_inventory_reads_every_project(drive: Driver, client: Any) -> None:
    made = [drive(client.projects.create(f"p{number}")) for number in range(5)]
    for project in made:
        scope = client.project(project.id)
        drive(scope.tags.add(f"tag of {project.name}"))
        drive(scope.secrets.create("TOKEN", "value-of-token"))
        drive(scope.models.add("m1"))
        drive(scope.collaborators.add("u1"))
    snapshots = drive.items(client.inventory())
    assert {each.project.id: each for each in snapshots} == {
        project.id: drive(client.project(project.id).snapshot()) for project in made
    }
    drive(client.projects.delete(made[0].id))
    gone, there = drive.items(client.inventory([made[0].id, made[1].id], in_order=True))
    assert (gone.project_id, gone.is_gone, there.project) == (made[0].id, True, made[1])


@covers("Collaborators.add", "Collaborators.list", "Collaborators.remove")
def test_collaborators_come_and_go(drive: Driver, scope: Any, emulator: Emulator) -> None:
    added = drive(scope.collaborators.add("u1", "admin"))
    assert isinstance(added, Collaborator)
    assert added.user_id == "u1"
    assert added.email
    assert added.role == ("admin" if emulator.dialect == "contract" else None)
    drive(scope.collaborators.add("u2"))
    listed = drive.items(scope.collaborators.list())
    assert {each.user_id for each in listed} == {"u1", "u2"}
    with pytest.raises(ConflictError):
        drive(scope.collaborators.add("u1"))
    assert drive(scope.collaborators.remove("u1")) is None
    assert [each.user_id for each in drive.items(scope.collaborators.list())] == ["u2"]
    with pytest.raises(NotFoundError):
        drive(scope.collaborators.remove("u1"))


@covers("Secrets.create", "Secrets.get", "Secrets.update", "Secrets.list", "Secrets.delete")
def test_secrets_are_written_and_never_read(drive: Driver, scope: Any) -> None:
    created = drive(scope.secrets.create("TOKEN", "first"))
    assert isinstance(created, Secret)
    assert created.name == "TOKEN"
    read = drive(scope.secrets.get("TOKEN"))  # live tells more of it than when it was created
    assert (read.dt_created, read.dt_modified) == (created.dt_created, created.dt_modified)
    updated = drive(scope.secrets.update("TOKEN", "second"))
    assert updated.dt_modified >= created.dt_modified
    assert [secret.name for secret in drive.items(scope.secrets.list())] == ["TOKEN"]
    with pytest.raises(ConflictError):
        drive(scope.secrets.create("TOKEN", "third"))
    assert drive(scope.secrets.delete("TOKEN")) is None
    for call in (scope.secrets.get, scope.secrets.delete):
        with pytest.raises(NotFoundError):
            drive(call("TOKEN"))
    with pytest.raises(NotFoundError):
        drive(scope.secrets.update("TOKEN", "x"))


@covers("Secrets.set")
def test_set_creates_or_updates(drive: Driver, scope: Any, emulator: Emulator) -> None:
    assert drive(scope.secrets.set("TOKEN", "first")).name == "TOKEN"
    assert drive(scope.secrets.set("TOKEN", "second")).name == "TOKEN"
    assert emulator.secret_is(scope.id, "TOKEN", "second")
    if emulator.dialect == "contract":  # which tells
        types = [event.type for event in drive.items(scope.activity())]
        assert types[:2] == ["secret.updated", "secret.created"]
    (secret,) = drive.items(scope.secrets.list())
    assert secret.dt_modified > secret.dt_created


@covers("Tags.add", "Tags.list", "Tags.remove")
def test_tags_come_and_go(drive: Driver, scope: Any) -> None:
    assert drive(scope.tags.add("blue")) is None
    drive(scope.tags.add("größe/ö & more"))
    assert set(drive.items(scope.tags.list())) == {"blue", "größe/ö & more"}
    with pytest.raises(ConflictError):
        drive(scope.tags.add("blue"))
    assert drive(scope.tags.remove("größe/ö & more")) is None
    assert drive.items(scope.tags.list()) == ["blue"]
    with pytest.raises(NotFoundError):
        drive(scope.tags.remove("green"))


@covers("Tags.list_details")
def test_tags_have_details_where_the_server_tells_them(
    drive: Driver, scope: Any, emulator: Emulator
) -> None:
    for name in ("blue", "green", "red"):
        drive(scope.tags.add(name))
    (page, *_) = drive.items(scope.tags.list_details(page_size=2).pages(), at_most=1)
    rest = drive.items(scope.tags.list_details(after=page.next_cursor)) if page.has_more else []
    tags = [*page.items, *rest]
    assert [each.name for each in tags] == drive.items(scope.tags.list())
    is_live = emulator.dialect == "live"
    assert [(each.id is not None, each.dt_created is not None) for each in tags] == [
        (is_live, is_live)
    ] * 3


@covers("Models.add", "Models.list", "Models.remove")
def test_models_come_and_go(drive: Driver, scope: Any) -> None:
    assert drive(scope.models.add("m/1")) is None
    (model,) = drive.items(scope.models.list())
    assert isinstance(model, Model)
    assert model.id == "m/1"
    assert model.name
    with pytest.raises(ConflictError):
        drive(scope.models.add("m/1"))
    assert drive(scope.models.remove("m/1")) is None
    assert drive.items(scope.models.list()) == []
    with pytest.raises(NotFoundError):
        drive(scope.models.remove("m/1"))


@covers("Tags.sync")
def test_tags_are_made_exactly_these(drive: Driver, scope: Any) -> None:
    for tag in ("blue", "green"):
        drive(scope.tags.add(tag))
    wanted = {"green", "größe/ö & more"}
    told = drive(scope.tags.sync(wanted, dry_run=True))
    assert (told.added, told.removed) == (("größe/ö & more",), ("blue",))
    assert set(drive.items(scope.tags.list())) == {"blue", "green"}
    assert drive(scope.tags.sync(wanted)) == told
    assert set(drive.items(scope.tags.list())) == wanted
    assert drive(scope.tags.sync(wanted)).is_empty
    with pytest.raises(InvalidArgumentError, match="a collection of strings"):
        drive(scope.tags.sync("green"))


@covers("Models.sync")
def test_models_are_made_exactly_these(drive: Driver, scope: Any) -> None:
    drive(scope.models.add("m1"))
    told = drive(scope.models.sync(["m2", "m/3"], dry_run=True))
    assert (told.added, told.removed) == (("m/3", "m2"), ("m1",))
    assert [each.id for each in drive.items(scope.models.list())] == ["m1"]
    assert drive(scope.models.sync(["m2", "m/3"])) == told
    assert {each.id for each in drive.items(scope.models.list())} == {"m2", "m/3"}
    assert drive(scope.models.sync([])).removed == ("m/3", "m2")
    assert drive.items(scope.models.list()) == []


@covers("Collaborators.sync")
def test_collaborators_are_made_exactly_these(
    drive: Driver, scope: Any, emulator: Emulator
) -> None:
    drive(scope.collaborators.add("u1", "viewer"))
    drive(scope.collaborators.add("u2", "member"))
    wanted = {"u1": "admin", "u3": None}
    told = drive(scope.collaborators.sync(wanted, dry_run=True))
    assert (told.added, told.removed) == (("u3",), ("u2",))
    change = package.RoleChange(user_id="u1", before="viewer", after="admin")
    by_dialect = {"contract": ((change,), ()), "live": ((), ("u1",))}
    assert (told.changed, told.not_compared) == by_dialect[emulator.dialect]
    assert {each.user_id for each in drive.items(scope.collaborators.list())} == {"u1", "u2"}
    assert drive(scope.collaborators.sync(wanted)) == told
    listed = {each.user_id: each.role for each in drive.items(scope.collaborators.list())}
    assert listed == {"u1": "admin" if emulator.dialect == "contract" else None, "u3": None}
    assert drive(scope.collaborators.sync(wanted)).is_empty
    told = drive(scope.collaborators.sync({**wanted, "u4": "member"}))
    not_told = {"contract": (), "live": ("u1", "u4")}
    assert (told.added, told.not_compared) == (("u4",), not_told[emulator.dialect])
    for refused in ({"u1": "boss"}, {"": "admin"}, ["u1"]):
        with pytest.raises(InvalidArgumentError, match="wanted"):
            drive(scope.collaborators.sync(refused))


@covers("Pager.pages", "Pager.first", "Pager.collect", "Pager.next_cursor")
def test_a_pager_gives_items_pages_the_first_and_a_list(drive: Driver, client: Any) -> None:
    made = [drive(client.projects.create(f"p{number}")) for number in range(5)][::-1]
    pager = client.projects.list(page_size=2)
    pages = drive.items(pager.pages())
    assert [len(page.items) for page in pages] == [2, 2, 1]
    assert all(isinstance(page, Page) for page in pages)
    assert [page.has_more for page in pages] == [True, True, False]
    assert pager.next_cursor is None
    assert drive(pager.first()) == made[0]
    assert drive(pager.collect()) == made
    assert drive(pager.collect(2)) == made[:2]
    rest = client.projects.list(page_size=2, after=pager.next_cursor)
    assert drive(rest.collect()) == made[2:]


@covers("Client.close", "Client.is_closed")
def test_a_closed_client_says_so(drive: Driver, client: Any) -> None:
    pager = client.projects.list()
    assert not client.is_closed
    drive.close(client)
    assert client.is_closed
    assert "(closed)" in repr(client)
    for call in (lambda: client.projects.get("p1"), pager.collect):
        with pytest.raises(package.ClientClosedError, match="closed"):
            drive(call())


@covers("Client.with_options")
def test_a_copy_with_other_options_shares_the_connections(drive: Driver, client: Any) -> None:
    copy = client.with_options(timeout=3, deadline=7, retry=package.RetryPolicy(max_attempts=2))
    made = drive(copy.projects.create("alpha"))
    assert drive(client.projects.get(made.id)) == made
    assert (copy.settings.timeout, copy.settings.deadline) == (3, 7)
    assert copy.settings.retry.max_attempts == 2
    assert client.settings.deadline is None
    again = copy.with_options(deadline=None)
    assert (again.settings.timeout, again.settings.deadline) == (3, None)
    with pytest.raises(package.InvalidArgumentError, match="deadline"):
        client.with_options(deadline=-1)
    drive.close(copy)
    assert client.is_closed


@covers("Client.settings", "Client.from_settings")
def test_settings_travel_and_make_a_client_elsewhere(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    other = client.with_options(deadline=7)
    settings = pickle.loads(pickle.dumps(other.settings))
    assert settings == other.settings
    with pytest.raises(TypeError, match=r"client\.settings.*from_settings"):
        pickle.dumps(client)
    made = type(client).from_settings(
        settings, api_key=emulator.api_key, transport=emulator.transport()
    )
    assert drive(made.projects.create("alpha")).name == "alpha"
    assert made.settings == settings
    drive.close(made)


@pytest.mark.parametrize("kind", ["collaborators", "secrets", "tags", "models"])
def test_a_sub_list_longer_than_a_page_is_read_to_its_end(
    drive: Driver, scope: Any, kind: str
) -> None:
    part = getattr(scope, kind)
    for number in range(45):  # the emulator's pages hold 20
        drive(part.create(f"S{number}", "v") if kind == "secrets" else part.add(f"x{number}"))
    assert len(set(drive.items(part.list()))) == 45


def test_every_public_name_is_covered() -> None:
    missing = EVERYTHING - COVERED
    assert not missing, f"write a test with @covers(...) for: {', '.join(sorted(missing))}"


def test_both_flavours_have_the_same_names() -> None:
    for class_name in CLASSES:
        names = {name.removeprefix("Async") for name in public_names(f"Async{class_name}")}
        assert names == set(public_names(class_name))


def test_nothing_to_update_is_refused(drive: Driver, scope: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="nothing to update"):
        drive(scope.update())
