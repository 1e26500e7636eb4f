"""The plugin as projects meet it that have installed it: each test is a run of its own."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

HEAVY = ("httpx", "attrs", "attr", "anyio", "asyncio", "sqlite3", "uvicorn")
ASYNC = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")
STRICT = ("--strict-markers", "--strict-config", "-W", "error", "-p", "no:cacheprovider")


def run(folder: Path, tests: str, *options: str) -> str:
    """Run tests as strictly as pytest can; gives all that it prints."""
    (folder / "test_it.py").write_text(textwrap.dedent(tests))
    return pytest_in(folder, *options)


def pytest_in(folder: Path, *options: str) -> str:
    """Run all tests of a folder from there; gives all that is printed."""
    command = [sys.executable, "-m", "pytest", *STRICT, "-p", "no:hypothesispytest", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_it_costs_a_run_that_does_not_ask_for_it_nothing() -> None:
    program = """
import pytest, sys
before = set(sys.modules)
import paperspace_projects.testing.plugin
print(*(set(sys.modules) - before))
"""
    loaded = subprocess.check_output([sys.executable, "-c", program], text=True).split()
    # What an editable install needs to find the package is none of the plugin's.
    ours = {each for each in loaded if each.startswith("paperspace_projects")}
    assert ours == {
        "paperspace_projects",
        "paperspace_projects._lazy",
        "paperspace_projects.testing",
        "paperspace_projects.testing.plugin",
    }
    assert not set(loaded) & set(HEAVY)


def test_an_installed_plugin_needs_no_setting_and_works_on_many_workers(tmp_path: Path) -> None:
    tests = """
        import pytest
        from paperspace_projects import Client

        @pytest.mark.paperspace(dialect="live")
        @pytest.mark.parametrize("number", range(6))
        def test_alone(number, paperspace, paperspace_server):
            with Client() as client:
                client.projects.create(f"project {number}")
            assert [each.name for each in paperspace.projects.list()] == [f"project {number}"]
    """
    assert "6 passed" in run(tmp_path, tests, "-n2", "-p", "no:asyncio")


def test_it_works_under_pytest_asyncio_whatever_the_scope_of_the_loop(tmp_path: Path) -> None:
    tests = """
        import pytest

        @pytest.mark.parametrize("number", [0, 1])
        @pytest.mark.asyncio(loop_scope="function")
        async def test_own_loop(number, async_paperspace):
            await async_paperspace.projects.create("vision")
            assert [each.name async for each in async_paperspace.projects.list()] == ["vision"]

        @pytest.mark.parametrize("number", [0, 1])
        @pytest.mark.asyncio(loop_scope="session")
        async def test_one_loop(number, async_paperspace, paperspace_emulator):
            async with async_paperspace as client:
                assert await client.projects.list().collect() == []
            assert len(paperspace_emulator.requests) == 1
    """
    options = ("-p", "no:anyio", "-o", "asyncio_default_fixture_loop_scope=function")
    assert "4 passed" in run(tmp_path, tests, *options)


def test_a_wrong_marker_is_told_with_the_test_it_is_on(tmp_path: Path) -> None:
    tests = """
        import pytest

        @pytest.mark.paperspace("live", sead={})
        def test_wrong(paperspace_emulator):
            pass
    """
    told = "test_wrong: the marker paperspace takes dialect, faults, latency, unknown_fields, "
    told += "deleted, seed, events, each by name; not 'live', 'sead'"
    assert told in run(tmp_path, tests, "-p", "no:asyncio")


def test_the_path_of_a_seed_is_relative_to_the_file_of_the_test(tmp_path: Path) -> None:
    folder = tmp_path / "suite" / "unit"
    folder.mkdir(parents=True)
    (folder / "state.json").write_text('{"version": 1, "projects": [{"name": "vision"}]}')
    tests = """
        import pathlib
        import pytest

        @pytest.mark.parametrize("number", [
            pytest.param(0, marks=pytest.mark.paperspace(seed="state.json")),
            pytest.param(1, marks=pytest.mark.paperspace(seed=pathlib.Path("../unit/state.json"))),
            pytest.param(2, marks=pytest.mark.paperspace(
                seed=pathlib.Path(__file__).with_name("state.json")
            )),
        ])
        def test_seeded(number, paperspace):
            assert [each.name for each in paperspace.projects.list()] == ["vision"]
    """
    (folder / "test_it.py").write_text(textwrap.dedent(tests))
    assert "3 passed" in pytest_in(tmp_path, "-p", "no:asyncio")
    assert "3 passed" in pytest_in(folder, "-p", "no:asyncio")


def test_a_marker_runs_a_test_in_both_dialects(tmp_path: Path) -> None:
    tests = """
        import pytest
        from paperspace_projects.testing import Emulator

        pytestmark = pytest.mark.paperspace(dialect="both", seed={"version": 1, "projects": []})
        seen = []

        def test_one(paperspace, paperspace_emulator):
            paperspace.projects.create("vision")
            seen.append(paperspace_emulator.dialect)

        async def test_two(async_paperspace, paperspace_emulator):
            await async_paperspace.projects.create("vision")
            seen.append(paperspace_emulator.dialect)

        @pytest.mark.paperspace(dialect="live")
        def test_the_marker_of_a_test_counts(paperspace, paperspace_emulator):
            seen.append("only " + paperspace_emulator.dialect)

        def test_without_a_client():
            assert seen == ["contract", "live", "contract", "live", "only live"]
    """
    assert "6 passed" in run(tmp_path, tests, *ASYNC)
