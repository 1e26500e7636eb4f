"""What chooses the next case: coverage (atheris and its libFuzzer) or, without it, luck alone.

Both change cases in the same ways. With atheris the code under test has to be imported through it,
so nothing here may import it at the top.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from .case import Case
    from .session import Run

UNDER_TEST: Final = ("paperspace_projects", "paperspace_projects_api", "dateutil")
_LARGEST: Final = 500_000
"""Bytes of a case."""


def atheris() -> ModuleType | None:
    """The coverage-guided fuzzer, with the code under test imported through it; None without it."""
    if importlib.util.find_spec("atheris") is None:
        return None
    engine = importlib.import_module("atheris")
    with engine.instrument_imports(include=list(UNDER_TEST)):
        for module in ("_answers", "_sync._client", "_sync._pager", "_checks"):
            importlib.import_module(f"paperspace_projects.{module}")
        importlib.import_module("dateutil.parser")
    return engine


def successes(seeds: Sequence[Case]) -> list[Case]:
    """Those that are read to a value, with something to read."""
    return [case for case in seeds if 200 <= case.status < 300 and len(case.content) > 40]


def guided(engine: ModuleType, run: Run, seeds: Sequence[Case], seed: int) -> NoReturn:
    """Let libFuzzer choose by coverage. It ends the process."""
    from .case import Case
    from .mutate import mutated

    good = successes(seeds)

    def execute(data: bytes) -> None:
        if run.is_over:
            code = run.end()
            sys.stdout.flush()
            os._exit(code)  # libFuzzer has no other end than a crash
        run.execute(Case.from_bytes(data))

    def mutate(data: bytes, max_size: int, lot: int) -> bytes:
        lots = random.Random(lot)
        case = Case.from_bytes(data)
        if lots.random() < 0.7:
            return mutated(case, lots, good).to_bytes()[:max_size]
        return bytes(engine.Mutate(data, max_size))

    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(seeds):
            (Path(folder) / f"{number:04}").write_bytes(case.to_bytes())
        flags = [f"-seed={seed}", f"-max_len={_LARGEST}", "-len_control=0", "-timeout=0"]
        flags += ["-rss_limit_mb=0", "-verbosity=0"]
        engine.Setup([sys.argv[0], *flags, folder], execute, custom_mutator=mutate)
        engine.Fuzz()
    raise RuntimeError("libFuzzer ended before its time")


def by_luck(run: Run, seeds: Sequence[Case], seed: int) -> int:
    """Change cases by lot; one with a new outcome is changed further. Gives the exit code."""
    from .mutate import mutated

    lots = random.Random(seed)
    pool, good = list(seeds), successes(seeds)
    for case in seeds:
        run.execute(case)
    while not run.is_over:
        case = mutated(lots.choice(pool), lots, good)
        if len(case.content) <= _LARGEST and run.execute(case):
            pool.append(case)
    return run.end()
