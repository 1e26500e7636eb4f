"""`emulator`: a server of the API on this machine, to try things with."""

from __future__ import annotations

import math
import signal
from typing import Annotated, Literal

import typer

from ..command import command
from ..context import Invocation
from ..errors import CommandError
from ..exit_codes import Exit


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(
        app,
        "emulator",
        examples=(
            "emulator",
            "emulator --dialect live --port 0",
            "emulator --path emulator.db --latency 0.1 --faults 0.05 --seed 7",
        ),
    )(serve_emulator)


def serve_emulator(
    _invocation: Invocation,
    *,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option("--port", metavar="PORT", min=0, max=65535, help="The port; 0: a free one."),
    ] = 8787,
    dialect: Annotated[
        Literal["contract", "live"],
        typer.Option(
            "--dialect",
            metavar="DIALECT",
            help="contract: as openapi.yaml says; live: as the vendor's server does.",
        ),
    ] = "contract",
    api_key: Annotated[
        str | None,
        typer.Option("--api-key", metavar="KEY", help="The key that it accepts; no real one."),
    ] = None,
    path: Annotated[
        str | None,
        typer.Option("--path", metavar="FILE", help="Keep everything in this SQLite file."),
    ] = None,
    latency: Annotated[
        float,
        typer.Option("--latency", metavar="SECONDS", help="How long each request takes."),
    ] = 0.0,
    faults: Annotated[
        float,
        typer.Option("--faults", metavar="RATE", help="The share of requests that go wrong."),
    ] = 0.0,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Which of them go wrong, and how.")
    ] = 0,
) -> None:
    """Serve an emulator of the API on this machine.

    It says how to point other commands at it, keeps everything in memory unless a file is named,
    and ends with Ctrl-C or SIGTERM.
    """
    import sqlite3  # as little is loaded as it takes: other commands do without

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
