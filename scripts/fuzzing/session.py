"""A run of the fuzzer: what came of each case, what was found, and what is told at the end."""

from __future__ import annotations

import faulthandler
import hashlib
import os
import time
from collections import Counter
from pathlib import Path

from .case import OPERATIONS, Case
from .harness import Finding, examine

_EVERY = 4
"""A client gets one case in so many; the reader gets all."""

_STUCK = 120
"""Seconds; who does not come back for so long is killed, and the case is left in a file."""


class Run:
    """Counts and keeps. `folder` is where findings go, as files that the tests replay."""

    def __init__(self, folder: Path, seconds: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.began = time.monotonic()
        self.ends_at = self.began + seconds
        self.executions = 0
        self.readings = 0
        self.outcomes: Counter[str] = Counter()
        self.details: set[str] = set()
        self.found: dict[str, Path] = {}
        self._operations: set[str] = set()
        self._folder = folder
        self._last = folder / ".running"
        self._file = os.open(self._last, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        self._told_at = self.began

    @property
    def is_over(self) -> bool:
        """Whether its time has passed."""
        return time.monotonic() >= self.ends_at

    def execute(self, case: Case) -> bool:
        """Examine a case. Gives whether what came of it is new."""
        self._note(case)
        result = examine(case, whole_stack=self.executions % _EVERY == 0)
        self.executions += 1
        self.readings += len(result.outcomes)
        self.outcomes.update(result.outcomes)
        self._operations.add(case.operation)
        for finding in result.findings:
            self._keep(finding)
        new = set(result.details) - self.details
        self.details |= new
        return bool(new)

    def _note(self, case: Case) -> None:
        """Have the case in a file for as long as it is worked on, and tell now and then."""
        data = case.to_bytes()
        os.pwrite(self._file, data, 0)
        os.ftruncate(self._file, len(data))
        now = time.monotonic()
        if self.executions == 0 or now - self._told_at > 10:
            faulthandler.dump_traceback_later(_STUCK, exit=True)
            self._told_at = now
            if self.executions:
                print(f"{now - self.began:6.0f} s  {self._figures()}", flush=True)

    def _keep(self, finding: Finding) -> None:
        if finding.kind in self.found:
            return
        data = finding.case.to_bytes()
        words = "-".join(finding.kind.replace("'", "").replace(".", " ").split())
        path = self._folder / f"found-{words}-{hashlib.sha256(data).hexdigest()[:8]}.answer"
        path.write_bytes(data)
        self.found[finding.kind] = path
        print(f"\nFOUND: {finding.kind}, kept in {path}\n{finding.report}", flush=True)

    def _figures(self) -> str:
        rate = self.executions / max(time.monotonic() - self.began, 0.001)
        return (
            f"{self.executions:,} executions ({rate:,.0f} a second), {self.readings:,} readings, "
            f"{len(self.details)} distinct outcomes, {len(self.found)} findings"
        )

    def end(self) -> int:
        """Tell what there is to tell; gives the exit code."""
        faulthandler.cancel_dump_traceback_later()
        os.close(self._file)
        self._last.unlink()
        print(f"\n{self._figures()}; {len(self._operations)} of {len(OPERATIONS)} operations\n")
        kinds = Counter(detail.partition(" ")[0] for detail in self.details)
        print("     times  distinct  outcome")
        for outcome, times in self.outcomes.most_common():
            print(f"{times:10,}{kinds[outcome]:10}  {outcome}")
        for kind, path in self.found.items():
            print(f"FOUND: {kind}: {path}")
        return 1 if self.found else 0
