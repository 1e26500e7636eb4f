"""Every command does its work as a process, in both dialects."""

from __future__ import annotations

import pytest
from cli.shell import VALUE, Shell

covers = pytest.mark.covers


@covers("projects create", "projects get", "projects find")
def test_a_project_is_created_and_found(shell: Shell) -> None:
    created = shell.run("projects", "create", "a name", "--description", "d", "-o", "json").json()
    assert created["name"] == "a name"
    assert created["description"] == ("d" if shell.dialect == "contract" else None)
    assert shell.run("projects", "get", created["id"], "-o", "json").json() == created
    assert shell.run("projects", "find", "a name", "-o", "name").lines == [created["id"]]
    shell.client.projects.delete(created["id"])


@covers("projects list")
def test_projects_are_listed(shell: Shell) -> None:
    ids = [shell.project() for _ in range(3)]
    done = shell.run("projects", "list", "--order", "desc", "--limit", "3", "-o", "name")
    assert done.lines == ids[::-1]
    assert done.err == ""


@covers("projects update", "projects delete")
def test_a_project_is_renamed_and_deleted(shell: Shell) -> None:
    project = shell.project()
    done = shell.run(
        "projects", "update", project, "--name", "new", "-o", "csv", "--fields", "name"
    )
    assert done.lines == ["name", "new"]
    assert shell.run("projects", "delete", project, "--yes").out == ""
    assert project not in {each.id for each in shell.client.projects.list()}


@covers("activity")
def test_activity_is_listed_newest_first(shell: Shell) -> None:
    project = shell.project()
    shell.client.project(project).tags.add("t")
    shell.emulator.record_event(project, action="deployment.created")
    shell.emulator.record_event(project, action="deployment.scaled")
    done = shell.run("activity", project, "--since", "1h", "-o", "jsonl", "--fields", "type")
    types = ["deployment.scaled", "deployment.created"]
    types += ["tag.added", "project.created"] * (shell.dialect == "contract")
    assert done.lines == [f'{{"type": "{each}"}}' for each in types]


@covers("collaborators add", "collaborators list", "collaborators remove", "collaborators sync")
def test_collaborators_come_and_go(shell: Shell) -> None:
    project = shell.project()
    added = shell.run(
        "collaborators", "add", project, "u1", "--role", "viewer", "-o", "json"
    ).json()
    assert added["user_id"] == "u1"
    assert added["role"] == ("viewer" if shell.dialect == "contract" else None)
    assert shell.run("collaborators", "list", project, "-o", "name").lines == ["u1"]
    synced = shell.run("collaborators", "sync", project, "u1", "u2=admin", "-o", "jsonl")
    assert [line.split(", ")[:2] for line in synced.lines] == [
        ['{"change": "added"', '"name": "u2"'],
        *([['{"change": "not compared"', '"name": "u2"']] if shell.dialect == "live" else []),
    ]
    shell.run("collaborators", "remove", project, "u1", "--yes")
    (left,) = shell.client.project(project).collaborators.list()
    assert left.user_id == "u2"


@covers(*(f"secrets {verb}" for verb in ("create", "update", "set", "get", "list", "delete")))
def test_secrets_are_written_and_never_shown(shell: Shell) -> None:
    project = shell.project()
    created = shell.run("secrets", "create", project, "T", "-o", "json", stdin=VALUE).json()
    updated = shell.run("secrets", "update", project, "T", "-o", "json", stdin=VALUE).json()
    assert created["dt_created"] == updated["dt_created"] < updated["dt_modified"]
    shell.run("secrets", "set", project, "U", stdin=VALUE)
    assert shell.run("secrets", "list", project, "-o", "name").out.split() in (
        ["T", "U"],
        ["U", "T"],
    )
    shell.run("secrets", "delete", project, "T", "--yes")
    assert shell.run("secrets", "get", project, "U", "-o", "name").lines == ["U"]


@covers(*(f"tags {verb}" for verb in ("add", "list", "remove", "sync")))
def test_tags_come_and_go(shell: Shell) -> None:
    come_and_go(shell, "tags")


@covers(*(f"models {verb}" for verb in ("add", "list", "remove", "sync")))
def test_models_come_and_go(shell: Shell) -> None:
    come_and_go(shell, "models")


def come_and_go(shell: Shell, part: str) -> None:
    project = shell.project()
    assert shell.run(part, "add", project, "a").out == ""
    assert shell.run(part, "list", project, "-o", "name").lines == ["a"]
    synced = shell.run(part, "sync", project, "a", "b", "-o", "csv", "--fields", "change,name")
    assert synced.lines == ["change,name", "added,b"]
    assert shell.run(part, "remove", project, "a", "--yes").out == ""
    snapshot = shell.client.project(project).snapshot()
    assert [*snapshot.tags, *(model.id for model in snapshot.models)] == ["b"]


@covers("inventory")
def test_an_inventory_has_all_of_a_project(shell: Shell) -> None:
    project = shell.project("one of many")
    shell.client.project(project).tags.add("t")
    (record,) = shell.run("inventory", project, "-o", "json").json()
    assert record["project"]["name"] == "one of many"
    assert record["tags"] == ["t"]


@covers("export", "plan", "apply")
def test_a_state_is_exported_changed_and_applied(shell: Shell) -> None:
    project = shell.project()
    exported = shell.run("export", project).out
    file = shell.folder / "state.yaml"
    file.write_text(exported)
    assert shell.run("plan", "state.yaml", "--exit-code").lines == [
        "nothing to do: all is as desired"
    ]
    file.write_text(
        exported.replace("tags: []", "tags: [gpu]").replace("secrets: {}", "secrets: {T: env:T}")
    )
    assert "+ add tag 'gpu'" in shell.run("plan", "state.yaml", "--exit-code", code=10).out
    applied = shell.run("apply", "state.yaml", "--yes", T=VALUE)
    assert sorted(line.split(": ", 2)[2] for line in applied.lines) == [
        "add tag 'gpu'",
        "create secret 'T' from env:T",
    ]
    assert shell.client.project(project).tags.list().collect() == ["gpu"]


@covers("schema")
def test_the_schema_is_the_published_one(one_shell: Shell) -> None:
    from paperspace_projects.reconcile import schema

    assert one_shell.run("schema").json() == schema()


@covers("doctor")
def test_doctor_tells_the_dialect(shell: Shell) -> None:
    shell.project()
    found = {each["check"]: each for each in shell.run("doctor", "-o", "json").json()}
    assert found["dialect"]["found"].startswith(shell.dialect)
    assert found["key"]["found"] == "**********last, from PAPERSPACE_API_KEY"
    assert {each["verdict"] for each in found.values()} == {"ok", "info"}
