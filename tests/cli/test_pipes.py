"""In a pipe: results are streamed, and an output that breaks ends things quietly or is told."""

from __future__ import annotations

import pytest
from cli.shell import Shell

PAGES = 6


@pytest.fixture
def shell(shell_of_its_own: Shell) -> Shell:
    """A shell with six pages of projects."""
    for number in range(10 * PAGES):
        shell_of_its_own.project(f"p{number}")
    return shell_of_its_own


def test_a_reader_that_leaves_ends_it_quietly_and_early(shell: Shell) -> None:
    done = shell.sh("$P projects list -v --page-size 10 --order asc -o jsonl | head -n 1", code=141)
    assert '"name": "p0"' in done.out
    requests = done.err.splitlines()
    assert all(line.startswith("GET /projects: 200") for line in requests)
    assert len(requests) < PAGES


@pytest.mark.parametrize(
    "arguments", ["projects list --page-size 10", "projects list -o json", "inventory -o yaml"]
)
def test_it_is_quiet_in_every_format(shell: Shell, arguments: str) -> None:
    done = shell.sh(f"$P {arguments} | true", code=141)
    assert done.err == ""


def test_a_full_disk_is_told(one_shell: Shell) -> None:
    one_shell.project()
    done = one_shell.sh("$P projects list --limit 1 >/dev/full", code=1)
    assert done.err == "error: the system says: No space left on device\n"


def test_a_closed_output_is_told(one_shell: Shell) -> None:
    for arguments in ("projects list", "--help", "--version", "--show-completion bash"):
        done = one_shell.sh(f"$P {arguments} >&-", code=1)
        assert done.err == "error: standard output is closed\n"
    assert one_shell.sh("$P nonsense >&-", code=2).err.startswith("error: No such command")


def test_a_closed_standard_error_harms_nothing(one_shell: Shell) -> None:
    assert one_shell.sh("$P projects get nope 2>&-", code=3).out == ""
    assert one_shell.sh("$P projects get nope 2>/dev/full", code=3).out == ""


def test_an_output_is_utf8_whatever_the_locale(one_shell: Shell) -> None:
    project = one_shell.project("日本")
    done = one_shell.run("projects", "get", project, LC_ALL="C", PYTHONIOENCODING="ascii")
    assert done.out.split("\t")[1] == "日本"


def test_a_list_that_ends_too_early_tells_how_to_go_on(shell: Shell) -> None:
    from paperspace_projects.testing import Fault, FaultPlan

    shell.emulator.faults = FaultPlan.script([None, Fault.status(400)])
    done = shell.call(
        "projects", "list", "--page-size", "20", "--order", "asc", "-o", "name", code=1
    )
    told, error = done.err.splitlines()
    assert error.startswith("error: listProjects: 400")
    words = told.split()
    assert words[:4] == ["20", "projects", "written;", "--after"]
    rest = shell.call("projects", "list", "--order", "asc", "--after", words[4], "-o", "name")
    assert len({*done.lines, *rest.lines}) == 10 * PAGES
    assert len(done.lines) + len(rest.lines) == 10 * PAGES


def test_a_broken_output_does_not_stop_what_is_applied(one_shell: Shell) -> None:
    project = one_shell.project()
    lines = [f"  tags: [{', '.join(f't{number}' for number in range(30))}]"]
    (one_shell.folder / "s.yaml").write_text(
        "\n".join(["version: 1", "projects:", "- name: any", f"  id: {project}", *lines])
    )
    one_shell.sh("$P apply s.yaml --yes -o jsonl 2>errors | true", code=141)
    assert len(one_shell.client.project(project).tags.list().collect()) == 30
