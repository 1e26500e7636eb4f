"""`PAPERSPACE_LOG` writes the log of a program that configures none."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import logging
from paperspace_projects import Client, RetryPolicy
from paperspace_projects.testing import Emulator, Fault, FaultPlan

emulator = Emulator(faults=FaultPlan.script([Fault.status(503)]), api_key="kqxzkqxzkqxz")
options = {"transport": emulator.transport(), "retry": RetryPolicy(initial_wait=0)}
for _ in range(2):
    client = Client(emulator.api_key, **options)
%s
client.projects.list().collect()
client.close()
"""


def run(level: str, configure: str = "") -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM % configure],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PAPERSPACE_LOG": level},
    )
    assert "kqxz" not in done.stderr
    return done.stderr.splitlines()


def test_debug_tells_of_each_attempt_once() -> None:
    failed, again, done = run("debug")
    assert " paperspace_projects DEBUG: listProjects GET /projects attempt 1: " in failed
    assert " paperspace_projects INFO: listProjects is tried again" in again
    assert " paperspace_projects DEBUG: listProjects GET /projects attempt 2: ok 200" in done


@pytest.mark.parametrize("level", ["info", "INFO"])
def test_info_tells_of_repeats(level: str) -> None:
    (line,) = run(level)
    assert " paperspace_projects INFO: listProjects is tried again" in line


@pytest.mark.parametrize("level", ["", "warning", "error"])
def test_it_is_silent_otherwise(level: str) -> None:
    assert run(level) == []


@pytest.mark.parametrize("logger", ["", "paperspace_projects"])
def test_a_program_that_has_a_handler_writes_each_line_itself(logger: str) -> None:
    said = run("info", f"logging.getLogger({logger!r}).addHandler(logging.StreamHandler())")
    assert len(said) == 1
    assert said[0].startswith("listProjects is tried again")


def test_another_word_is_refused() -> None:
    assert run("loud")[-1].endswith(
        "ConfigurationError: PAPERSPACE_LOG must be one of debug, info, warning, error"
    )
