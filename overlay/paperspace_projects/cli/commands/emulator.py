"""`emulator`: serve an emulator of the API on this machine."""

from __future__ import annotations

import re
import signal
from typing import Any, Final

import click

from ...testing.__main__ import OPTIONS, serve
from .. import declare
from ..errors import CommandError

_PORT: Final = click.IntRange(0, 65535)


def _emulator_options(function: declare.Function) -> declare.Function:
    for name, metavar, kind, default, about in reversed(OPTIONS):
        values = _PORT if name == "--port" else kind if callable(kind) else click.Choice(kind)
        function = declare.option(name, metavar, about, type=values, default=default)(function)
    return function


@declare.command(
    "emulator",
    "",
    "--dialect live --port 0",
    "--path emulator.db --latency 0.1 --faults 0.05 --seed 7",
)
@_emulator_options
def emulator(
    host: str, api_key: str | None, path: str | None, latency: float, faults: float, **options: Any
) -> None:
    """Serve an emulator of the API on this machine.

    It says how to point other commands at it, keeps everything in memory unless a file is named,
    and ends with Ctrl-C or SIGTERM.
    """
    import sqlite3  # other commands start without it

    if not host.strip() or not host.isprintable():
        raise CommandError("--host must be an address, or the name of one")
    if not 0 <= latency < float("inf"):
        raise CommandError(f"--latency must be a number of seconds, 0 or more, not {latency}")
    if not 0 <= faults <= 1:
        raise CommandError(f"--faults must be a share from 0 to 1, not {faults}")
    if api_key is not None and not re.fullmatch("[!-~]+", api_key):
        raise CommandError(
            "--api-key must be a key that a client can send: printable ASCII without spaces"
        )
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the usual end of a server
    try:
        serve(host=host, api_key=api_key, path=path, latency=latency, faults=faults, **options)
    except sqlite3.Error as error:
        raise CommandError(f"--path {path}: the file cannot be used: {error}") from None
    except ValueError as error:
        raise CommandError(str(error)) from None
