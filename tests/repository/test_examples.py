"""Each public function and method has an example in its docstring, which runs in both dialects."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.docstring_examples import EXAMPLES, PROGRAM, Example
from support.driving import Driver

from paperspace_projects.testing import Emulator

IN_FRAMES = {"to_pandas": "pandas", "to_polars": "polars"}


class WouldWaitError(Exception):
    """An example that would wait for more, such as a watch, is at its end."""


@pytest.fixture(params=["contract", "live"])
def names(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Any]]:
    """What the program before the examples makes, with the emulator of a dialect."""
    monkeypatch.chdir(tmp_path)
    assert PROGRAM.count("Emulator()") == 1
    names: dict[str, Any] = {}
    exec(PROGRAM.replace("Emulator()", f"Emulator({request.param!r})"), names)
    yield names
    names["client"].close()
    names["emulator"].close()


@pytest.fixture
def drive(example: Example) -> Iterator[Driver]:
    """Runs an example in its flavour, up to its first wait."""
    driver = Driver("async" if example.is_async else "sync")

    def wait(_: float) -> None:
        raise WouldWaitError

    driver.clock.sleep = wait
    yield driver
    driver.shut_down()


def test_every_public_function_and_method_has_one_example() -> None:
    assert not [each.name for each in EXAMPLES if len(each.code.splitlines()) not in (1, 2, 3)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_it_runs(example: Example, names: dict[str, Any], drive: Driver) -> None:
    if frames := IN_FRAMES.get(example.name.rpartition(".")[2]):
        pytest.importorskip(frames)  # the session `cluster` has them
    emulator: Emulator = names["emulator"]
    client = drive.client(emulator.transport(), api_key=emulator.api_key)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code = compile(example.code, example.name, "exec", flags=flags)
    used = names | {"client": client, "scope": client.project("p1")}
    try:
        drive(eval(code, used))
    except WouldWaitError:
        assert "watch(" in example.code
