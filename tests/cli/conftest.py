"""A shell in each dialect, on emulators that are served for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.shell import COMMANDS, Served, Shell

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="session", params=["contract", "live"])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """An emulator of either dialect, which the tests share: each makes projects of its own."""
    with Served.open(request.param) as served:
        yield served


@pytest.fixture(scope="session")
def served_in_contract() -> Iterator[Served]:
    """An emulator for what does not depend on the dialect."""
    with Served.open("contract") as served:
        yield served


@pytest.fixture
def shell(served: Served, tmp_path: Path, capsys: Capture) -> Iterator[Shell]:
    """A shell in either dialect."""
    yield from opened(served, tmp_path, capsys)


@pytest.fixture
def one_shell(served_in_contract: Served, tmp_path: Path, capsys: Capture) -> Iterator[Shell]:
    """A shell in the dialect of the contract."""
    yield from opened(served_in_contract, tmp_path, capsys)


@pytest.fixture
def shell_of_its_own(tmp_path: Path, capsys: Capture) -> Iterator[Shell]:
    """A shell whose server has no project but those of the test."""
    with Served.open("contract") as served:
        yield from opened(served, tmp_path, capsys)


def opened(served: Served, folder: Path, capsys: Capture) -> Iterator[Shell]:
    shell = Shell(served, folder, capsys)
    yield shell
    shell.client.close()
    served.emulator.faults = None


@pytest.fixture(autouse=True)
def really_run(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that says with `@covers` which commands it is about has to run them."""
    yield
    mark = request.node.get_closest_marker("covers")
    if mark is None:
        return
    shells = [each for each in request.node.funcargs.values() if isinstance(each, Shell)]
    used = set[str]().union(*(each.used for each in shells))
    assert set(mark.args) <= COMMANDS
    assert set(mark.args) <= used, f"covered but not run: {set(mark.args) - used}"
