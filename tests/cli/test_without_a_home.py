"""The program where there is no home directory, or none that can be written to."""

from __future__ import annotations

import json

import pytest
from cli.shell import NEEDLE, Done, Shell
from support.homeless import run_homeless

PROGRAM = "import sys; from paperspace_projects.cli import main; sys.exit(main(sys.argv[1:]))"


def run(shell: Shell, *arguments: str, code: int = 0, **env: str) -> Done:
    """Run the program as a process without a home."""
    done = run_homeless(PROGRAM, *arguments, env={**shell.env, **env})
    assert done.returncode == code, done.stderr
    assert NEEDLE not in f"{done.stdout}{done.stderr}"
    return Done(done.returncode, done.stdout, done.stderr)


def test_with_a_key_all_works(shell: Shell) -> None:
    project = shell.project()
    assert run(shell, "projects", "get", project, "-o", "name").lines == [project]
    found = {each["check"]: each for each in run(shell, "doctor", "-o", "json").json()}
    assert found["key 4: credentials file"]["found"].endswith("no home directory")
    assert found["access"]["verdict"] == "ok"


@pytest.mark.parametrize("options", [(), ("--team", "mine")])
def test_without_a_key_it_says_how_to_give_one(one_shell: Shell, options: tuple[str, ...]) -> None:
    done = run(one_shell, *options, "projects", "list", code=4, PAPERSPACE_API_KEY="")
    assert done.err.startswith("error: no API key: there is no home directory, and so no ~/.paper")
    assert "set PAPERSPACE_API_KEY" in done.err
    assert "--api-key-env VARIABLE" in done.err


def test_doctor_says_all_else_without_a_key(one_shell: Shell) -> None:
    done = run(one_shell, "doctor", "-o", "json", code=4, PAPERSPACE_API_KEY="")
    found = {each["check"]: each for each in json.loads(done.out)}
    assert "no home directory" in found["key"]["found"]
    assert found["server"]["verdict"] == "ok"


def test_completion_is_shown(one_shell: Shell) -> None:
    assert "_PAPERSPACE_PROJECTS_COMPLETE" in run(one_shell, "--show-completion", "zsh").out


def test_a_home_that_is_no_folder_has_no_credentials_file(one_shell: Shell) -> None:
    done = one_shell.run("projects", "list", code=4, HOME="/dev/null", PAPERSPACE_API_KEY="")
    assert done.err.startswith("error: no API key: set PAPERSPACE_API_KEY, or put it into ~/")
