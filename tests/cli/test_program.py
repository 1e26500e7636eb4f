"""The program as a whole: its options, its help, its examples, and what it costs to start."""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pexpect
import pytest
from cli.shell import COMMANDS, KEY, VALUE, Shell
from support.systems import needs

import paperspace_projects
from paperspace_projects import Order, Role, __version__
from paperspace_projects.cli.app import program
from paperspace_projects.cli.context import CommandContext

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "overlay" / "paperspace_projects" / "cli"


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """All commands, each with its name."""
    for name, each in group.commands.items():
        if isinstance(each, click.Group):
            yield from commands(each, (*path, name))
        else:
            yield " ".join((*path, name)), each


LEAVES = dict(commands(program))


def test_the_list_of_commands_is_complete() -> None:
    assert set(LEAVES) == COMMANDS


def test_every_command_is_covered_by_a_test_that_runs_it() -> None:
    covered: set[str] = set()
    for file in Path(__file__).parent.glob("test_*.py"):
        spec = importlib.util.spec_from_file_location(file.stem, file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for test in vars(module).values():
            marks = getattr(test, "pytestmark", ()) if callable(test) else ()
            covered.update(*(mark.args for mark in marks if mark.name == "covers"))
    assert covered == COMMANDS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_and_examples_that_parse(name: str) -> None:
    command = LEAVES[name]
    assert re.match(r"[A-Z][^\n]+\.", command.help)
    assert command.examples
    for example in command.examples:
        assert f"  paperspace-projects {example}\n" in command.epilog
        assert example.startswith(name)
        words = re.split(r" [<>|]", example)[0].removeprefix(name)
        command.make_context(name, shlex.split(words), obj=None)


def test_an_option_that_is_not_worth_a_word_is_none() -> None:
    for name, command in LEAVES.items():
        for each in command.params:
            is_flag = getattr(each, "is_flag", False) or getattr(each, "count", False)
            assert each.metavar or is_flag, (name, each.name)
            assert each.help, (name, each.name)


def test_roles_and_orders_are_those_of_the_spec() -> None:
    for name, option, kind in (
        ("collaborators add", "role", Role),
        ("projects list", "order", Order),
    ):
        (parameter,) = (each for each in LEAVES[name].params if each.name == option)
        context = click.Context(LEAVES[name])
        values = [each.value for each in parameter.type.shell_complete(context, parameter, "")]
        assert sorted(values) == sorted(get_args(kind))
        assert [parameter.type.convert(each, parameter, context) for each in values] == values
        with pytest.raises(click.BadParameter, match="no-such-value"):
            parameter.type.convert("no-such-value", parameter, context)


def test_global_options_stand_before_the_command_or_after_it(one_shell: Shell) -> None:
    env = {"PAPERSPACE_API_KEY": "", "MINE": KEY}
    arguments = ("projects", "list", "--limit", "1")
    before = one_shell.call("--api-key-env", "MINE", "-v", *arguments, **env)
    after = one_shell.call(*arguments, "--api-key-env", "MINE", "-v", **env)
    assert before.err.startswith("GET /projects: 200, ")
    assert after.err.startswith("GET /projects: 200, ")
    assert before.out == after.out


def test_what_stands_after_the_command_counts(one_shell: Shell) -> None:
    nowhere = ("--base-url", "http://127.0.0.1:9")
    url = one_shell.env["PAPERSPACE_API_URL"]
    one_shell.call(*nowhere, "projects", "list", "--base-url", url)


def test_options_over_others() -> None:
    context = CommandContext()
    before = ["--team", "b", "--timeout", "5", "--deadline", "9", "--debug"]
    after = ["--team", "a", "--timeout", "0", "--verbose"]
    with program.make_context("program", [*before, "tags"], obj=context) as parent:
        LEAVES["tags list"].make_context("list", ["PROJECT", *after], parent=parent)
    assert context == CommandContext(team="a", timeout=0.0, deadline=9.0, verbose=True, debug=True)


def test_a_deadline_is_kept(one_shell: Shell) -> None:
    arguments = ("projects", "list", "--base-url", "http://127.0.0.1:9", "--deadline", "0.001")
    assert "deadline" in one_shell.call(*arguments, code=1).err


def test_the_version(one_shell: Shell) -> None:
    assert one_shell.run("--version").lines == [f"paperspace-projects {__version__}"]


def test_it_is_a_module_too(one_shell: Shell) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "paperspace_projects.cli", "--version"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == one_shell.call("--version").out


def test_help_is_plain_and_on_standard_output(one_shell: Shell) -> None:
    done = one_shell.call()
    assert done.out.startswith("Usage: paperspace-projects [OPTIONS] COMMAND")
    assert done.out == one_shell.call("--help").out
    assert "╭" not in done.out
    assert done.out.split("Commands:\n")[1].split()[0] == "projects"
    assert "secrets set PROJECT HF_TOKEN" in one_shell.call("secrets", "set", "--help").out


@pytest.mark.parametrize("words", ["", "projects", "tags", "projects list", "apply"])
def test_help_has_a_short_option_and_groups_need_none(one_shell: Shell, words: str) -> None:
    shown = one_shell.call(*words.split(), "--help").out
    assert "-h, --help" in shown
    assert one_shell.call(*words.split(), "-h").out == shown
    if words in ("", "projects", "tags"):
        assert one_shell.call(*words.split()).out == shown


def test_it_has_a_short_name(one_shell: Shell) -> None:
    script = """
        psp=$(dirname $P)/psp; $psp --version; export PATH=$(dirname $P):$PATH
        eval "$($psp --show-completion bash 2>/dev/null)"; complete -p psp
        COMP_WORDS=(psp projects up) COMP_CWORD=2; _psp_completion psp; echo ${COMPREPLY[@]}
    """
    version, declared, completed = one_shell.sh(script).lines
    assert version == one_shell.call("--version").out.strip()
    assert declared.endswith("psp")
    assert completed == "update"


@pytest.mark.parametrize("arguments", ["--version", "--help", "projects list --help"])
def test_what_does_nothing_loads_nothing_heavy(arguments: str) -> None:
    code = (
        "import sys; from paperspace_projects.cli import main; main(sys.argv[1:]); "
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments.split()],
        check=True,
        capture_output=True,
        text=True,
    )
    heavy = {"httpx", "rich", "yaml", "asyncio", "dateutil", "pydantic", "sqlite3", "uvicorn"}
    assert not heavy.intersection(done.stderr.split())


