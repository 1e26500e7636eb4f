"""Which requests go wrong: scripts, chance under a seed, and the log of what was done."""

import asyncio
import contextlib
import pickle
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, cast

import httpx
import pytest

from paperspace_projects.testing import EVERYDAY_FAULTS, Emulator, Fault, FaultPlan, InjectedFault
from paperspace_projects.testing.emulator.routes import OPERATION_IDS

Connect = Callable[[Emulator], httpx.Client]
BUSY = Fault.status(503)
VALUE = "hunter2-hunter2"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def client(emulator: Emulator, connect: Connect) -> httpx.Client:
    return connect(emulator)


def statuses(client: httpx.Client, requests: int) -> list[int]:
    return [client.get("/projects").status_code for _ in range(requests)]


def test_a_script_is_followed_step_by_step_and_then_all_is_well(
    emulator: Emulator, client: httpx.Client
) -> None:
    emulator.faults = FaultPlan.script([BUSY, None, Fault.status(500), BUSY])

    assert statuses(client, 6) == [503, 200, 500, 503, 200, 200]


def test_an_emulator_can_be_made_with_a_plan(connect: Connect) -> None:
    plan = FaultPlan.script([BUSY])
    with Emulator(faults=plan) as emulator:
        assert emulator.faults is plan
        assert statuses(connect(emulator), 2) == [503, 200]


@pytest.mark.parametrize("only", [["createProject"], ["POST"], ("DELETE", "createProject"), "POST"])
def test_a_plan_can_be_about_some_requests_only(
    emulator: Emulator, client: httpx.Client, only: Any
) -> None:
    emulator.faults = FaultPlan.script([BUSY, BUSY], only=only)

    assert client.get("/projects").status_code == 200
    assert client.post("/projects", json={"name": "a"}).status_code == 503
    assert client.put("/projects/p1", json={"name": "a"}).status_code == 404
    assert client.post("/projects", json={"name": "a"}).status_code == 503
    assert client.post("/projects", json={"name": "a"}).status_code == 201


def test_a_path_of_no_operation_goes_wrong_like_any(
    emulator: Emulator, client: httpx.Client
) -> None:
    emulator.faults = FaultPlan.script([BUSY], only=["GET"])

    assert client.get("/nothing/here").status_code == 503
    assert emulator.injected == (InjectedFault(None, "GET", "/v1/nothing/here", BUSY, False),)


def test_the_same_seed_brings_the_same_faults(connect: Connect) -> None:
    def course(seed: int) -> list[InjectedFault]:
        faults = [BUSY, Fault.status(500, when="after"), Fault.drop(), Fault.cut_off()]
        with Emulator(faults=FaultPlan(seed=seed, rate=0.5, faults=faults)) as emulator:
            client = connect(emulator)
            for name in "abcdefghijklmnopqrst":
                with contextlib.suppress(httpx.TransportError):
                    client.post("/projects", json={"name": name})
                    client.get("/projects")
            return list(emulator.injected)

    assert course(7) == course(7)
    assert course(7) != course(8)


def test_as_many_requests_go_wrong_as_the_rate_says(
    emulator: Emulator, client: httpx.Client
) -> None:
    emulator.faults = FaultPlan(seed=7, rate=0.2, faults=[BUSY, Fault.status(500)])
    counted = Counter(statuses(client, 500))

    assert set(counted) == {200, 500, 503}
    assert 350 < counted[200] < 450
    emulator.faults = FaultPlan(rate=0)
    assert set(statuses(client, 20)) == {200}


def test_latency_does_not_change_which_requests_go_wrong(connect: Connect) -> None:
    plan = FaultPlan(seed=7, rate=0.5, faults=[BUSY])
    with (
        Emulator(faults=plan) as quick,
        Emulator(faults=plan, latency=(0, 1), sleep=lambda _: None) as slow,
    ):
        assert statuses(connect(quick), 40) == statuses(connect(slow), 40)


def test_chance_takes_over_when_the_script_is_over(
    emulator: Emulator, client: httpx.Client
) -> None:
    emulator.faults = FaultPlan(rate=1, faults=[BUSY], steps=[None, Fault.status(500)])

    assert statuses(client, 4) == [200, 500, 503, 503]


def test_everyday_faults_are_the_mix_unless_told_otherwise(
    emulator: Emulator, client: httpx.Client
) -> None:
    emulator.faults = FaultPlan(rate=1)
    for _ in range(100):
        with contextlib.suppress(httpx.TransportError):
            client.get("/projects")

    assert {entry.fault for entry in emulator.injected} == set(EVERYDAY_FAULTS)


