"""The emulator as a program: `python -m paperspace_projects.testing --dialect live`.

It serves until Ctrl-C or SIGTERM, and then ends quietly. The key that it prints opens the emulator
and nothing else; never give it a real key.
"""

from __future__ import annotations

import argparse
import contextlib
import shlex
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

_Option: TypeAlias = tuple[str, str, Callable[[str], object] | tuple[str, ...], object, str]


def _port(text: str) -> int:
    port = int(text)
    if port not in range(2**16):
        raise argparse.ArgumentTypeError(f"{port} is not from 0 to 65535")
    return port


_DIALECTS: Final = "contract: as in openapi.yaml; live: as the vendor's server."
OPTIONS: Final[Sequence[_Option]] = (
    ("--host", "ADDRESS", str, "127.0.0.1", "The address to listen at."),
    ("--port", "PORT", _port, 8787, "The port; 0 is a free one."),
    ("--dialect", "DIALECT", ("contract", "live"), "contract", _DIALECTS),
    ("--api-key", "KEY", str, None, "The key that it accepts; not a real one."),
    ("--path", "FILE", str, None, "Keep everything in this SQLite file."),
    ("--latency", "SECONDS", float, 0.0, "The duration of each request."),
    ("--faults", "RATE", float, 0.0, "The share of requests that fail."),
    ("--unknown-fields", "WHAT", ("ignore", "refuse"), "ignore", "What to do with such fields."),
    ("--deleted", "WHAT", ("omit", "list"), "omit", "Deleted things in lists; list: live only."),
    ("--seed", "N", int, 0, "Decides which requests fail, and how."),
)
"""The arguments of `serve` as options: name, metavar, type or choices, default, help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve as the arguments say; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m paperspace_projects.testing",
        description="Serve a local emulator of the Paperspace Projects API.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    for name, metavar, kind, default, about in OPTIONS:
        if callable(kind):
            parser.add_argument(name, metavar=metavar, type=kind, default=default, help=about)
        else:
            parser.add_argument(name, choices=kind, default=default, help=about)
    import sqlite3  # the command line, which reads `OPTIONS`, starts without it

    try:
        serve(**vars(parser.parse_args(arguments)))
    except (ImportError, OSError, ValueError, sqlite3.Error) as error:
        print(f"paperspace_projects.testing: {error}", file=sys.stderr)
        return 1
    return 0


def serve(
    *, host: str, port: int, api_key: str | None, faults: float, seed: int, **options: Any
) -> None:
    """Print where the emulator is, and serve until Ctrl-C or SIGTERM.

    `faults` and `seed` are the rate and the seed of a `FaultPlan`; `options` are those of
    `Emulator`.

    Raises:
        ValueError: a value that cannot be used.
        sqlite3.Error: the file cannot be opened.
        ImportError: uvicorn is not installed.
        OSError: the address cannot be listened on.
    """
    from .emulator.emulator import DEFAULT_API_KEY, Emulator
    from .faults.plan import FaultPlan

    key, plan = DEFAULT_API_KEY if api_key is None else api_key, FaultPlan(seed=seed, rate=faults)
    # SIGTERM, which process managers and containers send, ends the program as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        contextlib.suppress(KeyboardInterrupt),
        Emulator(**options, api_key=key, faults=plan) as emulator,
        emulator.serve(host, port) as base_url,
    ):
        print(
            f"Paperspace Projects emulator, {emulator.dialect} dialect: {base_url}",
            f"API key: {key}",
            "Point a client at it:",
            f"  export PAPERSPACE_API_URL={base_url}",
            f"  export PAPERSPACE_API_KEY={shlex.quote(key)}",
            "Ctrl-C ends it.",
            sep="\n",
            flush=True,
        )
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    sys.exit(main())
