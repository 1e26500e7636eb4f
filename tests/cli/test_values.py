"""The value of a secret: where it may come from, and that it is never an argument."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from cli.shell import VALUE, Shell, without_escapes
from support.systems import needs

from paperspace_projects.testing import Emulator

TEXTS: list[Any] = [
    pytest.param(VALUE, VALUE, id="as it is"),
    pytest.param(f"{VALUE}\n", VALUE, id="a line break at the end"),
    pytest.param(f"{VALUE}\r\n", VALUE, id="one of Windows"),
    pytest.param(f"{VALUE}\n\n", f"{VALUE}\n", id="two"),
    pytest.param(f"{VALUE}\nb", f"{VALUE}\nb", id="one within"),
    pytest.param(f"{VALUE}\r", f"{VALUE}\r", id="half of one"),
    pytest.param(f" {VALUE} é€", f" {VALUE} é€", id="spaces and other letters"),
    pytest.param(f"\ufeff{VALUE}\n", VALUE, id="a byte order mark"),
]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The values that arrive at the emulator."""
    values: list[str] = []
    answer = Emulator._answer

    def noting(emulator: Emulator, call: Any) -> Any:
        if call.method in ("POST", "PUT", "PATCH") and b"/secrets" in call.path:
            values.append(json.loads(call.body)["value"])
        return answer(emulator, call)

    monkeypatch.setattr(Emulator, "_answer", noting)
    return values


@pytest.fixture
def project(one_shell: Shell) -> str:
    return one_shell.project()


@pytest.mark.parametrize(("text", "value"), TEXTS)
def test_from_standard_input(
    one_shell: Shell, project: str, sent: list[str], text: str, value: str
) -> None:
    one_shell.call("secrets", "create", project, "T", stdin=text)
    one_shell.call("secrets", "update", project, "T", "--from-stdin", stdin=text)
    assert sent == [value, value]


@pytest.mark.parametrize(("text", "value"), TEXTS)
def test_from_a_file(
    one_shell: Shell,
    project: str,
    sent: list[str],
    text: str,
    value: str,
) -> None:
    (one_shell.folder / "value").write_bytes(text.encode())
    one_shell.call("secrets", "create", project, "T", "--from-file", "value")
    assert sent == [value]


def test_from_the_environment_as_it_is(one_shell: Shell, project: str, sent: list[str]) -> None:
    arguments = ("secrets", "create", project, "T", "--from-env", "V")
    one_shell.call(*arguments, stdin="not this", V=f"{VALUE}\n")
    assert sent == [f"{VALUE}\n"]


def test_an_empty_value_only_if_it_is_allowed(
    one_shell: Shell, project: str, sent: list[str]
) -> None:
    done = one_shell.call("secrets", "set", project, "T", stdin="\n", code=2)
    assert "the value is empty" in done.err
    assert sent == []
    one_shell.call("secrets", "create", project, "T", "--allow-empty", stdin="\n")
    assert sent == [""]


REFUSED: list[Any] = [
    pytest.param(("T", VALUE), id="as an argument"),
    pytest.param(("T", "--value", VALUE), id="as an option that is none"),
    pytest.param(("T", f"--value={VALUE}"), id="within such an option"),
    pytest.param(("T", f"--{VALUE}"), id="as the name of an option"),
    pytest.param(("T", f"-{VALUE}"), id="as the letter of an option"),
    pytest.param(("T", f"-o{VALUE}"), id="as the value of a short option"),
    pytest.param(("T", f"-fo{VALUE}"), id="as letters of which one is an option"),
    pytest.param(("T", f"-v{VALUE}"), id="as letters after a flag that counts"),
    pytest.param(("T", "-vh"), id="as letters that are all options"),
    pytest.param(("-h" + VALUE, "T"), id="as letters that ask for help"),
    pytest.param((f"T={VALUE}",), id="with the name"),
    pytest.param(("T", "--from-env", VALUE), id="in place of a variable"),
    pytest.param(("T", "--from-file", VALUE), id="in place of a file"),
    pytest.param(("T", "--from-file", f"{VALUE}\0"), id="in place of a file, and no path"),
    pytest.param(("T", "--from-env", "V", "--from-stdin"), id="from two places"),
]


@pytest.mark.parametrize("verb", ["set", "create", "update"])
@pytest.mark.parametrize("given", REFUSED)
def test_what_is_given_in_the_wrong_place_is_refused_and_not_repeated(
    one_shell: Shell,
    sent: list[str],
    given: tuple[str, ...],
    verb: str,
) -> None:
    done = one_shell.call("secrets", verb, "some-project", *given, stdin=VALUE, code=2, V=VALUE)
    assert done.err.startswith("error: ")
    assert sent == []


