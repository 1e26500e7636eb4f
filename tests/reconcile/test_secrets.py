"""Values come from where references lead, when a plan is applied, and are seen nowhere."""

from __future__ import annotations

import json
import logging
import os
import pickle
import time
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from client.secrecy.planted import (
    VALUES,
    assert_hidden,
    assert_hidden_in_error,
    assert_hidden_in_log,
    leaks,
)
from reconcile.between import Between
from reconcile.driving import apply, document, export, make, plan
from reconcile.sources import resolved, script, state, write
from support.driving import Driver
from support.servers import json as answering
from support.servers import status
from support.systems import needs

from paperspace_projects import (
    AsyncClient,
    DesiredStateError,
    InvalidArgumentError,
    SecretReferenceError,
)
from paperspace_projects.reconcile import DesiredProject, StepResult, async_plan, load
from paperspace_projects.testing import Emulator

VALUE = VALUES["odd"]


@pytest.mark.parametrize("part", ["secrets", "collaborators", "tags"])
def test_a_key_that_holds_a_value_is_not_shown(tmp_path: Path, part: str) -> None:
    """`NAME=value: env:NAME` is an easy slip."""
    key = f"TOKEN={VALUES['plain']}"
    project = {"name": "p", key: "x", part: {key: "env:TOKEN"}}
    plain = {"version": 1, "projects": [project], key: 1}
    (file := tmp_path / "d.yaml").write_text(json.dumps(plain))
    for source in (plain, file):
        with pytest.raises(DesiredStateError) as caught:
            load(source)
        assert_hidden_in_error(caught.value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("plain", "plain"),
        ("plain\n", "plain"),
        ("plain\r\n", "plain"),
        ("two\n\n", "two\n"),
        ("in\nner\n", "in\nner"),
        (" spaces \n", " spaces "),
        ("cr\r", "cr\r"),
        ("größe €\n", "größe €"),
        (VALUE, VALUE),
    ],
)
def test_a_file_and_a_command_lose_the_end_of_one_line(
    drive: Driver, client: Any, emulator: Emulator, tmp_path: Path, *, written: str, value: str
) -> None:
    write(tmp_path / "secret", written)
    show = "import sys; sys.stdout.buffer.write(open('secret', 'rb').read())"
    for reference in ("file:secret", script(tmp_path, show)):
        made = resolved(drive, client, tmp_path, reference, allow_commands=True)
        assert isinstance(made, str)
        assert emulator.secret_is(made, "S", value)
        drive(client.projects.delete(made))


