"""What a question shows is what is done, whatever others do while it is asked."""

from __future__ import annotations

import json

import pexpect
import pytest
from cli.shell import Shell, without_escapes

from paperspace_projects.testing import Fault, FaultPlan


def asked(shell: Shell, *arguments: str) -> pexpect.spawn[str]:
    """A command on a terminal that waits for an answer."""
    terminal = shell.terminal(*arguments)
    terminal.expect_exact("[y/N] ")
    return terminal


def answered(shell: Shell, terminal: pexpect.spawn[str], code: int = 0) -> str:
    """What is shown after a yes."""
    terminal.sendline("y")
    return without_escapes(shell.shown(terminal, code))


def names(shell: Shell, project: str, part: str) -> set[str]:
    return set(shell.call(part, "list", project, "-o", "name").lines)


@pytest.mark.parametrize("part", ["tags", "models", "collaborators"])
def test_a_sync_removes_what_was_shown_and_no_more(shell: Shell, part: str) -> None:
    project = shell.project()
    of_somebody_else = getattr(shell.client.project(project), part)
    of_somebody_else.add("old")
    terminal = asked(shell, part, "sync", project, "wanted")
    of_somebody_else.add("new")
    shown = answered(shell, terminal)
    assert "removed  old" in shown
    assert "removed  new" not in shown
    assert names(shell, project, part) == {"wanted", "new"}


@pytest.mark.parametrize("part", ["tags", "models", "collaborators"])
def test_what_somebody_else_was_quicker_with_is_no_failure(shell: Shell, part: str) -> None:
    project = shell.project()
    of_somebody_else = getattr(shell.client.project(project), part)
    of_somebody_else.add("old")
    terminal = asked(shell, part, "sync", project, "wanted")
    of_somebody_else.remove("old")
    of_somebody_else.add("wanted")
    answered(shell, terminal)
    assert names(shell, project, part) == {"wanted"}


def test_one_look_decides_where_there_is_no_question(shell: Shell) -> None:
    """Nothing is to be removed, so nothing is asked: a second look could find what is."""
    project = shell.project()
    done = shell.run("tags", "sync", project, "a", "b", "-v")
    requests = [line.split(": ")[0] for line in done.err.splitlines()]
    assert requests == [f"{method} /projects/{project}/tags" for method in ("GET", "POST", "POST")]


@pytest.mark.covers("collaborators sync")
@pytest.mark.parametrize("by_now", ["member", None])
def test_a_role_that_was_changed_meanwhile_stays(one_shell: Shell, by_now: str | None) -> None:
    project = one_shell.project()
    collaborators = one_shell.client.project(project).collaborators
    collaborators.add("u1", "viewer")
    collaborators.add("old")
    terminal = asked(one_shell, "collaborators", "sync", project, "u0", "u1=admin")
    collaborators.remove("u1")
    if by_now == "member":
        collaborators.add("u1", "member")
    shown = answered(one_shell, terminal, 5)
    assert "1 of 3 changes made\nadded u0\nerror: the plan is stale: it saw the role vi" in shown
    roles = {each.user_id: each.role for each in collaborators.list()}
    assert roles.get("u1") == by_now
    assert {"u0", "old"} <= roles.keys()


def test_a_project_that_was_renamed_meanwhile_is_not_deleted(shell: Shell) -> None:
    project = shell.project("old name")
    terminal = asked(shell, "projects", "delete", project)
    shell.client.projects.update(project, name="new name")
    shown = answered(shell, terminal, 5)
    assert f"nothing was deleted: the project {project} is now named 'new name'" in shown
    shell.client.projects.delete(project)


def test_a_plan_is_applied_as_it_was_shown(shell_of_its_own: Shell) -> None:
    shell = shell_of_its_own
    project = shell.project("vision")
    tags = shell.client.project(project).tags
    tags.add("old")
    state = {"version": 1, "projects": [{"name": "vision", "tags": ["wanted"]}]}
    (shell.folder / "s.json").write_text(json.dumps(state))
    terminal = asked(shell, "apply", "s.json", "--prune")
    tags.add("new")
    answered(shell, terminal)
    assert set(tags.list()) == {"wanted", "new"}


def test_an_answer_that_is_no_text_is_a_no(one_shell: Shell) -> None:
    project = one_shell.project()
    terminal = asked(one_shell, "projects", "delete", project)
    terminal.send(b"\xff\xfe\n".decode("latin-1"))
    assert "nothing was changed" in one_shell.shown(terminal, 1)


def test_a_role_that_cannot_be_given_tells_who_is_out(one_shell: Shell) -> None:
    project = one_shell.project()
    collaborators = one_shell.client.project(project).collaborators
    collaborators.add("u1", "viewer")
    one_shell.emulator.faults = FaultPlan(
        rate=1.0, faults=(Fault.status(403),), only=("addProjectCollaborator",)
    )
    done = one_shell.call("collaborators", "sync", project, "u1=admin", code=4)
    told = "u1 was removed and is OUT right now: another sync adds them as admin\nerror: "
    assert done.err.startswith(told)
    assert done.out == ""


def test_a_sync_that_fails_tells_what_it_has_done(one_shell: Shell) -> None:
    project = one_shell.project()
    one_shell.emulator.faults = FaultPlan.script([None, Fault.status(400)], only=["addProjectTag"])
    done = one_shell.call("tags", "sync", project, "a", "b", "c", code=1)
    assert done.err.startswith("1 of 3 changes made\nadded a\nerror: addProjectTag: 400")
    assert done.out == ""
    assert one_shell.call("tags", "sync", project, "a", "b", "c", "-o", "name").lines == ["b", "c"]


def test_what_the_server_does_not_confirm_is_said(shell: Shell) -> None:
    is_live = shell.emulator.dialect == "live"
    project = shell.project()
    for name, arguments in (
        ("description", ("projects", "create", "vision", "--description", "d")),
        ("description", ("projects", "update", project, "--description", "d")),
        ("role", ("collaborators", "add", project, "u1", "--role", "admin")),
    ):
        shown = without_escapes(shell.shown(shell.terminal(*arguments)))
        assert (f"the server does not confirm the {name}" in shown) == is_live
    shown = without_escapes(
        shell.shown(shell.terminal("projects", "update", project, "--name", "a"))
    )
    assert "confirm" not in shown
