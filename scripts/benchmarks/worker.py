"""A fresh process that does one work by one candidate, and prints the figure as JSON.

Imports and first calls are measured by a program of a few lines instead (`beginning`), into which
nothing was loaded before.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .candidate import Candidate
from .isolation import hidden_from

REPOSITORY = Path(__file__).resolve().parent.parent.parent

_BARE = """
import sys
for name in {hidden!r}:
    sys.modules.setdefault(name, None)
sys.path.insert(0, {repository!r})
{lines}
"""
_BEGINNING = """
import time
began = time.perf_counter()
{lines}
print(time.perf_counter() - began)
"""


@contextmanager
def serving(*latencies: float) -> Iterator[dict[str, str]]:
    """Run the server; gives its URLs by latency, in seconds as text."""
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


def measured(work: str, candidate: Candidate, roots: dict[str, str]) -> float | None:
    """Have a work done in a fresh process; None where the candidate cannot do it.

    Raises:
        RuntimeError: it failed. The message ends with what it wrote.
    """
    asked = {"work": work, "candidate": candidate.name, "roots": roots}
    asked["hidden"] = hidden_from(candidate.needs)
    figure: float | None = json.loads(_run("-m", __name__, json.dumps(asked)).stdout)
    return figure


def beginning(lines: str, needs: tuple[str, ...]) -> float:
    """Seconds that these lines take in a process that has loaded nothing.

    Raises:
        RuntimeError: they failed. The message ends with what was written.
    """
    return float(bare(_BEGINNING.format(lines=lines), needs))


def bare(lines: str, needs: tuple[str, ...]) -> str:
    """What these lines print, in a process that has loaded nothing.

    Raises:
        RuntimeError: they failed. The message ends with what was written.
    """
    return _run("-c", _bare(lines, needs)).stdout


def import_times(lines: str, needs: tuple[str, ...]) -> dict[str, float]:
    """Seconds that each package takes of an import, without what it imports; the slowest first.

    Raises:
        RuntimeError: the import failed. The message ends with what was written.
    """
    found: Counter[str] = Counter()
    for line in _run("-X", "importtime", "-c", _bare(lines, needs)).stderr.splitlines():
        own, _, name = line.removeprefix("import time:").split("|")
        if own.strip().isdecimal():
            found[name.strip().partition(".")[0]] += int(own)
    return {name: microseconds / 1e6 for name, microseconds in found.most_common()}


def _bare(lines: str, needs: tuple[str, ...]) -> str:
    return _BARE.format(hidden=hidden_from(needs), repository=str(REPOSITORY), lines=lines)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python.

    Raises:
        RuntimeError: it failed. The message ends with what was written.
    """
    done = subprocess.run(
        [sys.executable, *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-2000:])
    return done


def main() -> None:
    from .candidate import CANDIDATES
    from .isolation import hide
    from .works import WORKS

    asked = json.loads(sys.argv[1])
    hide(asked["hidden"])
    print(json.dumps(WORKS[asked["work"]](CANDIDATES[asked["candidate"]], asked["roots"])))


if __name__ == "__main__":
    main()
