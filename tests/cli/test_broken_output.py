"""What was done is told on standard error where standard output is broken; never a traceback."""

from __future__ import annotations

import json
import re

import pytest
from cli.shell import BROKEN, VALUE, BrokenOutput, Shell

from paperspace_projects.testing import Fault, FaultPlan

FULL = "error: the system says: No space left on device\n"
FORMATS = ["table", "json", "jsonl", "csv", "yaml"]

pytestmark = pytest.mark.parametrize("output", BROKEN)


def told(output: BrokenOutput, *lines: str) -> str:
    """All that standard error holds: what was done, and that the disk is full."""
    return "".join(f"{line}\n" for line in lines) + (FULL if output == "a full disk" else "")


@pytest.mark.parametrize("output_format", ["table", "json", "name"])
def test_a_project_that_was_created_is_told(
    one_shell: Shell, output: BrokenOutput, output_format: str
) -> None:
    arguments = ("projects", "create", "a new one", "-o", output_format)
    done = one_shell.broken(output, *arguments, code=BROKEN[output])
    project = one_shell.client.projects.find("a new one")
    assert project is not None
    assert done.err == told(output, f"created the project 'a new one' ({project.id})")
    one_shell.client.projects.delete(project.id)


def test_whatever_else_was_written_is_told(one_shell: Shell, output: BrokenOutput) -> None:
    project = one_shell.project()

    def err(*arguments: str) -> str:
        group, verb, *rest = arguments
        code = BROKEN[output]
        return one_shell.broken(output, group, verb, project, *rest, stdin=VALUE, code=code).err

    updated = err("projects", "update", "--name", "new")
    assert updated == told(output, f"updated the project 'new' ({project})")
    for verb in ("create", "update", "set"):
        assert err("secrets", verb, "T") == told(output, "wrote the secret 'T'")
    assert err("collaborators", "add", "u1") == told(output, "added the collaborator 'u1'")
    for part in ("tags", "models", "collaborators"):
        getattr(one_shell.client.project(project), part).sync({} if part == "collaborators" else ())
        synced = err(part, "sync", "a", "b", "-o", "json")
        assert synced == told(output, "2 of 2 changes made", "added a", "added b")
    snapshot = one_shell.client.project(project).snapshot()
    assert set(snapshot.tags) == {"a", "b"}
    assert [each.name for each in snapshot.secrets] == ["T"]


def test_what_shows_no_result_is_done_as_ever(one_shell: Shell, output: BrokenOutput) -> None:
    project = one_shell.project()
    assert one_shell.broken(output, "tags", "add", project, "t").err == ""
    assert one_shell.broken(output, "tags", "remove", project, "t", "--yes").err == ""
    assert one_shell.broken(output, "projects", "delete", project, "--yes").err == ""


@pytest.mark.parametrize("output_format", FORMATS)
def test_the_steps_of_a_plan_are_told(
    one_shell: Shell, output: BrokenOutput, output_format: str
) -> None:
    project = state_of(one_shell, "a", "b")
    arguments = ("apply", "s.json", "--yes", "-o", output_format)
    done = one_shell.broken(output, *arguments, code=BROKEN[output])
    steps = [f"done: {project!r}: add tag {tag!r}" for tag in "ab"]
    assert done.err.endswith(told(output, "2 of 2 steps done", *steps))


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_step_that_failed_is_told_and_decides_the_exit_code(
    one_shell: Shell, output: BrokenOutput, output_format: str
) -> None:
    project = state_of(one_shell, "a", "b", "c")
    one_shell.emulator.faults = FaultPlan.script([None, Fault.status(400)], only=["addProjectTag"])
    done = one_shell.broken(output, "apply", "s.json", "--yes", "-o", output_format, code=7)
    assert (FULL in done.err) is (output == "a full disk")
    counts, *steps = done.err.splitlines()[-4:]
    assert counts == "error: 1 of 3 steps done, 1 failed, 1 skipped"
    assert steps[0] == f"done: {project!r}: add tag 'a'"
    assert steps[1].startswith(f"failed: {project!r}: add tag 'b': addProjectTag: 400")
    assert steps[2].startswith(f"skipped: {project!r}: add tag 'c'")


def state_of(shell: Shell, *tags: str) -> str:
    """Describe a new project with these tags in a file, and give its name."""
    name = shell.client.projects.get(shell.project()).name
    state = {"version": 1, "projects": [{"name": name, "tags": [*tags]}]}
    (shell.folder / "s.json").write_text(json.dumps(state))
    return name


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "--help",
        "projects --help",
        "projects list --help",
        "--version",
        "--show-completion bash",
    ],
)
def test_help_and_the_like_end_without_a_traceback(
    one_shell: Shell, output: BrokenOutput, arguments: str
) -> None:
    done = one_shell.broken(output, *arguments.split(), code=BROKEN[output])
    assert done.err == told(output)


def test_the_emulator_ends(one_shell: Shell, output: BrokenOutput) -> None:
    done = one_shell.broken(output, "emulator", "--port", "0", code=BROKEN[output])
    assert re.fullmatch(r"(error: .*No space left on device\n)?", done.err)
