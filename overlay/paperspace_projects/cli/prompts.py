"""Questions: nothing is taken away unless somebody has said yes."""

from __future__ import annotations

import sys

from .errors import CommandError
from .exit_codes import Exit
from .output.sanitize import printable
from .output.streams import is_terminal


def check_that_one_can_ask(yes: bool, what: str) -> None:
    """Refuse, before anything is done, what would have to be asked where nobody can be.

    Raises:
        CommandError: there is no terminal, and no `--yes`.
    """
    if not yes and not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise CommandError(
            f"refusing to {what}: there is no terminal to ask at",
            hint="--yes does it without asking",
        )


def ask(yes: bool, what: str) -> None:
    """Ask whether to do something.

    Args:
        yes: Whether `--yes` was given: then nothing is asked.
        what: What is to be done, such as "delete the secret 'TOKEN'".

    Raises:
        CommandError: the answer is no, or nobody can be asked.
    """
    check_that_one_can_ask(yes, what)
    if yes:
        return
    sys.stderr.write(f"{printable(f'{what[0].upper()}{what[1:]}')}? [y/N] ")
    sys.stderr.flush()
    answer = sys.stdin.buffer.readline().decode(errors="replace")
    if not answer.endswith("\n"):
        sys.stderr.write("\n")  # it ended with Ctrl-D
    if answer.strip().lower() not in ("y", "yes"):
        raise CommandError("nothing was changed", Exit.FAILED)
