"""The emulator as a program: `python -m paperspace_projects.testing --dialect live`.

It serves until Ctrl-C or SIGTERM, and then ends quietly. The key that it prints opens the emulator
and nothing else; never give it a real key.
"""

from __future__ import annotations

import argparse
import contextlib
import shlex
import signal
import sqlite3
import sys
import time
from collections.abc import Sequence
from typing import Final

from .emulator.emulator import DEFAULT_API_KEY, Dialect, Emulator
from .emulator.serializers import SERIALIZERS
from .faults.plan import FaultPlan

FAILURES: Final = (ImportError, OSError, ValueError, sqlite3.Error)  # of `serve`


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve as the arguments say; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        serve(**vars(options))
    except FAILURES as error:
        print(f"paperspace_projects.testing: {error}", file=sys.stderr)
        return 1
    return 0


def serve(
    *,
    host: str,
    port: int,
    dialect: Dialect,
    api_key: str,
    path: str | None,
    latency: float,
    faults: float,
    seed: int,
) -> None:
    """Print where the emulator is, and serve until Ctrl-C or SIGTERM; raise one of `FAILURES`.

    `faults` and `seed` are the rate and the seed of a `FaultPlan`.
    """
    # SIGTERM, which process managers and containers send, ends the program as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    plan = FaultPlan(seed=seed, rate=faults)
    with (
        contextlib.suppress(KeyboardInterrupt),
        Emulator(dialect, api_key=api_key, path=path, faults=plan, latency=latency) as emulator,
        emulator.serve(host, port) as base_url,
    ):
        print(
            f"Paperspace Projects emulator, {dialect} dialect: {base_url}",
            f"API key: {api_key}",
            "Point a client at it:",
            f"  export PAPERSPACE_API_URL={base_url}",
            f"  export PAPERSPACE_API_KEY={shlex.quote(api_key)}",
            "Ctrl-C ends it.",
            sep="\n",
            flush=True,
        )
        while True:
            time.sleep(3600)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m paperspace_projects.testing",
        description="Serve a local emulator of the Paperspace Projects API.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    dialects, dialect = tuple(SERIALIZERS), "as openapi.yaml says, or as the vendor's server does"
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=_port, default=8787, help="port to listen on, 0 for a free one")
    add("--dialect", choices=dialects, default="contract", help=f"answer {dialect}")
    add("--api-key", default=DEFAULT_API_KEY, help="the key to accept")
    add("--path", metavar="FILE", help="SQLite file to keep everything in")
    share = "share of requests that go wrong, from 0 to 1"
    add("--latency", metavar="SECONDS", type=float, default=0.0, help="how long requests take")
    add("--faults", metavar="RATE", type=float, default=0.0, help=share)
    add("--seed", metavar="N", type=int, default=0, help="which requests go wrong, and how")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if port not in range(2**16):
        raise argparse.ArgumentTypeError(f"{port} is not from 0 to 65535")
    return port


if __name__ == "__main__":
    sys.exit(main())
