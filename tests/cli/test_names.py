"""Projects by their names: in arguments, in errors, and completed by a shell."""

from __future__ import annotations

import json

import pytest
from cli.shell import VALUE, Shell

from paperspace_projects.testing import Fault, FaultPlan


@pytest.fixture
def shell(shell: Shell) -> Shell:
    """A shell in either dialect, without the projects of other tests."""
    for project in shell.client.projects.list().collect():
        shell.client.projects.delete(project.id)
    return shell


def test_a_name_is_found_where_no_project_has_it_as_its_id(shell: Shell) -> None:
    project = shell.project("vision")
    scope = shell.client.project(project)
    assert shell.call("projects", "get", "vision", "-o", "name").lines == [project]
    shell.call("projects", "update", "vision", "--name", "hearing")
    assert scope.get().name == "hearing"
    shell.call("tags", "add", "hearing", "gpu")
    assert shell.call("tags", "list", "hearing", "-o", "csv").lines == ["name", "gpu"]
    shell.call("tags", "sync", "hearing", "prod", "--yes")
    assert scope.tags.list().collect() == ["prod"]
    shell.call("secrets", "set", "hearing", "TOKEN", stdin=VALUE)
    assert shell.call("secrets", "get", "hearing", "TOKEN", "-o", "name").lines == ["TOKEN"]
    assert shell.call("activity", "hearing", "-o", "csv").lines[0].startswith("id,")
    (exported,) = shell.call("export", "hearing", "-o", "json").json()["projects"]
    assert exported["id"] == project
    shell.call("tags", "remove", "hearing", "prod", "--yes")
    shell.call("projects", "delete", "hearing", "--yes")
    assert shell.client.projects.list().collect() == []


def test_an_id_costs_no_more_requests(shell: Shell) -> None:
    project = shell.project("vision")
    done = shell.call("tags", "list", project, "-v")
    assert [line.split(":")[0] for line in done.err.splitlines()] == [
        f"GET /projects/{project}/tags"
    ]


def test_an_inventory_finds_names_in_the_place_of_ids(shell: Shell) -> None:
    ids = [shell.project(name) for name in ("vision", "speech", "twin", "twin")]
    arguments = ("vision", "nope", ids[1], "twin")
    done = shell.call("inventory", *arguments, "--in-order", "-o", "jsonl", code=7)
    found = [json.loads(line) for line in done.lines]
    assert [each.get("project", {}).get("id") for each in found] == [ids[0], None, ids[1], None]
    assert [each["error"]["type"] for each in found[1::2]] == [
        "NotFoundError",
        "AmbiguousNameError",
    ]
    assert done.err.endswith("error: 4 projects read, 2 of them failed\n")


def test_several_projects_with_the_name_are_a_conflict(shell: Shell) -> None:
    ids = [shell.project("twin") for _ in range(2)]
    done = shell.call("projects", "delete", "twin", "--yes", code=5)
    assert all(each in done.err for each in ids)


def test_a_name_is_not_looked_for_where_the_project_exists(shell: Shell) -> None:
    """Else a project that is named as the id of another one could be written to."""
    project = shell.project("vision")
    other = shell.project(project)
    shell.client.project(other).tags.add("gpu")
    done = shell.call("tags", "remove", project, "gpu", "--yes", code=3)
    assert "hint" not in done.err
    assert shell.client.project(other).tags.list().collect() == ["gpu"]


@pytest.mark.parametrize("argument", ["nope", "id:nope", "name:nope"])
def test_neither_an_id_nor_a_name(shell: Shell, argument: str) -> None:
    done = shell.call("projects", "get", argument, code=3)
    hint = "hint: no project has this id or name; `paperspace-projects projects list` shows all\n"
    assert done.err.endswith(hint) is (argument == "nope")


def test_id_and_name_can_be_told_apart(shell: Shell) -> None:
    project = shell.project("vision")
    other = shell.project(project)
    assert shell.call("projects", "get", project, "-o", "name").lines == [project]
    assert shell.call("projects", "get", f"name:{project}", "-o", "name").lines == [other]
    shell.call("projects", "get", "id:vision", code=3)


def test_a_question_is_about_the_project_with_the_name(shell: Shell) -> None:
    project = shell.project("vision")
    shell.client.project(project).tags.add("gpu")
    terminal = shell.terminal("tags", "remove", "vision", "gpu")
    terminal.expect_exact("Remove the tag 'gpu' from the project 'vision'? [y/N] ")
    terminal.sendline("y")
    assert "[y/N]" not in shell.shown(terminal)
    assert shell.client.project(project).tags.list().collect() == []


def completed(shell: Shell, *words: str) -> list[str]:
    """What bash puts in the place of the last word."""
    script = f"""
        export PATH=$(dirname $P):$PATH
        eval "$($P --show-completion bash 2>/dev/null)"
        COMP_WORDS=(paperspace-projects {" ".join(words)}) COMP_CWORD={len(words)}
        _paperspace_projects_completion paperspace-projects
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = shell.sh(script)
    assert done.err == ""
    return done.lines


def test_bash_completes_names(shell: Shell) -> None:
    ids = [
        shell.project(name) for name in ("vision", "vision 2; $(exit)", "speech", "twin", "twin")
    ]
    names = ["'vision 2; $(exit)'", "vision"]
    assert completed(shell, "projects", "get", "vi") == names
    assert sorted(completed(shell, "projects", "get", "''")) == sorted([*names, "speech", *ids[3:]])
    assert completed(shell, "tags", "list", "name", ":") != []
    assert completed(shell, "tags", "list", "name", ":", "sp") == ["speech"]
    assert completed(shell, "tags", "list", "name:sp") == ["name:speech"], "no breaks at colons"
    assert completed(shell, "inventory", "speech", "vi") == names
    scheme, host, port = shell.env["PAPERSPACE_API_URL"].split(":")
    shell.env["PAPERSPACE_API_URL"] = "http://127.0.0.1:9"
    url = (scheme, ":", host, ":", port)
    assert completed(shell, "--base-url", *url, "tags", "list", "sp") == ["speech"]


def test_completion_is_quiet_where_nothing_can_be_asked(shell: Shell) -> None:
    shell.project("vision")
    shell.env["PAPERSPACE_API_URL"] = "http://127.0.0.1:9"
    assert completed(shell, "projects", "get", "vi") == [""]
    del shell.env["PAPERSPACE_API_KEY"]
    assert completed(shell, "projects", "get", "vi") == [""]


def test_a_search_that_fails_leaves_the_error_as_it_was(shell: Shell) -> None:
    shell.emulator.faults = FaultPlan.script([Fault.status(400)], only=["listProjects"])
    done = shell.call("projects", "get", "nope", code=3)
    assert done.err.startswith("error: getProject: 404")
    assert "hint" not in done.err
