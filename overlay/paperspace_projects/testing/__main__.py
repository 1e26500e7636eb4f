"""The emulator as a program: `python -m paperspace_projects.testing --dialect live`.

It serves until Ctrl-C or SIGTERM, and then ends quietly. The key it prints opens the emulator and
nothing else; a real key has no business here.
"""

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
from .emulator.serializers import SPEECHES
from .faults.plan import FaultPlan

FAILURES: Final = (ImportError, OSError, ValueError, sqlite3.Error)
"""What `serve` fails with."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve as the arguments say; returns the exit status."""
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
    """Say where, and serve until Ctrl-C or SIGTERM.

    Arguments:
        host, port: where to listen; port 0 is a free one.
        dialect, api_key, path, latency: those of `Emulator`.
        faults, seed: the share of requests that go wrong, and which ones and how.

    Raises:
        ImportError: uvicorn is not installed.
        OSError, ValueError, sqlite3.Error: it cannot be served like that.
    """
    # SIGTERM, as process managers and containers send it, ends things the way Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    plan = FaultPlan(seed=seed, rate=faults)
    with (
        contextlib.suppress(KeyboardInterrupt),
        Emulator(dialect, api_key=api_key, path=path, faults=plan, latency=latency) as emulator,
        emulator.serve(host, port) as base_url,
    ):
        print(_greeting(emulator, base_url), flush=True)
        while True:
            time.sleep(3600)


def _greeting(emulator: Emulator, base_url: str) -> str:
    return f"""\
Paperspace Projects emulator, {emulator.dialect} dialect: {base_url}
API key: {emulator.api_key}
Point a client at it:
  export PAPERSPACE_API_URL={base_url}
  export PAPERSPACE_API_KEY={shlex.quote(emulator.api_key)}
Ctrl-C ends it."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m paperspace_projects.testing",
        description="Serve a local emulator of the Paperspace Projects API.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (%(default)s)")
    parser.add_argument(
        "--port", type=_port, default=8787, help="port to listen at, 0 for a free one (%(default)s)"
    )
    parser.add_argument(
        "--dialect",
        choices=tuple(SPEECHES),
        default="contract",
        help="answer as openapi.yaml says, or as the vendor's server does (%(default)s)",
    )
    parser.add_argument(
        "--api-key", default=DEFAULT_API_KEY, help="the key to accept (%(default)s)"
    )
    parser.add_argument("--path", metavar="FILE", help="SQLite file to keep everything in")
    parser.add_argument(
        "--latency",
        metavar="SECONDS",
        type=float,
        default=0.0,
        help="how long each request takes (%(default)s)",
    )
    parser.add_argument(
        "--faults",
        metavar="RATE",
        type=float,
        default=0.0,
        help="share of requests that go wrong, from 0 to 1 (%(default)s)",
    )
    parser.add_argument(
        "--seed", metavar="N", type=int, default=0, help="which ones and how (%(default)s)"
    )
    return parser


def _port(text: str) -> int:
    port = int(text)
    if port not in range(2**16):
        raise argparse.ArgumentTypeError(f"{port} is not from 0 to 65535")
    return port


if __name__ == "__main__":
    sys.exit(main())
