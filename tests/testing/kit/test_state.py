"""The emulator can be filled, moved on in time, made to repeat its ids, and be put back."""

from __future__ import annotations

import math
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from support.driving import Driver

from paperspace_projects import Client, ConflictError, DesiredStateError, InvalidArgumentError
from paperspace_projects.reconcile import export, load, plan
from paperspace_projects.testing import SEEDED_VALUE, Dialect, Emulator

DOCUMENT: dict[str, object] = {
    "version": 1,
    "projects": [
        {
            "name": "vision",
            "id": "pvision",
            "description": "sees",
            "collaborators": {"user-1": "viewer", "user-2": None},
            "secrets": {"HF_TOKEN": "env:NOT_SET"},
            "tags": ["gpu", "prod"],
            "models": ["model-1"],
        },
        {"name": "speech"},
    ],
}


def test_a_seeded_project_is_as_if_it_had_been_made(
    drive: Driver, client: Any, emulator: Emulator
) -> None:
    vision, speech = emulator.seed(DOCUMENT)

    made = drive(client.project(vision).snapshot())

    assert vision == "pvision"
    assert made.project.name == "vision"
    assert made.project.description == ("sees" if emulator.dialect == "contract" else None)
    assert {each.user_id for each in made.collaborators} == {"user-1", "user-2"}
    assert [each.name for each in made.secrets] == ["HF_TOKEN"]
    assert set(made.tags) == {"gpu", "prod"}
    assert [each.id for each in made.models] == ["model-1"]
    assert drive(client.projects.get(speech)).name == "speech"
    types = [event.type for event in drive.items(client.project(vision).activity())]
    told = emulator.dialect == "contract"
    assert types.count("project.created") == 1 * told
    assert types.count("tag.added") == 2 * told
    assert emulator.secret_is(vision, "HF_TOKEN", SEEDED_VALUE)


@pytest.mark.parametrize("name", ["projects.yaml", "projects.json"])
def test_a_file_seeds_too(tmp_path: Path, name: str) -> None:
    desired, file = load(DOCUMENT), tmp_path / name
    file.write_text(desired.to_yaml() if name.endswith("yaml") else desired.to_json())
    with Emulator() as one, Emulator() as other:
        assert one.seed(file)[0] == other.seed(str(file))[0] == "pvision"


def test_what_was_seeded_is_the_state_that_was_desired(emulator: Emulator) -> None:
    emulator.seed(DOCUMENT)
    with Client(emulator.api_key, transport=emulator.transport()) as client:
        undescribed = load({"version": 1, "projects": export(client).to_dict()["projects"]})
        assert not plan(client, undescribed, prune=True).steps
        assert {project.name for project in undescribed.projects} == {"vision", "speech"}


def test_a_document_that_cannot_be_used_adds_nothing(emulator: Emulator) -> None:
    with pytest.raises(DesiredStateError, match="tags"):
        emulator.seed({"version": 1, "projects": [{"name": "a"}, {"name": "b", "tags": "gpu"}]})
    with pytest.raises(InvalidArgumentError):
        emulator.seed(7)  # type: ignore[arg-type]
    assert names(emulator) == []


def test_an_id_that_is_taken_adds_nothing(emulator: Emulator) -> None:
    emulator.seed({"version": 1, "projects": [{"name": "old", "id": "p2"}]})
    with pytest.raises(ValueError, match="'p2' already exists"):
        emulator.seed(
            {"version": 1, "projects": [{"name": "a", "id": "p1"}, {"name": "b", "id": "p2"}]}
        )
    assert names(emulator) == ["old"]


def names(emulator: Emulator) -> list[str]:
    with Client(emulator.api_key, transport=emulator.transport()) as client:
        return [project.name for project in client.projects.list(order="asc")]


@pytest.mark.parametrize("step", [90, 90.0, timedelta(seconds=90)])
def test_the_clock_goes_as_far_as_it_is_told(step: float | timedelta) -> None:
    start = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)
    emulator = Emulator(clock=lambda: start)
    with emulator, Client(emulator.api_key, transport=emulator.transport()) as client:
        assert client.projects.create("a").dt_created == start
        emulator.advance(step)
        emulator.advance(0)
        assert client.projects.create("b").dt_created == start + timedelta(seconds=90)


@pytest.mark.parametrize("step", [-1, timedelta(-1), math.nan, math.inf, 1e300, timedelta.max])
def test_the_clock_goes_neither_back_nor_on_for_ever(step: float | timedelta) -> None:
    with Emulator() as emulator, pytest.raises(ValueError, match="the clock goes forward"):
        emulator.advance(step)


def ids(emulator: Emulator) -> list[str | None]:
    """The ids that some work makes: of a project, of its events, and of a refused request."""
    with Client(emulator.api_key, transport=emulator.transport()) as client:
        project = client.projects.create("vision")
        client.project(project.id).tags.add("gpu")
        with pytest.raises(ConflictError) as caught:
            client.project(project.id).tags.add("gpu")
        events = client.project(project.id).activity()
        return [project.id, *(event.id for event in events), caught.value.request_id]


def test_the_same_seed_makes_the_same_ids_and_another_seed_others(emulator: Emulator) -> None:
    dialect = emulator.dialect
    with Emulator(dialect, seed=7) as one:
        made = ids(one)
    with Emulator(dialect, seed=7) as same, Emulator(dialect, seed=8) as other:
        assert ids(same) == made
        assert not set(ids(other)) & set(made)
    assert not set(ids(emulator)) & set(made)
    assert len(set(made)) == len(made)


def test_a_seed_repeats_no_id_that_a_file_holds(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with Emulator(path=file, seed=7) as emulator:
        first = ids(emulator)
    with Emulator(path=file, seed=7) as emulator:
        assert not set(ids(emulator)[:-1]) & set(first)


@pytest.mark.parametrize("is_in_file", [False, True])
def test_it_goes_back_to_a_snapshot(tmp_path: Path, is_in_file: bool) -> None:
    file = tmp_path / "state.db" if is_in_file else None
    start = datetime(2026, 3, 18, tzinfo=UTC)
    with Emulator(path=file, seed=7, clock=lambda: start) as emulator:
        emulator.seed(DOCUMENT)
        before = emulator.snapshot()
        with Client(emulator.api_key, transport=emulator.transport()) as client:
            emulator.advance(timedelta(days=1))
            client.projects.delete("pvision")
            made = client.projects.create("other")

            for _ in range(2):
                emulator.restore(before)
                assert names(emulator) == ["vision", "speech"]
                assert emulator.secret_is("pvision", "HF_TOKEN", SEEDED_VALUE)
                again = client.projects.create("other")
                assert (again.id, again.dt_created) == (made.id, start)
        assert [sent.operation for sent in emulator.requests].count("createProject") == 3
    if file is not None:
        with Emulator(path=file) as emulator:
            assert names(emulator) == ["vision", "speech", "other"]


def test_a_snapshot_travels_and_fits_another_emulator() -> None:
    with Emulator() as one:
        one.seed(DOCUMENT)
        snapshot = pickle.loads(pickle.dumps(one.snapshot()))
    for dialect in get_args(Dialect):
        with Emulator(dialect) as other:
            other.restore(snapshot)
            assert names(other) == ["vision", "speech"]
    assert repr(snapshot) == "Snapshot()"


def test_a_closed_emulator_has_no_state() -> None:
    with Emulator() as emulator:
        before = emulator.snapshot()
    for use in (
        emulator.snapshot,
        lambda: emulator.restore(before),
        lambda: emulator.seed(DOCUMENT),
    ):
        with pytest.raises(RuntimeError, match="closed"):
            use()
