"""Runs the contract tests on mutants: each in a child forked from a process that has loaded all
that is heavy, on a temporary copy of the tree, never on the tree itself."""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .mutant import Mutant

TREE = (
    *("generated", "overlay", "tests/spec/contract", "tests/support", "tests/conftest.py"),
    *("openapi.yaml", "generator-config.yml", "pyproject.toml", "noxfile.py"),
    "scripts/codegen/provenance.py",
)
RECORD = "generated_from.py"
BY_DIGEST = "tests/spec/contract/test_record.py"
"""What sees every change by a digest proves nothing of the other tests: it is asked of the record
alone."""
HEAVY = (
    *("pytest", "hypothesis", "hypothesis.strategies", "httpx", "openapi_core", "attrs", "yaml"),
    *("openapi_core.testing", "openapi_spec_validator", "tenacity", "dateutil.parser", "anyio"),
    *("_hypothesis_pytestplugin", "anyio.pytest_plugin"),
    *("asyncio", "httpcore", "anyio._backends._asyncio", "_pytest.assertion.rewrite", "pdb"),
)
"""What the tests import and no mutant changes."""
FOREIGN, BROKEN = 97, 98
"""The exit codes of a run that did not test the copy, and of one that never came to the tests."""


@dataclass(frozen=True)
class Result:
    """What came of a mutant. `by` is the test that failed and what it says."""

    mutant: Mutant
    outcome: str
    by: str
    seconds: float


@dataclass
class Slot:
    """A copy of the tree, in which one mutant at a time lives."""

    root: Path
    pid: int = 0
    mutant: Mutant | None = None
    original: str | None = None
    started: float = 0.0
    killed: bool = field(default=False)

    @property
    def output(self) -> Path:
        return self.root / "output.txt"


@contextmanager
def slots(root: Path, number: int) -> Iterator[list[Slot]]:
    """Copies of what the contract tests need of the tree."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as temporary:
        made = []
        for index in range(number):
            copy = Path(temporary).resolve() / str(index)
            for name in TREE:
                source, target = root / name, copy / name
                target.parent.mkdir(parents=True, exist_ok=True)
                if source.is_dir():
                    ignored = shutil.ignore_patterns("__pycache__")
                    shutil.copytree(source, target, ignore=ignored)
                else:
                    shutil.copy2(source, target)
            made.append(Slot(copy))
        yield made


def preload() -> None:
    """Import what is heavy, once for all children; nothing of the project itself."""
    for name in HEAVY:
        importlib.import_module(name)
    from hypothesis import find, settings
    from hypothesis import strategies as st

    # Its table of characters is read on first use.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # hypothesis minds that this is before pytest has begun
        find(st.text(min_size=1), lambda _: True, settings=settings(database=None))
    gc.collect()
    gc.freeze()  # what is shared by all children need not be looked through by each
    projects = [name for name in sys.modules if name.startswith("paperspace_projects")]
    if projects:
        raise RuntimeError(f"loaded before the mutants were made: {projects}")


def run_all(
    mutants: Iterable[Mutant],
    root: Path,
    *,
    jobs: int,
    timeout: float,
    done: Callable[[Result], None],
) -> None:
    """Run every mutant, `jobs` at a time, and hand each result on as it comes.

    Raises:
        RuntimeError: the tests fail without any mutant, or did not test the copy.
    """
    waiting = iter(mutants)
    with slots(root, jobs) as made:
        for slot in made:
            _check_unmutated(slot)
        busy: list[Slot] = []
        free = list(made)
        while True:
            while free:
                mutant = next(waiting, None)
                if mutant is None:
                    break
                slot = free.pop()
                _start(slot, mutant)
                busy.append(slot)
            if not busy:
                return
            slot, status = _next_done(busy, timeout)
            done(_finish(slot, status))
            busy.remove(slot)
            free.append(slot)


def _check_unmutated(slot: Slot) -> None:
    """The first run of a copy also writes the tests' bytecode, which all later ones use."""
    _fork(slot, write_bytecode=True)
    _, status = os.waitpid(slot.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        said = slot.output.read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"the contract tests fail without a mutant:\n{said[-3000:]}")
    for name in ("generated", "overlay"):
        for cache in list((slot.root / name).rglob("__pycache__")):
            shutil.rmtree(cache)


