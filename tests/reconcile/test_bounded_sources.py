"""Files and commands that never end, give too much, or leave their output open: all are bounded."""

from __future__ import annotations

import os
import threading
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from client.secrecy.planted import VALUES, assert_hidden_in_error
from reconcile.driving import apply, failure, plan
from reconcile.sources import resolved, script, state, write
from support.driving import Driver
from support.systems import needs

from paperspace_projects import AsyncClient, SecretReferenceError
from paperspace_projects.reconcile import async_plan, decode_secret, read_secret_file
from paperspace_projects.testing import Emulator

MAX_BYTES = 1024 * 1024
VALUE = VALUES["odd"]
BOM = "\ufeff".encode()


def refused(result: SecretReferenceError | str) -> str:
    assert isinstance(result, SecretReferenceError)
    assert_hidden_in_error(result)
    return str(result)


def test_a_named_pipe_that_nobody_writes_into_is_not_waited_for_for_ever(
    drive: Driver, client: Any, tmp_path: Path
) -> None:
    needs("named pipes")
    os.mkfifo(tmp_path / "pipe")
    told = refused(resolved(drive, client, tmp_path, "file:pipe", command_timeout=0.2))
    assert "the file did not end within 0.2 s" in told


def test_a_named_pipe_that_stays_open_is_not_waited_for_for_ever(
    drive: Driver, client: Any, tmp_path: Path
) -> None:
    needs("named pipes")
    os.mkfifo(tmp_path / "pipe")
    both = os.open(tmp_path / "pipe", os.O_RDWR)
    os.write(both, VALUE.encode())
    told = refused(resolved(drive, client, tmp_path, "file:pipe", command_timeout=0.2))
    assert "the file did not end within 0.2 s" in told
    os.close(both)