def test_a_plan_that_is_set_starts_at_its_beginning(
    emulator: Emulator, client: httpx.Client
) -> None:
    plan = FaultPlan.script([BUSY])
    for _ in range(2):
        emulator.faults = plan
        assert statuses(client, 2) == [503, 200]
    emulator.faults = FaultPlan.script([BUSY, BUSY])
    assert statuses(client, 1) == [503]
    emulator.faults = None
    assert statuses(client, 1) == [200]
    assert emulator.faults is None
    assert len(emulator.injected) == 3


def test_two_emulators_follow_one_plan_each_for_itself(connect: Connect) -> None:
    plan = FaultPlan.script([BUSY])
    with Emulator(faults=plan) as one, Emulator(faults=plan) as other:
        assert statuses(connect(one), 2) == statuses(connect(other), 2) == [503, 200]


def test_threads_share_a_script_without_losing_or_repeating_a_step(emulator: Emulator) -> None:
    steps = [Fault.status(code) for code in range(400, 500)]
    emulator.faults = FaultPlan.script(steps)
    ready = threading.Barrier(10)

    def ask(_: int) -> list[int]:
        headers = {"Authorization": f"Bearer {emulator.api_key}"}
        request = httpx.Request("GET", "https://x.example/projects", headers=headers)
        ready.wait()
        return [emulator.handle(request).status_code for _ in range(20)]

    with ThreadPoolExecutor(10) as pool:
        counted = Counter(code for codes in pool.map(ask, range(10)) for code in codes)

    assert counted == Counter(range(400, 500)) + Counter({200: 100})
    assert Counter(entry.fault for entry in emulator.injected) == Counter(steps)


def test_plans_can_be_replaced_while_threads_ask(emulator: Emulator) -> None:
    headers = {"Authorization": f"Bearer {emulator.api_key}"}
    request = httpx.Request("GET", "https://x.example/projects", headers=headers)

    def ask(_: int) -> set[int]:
        return {emulator.handle(request).status_code for _ in range(100)}

    with ThreadPoolExecutor(4) as pool:
        asked = pool.map(ask, range(4))
        for _ in range(50):
            emulator.faults = FaultPlan.script([BUSY])
            emulator.faults = None

        assert set().union(*asked) <= {200, 503}


def test_the_log_names_operation_method_path_and_what_became_of_it(
    emulator: Emulator, client: httpx.Client
) -> None:
    lost, cut = Fault.drop(when="after"), Fault.cut_off()
    project_id = client.post("/projects", json={"name": "a"}).json()["id"]
    emulator.faults = FaultPlan.script([lost, None, cut, BUSY])
    with pytest.raises(httpx.RemoteProtocolError):
        client.post(f"/projects/{project_id}/tags", json={"name": "t"})
    client.get("/projects")
    with pytest.raises(httpx.RemoteProtocolError):
        client.patch(f"/projects/{project_id}/secrets/a%2Fb", json={"value": "v"})
    client.delete(f"/projects/{project_id}/tags?name=t")

    path = f"/v1/projects/{project_id}"
    assert emulator.injected == (
        InjectedFault("addProjectTag", "POST", f"{path}/tags", lost, True),
        InjectedFault("updateProjectSecret", "PATCH", f"{path}/secrets/a%2Fb", cut, False),
        InjectedFault("removeProjectTag", "DELETE", f"{path}/tags", BUSY, False),
    )


def test_neither_key_nor_value_is_in_the_log_or_in_a_repr(connect: Connect) -> None:
    faults = [Fault.drop(when="after"), Fault.status(500, body=VALUE)]
    with Emulator(api_key=VALUE, faults=FaultPlan.script(faults)) as emulator:
        client = connect(emulator)
        with pytest.raises(httpx.RemoteProtocolError) as raised:
            client.post("/projects/p1/secrets", json={"name": "S", "value": VALUE})
        client.get(f"/projects?after={VALUE}")

        assert len(emulator.injected) == 2
        shown = f"{emulator.injected}{emulator.faults}{emulator}{raised.value}"
        assert VALUE not in shown


def test_every_operation_can_be_named() -> None:
    FaultPlan.script([], only=OPERATION_IDS)