@pytest.mark.parametrize(
    ("missing", "command"),
    [("click", "--version"), ("yaml", "export"), ("rich", "projects list")],
)
def test_without_the_extra_it_says_in_one_line_what_to_install(
    one_shell: Shell, missing: str, command: str
) -> None:
    needs("pseudo-terminals")
    one_shell.project()
    code = f"import sys; sys.modules[{missing!r}] = None; "
    code += "from paperspace_projects.cli import main; sys.exit(main(sys.argv[1:]))"
    terminal: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        ["-c", code, *command.split()],
        env={**one_shell.env, "NO_COLOR": "1"},
        encoding="utf-8",
        dimensions=(40, 200),
    )
    shown = one_shell.shown(terminal, 1)
    assert re.fullmatch(f"[a-z-]+: the command line needs {missing}, [^\n]+\n", shown)
    assert 'pip install ".[cli]" in a clone' in shown


def test_it_uses_public_names_only() -> None:
    for file in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level == 2:
                path = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
                private = {name for name in path if re.match("_[^_]", name)}
                assert not private, f"{file.name}: {private}"


def test_the_package_does_not_load_it() -> None:
    code = "import paperspace_projects, sys; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert "paperspace_projects.cli" not in loaded
    assert not hasattr(paperspace_projects, "main")


