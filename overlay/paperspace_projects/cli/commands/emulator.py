"""`emulator`: serve an emulator of the API on this machine."""

from __future__ import annotations

import math
import signal
from typing import TYPE_CHECKING

import click

from ..command import Command
from ..errors import CommandError
from ..exit_codes import Exit

if TYPE_CHECKING:
    from ...testing import Dialect


@click.command(
    "emulator",
    cls=Command,
    examples=(
        "emulator",
        "emulator --dialect live --port 0",
        "emulator --path emulator.db --latency 0.1 --faults 0.05 --seed 7",
    ),
)
@click.option("--host", default="127.0.0.1", metavar="ADDRESS", help="The address to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8787,
    metavar="PORT",
    help="The port; 0 is a free one.",
)
@click.option(
    "--dialect",
    type=click.Choice(["contract", "live"]),
    default="contract",
    metavar="DIALECT",
    help="contract: as in openapi.yaml; live: as the vendor's server.",
)
@click.option("--api-key", metavar="KEY", help="The key that it accepts; not a real one.")
@click.option("--path", metavar="FILE", help="Keep everything in this SQLite file.")
@click.option(
    "--latency", type=float, default=0.0, metavar="SECONDS", help="The duration of each request."
)
@click.option(
    "--faults", type=float, default=0.0, metavar="RATE", help="The share of requests that fail."
)
@click.option(
    "--seed", type=int, default=0, metavar="N", help="Decides which requests fail, and how."
)
def emulator(
    *,
    host: str,
    port: int,
    dialect: Dialect,
    api_key: str | None,
    path: str | None,
    latency: float,
    faults: float,
    seed: int,
) -> None:
    """Serve an emulator of the API on this machine.

    It says how to point other commands at it, keeps everything in memory unless a file is named,
    and ends with Ctrl-C or SIGTERM.
    """
    import sqlite3  # other commands start without it

    from ...testing.__main__ import FAILURES, serve
    from ...testing.emulator.emulator import DEFAULT_API_KEY

    if not host.strip() or not host.isprintable():
        raise CommandError("--host must be an address, or the name of one")
    if not 0 <= latency < math.inf:
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
        serve(
            host=host,
            port=port,
            dialect=dialect,
            api_key=key,
            path=path,
            latency=latency,
            faults=faults,
            seed=seed,
        )
    except BrokenPipeError:
        raise
    except sqlite3.Error as error:
        raise CommandError(f"--path {path}: the file cannot be used: {error}") from None
    except ValueError as error:
        raise CommandError(str(error)) from None
    except FAILURES as error:
        raise CommandError(str(error), Exit.FAILED) from None