def _start(slot: Slot, mutant: Mutant) -> None:
    file = slot.root / mutant.path
    slot.mutant = mutant
    slot.original = file.read_text(encoding="utf-8") if file.exists() else None
    if mutant.content is None:
        file.unlink()
    else:
        file.write_text(mutant.content, encoding="utf-8")
    _fork(slot, write_bytecode=False)


def _fork(slot: Slot, *, write_bytecode: bool) -> None:
    slot.started = time.monotonic()
    slot.killed = False
    sys.stdout.flush()
    slot.pid = os.fork()
    if slot.pid == 0:
        try:
            os._exit(_child(slot, write_bytecode))
        except BaseException:
            os.write(2, traceback.format_exc().encode())
            os._exit(BROKEN)


def _next_done(busy: list[Slot], timeout: float) -> tuple[Slot, int]:
    """Wait until one of the children has ended, ending those that take too long."""
    while True:
        for slot in busy:
            pid, status = os.waitpid(slot.pid, os.WNOHANG)
            if pid:
                return slot, status
            if time.monotonic() - slot.started > timeout and not slot.killed:
                os.kill(slot.pid, signal.SIGKILL)
                slot.killed = True
        time.sleep(0.005)


def _finish(slot: Slot, status: int) -> Result:
    """Put the original back and judge the run."""
    mutant, code = slot.mutant, os.waitstatus_to_exitcode(status)
    assert mutant is not None
    file = slot.root / mutant.path
    if slot.original is None:
        file.unlink()
    else:
        file.write_text(slot.original, encoding="utf-8")
    said = slot.output.read_text(encoding="utf-8", errors="replace")
    if code == FOREIGN:
        raise RuntimeError(f"the tests did not test the copy: {said[-2000:]}")
    outcome = "timeout" if slot.killed else "survived" if code == 0 else "killed"
    return Result(mutant, outcome, _first_failure(said), time.monotonic() - slot.started)


def _first_failure(said: str) -> str:
    """The summary line of the test that failed first."""
    lines = [line for line in said.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return lines[0] if lines else said.strip()[-200:]


class _Witness:
    """A pytest plugin: the likeliest tests first, and proof that what was tested is the copy."""

    def __init__(self, root: Path, about: tuple[str, ...]) -> None:
        self._root = root
        self._about = tuple(start for name in about for start in (f"[{name}", f"test_{name}.py"))

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Run the likeliest tests first, and of those the ones that try many values last."""
        items.sort(key=self._rank)

    def _rank(self, item: pytest.Item) -> tuple[bool, bool]:
        about = any(name in item.nodeid for name in self._about)
        return not about, about and "::test_any_" in item.nodeid

    def pytest_sessionfinish(self, session: object) -> None:
        del session
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            ours = name.startswith(("paperspace_projects", "contract."))
            if ours and file and not Path(file).resolve().is_relative_to(self._root):
                os.write(1, f"{name} is {file}\n".encode())
                os._exit(FOREIGN)


def _child(slot: Slot, write_bytecode: bool) -> int:
    """The tests, in a child process. Gives pytest's exit code."""
    output = os.open(slot.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(slot.root)
    gc.disable()  # a child does not live long
    sys.dont_write_bytecode = not write_bytecode
    sys.path[:0] = [str(slot.root / "generated"), str(slot.root / "overlay")]
    importlib.invalidate_caches()
    options = ["-x", "-q", "--no-header", "--tb=short"]
    options += ["-p", "no:cacheprovider", "-p", "no:unraisableexception"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what was loaded before
    if slot.mutant is not None and not slot.mutant.path.endswith(RECORD):
        options.append(f"--ignore={BY_DIGEST}")
    arguments = [*options, f"--rootdir={slot.root}", "tests/spec/contract"]
    return int(
        pytest.main(
            arguments, plugins=[_Witness(slot.root, slot.mutant.about if slot.mutant else ())]
        )
    )
