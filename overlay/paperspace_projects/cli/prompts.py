"""Questions: nothing is removed unless somebody agrees."""

from __future__ import annotations

import sys

from .errors import CommandError, Exit
from .output.sanitize import printable
from .output.streams import is_terminal


def check_can_ask(yes: bool, action: str) -> None:
    """Refuse, before anything is done, if a question is needed and nobody can answer it."""
    if not yes and not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise CommandError(
            f"refusing to {action}: there is no terminal to ask at",
            hint="--yes does it without asking",
        )


def confirm(yes: bool, action: str) -> None:
    """Ask whether to do something, such as "delete the secret 'TOKEN'", unless `yes` is given."""
    check_can_ask(yes, action)
    if yes:
        return
    sys.stderr.write(f"{printable(f'{action[0].upper()}{action[1:]}')}? [y/N] ")
    sys.stderr.flush()
    answer = sys.stdin.buffer.readline().decode(errors="replace")
    if not answer.endswith("\n"):
        sys.stderr.write("\n")  # it ended with Ctrl-D
    if answer.strip().lower() not in ("y", "yes"):
        raise CommandError("nothing was changed", Exit.FAILED)
