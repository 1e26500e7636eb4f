"""Fresh processes: the server, and one for each figure.

A process carries a workload out and prints the figure as JSON. Imports and first calls are measured
by a program of a few lines instead, into which nothing was loaded before.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .candidate import CANDIDATES, Candidate
from .isolation import hidden_from, hide

REPOSITORY = Path(__file__).resolve().parents[2]

_BARE = """
import sys
for name in {hidden!r}:
    sys.modules.setdefault(name, None)
sys.path.insert(0, {repository!r})
{lines}
"""
_TIMED = """
import time
began = time.perf_counter()
{lines}
print(time.perf_counter() - began)
"""


@contextmanager
def serving(*latencies: float) -> Iterator[dict[str, str]]:
    """Run the server; yields its URLs by latency, in seconds as text."""
    command = [sys.executable, "-m", "scripts.benchmarks.server", *map(str, latencies)]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        roots: dict[str, str] = json.loads(process.stdout.readline())
        yield roots
        process.stdin.close()


def measure(workload: str, candidate: Candidate, roots: dict[str, str]) -> float | None:
    """Carry a workload out in a fresh process; None if the candidate cannot do it.

    Raises:
        RuntimeError: it failed. The message ends with what it wrote.
    """
    if workload in candidate.skips:
        return None
    task = {"workload": workload, "candidate": candidate.name, "roots": roots}
    task["hidden"] = hidden_from(candidate.needs)
    figure: float | None = json.loads(output(sys.executable, "-m", __name__, json.dumps(task)))
    return figure


def time_lines(lines: str, needs: tuple[str, ...]) -> float:
    """Seconds that these lines take in a process that has loaded nothing.

    Raises:
        RuntimeError: they failed. The message ends with what they wrote.
    """
    return float(run_lines(_TIMED.format(lines=lines), needs))


def run_lines(lines: str, needs: tuple[str, ...]) -> str:
    """What these lines print in a process that has loaded nothing.

    Raises:
        RuntimeError: they failed. The message ends with what they wrote.
    """
    return output(sys.executable, "-c", _program(lines, needs))


def import_times(lines: str, needs: tuple[str, ...]) -> dict[str, float]:
    """Seconds that each package takes of an import, without its own imports; the slowest first.

    Raises:
        RuntimeError: the import failed. The message ends with what was written.
    """
    found: Counter[str] = Counter()
    trace = _run(sys.executable, "-X", "importtime", "-c", _program(lines, needs)).stderr
    for line in trace.splitlines():
        own, _, name = line.removeprefix("import time:").split("|")
        if own.strip().isdecimal():
            found[name.strip().partition(".")[0]] += int(own)
    return {name: microseconds / 1e6 for name, microseconds in found.most_common()}


def _program(lines: str, needs: tuple[str, ...]) -> str:
    return _BARE.format(hidden=hidden_from(needs), repository=str(REPOSITORY), lines=lines)


def output(*command: str) -> str:
    """What a command prints.

    Raises:
        RuntimeError: it failed. The message ends with what it wrote.
    """
    return _run(*command).stdout


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-2000:])
    return done


def main() -> None:
    task = json.loads(sys.argv[1])
    hide(task["hidden"])

    from . import workloads

    candidate = CANDIDATES[task["candidate"]]
    print(json.dumps(workloads.measure(task["workload"], candidate, task["roots"])))


if __name__ == "__main__":
    main()
