"""A run of the fuzzer: counts what came of each case, keeps what was found, and reports."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from pathlib import Path

from .case import OPERATIONS, Case
from .harness import Finding, examine

_CLIENT_EVERY = 4
"""The whole client reads one case in four; the decoder reads all."""


class Run:
    """Executes cases for some seconds. `folder` is where findings go, for the tests to replay."""

    def __init__(self, folder: Path, seconds: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._began = self._printed_at = time.monotonic()
        self._ends_at = self._began + seconds
        self._executions = 0
        self._outcomes: Counter[str] = Counter()
        self._details: set[str] = set()
        self._operations: set[str] = set()
        self._found: dict[str, Path] = {}

    @property
    def is_over(self) -> bool:
        """Whether its time has passed."""
        return time.monotonic() >= self._ends_at

    def execute(self, case: Case) -> None:
        """Examine a case and count what comes of it."""
        self._note_progress()
        result = examine(case, whole_stack=self._executions % _CLIENT_EVERY == 0)
        self._executions += 1
        self._outcomes.update(result.outcomes)
        self._details.update(result.details)
        self._operations.add(case.operation)
        for finding in result.findings:
            self._keep(finding)

    def _note_progress(self) -> None:
        """Print figures every ten seconds."""
        now = time.monotonic()
        if now - self._printed_at > 10:
            self._printed_at = now
            print(f"{now - self._began:6.0f} s  {self._figures()}", flush=True)

    def _keep(self, finding: Finding) -> None:
        if finding.kind in self._found:
            return
        data = finding.case.to_bytes()
        words = "-".join(finding.kind.replace("'", "").replace(".", " ").split())
        path = self._folder / f"found-{words}-{hashlib.sha256(data).hexdigest()[:8]}.answer"
        path.write_bytes(data)
        self._found[finding.kind] = path
        print(f"\nFOUND: {finding.kind}, kept in {path}\n{finding.report}", flush=True)

    def _figures(self) -> str:
        rate = self._executions / max(time.monotonic() - self._began, 0.001)
        return (
            f"{self._executions:,} executions ({rate:,.0f} a second), "
            f"{len(self._details)} distinct outcomes, {len(self._found)} findings"
        )

    def report(self) -> int:
        """Print what came of the run; returns the exit code."""
        print(f"\n{self._figures()}; {len(self._operations)} of {len(OPERATIONS)} operations\n")
        distinct = Counter(detail.partition(" ")[0] for detail in self._details)
        print("     times  distinct  outcome")
        for outcome, times in self._outcomes.most_common():
            print(f"{times:10,}{distinct[outcome]:10}  {outcome}")
        for kind, path in self._found.items():
            print(f"FOUND: {kind}: {path}")
        return 1 if self._found else 0
