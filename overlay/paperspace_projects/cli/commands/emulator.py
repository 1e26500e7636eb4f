"""`emulator`: serve an emulator of the API on this machine."""

from __future__ import annotations

import signal
from typing import Any

import click

from ..command import Command, option
from ..errors import CommandError, Exit


@click.command(
    "emulator",
    cls=Command,
    examples=(
        "emulator",
        "emulator --dialect live --port 0",
        "emulator --path emulator.db --latency 0.1 --faults 0.05 --seed 7",
    ),
)
@option("--host", "ADDRESS", "The address to listen at.", default="127.0.0.1")
@option("--port", "PORT", "The port; 0 is a free one.", type=click.IntRange(0, 65535), default=8787)
@option(
    "--dialect",
    "DIALECT",
    "contract: as in openapi.yaml; live: as the vendor's server.",
    type=click.Choice(["contract", "live"]),
    default="contract",
)
@option("--api-key", "KEY", "The key that it accepts; not a real one.")
@option("--path", "FILE", "Keep everything in this SQLite file.")
@option("--latency", "SECONDS", "The duration of each request.", type=float, default=0.0)
@option("--faults", "RATE", "The share of requests that fail.", type=float, default=0.0)
@option("--seed", "N", "Decides which requests fail, and how.", type=int, default=0)
def emulator(host: str, api_key: str | None, path: str | None, **options: Any) -> None:
    """Serve an emulator of the API on this machine.

    It says how to point other commands at it, keeps everything in memory unless a file is named,
    and ends with Ctrl-C or SIGTERM.
    """
    import sqlite3  # other commands start without it

    from ...testing.__main__ import FAILURES, serve
    from ...testing.emulator.emulator import DEFAULT_API_KEY

    if not host.strip() or not host.isprintable():
        raise CommandError("--host must be an address, or the name of one")
    latency, faults = options["latency"], options["faults"]
    if not 0 <= latency < float("inf"):
        raise CommandError(f"--latency must be a number of seconds, 0 or more, not {latency}")
    if not 0 <= faults <= 1:
        raise CommandError(f"--faults must be a share from 0 to 1, not {faults}")
    key = DEFAULT_API_KEY if api_key is None else api_key
    if not key or not all("!" <= each <= "~" for each in key):
        raise CommandError(
            "--api-key must be a key that a client can send: printable ASCII without spaces"
        )
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the usual end of a server
    try:
        serve(host=host, api_key=key, path=path, **options)
    except BrokenPipeError:
        raise
    except sqlite3.Error as error:
        raise CommandError(f"--path {path}: the file cannot be used: {error}") from None
    except ValueError as error:
        raise CommandError(str(error)) from None
    except FAILURES as error:
        raise CommandError(str(error), Exit.FAILED) from None