@pytest.mark.parametrize("verb", ["list", "get", "delete"])
def test_no_command_on_secrets_repeats_what_is_too_much(one_shell: Shell, verb: str) -> None:
    done = one_shell.call("secrets", verb, "some-project", "T", VALUE, "-y", code=2)
    assert "it is not shown here" in done.err


@pytest.mark.parametrize(
    "options", ["-v", "-vv", "-y", "-vy", "-o json", "-ojson", "-yo json", "-voname"]
)
def test_short_options_stay_options_of_commands_on_secrets(one_shell: Shell, options: str) -> None:
    project = one_shell.project()
    one_shell.client.project(project).secrets.create("T", VALUE)
    verb = "delete" if "y" in options and "o" not in options else "get"
    given = options.replace("y", "") if verb == "get" else options
    one_shell.call("secrets", verb, project, "T", *given.split())
    assert "Usage: " in one_shell.call("secrets", verb, "-h").out


def test_a_secret_may_have_a_name_like_an_option(one_shell: Shell) -> None:
    project = one_shell.project()
    one_shell.client.project(project).secrets.create("-oh", VALUE)
    done = one_shell.call("secrets", "get", "-o", "name", project, "--", "-oh")
    assert done.lines == ["-oh"]


def test_a_key_in_place_of_its_variable_is_not_repeated(one_shell: Shell) -> None:
    for command in (("projects", "list"), ("doctor",)):
        done = one_shell.call("--api-key-env", VALUE, *command, code=4)
        assert "variable that --api-key-env names is not set" in done.err + done.out


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"\xff\xfe", "is not text in UTF-8"), (None, "cannot be read: No such file")],
    ids=["no text", "no file"],
)
def test_a_file_that_holds_no_value(one_shell: Shell, data: bytes | None, said: str) -> None:
    if data is not None:
        (one_shell.folder / "value").write_bytes(data)
    arguments = ("secrets", "set", "some-project", "T", "--from-file", "value")
    assert said in one_shell.call(*arguments, code=2).err


@pytest.mark.parametrize("more", [0, 1])
def test_a_value_has_a_largest_size(
    one_shell: Shell, project: str, sent: list[str], more: int
) -> None:
    value = "x" * (1024 * 1024 + more)
    text = f"\ufeff{value}\r\n"
    (one_shell.folder / "value").write_bytes(text.encode())
    create, code = ("secrets", "create", project), 2 if more else 0
    from_file = one_shell.call(*create, "A", "--from-file", "value", code=code)
    from_stdin = one_shell.call(*create, "B", stdin=text, code=code)
    for done in (from_file, from_stdin):
        assert ("it is larger than 1,024 KiB" in done.err) == bool(more)
    assert sent == ([] if more else [value] * 2)


def test_what_never_ends_is_not_read_to_its_end(
    one_shell: Shell, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("named pipes")
    monkeypatch.setattr("paperspace_projects.cli.commands.secrets._FILE_TIMEOUT", 0.2)
    os.mkfifo(one_shell.folder / "pipe")
    set_ = ("secrets", "set", "some-project", "T")
    done = one_shell.call(*set_, "--from-file", "pipe", code=2)
    assert "the file did not end within 0.2 s" in done.err
    done = one_shell.call(*set_, "--from-file", "/dev/zero", code=2)
    assert "it is larger than 1,024 KiB" in done.err
    done = one_shell.sh("$P secrets set some-project T </dev/zero", code=2)
    assert "it is larger than 1,024 KiB" in done.err
    assert sent == []


def test_it_is_asked_for_twice_and_does_not_show(
    one_shell: Shell, project: str, sent: list[str]
) -> None:
    terminal = one_shell.terminal("secrets", "create", project, "T")
    for text in (VALUE, "another", VALUE, VALUE):
        terminal.expect(r"not show\): |same again: ")
        terminal.sendline(text)
        if text == "another":
            terminal.expect("the two differ; once more")
    assert "T" in without_escapes(one_shell.shown(terminal))
    assert sent == [VALUE]


@pytest.mark.parametrize(("key", "code"), [("\x04", 1), ("\x03", 130)], ids=["Ctrl-D", "Ctrl-C"])
def test_being_asked_can_be_left(
    one_shell: Shell, project: str, sent: list[str], key: str, code: int
) -> None:
    terminal = one_shell.terminal("secrets", "create", project, "T")
    terminal.expect("not show")
    terminal.send(key)
    one_shell.shown(terminal, code)
    assert sent == []
