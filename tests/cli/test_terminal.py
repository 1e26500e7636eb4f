"""On a terminal: tables, colours, questions and bars; and nothing of a server's that it obeys."""

from __future__ import annotations

import re

import pytest
from cli.shell import Shell, without_escapes

from paperspace_projects.cli.output.drawing import draw_one
from paperspace_projects.testing import Fault, FaultPlan

HOSTILE = "[bold]x[/bold] \x1b[2J\x9b31m\u202e :smile:"


def test_a_list_is_a_table_with_a_head(shell_of_its_own: Shell) -> None:
    shell = shell_of_its_own
    project = shell.project("vision")
    shown = shell.shown(shell.terminal("projects", "list"))
    assert "\x1b[1m" in shown
    head, row = without_escapes(shown).splitlines()
    assert head.split() == ["ID", "NAME", "CREATED"]
    assert row.split()[:2] == [project, "vision"]
    assert row.split()[3].endswith("Z")


def test_one_thing_is_a_line_for_each_field(one_shell: Shell) -> None:
    project = one_shell.project("vision")
    shown = without_escapes(one_shell.shown(one_shell.terminal("projects", "get", project)))
    words = [line.split() for line in shown.splitlines()]
    assert words[:3] == [["ID", project], ["NAME", "vision"], ["TEAM", "ID", "temulator"]]


def test_what_no_field_holds_is_a_line_for_each_key(capsys: pytest.CaptureFixture[str]) -> None:
    draw_one({"id": "p1", "extra": {"isPublic": True, "repo": None, "id": "another"}})
    lines = [line.split() for line in without_escapes(capsys.readouterr().out).splitlines()]
    assert lines == [["ID", "p1"], ["IS", "PUBLIC", "true"]]


@pytest.mark.parametrize("columns", [45, 60, 80])
@pytest.mark.parametrize("command", ["projects list", "inventory", "activity vision"])
def test_words_are_whole_on_a_narrow_terminal(
    shell_of_its_own: Shell, command: str, columns: int
) -> None:
    project = shell_of_its_own.project("vision")
    (event,) = shell_of_its_own.client.project(project).activity()
    terminal = shell_of_its_own.terminal(*command.split(), columns=columns)
    words = without_escapes(shell_of_its_own.shown(terminal)).split()
    assert (event.id if command.startswith("activity") else project) in words
    assert ("project.created" if command.startswith("activity") else "vision") in words


def test_events_that_are_followed_are_a_table_that_grows(shell_of_its_own: Shell) -> None:
    shell = shell_of_its_own
    project = shell.project("vision")
    follow = ("activity", project, "--follow", "--poll", "0.05", "--since", "1h")
    terminal = shell.terminal(*follow, columns=140, NO_COLOR="1")
    terminal.expect_exact("USER ID")
    terminal.expect_exact("project.created")
    tags = shell.client.project(project).tags
    lines = list[str]()
    for tag in ("a", "b", "a-longer-one-that-needs-room"):
        tags.add(tag)
        terminal.expect(rf"[^\n]*tag\.added +Tag {tag} was added\. [^\n]*\n")
        lines.append(str(terminal.match[0]))
    assert lines[0].index("Tag a") == lines[1].index("Tag b") == lines[2].index("Tag a-longer")
    assert lines[0].index("uemulator") == lines[1].index("uemulator")
    terminal.sendintr()
    shown = shell.shown(terminal, 130)
    assert "USER ID" not in shown
    assert re.search("[34] events written", shown)  # 3 if it is stopped while it writes the last


def test_the_verdicts_of_a_doctor_have_colours(one_shell: Shell) -> None:
    shown = one_shell.shown(one_shell.terminal("doctor", "--base-url", "http://127.0.0.1:9"), 1)
    assert "\x1b[32mok" in shown
    assert "\x1b[31mfailed" in shown


def test_of_nothing_there_is_no_table(one_shell: Shell) -> None:
    project = one_shell.project()
    assert one_shell.shown(one_shell.terminal("tags", "list", project)) == "no tags\n"
    failed = one_shell.shown(one_shell.terminal("tags", "list", "nope"), 3)
    assert without_escapes(failed).startswith("error: ")


@pytest.mark.parametrize("name", ["NO_COLOR", "TERM"])
def test_colours_can_be_left_out(shell_of_its_own: Shell, name: str) -> None:
    shell_of_its_own.project()
    terminal = shell_of_its_own.terminal("projects", "list", **{name: "dumb"})
    assert "\x1b" not in shell_of_its_own.shown(terminal)


def test_a_pipe_has_no_colours_whatever_is_said(one_shell: Shell) -> None:
    project = one_shell.project("vision")
    done = one_shell.run("projects", "get", project, FORCE_COLOR="1", TTY_COMPATIBLE="1")
    (line,) = done.lines
    assert line.split("\t")[:2] == [project, "vision"]