def test_async_clients_share_a_script() -> None:
    async def ask(emulator: Emulator) -> list[int]:
        headers = {"Authorization": f"Bearer {emulator.api_key}"}
        async with httpx.AsyncClient(
            transport=emulator.transport(), base_url="https://x.example/v1", headers=headers
        ) as client:
            answers = await asyncio.gather(*(client.get("/projects") for _ in range(10)))
        return [answer.status_code for answer in answers]

    with Emulator(faults=FaultPlan.script([BUSY] * 4)) as emulator:
        assert sorted(asyncio.run(ask(emulator))) == [200] * 6 + [503] * 4


def test_plans_and_logs_compare_hash_and_pickle() -> None:
    plan = FaultPlan(seed=7, rate=0.5, faults=[BUSY], steps=[None, Fault.drop()], only=["POST"])
    entry = InjectedFault("createProject", "POST", "/projects", BUSY, False)

    assert pickle.loads(pickle.dumps((plan, entry))) == (plan, entry)
    assert len({plan, pickle.loads(pickle.dumps(plan))}) == 1
    assert FaultPlan.script(iter([BUSY])) == FaultPlan(steps=(BUSY,))


@pytest.mark.parametrize(
    "shown",
    [
        "Fault.status(503)",
        "Fault.status(429, retry_after='1', when='after')",
        "Fault.refuse()",
        "Fault.drop(when='after')",
        "Fault.reset()",
        "Fault.timeout(when='after')",
        "Fault.cut_off()",
        "Fault.repeated_cursor()",
        "Fault.missing_cursor()",
        "Fault.nulls()",
        "Fault.nulls(everywhere=True)",
    ],
)
def test_a_fault_shows_the_call_that_made_it(shown: str) -> None:
    assert repr(eval(shown)) == shown


def test_a_fault_shows_that_it_has_a_body_and_not_which() -> None:
    assert repr(Fault.status(500, body="x")) == "Fault.status(500, body=...)"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Fault.status(600), "from 200 to 599, not 600"),
        (lambda: Fault.status(100), "from 200 to 599, not 100"),
        (lambda: Fault.status(503, retry_after=datetime(2026, 1, 1)), "aware datetime"),
        (lambda: Fault.status(503, retry_after="1\r\nX: y"), "printable ASCII"),
        (lambda: Fault.status(503, content_type="é"), "printable ASCII"),
        (lambda: Fault.drop(when="later"), '"before" or "after", not \'later\''),
        (lambda: FaultPlan(rate=1.1), "from 0 to 1, not 1.1"),
        (lambda: FaultPlan(rate=float("nan")), "from 0 to 1, not nan"),
        (lambda: FaultPlan(rate=1, faults=[]), "needs faults to choose from"),
        (lambda: FaultPlan.script([], only=["createproject"]), "'createproject' is neither"),
        (lambda: FaultPlan.script([], only=["updateSecret"]), "did you mean updateProjectSecret?"),
        (lambda: FaultPlan.script([], only=["get"]), r"did you mean GET\?"),
        (lambda: FaultPlan.script([], only=["#"]), "such as listProjects or DELETE"),
        (lambda: Emulator(latency=-1), "the fewest and the most, not -1"),
        (lambda: Emulator(latency=(2, 1)), re.escape("not (2, 1)")),
        (lambda: Emulator(latency=float("inf")), "not inf"),
        (lambda: Emulator(latency=cast("Any", "1")), "not '1'"),
        (lambda: Emulator(latency=cast("Any", (0, 1, 2))), re.escape("not (0, 1, 2)")),
    ],
)
def test_what_makes_no_sense_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FaultPlan.script([Fault.drop]), r"such as Fault\.drop\(\), not method"),
        (lambda: FaultPlan(faults=[None]), "must be a Fault, .* not NoneType"),
        (lambda: Emulator(faults=[BUSY]), r"not list; FaultPlan\.script\(\[\.\.\.\]\) makes one"),
    ],
)
def test_what_is_no_fault_and_no_plan_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make()


def test_only_the_last_faults_are_logged(monkeypatch: pytest.MonkeyPatch, connect: Connect) -> None:
    monkeypatch.setattr("paperspace_projects.testing.faults.injector.KEPT", 3)
    with Emulator(faults=FaultPlan(rate=1, faults=[BUSY])) as emulator:
        client = connect(emulator)
        for number in range(5):
            client.get(f"/projects/{number}")
        assert [entry.path[-1] for entry in emulator.injected] == ["2", "3", "4"]
