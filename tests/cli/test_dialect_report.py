"""`dialect-report`: the table, the JSON, the exit codes, and a scratch project that never stays."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.conftest import Capture, opened
from cli.shell import KEY, VALUE, Served, Shell
from support.openapi import OPERATIONS
from support.systems import needs

from paperspace_projects.testing import Fault, FaultPlan

covers = pytest.mark.covers
PATIENCE = 20.0
"""Seconds to wait for what has to come."""


@pytest.fixture(params=["contract", "live"])
def shell(request: pytest.FixtureRequest, tmp_path: Path, capsys: Capture) -> Iterator[Shell]:
    """A shell whose server has one project, which holds one of each."""
    with Served.open(request.param) as served:
        for shell in opened(served, tmp_path, capsys):
            scope = shell.client.project(shell.project("vision"))
            scope.collaborators.add("u1")
            scope.secrets.create("TOKEN", VALUE)
            scope.tags.add("blue")
            scope.models.add("m1")
            yield shell


def names(shell: Shell) -> list[str]:
    return [each.name for each in shell.client.projects.list()]


def silence(shell: Shell, *only: str) -> None:
    shell.emulator.faults = FaultPlan(steps=(), rate=1.0, faults=(Fault.timeout(),), only=only)


def wait_for_silence(shell: Shell, requests: int) -> None:
    """Wait until so many requests have no answer."""
    pause, ends = threading.Event(), time.monotonic() + PATIENCE
    while len(shell.emulator.injected) < requests:
        assert time.monotonic() < ends
        pause.wait(0.01)


@covers("dialect-report")
def test_the_reads_in_a_table(shell: Shell) -> None:
    done = shell.run("dialect-report")
    verdicts = [line.split("\t")[1] for line in done.lines]
    assert [line.split("\t")[0] for line in done.lines] == list(OPERATIONS)
    assert done.lines[0] == f"listProjects\t{shell.dialect}\t"
    assert done.lines[1] == "createProject\tnot asked\twrites were not asked for"
    told = ", ".join(f"{verdicts.count(each)} {each}" for each in ("not asked", shell.dialect))
    assert done.err == f"dialect: {shell.dialect}; operations: {told}\n"


@covers("dialect-report")
def test_the_writes_in_json(shell: Shell) -> None:
    done = shell.run("dialect-report", "--write", "--yes", "-o", "json")
    made = done.json()
    assert made["dialect"] == shell.dialect
    assert "differs" not in {each["verdict"] for each in made["operations"]}
    project = next(each for each in made["operations"] if each["operation"] == "getProject")
    assert project["request"] == "GET /projects/{id}"
    assert project["statuses"] == [200]
    for private in ("vision", "blue", "u1", "m1", "dialect-report-", "127.0.0.1", KEY):
        assert private not in done.out
    assert re.match("the scratch project 'dialect-report-[0-9a-f]{8}' is removed again", done.err)
    assert names(shell) == ["vision"]


def test_a_table_on_a_terminal(shell: Shell) -> None:
    shown = shell.shown(shell.terminal("dialect-report"))
    assert "OPERATION" in shown
    assert "VERDICT" in shown


def test_it_asks_before_it_writes(shell: Shell) -> None:
    terminal = shell.terminal("dialect-report", "--write")
    terminal.expect("Create a scratch project, write to it, and remove it again")
    terminal.sendline("n")
    assert "nothing was changed" in shell.shown(terminal, 1)
    assert names(shell) == ["vision"]
    done = shell.run("dialect-report", "--write", code=2)
    assert "there is no terminal to ask at" in done.err


def test_a_difference_is_said_and_ends_with_1(shell: Shell) -> None:
    shell.emulator.faults = FaultPlan(
        steps=(), rate=1.0, faults=(Fault.status(500),), only=("listProjectTags",)
    )
    done = shell.call("dialect-report", "--timeout", "5", code=1)
    assert "listProjectTags\trefused\t500, an error as described" in done.lines
    assert "hint: `-o json` makes a report for an issue" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--user-id", "u"], 2, "--user-id and --model-id go with --write"),
        (["--write", "--yes", "--user-id", ".."], 2, "--user-id must be"),
        (["-o", "csv"], 2, "csv"),
        (["--base-url", "http://127.0.0.1:9/v1"], 1, "could not be reached"),
    ],
)
def test_what_it_cannot_do_is_said(
    shell: Shell, arguments: list[str], code: int, told: str
) -> None:
    assert told in shell.call("dialect-report", *arguments, code=code).err


def test_a_wrong_key_is_said(shell: Shell) -> None:
    done = shell.call("dialect-report", code=4, PAPERSPACE_API_KEY="another")
    assert "401" in done.err


@pytest.mark.parametrize(
    ("by", "code", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_an_interrupted_one_removes_its_project(
    shell: Shell, by: signal.Signals, code: int, word: str
) -> None:
    needs("signals")
    silence(shell, "addProjectTag")
    process = shell.start("dialect-report", "--write", "--yes")
    wait_for_silence(shell, 1)
    assert len(names(shell)) == 2
    process.send_signal(by)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert err.endswith(f"{word}: the scratch project was removed\n")
    assert names(shell) == ["vision"]


def test_a_second_ctrl_c_ends_it_and_the_project_was_named(shell: Shell) -> None:
    needs("signals")
    silence(shell, "addProjectTag", "deleteProject")
    process = shell.start("dialect-report", "--write", "--yes")
    wait_for_silence(shell, 1)
    process.send_signal(signal.SIGINT)
    wait_for_silence(shell, 2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    found = re.search("`paperspace-projects (projects delete name:dialect-report-.*)` removes", err)
    assert found
    shell.emulator.faults = None
    shell.run(*found[1].split())
    assert names(shell) == ["vision"]


def test_a_project_that_is_left_over_is_named(shell: Shell) -> None:
    shell.emulator.faults = FaultPlan(
        steps=(), rate=1.0, faults=(Fault.status(403),), only=("deleteProject",)
    )
    done = shell.run("dialect-report", "--write", "--yes", "-o", "json", code=1)
    left = next(each for each in shell.client.projects.list() if each.name != "vision")
    assert f"`paperspace-projects projects delete {left.id} --yes` removes it" in done.err
    assert left.id not in done.out


def test_a_reader_that_has_gone_leaves_no_project(shell: Shell) -> None:
    shell.broken("a closed pipe", "dialect-report", "--write", "--yes", code=141)
    assert names(shell) == ["vision"]