@pytest.mark.parametrize("output", ["table", "json", "csv"])
def test_what_a_server_sends_is_written_out(one_shell: Shell, output: str) -> None:
    project = one_shell.project(HOSTILE)
    shown = one_shell.shown(
        one_shell.terminal("projects", "get", project, "-o", output, NO_COLOR="1")
    )
    assert not {"\x1b", "\x9b", "\u202e"}.intersection(shown)
    assert "[bold]x[/bold] \\" in shown
    assert "\\u202e :smile:" in shown


def test_an_error_that_names_it_is_written_out(one_shell: Shell) -> None:
    for _ in range(2):
        one_shell.project(HOSTILE)
    terminal = one_shell.terminal("projects", "get", f"name:{HOSTILE}", NO_COLOR="1")
    shown = one_shell.shown(terminal, 5)
    assert not {"\x1b", "\x9b", "\u202e"}.intersection(shown)
    assert "[bold]x[/bold]" in shown


def test_an_error_is_red(one_shell: Shell) -> None:
    shown = one_shell.shown(one_shell.terminal("projects", "get", "nope"), 3)
    assert shown.startswith("\x1b[31merror:\x1b[0m getProject: 404")


@pytest.mark.parametrize(
    ("answer", "code", "is_there"),
    [("Yes", 0, False), ("n", 1, True), ("", 1, True)],
)
def test_deleting_asks(one_shell: Shell, answer: str, code: int, is_there: bool) -> None:
    project = one_shell.project("vision")
    terminal = one_shell.terminal("projects", "delete", project)
    terminal.expect_exact(f"Delete the project 'vision' ({project}) and everything in it? [y/N] ")
    terminal.sendline(answer)
    assert ("nothing was changed" in one_shell.shown(terminal, code)) is is_there
    assert (one_shell.call("projects", "get", project, code=None).code == 0) is is_there


@pytest.mark.parametrize(
    "arguments",
    [
        ("projects", "delete"),
        ("secrets", "delete", "T"),
        ("tags", "remove", "T"),
        ("models", "remove", "T"),
        ("collaborators", "remove", "T"),
    ],
    ids=" ".join,
)
def test_without_a_terminal_nothing_is_taken_away_unasked(
    one_shell: Shell, arguments: tuple[str, ...]
) -> None:
    group, verb, *name = arguments
    done = one_shell.call(group, verb, "name:nobody", *name, stdin="y\n", code=2)
    assert "there is no terminal to ask at" in done.err
    assert "--yes" in done.err


def test_a_sync_that_removes_asks(one_shell: Shell) -> None:
    project = one_shell.project()
    tags = one_shell.client.project(project).tags
    tags.add("old")
    refused = one_shell.call("tags", "sync", project, "new", code=2)
    assert refused.err.startswith("- old\nerror: refusing to remove")
    assert tags.list().collect() == ["old"]
    terminal = one_shell.terminal("tags", "sync", project, "new")
    terminal.expect_exact("[y/N] ")
    terminal.sendline("y")
    one_shell.shown(terminal)
    assert tags.list().collect() == ["new"]


def test_an_inventory_has_a_bar_and_then_a_table(shell_of_its_own: Shell) -> None:
    shell = shell_of_its_own
    for number in range(3):
        shell.client.project(shell.project(f"p{number}")).tags.add("t")
    shown = shell.shown(shell.terminal("inventory"))
    bar, table = shown.split("\x1b[?25h")
    assert "3/3" in without_escapes(bar)
    head, *rows = without_escapes(table).strip().splitlines()
    assert head.split()[-4:] == ["COLLABORATORS", "SECRETS", "TAGS", "MODELS"]
    assert {row.split()[1] for row in rows} == {"p0", "p1", "p2"}


@pytest.mark.parametrize("arguments", [("-o", "jsonl"), ("-v",)], ids=" ".join)
def test_there_is_no_bar_where_it_would_be_in_the_way(
    shell_of_its_own: Shell, arguments: tuple[str, ...]
) -> None:
    shell_of_its_own.project()
    terminal = shell_of_its_own.terminal("inventory", *arguments)
    assert "\x1b[?25" not in shell_of_its_own.shown(terminal)


def test_a_long_wait_is_shown_to_a_person(one_shell: Shell) -> None:
    project = one_shell.project()
    one_shell.emulator.faults = FaultPlan.script([Fault.status(429, retry_after=2)])
    shown = one_shell.shown(one_shell.terminal("tags", "list", project))
    assert "429 RateLimitError" in shown
    assert "; again in 2.0 s" in shown