def test_completion_knows_commands_and_options(one_shell: Shell) -> None:
    def completed(line: str) -> list[str]:
        done = one_shell.run(
            _PAPERSPACE_PROJECTS_COMPLETE="bash_complete",
            COMP_WORDS=line,
            COMP_CWORD=str(len(line.split(" ")) - 1),
        )
        return done.lines

    assert completed("paperspace-projects pro") == ["plain,projects"]
    assert completed("paperspace-projects projects up") == ["plain,update"]
    assert completed("paperspace-projects secrets set --from-e") == ["plain,--from-env"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_can_be_shown(one_shell: Shell, shell: str) -> None:
    done = one_shell.run("--show-completion", shell)
    assert f"_PAPERSPACE_PROJECTS_COMPLETE={shell}_complete" in done.out


def test_a_shell_completes_by_what_is_shown(one_shell: Shell) -> None:
    script = """
        export PATH=$(dirname $P):$PATH
        eval "$($P --show-completion bash 2>/dev/null)"
        COMP_WORDS=(paperspace-projects projects up) COMP_CWORD=2
        _paperspace_projects_completion paperspace-projects
        echo ${COMPREPLY[@]}
    """
    assert one_shell.sh(script).out.strip() == "update"


def test_nothing_shows_a_key_or_a_value(shell: Shell) -> None:
    """The shell looks at all output; here it is as talkative as it can be, and things fail."""
    project = shell.project()
    state = shell.folder / "s.yaml"
    state.write_text(
        f"version: 1\nprojects:\n- name: n\n  id: {project}\n  secrets: {{T: env:V}}\n"
    )
    talk = ("--verbose", "--debug")
    for verb in ("create", "update", "set"):
        shell.call("secrets", verb, project, "S", *talk, stdin=VALUE)
        shell.call("secrets", verb, "nope", "S", *talk, stdin=VALUE, code=3)
    shell.call("secrets", "create", project, "S", *talk, stdin=VALUE, code=5)
    shell.call("apply", "s.yaml", "--yes", *talk, V=VALUE)
    for command in (("plan", "s.yaml"), ("export",), ("inventory", "-o", "json"), ("doctor",)):
        shell.call(*command, *talk)
        shell.call(*command, *talk, code=None, PAPERSPACE_API_KEY="another-kQXZ-key")
    state.write_text(f"version: 1\nprojects:\n- name: n\n  secrets: {{T: '{VALUE}'}}\n")
    shell.call("apply", "s.yaml", "--yes", *talk, code=2)


@pytest.mark.covers("emulator")
@pytest.mark.parametrize("dialect", ["contract", "live"])
def test_the_emulator_is_served_until_it_is_stopped(one_shell: Shell, dialect: str) -> None:
    process = one_shell.start("emulator", "--port", "0", "--dialect", dialect)
    assert process.stdout is not None
    exports = dict(
        line.split()[1].split("=", 1)
        for line in (process.stdout.readline() for _ in range(5))
        if "export" in line
    )
    found = one_shell.run("doctor", "-o", "json", **exports).json()
    assert {each["check"]: each["verdict"] for each in found}["access"] == "ok"
    process.terminate()
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")


def test_an_emulator_that_cannot_be_served_says_why(one_shell: Shell) -> None:
    done = one_shell.call("emulator", "--host", "256.0.0.1", code=1)
    assert re.fullmatch(r"error: [^\n]+\n", done.err)


def test_twice_verbose_shows_commands_of_curl_that_work(one_shell: Shell) -> None:
    project = one_shell.project()
    done = one_shell.run("secrets", "set", project, "TOKEN", "-vv", stdin=VALUE)
    update, failed, create, _ = done.err.splitlines()
    assert re.fullmatch(r"PATCH /projects/.*: 404 NotFoundError, .* s", failed)
    for line, method in ((update, "PATCH"), (create, "POST")):
        assert line.startswith(f"curl --globoff -X {method} http://127.0.0.1:")
        assert ' -H "Authorization: Bearer $PAPERSPACE_API_KEY" ' in line
        assert "**********" in line
    once = one_shell.run("projects", "get", project, "-v")
    assert "curl" not in once.err
    twice = one_shell.run("projects", "get", project, "-vv", "-o", "json")
    if shutil.which("curl") is None:
        pytest.skip("there is no curl to run the command with")
    copied = one_shell.sh(f"{twice.err.splitlines()[0]} --silent").json()
    assert copied["id"] == twice.json()["id"]