def test_a_named_pipe_is_read_to_its_end(
    drive: Driver, client: Any, emulator: Emulator, tmp_path: Path
) -> None:
    needs("named pipes")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=partial(write, pipe, f"{VALUE}\n"))
    writer.start()
    made = resolved(drive, client, tmp_path, "file:pipe")
    writer.join()
    assert isinstance(made, str)
    assert emulator.secret_is(made, "S", VALUE)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_application_waits_for_no_pipe(tmp_path: Path, backend: str) -> None:
    """The thread that reads has let go of the pipe: a writer finds no reader any more."""
    needs("named pipes")
    os.mkfifo(tmp_path / "pipe")

    def has_reader() -> bool:
        try:
            os.close(os.open(tmp_path / "pipe", os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            return False
        return True

    async def until(is_so: bool) -> None:
        while has_reader() is not is_so:
            await anyio.lowlevel.checkpoint()

    async def main() -> None:
        async with AsyncClient(emulator.api_key, transport=emulator.transport()) as client:
            found = await async_plan(client, state(tmp_path, "file:pipe"))
            with anyio.fail_after(20):
                async with anyio.create_task_group() as group:
                    group.start_soon(partial(found.async_apply, client, command_timeout=3600))
                    await until(True)
                    group.cancel_scope.cancel()
                await until(False)

    with Emulator() as emulator:
        anyio.run(main, backend=backend)


@pytest.mark.parametrize("size", [MAX_BYTES, MAX_BYTES + 1])
def test_a_value_has_a_largest_size(drive: Driver, client: Any, tmp_path: Path, size: int) -> None:
    write(tmp_path / "large", "x" * size)
    show = script(tmp_path, "import shutil, sys; shutil.copyfileobj(open('large'), sys.stdout)")
    for reference in ("file:large", show):
        result = resolved(drive, client, tmp_path, reference, allow_commands=True)
        if size > MAX_BYTES:
            assert "it is larger than 1,024 KiB" in refused(result)
        else:
            drive(client.projects.delete(result))


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize(("begin", "end"), [(b"", b"\n"), (BOM, b""), (BOM, b"\r\n")])
def test_what_is_left_out_does_not_count(
    drive: Driver, client: Any, tmp_path: Path, *, begin: bytes, end: bytes, more: int
) -> None:
    write(tmp_path / "large", begin + b"x" * (MAX_BYTES + more) + end)
    show = script(
        tmp_path, "import shutil, sys; shutil.copyfileobj(open('large', 'rb'), sys.stdout.buffer)"
    )
    for reference in ("file:large", show):
        result = resolved(drive, client, tmp_path, reference, allow_commands=True)
        if more:
            assert "it is larger than 1,024 KiB" in refused(result)
        else:
            drive(client.projects.delete(result))


def test_what_never_ends_is_not_taken_in(drive: Driver, client: Any, tmp_path: Path) -> None:
    needs("/dev/zero")
    endless = script(tmp_path, "import sys\nwhile True: sys.stdout.write('vQXZ' * 1000)")
    for reference in ("file:/dev/zero", endless):
        told = refused(resolved(drive, client, tmp_path, reference, allow_commands=True))
        assert "it is larger than 1,024 KiB" in told


def test_a_command_that_takes_too_long_with_its_output_closed_is_killed(
    drive: Driver, client: Any, tmp_path: Path
) -> None:
    closing = "import os, sys, time; os.close(1); time.sleep(3600)"
    told = refused(
        resolved(
            drive,
            client,
            tmp_path,
            script(tmp_path, closing),
            allow_commands=True,
            command_timeout=0.7,
        )
    )
    assert "the command did not end within 0.7 s" in told


def test_a_command_ends_with_its_value_though_what_it_started_keeps_its_output_open(
    drive: Driver, client: Any, emulator: Emulator, tmp_path: Path
) -> None:
    """The child holds the output until it is told to end, which is after all else."""
    needs("named pipes")
    os.mkfifo(tmp_path / "hold")
    child = "open('hold').read()"
    starting = (
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-c', {child!r}], start_new_session=True)\n"
        f"sys.stdout.buffer.write({VALUE.encode()!r})"
    )
    reference = script(tmp_path, starting)
    made = resolved(drive, client, tmp_path, reference, allow_commands=True, command_timeout=60)
    with open(tmp_path / "hold", "w"):
        pass  # the child goes on, and ends
    assert isinstance(made, str)
    assert emulator.secret_is(made, "S", VALUE)


@pytest.mark.parametrize(
    ("written", "value"),
    [(BOM + VALUE.encode(), VALUE), (BOM + b"two\r\n", "two"), (b"a" + BOM + b"\n", "a\ufeff")],
)
def test_a_byte_order_mark_is_no_part_of_a_value(
    drive: Driver, client: Any, emulator: Emulator, tmp_path: Path, *, written: bytes, value: str
) -> None:
    write(tmp_path / "secret", written)
    show = "import sys; sys.stdout.buffer.write(open('secret', 'rb').read())"
    for reference in ("file:secret", script(tmp_path, show)):
        made = resolved(drive, client, tmp_path, reference, allow_commands=True)
        assert isinstance(made, str)
        assert emulator.secret_is(made, "S", value)
        drive(client.projects.delete(made))


def test_a_byte_order_mark_alone_is_empty(drive: Driver, client: Any, tmp_path: Path) -> None:
    write(tmp_path / "secret", BOM)
    assert "it is empty" in refused(resolved(drive, client, tmp_path, "file:secret"))


def test_a_large_variable_is_refused(
    drive: Driver, client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "LARGE", "x" * (MAX_BYTES + 1))
    found = plan(drive, client, state(tmp_path, "env:LARGE"))
    assert "it is larger than 1,024 KiB" in str(failure(apply(drive, client, found))[1])


def test_a_value_is_read_from_a_file_as_plans_read_it(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(b"\xef\xbb\xbfa value\n")
    for value in (read_secret_file(file), read_secret_file(str(file)), decode_secret(b"a value\n")):
        assert value == "a value"
        assert "a value" not in repr(value)


@pytest.mark.parametrize("data", [b"\xff", b"x" * (1024 * 1024 + 1)], ids=["no UTF-8", "too large"])
def test_what_is_no_value_is_refused_without_being_shown(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "token"
    file.write_bytes(data)
    for read in (lambda: read_secret_file(file), lambda: decode_secret(data)):
        with pytest.raises(ValueError, match=r"UTF-8|KiB") as caught:
            read()
        assert "token" not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No such file"):
        read_secret_file(tmp_path / "token")