def test_an_environment_variable_is_taken_as_it_is(
    drive: Driver, client: Any, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME", "with an end\n")
    made = resolved(drive, client, tmp_path, "env:SOME")
    assert isinstance(made, str)
    assert emulator.secret_is(made, "S", "with an end\n")


def test_paths_start_where_the_desired_state_is(
    drive: Driver, client: Any, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in" / "secrets").mkdir(parents=True)
    write(tmp_path / "secrets of all", "value")
    monkeypatch.chdir(tmp_path)
    found = plan(drive, client, state(Path("in"), "file:../secrets of all"))
    monkeypatch.chdir("/")
    assert apply(drive, client, found).is_ok
    assert emulator.secret_is(drive(client.projects.find("a")).id, "S", "value")
    absolute = state(tmp_path, f"file:{tmp_path / 'secrets of all'}")
    again = plan(drive, client, absolute, rotate_secrets="always")
    assert apply(drive, client, again).is_ok


def test_a_mapping_has_its_paths_start_where_the_program_runs(
    drive: Driver, client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "secret", "value")
    found = plan(drive, client, document({"name": "a", "secrets": {"S": "file:secret"}}))
    assert not apply(drive, client, found).is_ok
    monkeypatch.chdir(tmp_path)
    assert apply(drive, client, found).is_ok


NOWHERE: dict[str, tuple[str, str]] = {
    "no variable": ("env:NO_SUCH", "there is no such environment variable"),
    "an empty variable": ("env:EMPTY", "it is empty"),
    "a variable that is no text": ("env:BYTES", "UTF-8"),
    "no file": ("file:none", "the file cannot be read: No such file or directory"),
    "a folder": ("file:.", "the file cannot be read: Is a directory"),
    "an empty file": ("file:empty", "it is empty"),
    "a file with the end of a line": ("file:line", "it is empty"),
    "a file that is no text": ("file:bytes", "it is not text in UTF-8"),
    "no program": ("cmd:no-such-program-anywhere", "the command cannot be run: No such file"),
    "a file that is no program": ("cmd:./bytes", "the command cannot be run: Permission denied"),
}


@pytest.mark.parametrize("case", NOWHERE)
def test_what_leads_nowhere_is_told_before_anything_is_written(
    drive: Driver, client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.setitem(os.environb, b"BYTES", b"\xff" + VALUE.encode())
    for name, text in (("empty", b""), ("line", b"\n"), ("bytes", b"\xff" + VALUE.encode())):
        write(tmp_path / name, text)
    reference, problem = NOWHERE[case]
    error = resolved(drive, client, tmp_path, reference, allow_commands=True)
    assert isinstance(error, SecretReferenceError)
    assert problem in str(error)
    assert_hidden_in_error(error)


SAYING = f"import sys; sys.stderr.write({VALUE!r}); print({VALUE!r}, flush=True)"


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        (f"{SAYING}; sys.exit(3)", "ended with status 3; its output is not shown"),
        (f"{SAYING}; import os; os.kill(os.getpid(), 15)", "ended with status -15"),
        (f"{SAYING}; sys.stdout.buffer.write(b'\\xff')", "it is not text in UTF-8"),
        ("", "it is empty"),
    ],
)
def test_what_a_command_says_as_it_fails_is_not_shown(
    drive: Driver,
    client: Any,
    tmp_path: Path,
    *,
    program: str,
    problem: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    error = resolved(drive, client, tmp_path, script(tmp_path, program), allow_commands=True)
    assert isinstance(error, SecretReferenceError)
    assert problem in str(error)
    assert_hidden_in_error(error)
    assert not leaks("".join(capfd.readouterr()))


def test_a_command_is_run_by_no_shell_and_reads_nothing(
    drive: Driver, client: Any, emulator: Emulator, tmp_path: Path
) -> None:
    show = "import sys; print(sys.argv[1:], len(sys.stdin.read()), sep='')"
    reference = script(tmp_path, show) + " '$HOME' > made `id` \"a b\""
    made = resolved(drive, client, tmp_path, reference, allow_commands=True)
    assert isinstance(made, str)
    assert emulator.secret_is(made, "S", "['$HOME', '>', 'made', '`id`', 'a b']0")
    assert not (tmp_path / "made").exists()


def test_commands_are_run_only_if_they_are_allowed(
    drive: Driver, client: Any, tmp_path: Path
) -> None:
    reference = script(tmp_path, "open('made', 'w')")
    error = resolved(drive, client, tmp_path, reference)
    assert "commands are not allowed here; allow_commands=True allows them" in str(error)
    assert not (tmp_path / "made").exists()


def test_a_command_that_takes_too_long_is_killed_with_all_that_it_started(
    drive: Driver, client: Any, tmp_path: Path
) -> None:
    """Its child would hold the pipe for an hour; a fifo tells that it, too, has ended."""
    needs("named pipes")
    os.mkfifo(tmp_path / "fifo")
    endless = "import time; open('fifo', 'w'); time.sleep(3600)"
    starting = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {endless!r}])\n"
        "time.sleep(3600)"
    )
    reader = os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    began = time.monotonic()
    error = resolved(
        drive,
        client,
        tmp_path,
        script(tmp_path, starting),
        allow_commands=True,
        command_timeout=0.7,
    )
    assert "the command did not end within 0.7 s" in str(error)
    assert time.monotonic() - began < 20
    assert os.read(reader, 1) == b"", "no process has it open any more"
    os.close(reader)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_application_kills_the_command_that_it_waits_for(
    tmp_path: Path, backend: str
) -> None:
    needs("named pipes")
    os.mkfifo(tmp_path / "fifo")
    reference = script(tmp_path, "import time; open('fifo', 'w'); time.sleep(3600)")

    async def main() -> bytes:
        async with AsyncClient(emulator.api_key, transport=emulator.transport()) as client:
            found = await async_plan(client, state(tmp_path, reference))
            async with anyio.create_task_group() as group:
                group.start_soon(partial(found.async_apply, client, allow_commands=True))
                begun = await anyio.to_thread.run_sync(open, tmp_path / "fifo", "rb")
                group.cancel_scope.cancel()
            with begun:
                return begun.read()

    with Emulator() as emulator:
        assert anyio.run(main, backend=backend) == b"", "it has ended, and with it the fifo"


