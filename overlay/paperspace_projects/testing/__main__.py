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
from typing import Any, Final

from .emulator.emulator import DEFAULT_API_KEY, Emulator
from .emulator.serializers import SERIALIZERS
from .faults.plan import FaultPlan

FAILURES: Final = (ImportError, OSError, ValueError, sqlite3.Error)  # of `serve`


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve as the arguments say; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m paperspace_projects.testing",
        description="Serve a local emulator of the Paperspace Projects API.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    dialects, dialect = tuple(SERIALIZERS), "as openapi.yaml says, or as the vendor's server does"
    add, share = parser.add_argument, "share of requests that go wrong, from 0 to 1"
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=_port, default=8787, help="port to listen on, 0 for a free one")
    add("--dialect", choices=dialects, default="contract", help=f"answer {dialect}")
    add("--api-key", default=DEFAULT_API_KEY, help="the key to accept")
    add("--path", metavar="FILE", help="SQLite file to keep everything in")
    add("--latency", metavar="SECONDS", type=float, default=0.0, help="how long requests take")
    add("--faults", metavar="RATE", type=float, default=0.0, help=share)
    add("--seed", metavar="N", type=int, default=0, help="which requests go wrong, and how")
    try:
        serve(**vars(parser.parse_args(arguments)))
    except FAILURES as error:
        print(f"paperspace_projects.testing: {error}", file=sys.stderr)
        return 1
    return 0


def _port(text: str) -> int:
    port = int(text)
    if port not in range(2**16):
        raise argparse.ArgumentTypeError(f"{port} is not from 0 to 65535")
    return port


def serve(*, host: str, port: int, faults: float, seed: int, **options: Any) -> None:
    """Print where the emulator is, and serve until Ctrl-C or SIGTERM; raise one of `FAILURES`.

    `faults` and `seed` are the rate and the seed of a `FaultPlan`; `options` are those of
    `Emulator`.
    """
    # SIGTERM, which process managers and containers send, ends the program as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        contextlib.suppress(KeyboardInterrupt),
        Emulator(**options, faults=FaultPlan(seed=seed, rate=faults)) as emulator,
        emulator.serve(host, port) as base_url,
    ):
        print(
            f"Paperspace Projects emulator, {emulator.dialect} dialect: {base_url}",
            f"API key: {emulator.api_key}",
            "Point a client at it:",
            f"  export PAPERSPACE_API_URL={base_url}",
            f"  export PAPERSPACE_API_KEY={shlex.quote(emulator.api_key)}",
            "Ctrl-C ends it.",
            sep="\n",
            flush=True,
        )
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    sys.exit(main())
