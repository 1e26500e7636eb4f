"""Fresh processes: the server, and one for each figure.

The process of a candidate hides the packages that its own installation would not contain. All
candidates are installed together, and a package of one can change the speed of another: httpx is
faster with sniffio, and loads brotli, h2 or zstandard if they are installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .candidate import Candidate

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
    """Carry out a workload in a fresh process; None if the candidate cannot do it."""
    if workload in candidate.skips:
        return None
    lines = (
        "import json\nfrom scripts.benchmarks import candidate, workloads\n"
        f"found = candidate.CANDIDATES[{candidate.name!r}]\n"
        f"print(json.dumps(workloads.measure({workload!r}, found, {roots!r})))"
    )
    figure: float | None = json.loads(run_lines(lines, candidate.needs).stdout)
    return figure


def time_lines(lines: str, needs: tuple[str, ...]) -> float:
    """Seconds that a program takes in a fresh process."""
    return float(run_lines(_TIMED.format(lines=lines), needs).stdout)


def run_lines(lines: str, needs: tuple[str, ...], *prefix: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a fresh process that can import some distributions only.

    Args:
        lines: The program.
        needs: The distributions that it may import.
        prefix: A command that runs Python, such as valgrind.

    Raises:
        RuntimeError: The program failed. The message is the end of its standard error.
    """
    program = _BARE.format(hidden=hidden_from(needs), repository=str(REPOSITORY), lines=lines)
    done = subprocess.run(
        [*prefix, sys.executable, "-c", program],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-2000:])
    return done


def import_times(lines: str, needs: tuple[str, ...]) -> dict[str, float]:
    """Seconds that each package takes of an import, without its own imports; the slowest first."""
    found: Counter[str] = Counter()
    trace = run_lines(lines, needs, "env", "PYTHONPROFILEIMPORTTIME=1").stderr
    for line in trace.splitlines():
        own, _, name = line.removeprefix("import time:").split("|")
        if own.strip().isdecimal():
            found[name.strip().partition(".")[0]] += int(own)
    return {name: microseconds / 1e6 for name, microseconds in found.most_common()}


def with_needs(distributions: Iterable[str]) -> set[str]:
    """Distributions and their requirements, with the extras that are named."""
    found: set[str] = set()
    to_do = [Requirement(name) for name in distributions]
    while to_do:
        wanted = to_do.pop()
        name = canonicalize_name(wanted.name)
        key = f"{name}[{','.join(sorted(wanted.extras))}]"
        if key in found:
            continue
        found |= {name, key}
        for line in metadata.requires(name) or []:
            need = Requirement(line)
            extras = wanted.extras | {""}
            if need.marker is None or any(need.marker.evaluate({"extra": e}) for e in extras):
                to_do.append(need)
    return found


def hidden_from(distributions: Iterable[str]) -> list[str]:
    """The names that cannot be imported if only these distributions are installed."""
    seen = with_needs(distributions)
    return sorted(
        name
        for name, sources in metadata.packages_distributions().items()
        if name.isidentifier() and not any(canonicalize_name(source) in seen for source in sources)
    )