@pytest.mark.parametrize("kind", VALUES)
def test_nothing_shows_a_value(
    drive: Driver,
    emulator: Emulator,
    tmp_path: Path,
    *,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: str,
) -> None:
    """Plan, results, errors, logs and events are searched, though the server echoes all it gets."""
    value = VALUES[kind]
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("SOME", value)
    write(tmp_path / "secret", value)
    command = script(tmp_path, f"print({value!r}, end='')")
    references = {"E": "env:SOME", "F": "file:secret", "C": command}
    file = tmp_path / "d.json"
    file.write_text(json.dumps(document({"name": "a", "secrets": references})))
    desired = load(file)
    events: list[Any] = []
    between = Between(emulator)
    client = drive.client(between, api_key=emulator.api_key, on_event=events.append)
    made = make(drive, client, "a")

    def echo(request: httpx.Request) -> httpx.Response | None:
        if request.method == "GET":
            return None
        return answering({"code": "X", "message": request.content.decode()}, 400)

    def fail(request: httpx.Request) -> httpx.Response | None:
        return None if request.method == "GET" else status(500)

    told: list[StepResult] = []
    for first, is_ok in ((echo, False), (fail, False), (lambda _: None, True)):
        between.first = first
        found = plan(drive, client, desired)
        result = apply(drive, client, found, on_step=told.append, allow_commands=True)
        assert result.is_ok == is_ok
        for thing in (desired, found, result, told, events):
            assert_hidden(thing)
        for each in result.failed:
            assert each.error is not None
            assert_hidden_in_error(each.error)
        for shown in (
            *(str(found), repr(found), result.summary(), repr(result), desired.to_yaml()),
            *(json.dumps(each.to_dict()) for each in (desired, found, result)),
            *(pickle.dumps(each) for each in (desired, found, result, told)),
            *(each.describe() for each in told),
        ):
            assert not leaks(shown)
    assert_hidden_in_log(caplog)
    assert all(emulator.secret_is(made, name, value) for name in references)
    assert not leaks(export(drive, client).to_json())


@pytest.mark.parametrize("name", ["d.yaml", "d.json", "mapping"])
@pytest.mark.parametrize("kind", VALUES)
def test_a_value_in_place_of_a_reference_is_refused_and_not_shown(
    tmp_path: Path, name: str, kind: str
) -> None:
    wrong = document(
        {"name": "a", "secrets": {"A": VALUES[kind], "B": f"env:{VALUES[kind]}", "C": 1}},
        {"name": "a", "secrets": {"A": [VALUES[kind]], "B": {VALUES[kind]: 1}}},
    )
    file = tmp_path / name
    file.write_text(json.dumps(wrong), encoding="utf-8")
    with pytest.raises(DesiredStateError) as caught:
        load(wrong if name == "mapping" else file)
    assert len(caught.value.problems) == 6
    assert_hidden_in_error(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "secrets: {A: vQXZ: QXZ}",
        "secrets: {A: *vQXZQXZ}",
        "secrets: {A: !vQXZ QXZ}",
        "secrets: {A: !vQXZ! QXZ}",
        'secrets: {A: "vQXZ\\QXZ"}',
        'secrets: {A: "vQXZ QXZ',
        "secrets: {A: @vQXZ}",
        "secrets: {A: `vQXZ`}",
        "secrets: {A: |vQXZ}",
        "secrets: {A: &vQXZ",
        "%vQXZ",
        "secrets: {A: %vQXZ}",
        "secrets: {A: vQXZ\x07}",
        "secrets: [A: vQXZ",
        "secrets: {A: vQXZ]",
        "secrets:\n\tA: vQXZ",
        "secrets: {A: !!int vQXZ}",
        "secrets: {A: !<vQXZ>}",
        "secrets: {A: vQXZ\ufffe}",
    ],
)
def test_what_is_no_yaml_does_not_show_either(tmp_path: Path, text: str) -> None:
    file = tmp_path / "d.yaml"
    file.write_text(f"version: 1\nprojects:\n- name: a\n  {text}", encoding="utf-8")
    with pytest.raises(DesiredStateError) as caught:
        load(file)
    assert_hidden_in_error(caught.value)


def test_a_value_in_place_of_a_reference_is_refused_in_code_too() -> None:
    with pytest.raises(InvalidArgumentError, match="to References, not to values") as caught:
        DesiredProject(name="a", secrets={"A": VALUE})  # type: ignore[dict-item]
    assert not leaks(str(caught.value))
