"""The pytest plugin, as a project that has installed it meets it: each test is a run of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from paperspace_projects.testing import plugin

pytest_plugins = ["pytester"]

STRICT = """
[pytest]
addopts = --strict-markers --strict-config
filterwarnings = error
"""
HEAVY = ("httpx", "attrs", "attr", "anyio", "asyncio", "sqlite3", "uvicorn")


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project whose settings are as strict as pytest has them."""
    pytester.makeini(STRICT)
    return pytester


def passes(project: pytest.Pytester, tests: str, *options: str, count: int = 1) -> None:
    """Run tests in a process of their own, and have each of them pass, without a warning."""
    project.makepyfile(tests)
    result = project.runpytest_subprocess("-p", "no:cacheprovider", *options, timeout=60)
    result.assert_outcomes(passed=count)


def test_it_costs_a_run_that_does_not_ask_for_it_nothing() -> None:
    program = """
import pytest, sys
before = set(sys.modules)
import paperspace_projects.testing.plugin
print(*(set(sys.modules) - before))
"""
    loaded = subprocess.check_output([sys.executable, "-c", program], text=True).split()
    assert {each for each in loaded if not each.startswith("paperspace_projects")} <= {"_version"}
    assert not set(loaded) & {*HEAVY, "paperspace_projects.testing.emulator"}


def test_it_is_there_as_soon_as_the_package_is_installed(project: pytest.Pytester) -> None:
    passes(
        project,
        """
        def test_a_project(paperspace, paperspace_emulator):
            project = paperspace.projects.create("vision")
            assert [each.name for each in paperspace.projects.list()] == ["vision"]
            assert paperspace_emulator.requests[0].json == {"name": "vision"}

        def test_each_test_has_its_own(paperspace, request):
            assert paperspace.projects.list().collect() == []
            request.config.stash_of_clients = paperspace

        def test_it_was_closed(request):
            assert request.config.stash_of_clients.is_closed
        """,
        count=3,
    )


def test_code_that_makes_its_own_client_gets_the_served_emulator(
    project: pytest.Pytester,
) -> None:
    passes(
        project,
        """
        import asyncio, os, subprocess, sys
        from paperspace_projects import AsyncClient, Client

        def test_in_this_process(paperspace_server, paperspace_emulator):
            assert paperspace_server == os.environ["PAPERSPACE_API_URL"]
            with Client() as client:
                client.projects.create("vision")

            async def names():
                async with AsyncClient() as client:
                    return [each.name async for each in client.projects.list()]

            assert asyncio.run(names()) == ["vision"]
            assert len(paperspace_emulator.requests) == 2

        def test_in_another_process(paperspace_server, paperspace):
            program = "from paperspace_projects import Client;"
            program += "Client().projects.create('made elsewhere')"
            subprocess.run([sys.executable, "-c", program], check=True)
            assert paperspace.projects.find("made elsewhere")

        def test_nothing_of_it_stays():
            assert "PAPERSPACE_API_URL" not in os.environ
            assert "PAPERSPACE_API_KEY" not in os.environ
        """,
        count=3,
    )


def test_a_marker_chooses_what_the_emulator_is_like(project: pytest.Pytester) -> None:
    project.makefile(".json", state='{"version": 1, "projects": [{"name": "from a file"}]}')
    passes(
        project,
        """
        import pytest
        from paperspace_projects.testing import Fault, FaultPlan

        pytestmark = pytest.mark.paperspace(dialect="live")
        STATE = {"version": 1, "projects": [{"name": "vision", "tags": ["gpu"]}]}

        @pytest.mark.paperspace(seed=STATE, faults=FaultPlan.script([Fault.status(503)] * 3))
        class TestOfAClass:
            def test_all_are_taken_together(self, paperspace, paperspace_emulator):
                assert paperspace_emulator.dialect == "live"
                assert paperspace.projects.list().first().name == "vision"
                assert len(paperspace_emulator.injected) == 3

            @pytest.mark.paperspace(dialect="contract", seed=None, faults=None)
            def test_the_nearest_comes_first(self, paperspace, paperspace_emulator):
                assert paperspace_emulator.dialect == "contract"
                assert paperspace.projects.list().first() is None
                assert paperspace_emulator.injected == ()

        @pytest.mark.paperspace(latency=0.02, seed="state.json")
        def test_latency_and_a_file(paperspace):
            events = []
            project = paperspace.with_options(on_event=events.append).projects.list().first()
            assert project.name == "from a file"
            assert events[0].elapsed >= 0.02

        @pytest.mark.parametrize("expected", [
            pytest.param("live"),
            pytest.param("contract", marks=pytest.mark.paperspace(dialect="contract")),
        ])
        def test_a_parameter_may_have_one(paperspace_emulator, expected):
            assert paperspace_emulator.dialect == expected
        """,
        count=5,
    )


def test_ids_are_the_same_in_each_run(project: pytest.Pytester) -> None:
    """The second run reads what the first one wrote."""
    for _ in range(2):
        passes(
            project,
            """
            import pathlib

            def test_ids(paperspace):
                id, file = paperspace.projects.create("a").id, pathlib.Path("id.txt")
                if file.exists():
                    assert file.read_text() == id
                file.write_text(id)
            """,
        )


@pytest.mark.parametrize("marker", ["dialekt='live'", "'live'", "seed={}, latency='much'"])
def test_a_wrong_marker_is_told_with_the_test_it_is_on(
    project: pytest.Pytester, marker: str
) -> None:
    project.makepyfile(
        f"""
        import pytest

        @pytest.mark.paperspace({marker})
        def test_wrong(paperspace_emulator):
            pass
        """
    )
    result = project.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.re_match_lines(
        [r".*(test_wrong: the marker paperspace takes dialect, faults, latency, seed|latency must)"]
    )


ASYNC = """
    import pytest

    {marker}
    async def test_async(async_paperspace, paperspace_emulator):
        await async_paperspace.projects.create("vision")
        assert [each.name async for each in async_paperspace.projects.list()] == ["vision"]
        assert len(paperspace_emulator.requests) == 2

    {marker}
    async def test_closed_by_the_test(async_paperspace):
        async with async_paperspace as client:
            assert await client.projects.list().collect() == []

    def test_never_used(async_paperspace):
        assert not async_paperspace.is_closed
"""


def test_it_works_under_pytest_asyncio(project: pytest.Pytester) -> None:
    for scope in ("function", "session"):
        marker = f"@pytest.mark.asyncio(loop_scope={scope!r})"
        passes(project, ASYNC.format(marker=marker), "-p", "no:anyio", count=3)


def test_it_works_under_anyio_on_asyncio_and_trio(project: pytest.Pytester) -> None:
    passes(project, ASYNC.format(marker="@pytest.mark.anyio"), "-p", "no:asyncio", "-vv", count=5)


def test_it_works_on_many_workers(project: pytest.Pytester) -> None:
    passes(
        project,
        """
        import pytest
        from paperspace_projects import Client

        @pytest.mark.parametrize("number", range(6))
        def test_alone(number, paperspace, paperspace_server):
            with Client() as client:
                client.projects.create(f"project {number}")
            assert [each.name for each in paperspace.projects.list()] == [f"project {number}"]
        """,
        "-n2",
        count=6,
    )


def test_the_marker_is_listed(project: pytest.Pytester) -> None:
    result = project.runpytest_subprocess("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.paperspace(dialect=*"])


def test_every_fixture_says_what_it_is() -> None:
    for name in plugin.__all__:
        assert getattr(plugin, name).__doc__
