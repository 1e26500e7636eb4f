"""`plan`, `apply`, `export` and `inventory`: what they write in each format, and how they end."""

from __future__ import annotations

import csv
import io
import json

import pytest
import yaml
from cli.shell import VALUE, Shell, without_escapes

from paperspace_projects.inventory import COLUMNS, read_jsonl
from paperspace_projects.testing import Fault, FaultPlan

STATE = """\
version: 1
projects:
- name: vision
  tags: [gpu, prod]
  secrets: {TOKEN: env:TOKEN}
- name: speech
  models: [m1]
"""


@pytest.fixture
def shell(shell_of_its_own: Shell) -> Shell:
    (shell_of_its_own.folder / "s.yaml").write_text(STATE)
    return shell_of_its_own


def test_a_plan_in_every_format(shell: Shell) -> None:
    kinds = ["create-project", "create-secret", "add-tag", "add-tag", "create-project", "add-model"]

    def written(output: str) -> str:
        return shell.call("plan", "s.yaml", "--exit-code", "-o", output, code=10).out

    def sorted_kinds(steps: list[dict[str, str]]) -> list[str]:
        return sorted(step["kind"] for step in steps)

    assert sorted_kinds(json.loads(written("json"))["steps"]) == sorted(kinds)
    assert sorted_kinds(yaml.safe_load(written("yaml"))["steps"]) == sorted(kinds)
    assert sorted_kinds([json.loads(line) for line in written("jsonl").splitlines()]) == sorted(
        kinds
    )
    rows = list(csv.DictReader(io.StringIO(written("csv"))))
    assert sorted_kinds(rows) == sorted(kinds)
    assert list(rows[0]) == ["kind", "project", "project_id", "before", "after"]
    assert "6 to add" in written("table")


def test_a_plan_has_colours_on_a_terminal(shell: Shell) -> None:
    shown = shell.shown(shell.terminal("plan", "s.yaml"))
    assert "\x1b[32m  + add tag 'gpu'\x1b[0m" in shown
    assert "project 'vision'" in shown


@pytest.mark.parametrize("output", ["json", "yaml", "jsonl", "csv", "table"])
def test_an_application_in_every_format(shell: Shell, output: str) -> None:
    done = shell.call("apply", "s.yaml", "--yes", "-o", output, TOKEN=VALUE)
    match output:
        case "json" | "yaml":
            result = (json.loads if output == "json" else yaml.safe_load)(done.out)
            assert result["ok"] is True
            steps = result["steps"]
        case "jsonl":
            steps = [json.loads(line) for line in done.lines]
        case "csv":
            steps = list(csv.DictReader(io.StringIO(done.out)))
        case _:
            steps = [{"status": line.split(":")[0]} for line in done.lines]
    assert [step["status"] for step in steps] == ["done"] * 6
    assert "6 to add" in done.err


def test_applying_shows_the_plan_and_asks(shell: Shell) -> None:
    for answer, code in (("n", 1), ("y", 0)):
        terminal = shell.terminal("apply", "s.yaml", TOKEN=VALUE)
        terminal.expect_exact("+ add tag 'gpu'")
        terminal.expect_exact("Apply this plan? [y/N] ")
        terminal.sendline(answer)
        shown = without_escapes(shell.shown(terminal, code))
        assert ("done: 'vision': add tag 'gpu'" in shown) is (code == 0)
    assert "6/6" in shown
    assert shell.shown(shell.terminal("apply", "s.yaml")) == "nothing to do: all is as desired\n"


def test_without_a_terminal_nothing_is_applied_unasked(shell: Shell) -> None:
    done = shell.call("apply", "s.yaml", stdin="y\n", code=2)
    assert done.err.startswith("error: refusing to apply 's.yaml': there is no terminal to ask at")
    assert shell.client.projects.list().collect() == []


def test_a_project_that_fails_does_not_stop_the_others(shell: Shell) -> None:
    shell.emulator.faults = FaultPlan.script([Fault.status(400)], only=["addProjectModel"])
    done = shell.call("apply", "s.yaml", "--yes", "-o", "jsonl", code=7, TOKEN=VALUE)
    assert sum('"status": "done"' in line for line in done.lines) == 5
    failed, last = done.err.splitlines()[-2:]
    assert failed.startswith("failed: 'speech': add model 'm1': addProjectModel: 400")
    assert last == "error: 5 of 6 steps done, 1 failed"
    assert shell.call("apply", "s.yaml", "--yes", TOKEN=VALUE).lines == [
        "done: 'speech': add model 'm1'"
    ]


def test_nothing_is_removed_without_prune(shell: Shell) -> None:
    shell.call("apply", "s.yaml", "--yes", TOKEN=VALUE)
    shell.project("undeclared")
    assert shell.call("plan", "s.yaml", "--exit-code").code == 0
    pruned = shell.call("plan", "s.yaml", "--exit-code", "--prune", code=10)
    assert "PROJECTS TO DELETE" in pruned.out
    shell.call("apply", "s.yaml", "--prune", "--yes")
    assert {each.name for each in shell.client.projects.list()} == {"vision", "speech"}


@pytest.mark.parametrize(
    ("when", "steps"), [("never", 0), ("always", 1), ("P1D", 0), ("0", 1), ("PT0S", 1)]
)
def test_secrets_are_rotated_when_asked_to(shell: Shell, when: str, steps: int) -> None:
    shell.call("apply", "s.yaml", "--yes", TOKEN=VALUE)
    done = shell.call("plan", "s.yaml", "--rotate-secrets", when, "-o", "jsonl")
    assert len(done.lines) == steps


