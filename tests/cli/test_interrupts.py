"""Ctrl-C and SIGTERM end a command in under a second, and it says how far it got."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
import time

import pytest
from cli.shell import Shell, without_escapes
from support.systems import needs

from paperspace_projects.testing import Fault, FaultPlan

PATIENCE = 20.0
"""Seconds to wait for what has to come."""


@pytest.fixture
def shell(shell_of_its_own: Shell) -> Shell:
    """A shell with thirty projects, whose server falls silent when it is told to."""
    for number in range(30):
        shell_of_its_own.project(f"p{number}")
    return shell_of_its_own


def falls_silent(shell: Shell, after: int, *only: str) -> None:
    """Have the server answer so many requests, and none from then on."""
    shell.emulator.faults = FaultPlan(
        steps=(None,) * after, rate=1.0, faults=(Fault.timeout(),), only=only
    )


def wait_for_silence(shell: Shell, requests: int = 1) -> None:
    """Wait until so many requests have no answer."""
    pause, ends = threading.Event(), time.monotonic() + PATIENCE
    while len(shell.emulator.injected) < requests:
        assert time.monotonic() < ends
        pause.wait(0.01)


def stopped(
    process: subprocess.Popen[str], by: signal.Signals = signal.SIGINT
) -> tuple[int, str, str]:
    """Stop a process, which has to end within a second: its code and what it has written."""
    began = time.monotonic()
    process.send_signal(by)
    out, err = process.communicate(timeout=PATIENCE)
    assert time.monotonic() - began < 1
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("by", "code", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_a_call_that_gets_no_answer(shell: Shell, by: signal.Signals, code: int, word: str) -> None:
    needs("signals")
    falls_silent(shell, 0)
    process = shell.start("projects", "get", "p")
    wait_for_silence(shell)
    assert stopped(process, by) == (code, "", f"{word}\n")


def test_a_write_may_have_been_done(shell: Shell) -> None:
    needs("signals")
    falls_silent(shell, 0)
    process = shell.start("projects", "create", "new")
    wait_for_silence(shell)
    code, out, err = stopped(process)
    assert (code, out) == (130, "")
    assert err.startswith(
        "interrupted: the write may have been carried out; `paperspace-projects projects find"
    )


def test_a_second_ctrl_c_leaves_out_no_report(shell: Shell) -> None:
    needs("signals")
    falls_silent(shell, 0)
    process = shell.start("projects", "create", "new")
    wait_for_silence(shell)
    process.send_signal(signal.SIGINT)
    code, _, err = stopped(process)
    assert code == 130
    assert err.count("interrupted: the write may have been carried out") == 1


def test_ctrl_c_before_a_command_has_begun_is_quiet(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("paperspace_projects.cli.app.run", interrupted)
    assert shell.call("projects", "list", code=130).err == ""


def test_a_list_tells_how_to_go_on(shell: Shell) -> None:
    needs("signals")
    falls_silent(shell, 2)
    process = shell.start("projects", "list", "--page-size", "10", "--order", "asc", "-o", "name")
    wait_for_silence(shell)
    code, out, err = stopped(process)
    assert code == 130
    assert len(out.splitlines()) == 20
    told = re.fullmatch(
        r"interrupted: 20 projects written; --after (\S+) resumes from there\n", err
    )
    assert told is not None
    shell.emulator.faults = None
    rest = shell.call("projects", "list", "--order", "asc", "--after", told[1], "-o", "name")
    assert len({*out.split(), *rest.lines}) == 30


def test_an_inventory_tells_how_many_it_has_read(shell: Shell) -> None:
    needs("signals")
    falls_silent(shell, 10, "listProjectTags")
    process = shell.start("inventory", "-o", "jsonl")
    wait_for_silence(shell, 16)
    code, out, err = stopped(process)
    assert code == 130
    assert err == f"interrupted: {len(out.splitlines())} projects read\n"


def test_a_plan_is_left_in_the_midst_and_gone_on_with(shell: Shell) -> None:
    needs("signals")
    projects = [f"- name: p{number}\n  tags: [a, b]" for number in range(20)]
    (shell.folder / "s.yaml").write_text("\n".join(["version: 1", "projects:", *projects]))
    falls_silent(shell, 15, "addProjectTag")
    process = shell.start("apply", "s.yaml", "--yes", "-o", "jsonl")
    wait_for_silence(shell)
    code, out, err = stopped(process)
    assert code == 130
    told = re.search(
        r"^interrupted: (\d+) of 40 steps done, (\d+) perhaps done, (\d+) not tried\n"
        r"(('p\d+': add tag '.': begun, and perhaps carried out: a new plan shows it\n)*)"
        r"to continue: paperspace-projects apply s.yaml --yes -o jsonl\n\Z",
        err,
        flags=re.MULTILINE,
    )
    assert told is not None
    assert int(told[1]) == sum('"status": "done"' in line for line in out.splitlines())
    assert int(told[2]) == len(told[4].splitlines())
    assert sum(map(int, told.groups()[:3])) == 40
    shell.emulator.faults = None
    shell.call("apply", "s.yaml", "--yes")
    assert shell.call("plan", "s.yaml", "--exit-code").code == 0


def test_a_plan_that_is_left_tells_the_steps_that_are_not_written_yet(shell: Shell) -> None:
    needs("signals")
    (shell.folder / "s.yaml").write_text("version: 1\nprojects:\n- name: p0\n  tags: [a, b]\n")
    falls_silent(shell, 1, "addProjectTag")
    process = shell.start("apply", "s.yaml", "--yes", "-o", "json")
    wait_for_silence(shell)
    code, out, err = stopped(process)
    assert (code, out) == (130, "")
    assert err.endswith(
        "interrupted: 1 of 2 steps done, 1 perhaps done\n"
        "done: 'p0': add tag 'a'\n"
        "'p0': add tag 'b': begun, and perhaps carried out: a new plan shows it\n"
        "to continue: paperspace-projects apply s.yaml --yes -o json\n"
    )


def test_steps_that_were_not_begun_are_neither_failed_nor_counted_by_the_bar(shell: Shell) -> None:
    """The server answers to what it has got, after the Ctrl-C: that is done, and no more."""
    projects = [f"- {{name: p{number}, tags: [a, b]}}" for number in range(20)]
    (shell.folder / "s.yaml").write_text("\n".join(["version: 1", "projects:", *projects]))
    falls_silent(shell, 3, "addProjectTag")
    terminal = shell.terminal("apply", "s.yaml", "--yes")
    wait_for_silence(shell, 16)
    terminal.sendintr()
    shown = without_escapes(shell.shown(terminal, 130))
    assert shown.splitlines()[-2:] == [
        "interrupted: 3 of 40 steps done, 16 perhaps done, 21 not tried",
        "to continue: paperspace-projects apply s.yaml --yes",
    ]
    assert "40/40" not in shown
    assert "closed" not in shown


def test_an_application_that_has_not_begun_has_changed_nothing(shell: Shell) -> None:
    needs("signals")
    (shell.folder / "s.yaml").write_text("version: 1\nprojects:\n- name: p0\n  tags: [a]\n")
    falls_silent(shell, 0)
    process = shell.start("apply", "s.yaml", "--yes")
    wait_for_silence(shell)
    assert stopped(process) == (130, "", "interrupted: nothing was changed\n")


def test_a_sync_that_is_left_tells_what_it_has_done(shell: Shell) -> None:
    needs("signals")
    project = shell.project()
    falls_silent(shell, 1, "addProjectTag")
    process = shell.start("tags", "sync", project, "a", "b", "c")
    wait_for_silence(shell)
    code, out, err = stopped(process)
    assert (code, out) == (130, "")
    assert err == (
        "interrupted: 1 of 3 changes made\nadded a\nthe next write may have been carried out, too; "
        "`paperspace-projects tags list PROJECT` shows the current state\n"
    )


HALVES = pytest.mark.parametrize("half", ["removeProjectCollaborator", "addProjectCollaborator"])


@HALVES
def test_a_sync_of_roles_that_is_left_names_the_user(shell: Shell, half: str) -> None:
    needs("signals")
    project = shell.project("home")
    shell.client.project(project).collaborators.add("u1", "viewer")
    falls_silent(shell, 0, half)
    process = shell.start("collaborators", "sync", project, "u1=admin")
    wait_for_silence(shell)
    assert stopped(process)[2] == (
        "interrupted: the write may have been carried out; u1 may be out right now; "
        "`paperspace-projects collaborators list PROJECT` shows the current state\n"
    )


@HALVES
def test_a_plan_that_is_left_names_the_user(shell: Shell, half: str) -> None:
    needs("signals")
    shell.client.project(shell.project("home")).collaborators.add("u1", "viewer")
    (shell.folder / "s.yaml").write_text(
        "version: 1\nprojects:\n- name: home\n  tags: [a]\n  collaborators: {u1: admin}\n"
    )
    falls_silent(shell, 0, half)
    process = shell.start("apply", "s.yaml", "--yes")
    wait_for_silence(shell)
    assert stopped(process)[2].endswith(
        "interrupted: 1 of 2 steps done, 1 perhaps done\n"
        "collaborator 'u1' of 'home' was being removed and added again, and may be out right now: "
        "a new plan adds them as admin if they are\n"
        "to continue: paperspace-projects apply s.yaml --yes\n"
    )


def test_a_bar_is_taken_away_and_the_cursor_shown(shell: Shell) -> None:
    falls_silent(shell, 0, "listProjectTags")
    terminal = shell.terminal("inventory")
    terminal.expect_exact("\x1b[?25l")
    wait_for_silence(shell)
    terminal.sendintr()
    shown = shell.shown(terminal, 130)
    assert shown.rstrip().endswith("interrupted: 0 projects read")
    assert shown.count("\x1b[?25h") >= 1


def test_what_does_not_end_by_itself_is_ended(shell: Shell) -> None:
    needs("signals")
    (shell.folder / "s.yaml").write_text(
        "version: 1\nprojects:\n- name: new\n  secrets: {T: 'cmd:sleep 60'}\n"
    )
    process = shell.start("apply", "s.yaml", "--yes", "--allow-commands", "-v")
    assert process.stderr is not None
    while "GET /projects" not in (line := process.stderr.readline()):
        assert line
    assert stopped(process)[0] == 130
