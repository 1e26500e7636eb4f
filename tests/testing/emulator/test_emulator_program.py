"""The emulator as a program: what it serves, prints and refuses, and how it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from paperspace_projects.testing import Emulator

PACKAGE_ROOT = Path(sys.modules["paperspace_projects.testing"].__path__[0]).parents[1]


def environment() -> dict[str, str]:
    path = os.pathsep.join([str(PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")])
    return os.environ | {"PYTHONPATH": path}


@contextmanager
def program(*arguments: str) -> Generator["subprocess.Popen[str]", None, None]:
    command = [sys.executable, "-W", "error", "-m", "paperspace_projects.testing", *arguments]
    with subprocess.Popen(
        command, env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def greeting(process: "subprocess.Popen[str]") -> dict[str, str]:
    """What the program tells to export."""
    assert process.stdout is not None
    exports: dict[str, str] = {}
    for line in process.stdout:
        if line.startswith("Ctrl-C"):
            return exports
        name, assigned, value = line.strip().removeprefix("export ").partition("=")
        if assigned:
            exports[name] = value
    raise AssertionError("the program ended")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_program_serves_until_it_is_told_to_end(tmp_path: Path, ending: signal.Signals) -> None:
    arguments = ["--port", "0", "--dialect", "live", "--api-key", "k1"]
    file = tmp_path / "state.db"
    with program(*arguments, "--path", str(file)) as process:
        exports = greeting(process)
        created = httpx.post(
            f"{exports['PAPERSPACE_API_URL']}/projects",
            json={"name": "a"},
            headers={"Authorization": f"Bearer {exports['PAPERSPACE_API_KEY']}"},
        )
        process.send_signal(ending)
        _, errors = process.communicate(timeout=10)

    assert created.status_code == 200
    assert exports["PAPERSPACE_API_KEY"] == "k1"
    assert (process.returncode, errors) == (0, "")
    with Emulator(path=file) as emulator:
        request = httpx.Request(
            "GET",
            f"https://x.example/projects/{created.json()['id']}",
            headers={"Authorization": f"Bearer {emulator.api_key}"},
        )
        assert emulator.handle(request).json()["name"] == "a"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_the_program_can_be_slow_and_fail() -> None:
    with program("--port", "0", "--latency", "0.2", "--faults", "1", "--seed", "3") as process:
        url = greeting(process)["PAPERSPACE_API_URL"]
        started = time.monotonic()
        went = [outcome(url) for _ in range(3)]
        took = time.monotonic() - started
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)

    assert took > 0.6
    assert 401 not in went
    assert (process.returncode, errors) == (0, "")


def outcome(url: str) -> object:
    """What comes of a request that has no key: 401 if nothing went wrong."""
    try:
        return httpx.get(f"{url}/projects").status_code
    except httpx.TransportError as error:
        return type(error)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--faults", "2"], "the rate of faults must be from 0 to 1, not 2.0"),
        (
            ["--latency", "-1"],
            "latency must be seconds, or a pair of the fewest and the most, not -1.0",
        ),
    ],
)
def test_the_program_refuses_faults_and_latency_that_make_no_sense(
    arguments: list[str], message: str
) -> None:
    with program("--port", "0", *arguments) as process:
        _, errors = process.communicate(timeout=10)

    assert process.returncode == 1
    assert errors == f"paperspace_projects.testing: {message}\n"


def test_the_program_says_what_is_wrong_in_one_line(tmp_path: Path) -> None:
    with program("--port", "0", "--path", str(tmp_path / "missing" / "state.db")) as process:
        _, errors = process.communicate(timeout=10)

    assert process.returncode == 1
    assert errors == "paperspace_projects.testing: unable to open database file\n"


@pytest.mark.parametrize(
    "arguments",
    [["--port", "65536"], ["--dialect", "klingon"], ["--latency", "soon"], ["--faults", "half"]],
)
def test_the_program_refuses_arguments_that_make_no_sense(arguments: list[str]) -> None:
    with program(*arguments) as process:
        _, errors = process.communicate(timeout=10)

    assert process.returncode == 2
    assert arguments[1] in errors


def test_importing_it_does_not_import_uvicorn() -> None:
    code = "import sys, paperspace_projects.testing; sys.exit('uvicorn' in sys.modules)"

    subprocess.run([sys.executable, "-c", code], env=environment(), check=True)