TWICE = "version: 1\nprojects:\n- {name: a, secrets: {T: env:GONE, S: env:TOKEN}}\n"
TWICE += "- {name: b, secrets: {T: env:GONE, F: file:here, G: file:gone, C: 'cmd:cat gone'}}\n"


@pytest.mark.parametrize("output", ["table", "json", "yaml", "jsonl", "csv"])
def test_a_plan_names_the_references_that_lead_nowhere_here(shell: Shell, output: str) -> None:
    (shell.folder / "twice.yaml").write_text(TWICE)
    (shell.folder / "here").write_text(VALUE)
    done = shell.call("plan", "twice.yaml", "-o", output, TOKEN=VALUE)
    note = "`apply` would fail here in 2 projects, as there is no env:GONE, file:gone"
    assert note in (done.err if output in ("jsonl", "csv") else done.out)
    assert "note: " not in shell.call("plan", "s.yaml", TOKEN=VALUE).out
    asked = shell.terminal("apply", "twice.yaml", TOKEN=VALUE)
    asked.expect_exact(note)
    asked.expect_exact("Apply this plan? [y/N] ")
    asked.sendline("n")
    shell.shown(asked, 1)


def test_the_skipped_steps_of_a_project_are_one_line(shell: Shell) -> None:
    shell.project("speech")
    terminal = shell.terminal("apply", "s.yaml", "--yes")
    drawn = without_escapes(shell.shown(terminal, 7))
    skipped = "skipped: 'vision': 3 steps: not tried, because this failed: create secret 'TOKEN'"
    assert drawn.count("skipped: ") == drawn.count(skipped) == 1
    (project,) = shell.client.projects.list()  # it was not begun: the value is read before
    assert project.name == "speech"
    lines = shell.call("apply", "s.yaml", "--yes", code=1).lines
    assert [line.split(": ")[0] for line in lines] == ["skipped", "failed"]
    assert (
        sum(
            "skipped" in line
            for line in shell.call("apply", "s.yaml", "-y", "-o", "jsonl", code=1).lines
        )
        == 3
    )


def test_an_odd_age_is_refused(shell: Shell) -> None:
    done = shell.call("plan", "s.yaml", "--rotate-secrets", "soon", code=2)
    assert done.err.startswith("error: --rotate-secrets must be never, always, a number of days")


def test_a_command_is_only_run_if_that_is_allowed(shell: Shell) -> None:
    (shell.folder / "s.yaml").write_text(
        "version: 1\nprojects:\n- name: p\n  secrets: {T: 'cmd:cat value'}\n"
    )
    (shell.folder / "value").write_text(VALUE)
    assert "cmd:cat value" in shell.call("apply", "s.yaml", "--yes", code=1).err
    shell.call("apply", "s.yaml", "--yes", "--allow-commands")
    (project,) = shell.client.inventory()
    assert [secret.name for secret in project.secrets] == ["T"]


def test_an_export_is_a_state_without_a_plan(shell: Shell) -> None:
    shell.call("apply", "s.yaml", "--yes", TOKEN=VALUE)
    for output in ("json", "yaml"):
        exported = shell.call("export", "-o", output).out
        assert "env:VISION_TOKEN" in exported
        (shell.folder / f"e.{output}").write_text(exported)
        assert shell.call("plan", f"e.{output}", "--exit-code").code == 0
    (one,) = yaml.safe_load(shell.call("export", "name:speech").out)["projects"]
    assert one["name"] == "speech"


def test_what_an_export_leaves_out_is_named(shell: Shell) -> None:
    shell.client.project(shell.project("vision")).secrets.create("no-such-name", VALUE)
    done = shell.call("export")
    assert "secrets" not in done.out
    assert done.err.startswith("note: 'vision' (")
    assert "the secrets are left out, and so not managed" in done.err


def test_a_format_can_be_named_where_the_suffix_does_not_tell(shell: Shell) -> None:
    (shell.folder / "s.txt").write_text(STATE)
    assert "suffix does not tell" in shell.call("plan", "s.txt", code=2).err
    assert shell.call("plan", "s.txt", "--format", "yaml").err == ""


def test_an_inventory_in_every_format(shell: Shell) -> None:
    shell.call("apply", "s.yaml", "--yes", TOKEN=VALUE)

    def written(output: str, *more: str) -> str:
        return shell.call("inventory", "--in-order", "-o", output, *more).out

    listed = [project.name for project in shell.client.projects.list()]
    results = list(read_jsonl(io.StringIO(written("jsonl"))))
    assert results == list(shell.client.inventory(in_order=True))
    assert [each["project"]["name"] for each in json.loads(written("json"))] == listed
    assert [each["project"]["name"] for each in yaml.safe_load(written("yaml"))] == listed
    rows = list(csv.DictReader(io.StringIO(written("csv"))))
    assert tuple(rows[0]) == COLUMNS
    assert {row["name"]: row["tags"] for row in rows} == {
        "vision": '["gpu", "prod"]',
        "speech": "[]",
    }
    flat = written("jsonl", "--fields", "name,tags", "--include", "tags").splitlines()
    assert '{"name": "vision", "tags": ["gpu", "prod"]}' in flat
    lines = [line.split("\t") for line in written("table").splitlines()]
    assert {line[1]: line[4] for line in lines} == {"vision": "gpu, prod", "speech": ""}
