"""Runs the contract tests on mutants: each in a child process, on a temporary copy of the tree.

The children are forked from a process that has loaded the heavy modules.
"""

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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .code_mutants import Mutant

TREE = (
    *("generated", "overlay", "tests/spec/contract", "tests/support", "tests/conftest.py"),
    *("openapi.yaml", "generator-config.yml", "pyproject.toml"),
    "scripts/codegen/provenance.py",
)
RECORD = "generated_from.py"
BY_DIGEST = "tests/spec/contract/test_record.py"
"""It compares digests, which see every change: it runs only for mutants of the record itself."""
HEAVY = (
    *("pytest", "hypothesis", "hypothesis.strategies", "httpx", "openapi_core", "attrs", "yaml"),
    *("openapi_core.testing", "openapi_spec_validator", "dateutil.parser", "anyio"),
    *("_hypothesis_pytestplugin", "anyio.pytest_plugin", "msgspec"),
    *("asyncio", "httpcore", "anyio._backends._asyncio", "_pytest.assertion.rewrite", "pdb"),
)
"""Modules that the tests import and no mutant changes."""
NOT_THE_COPY, BROKEN = 97, 98
"""The exit codes of a run that did not test the copy, and of one that failed before the tests."""


@dataclass(frozen=True)
class Result:
    """The outcome of a mutant: `killed`, `survived` or `timeout`; `by` is the first failure."""

    mutant: Mutant
    outcome: str
    by: str
    seconds: float


@dataclass
class _Run:
    """The tests of one mutant, or of none, in a copy of the tree."""

    copy: Path
    mutant: Mutant | None
    started: float = field(default_factory=time.monotonic)

    def output(self) -> str:
        return (self.copy / "output.txt").read_text(encoding="utf-8", errors="replace")

    def fork(self, timeout: float) -> int:
        """Start the tests; returns the process id of the child."""
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            try:
                signal.setitimer(signal.ITIMER_REAL, timeout)  # SIGALRM ends the process
                os._exit(self._test())
            except BaseException:
                os.write(2, traceback.format_exc().encode())
                os._exit(BROKEN)
        return pid

    def _test(self) -> int:
        output = os.open(self.copy / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(self.copy)
        gc.disable()  # a child does not live long
        sys.dont_write_bytecode = self.mutant is not None
        sys.path[:0] = [str(self.copy / "generated"), str(self.copy / "overlay")]
        importlib.invalidate_caches()
        options = ["-x", "-q", "--no-header", "--tb=short", f"--rootdir={self.copy}"]
        options += ["-p", "no:cacheprovider", "-p", "no:unraisableexception"]
        options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of loaded modules
        if self.mutant is not None and not self.mutant.path.endswith(RECORD):
            options.append(f"--ignore={BY_DIGEST}")
        plugin = _Plugin(self.copy, self.mutant.about if self.mutant else ())
        return int(pytest.main([*options, "tests/spec/contract"], plugins=[plugin]))

    def result(self, status: int) -> Result:
        """Judge a finished run."""
        assert self.mutant is not None
        said, code = self.output(), os.waitstatus_to_exitcode(status)
        if code == NOT_THE_COPY:
            raise RuntimeError(f"the tests did not test the copy: {said[-2000:]}")
        outcome = {0: "survived", -signal.SIGALRM: "timeout"}.get(code, "killed")
        failures = [line for line in said.splitlines() if line.startswith(("FAILED ", "ERROR "))]
        by = failures[0] if failures else said.strip()[-200:]
        return Result(self.mutant, outcome, by, time.monotonic() - self.started)


class _Plugin:
    """Runs the likeliest tests first, and checks that the tests imported the copy."""

    def __init__(self, copy: Path, about: tuple[str, ...]) -> None:
        self._copy = copy
        self._about = tuple(text for name in about for text in (f"[{name}", f"test_{name}.py"))

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=self._rank)

    def _rank(self, item: pytest.Item) -> tuple[bool, bool]:
        is_likely = any(name in item.nodeid for name in self._about)
        return not is_likely, is_likely and "::test_any_" in item.nodeid  # many values: last

    def pytest_sessionfinish(self, session: object) -> None:
        del session
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            ours = name.startswith(("paperspace_projects", "contract."))
            if ours and file and not Path(file).resolve().is_relative_to(self._copy):
                os.write(1, f"{name} is {file}\n".encode())
                os._exit(NOT_THE_COPY)


def run_all(
    mutants: Iterable[Mutant], root: Path, *, jobs: int, timeout: float
) -> Iterator[Result]:
    """Run every mutant, `jobs` at a time; `RuntimeError` if the tests fail without a mutant."""
    _preload()
    waiting, running = iter(mutants), dict[int, _Run]()
    with tempfile.TemporaryDirectory(prefix="mutants-") as temporary:
        free = [_copy_of(root, Path(temporary).resolve() / str(index)) for index in range(jobs)]
        while True:
            while free and (mutant := next(waiting, None)) is not None:
                run = _Run(free.pop(), mutant)
                _write(run.copy / mutant.path, mutant.content)
                running[run.fork(timeout)] = run
            if not running:
                return
            pid, status = os.waitpid(-1, 0)
            run = running.pop(pid)
            result = run.result(status)
            original = root / result.mutant.path
            text = original.read_text(encoding="utf-8") if original.exists() else None
            _write(run.copy / result.mutant.path, text)
            free.append(run.copy)
            yield result


def _preload() -> None:
    """Import the heavy modules once for all children, but none of the project."""
    for name in HEAVY:
        importlib.import_module(name)
    from hypothesis import find, settings
    from hypothesis import strategies as st

    # Its table of characters is read on first use.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # hypothesis warns that pytest has not begun
        find(st.text(min_size=1), lambda _: True, settings=settings(database=None))
    gc.collect()
    gc.freeze()  # the children need not look through what they share
    loaded = [name for name in sys.modules if name.startswith("paperspace_projects")]
    if loaded:
        raise RuntimeError(f"loaded before the mutants were made: {loaded}")


def _copy_of(root: Path, copy: Path) -> Path:
    """Copy the files that the contract tests need, and check that they pass without a mutant.

    The first run also writes the bytecode of the tests for later ones.
    """
    for name in TREE:
        source, target = root / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    run = _Run(copy, None)
    _, status = os.waitpid(run.fork(600), 0)
    if status != 0:
        raise RuntimeError(f"the contract tests fail without a mutant:\n{run.output()[-3000:]}")
    for name in ("generated", "overlay"):
        for cache in list((copy / name).rglob("__pycache__")):
            shutil.rmtree(cache)
    return copy


def _write(file: Path, content: str | None) -> None:
    if content is None:
        file.unlink()
    else:
        file.write_text(content, encoding="utf-8")
