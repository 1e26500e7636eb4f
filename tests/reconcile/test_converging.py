"""From any state a plan leads to the desired one, whatever goes wrong on the way."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from reconcile.driving import apply, export, plan, snapshots
from reconcile.worlds import VALUES, World, differences, worlds
from support.driving import FLAVOURS, Driver

from paperspace_projects import PaperspaceError, RetryPolicy
from paperspace_projects.testing import Dialect, Emulator, Fault, FaultPlan

ROUNDS = 60
FAULTS = (
    Fault.status(429, retry_after=0),
    Fault.status(500),
    Fault.status(500, when="after"),
    Fault.status(502, body="<html>Bad Gateway</html>", content_type="text/html", when="after"),
    Fault.status(503),
    Fault.refuse(),
    Fault.drop(),
    Fault.drop(when="after"),
    Fault.reset(when="after"),
    Fault.timeout(),
    Fault.timeout(when="after"),
    Fault.cut_off(),
    Fault.repeated_cursor(),
    Fault.missing_cursor(),
)
dialects: st.SearchStrategy[Dialect] = st.sampled_from(["contract", "live"])


@pytest.fixture(autouse=True, scope="module")
def values() -> Iterator[None]:
    os.environ.update(VALUES)
    yield
    for name in VALUES:
        del os.environ[name]


@pytest.fixture(params=FLAVOURS)
def drive(request: pytest.FixtureRequest) -> Iterator[Driver]:
    driver = Driver(request.param)
    yield driver
    driver.shut_down()


any_world = settings(
    deadline=None,
    max_examples=45,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@any_world
@given(
    world=worlds(),
    dialect=dialects,
    seed=st.integers(0, 10_000),
    trouble=st.sampled_from([(0.0, 1), (0.08, 1), (0.3, 4)]),
    concurrency=st.sampled_from([1, 4]),
)
def test_applying_plans_that_prune_makes_it_so_whatever_goes_wrong(
    drive: Driver,
    *,
    world: World,
    dialect: Dialect,
    seed: int,
    trouble: tuple[float, int],
    concurrency: int,
) -> None:
    rate, attempts = trouble
    with Emulator(dialect) as emulator:
        calm = drive.client(emulator.transport(), api_key=emulator.api_key)
        client = calm.with_options(retry=RetryPolicy(max_attempts=attempts))
        desired = world.build(drive, calm)
        before = snapshots(drive, calm)
        emulator.faults = FaultPlan(seed=seed, rate=rate, faults=FAULTS)
        for round_number in range(ROUNDS):
            try:
                steps = plan(drive, client, desired, prune=True, concurrency=concurrency)
                if steps.is_empty:
                    break
                result = apply(drive, client, steps, concurrency=concurrency)
            except PaperspaceError:
                continue
            assert rate or result.is_ok, result.summary()
            assert rate or round_number == 0, "applying it once is enough"
        else:
            pytest.fail(f"not done in {ROUNDS} rounds")
        emulator.faults = None
        event(f"rounds: {round_number}")
        assert differences(drive, calm, emulator, desired, before) == []
        drive.close(calm)


@any_world
@given(world=worlds(), dialect=dialects)
def test_a_plan_that_does_not_prune_removes_nothing(
    drive: Driver, *, world: World, dialect: Dialect
) -> None:
    with Emulator(dialect) as emulator:
        client = drive.client(emulator.transport(), api_key=emulator.api_key)
        desired = world.build(drive, client)
        before = snapshots(drive, client)
        steps = plan(drive, client, desired)
        assert steps.removals == ()
        assert not any(step.kind.startswith(("remove", "delete")) for step in steps.steps)
        assert apply(drive, client, steps).is_ok
        after = snapshots(drive, client)
        for project_id, was in before.items():
            now = after[project_id]
            assert set(was.tags) <= set(now.tags)
            assert {each.id for each in was.models} <= {each.id for each in now.models}
            assert {each.name for each in was.secrets} <= {each.name for each in now.secrets}
            users = ({each.user_id for each in home.collaborators} for home in (was, now))
            assert next(users) <= next(users)
        assert plan(drive, client, desired).is_empty
        drive.close(client)


@any_world
@given(world=worlds(), dialect=dialects)
def test_a_plan_for_what_was_exported_is_empty(
    drive: Driver, *, world: World, dialect: Dialect
) -> None:
    with Emulator(dialect) as emulator:
        client = drive.client(emulator.transport(), api_key=emulator.api_key)
        world.build(drive, client)
        exported = export(drive, client)
        found = plan(drive, client, exported, prune=True)
        assert (found.is_empty, found.notes) == (True, ())
        drive.close(client)
