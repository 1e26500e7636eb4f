"""Running a command: errors become a line and an exit code, and nothing is left half said."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable

from ..errors import PaperspaceError
from . import PROGRAM
from .context import Invocation
from .errors import CommandError
from .exit_codes import Exit, exit_for
from .output.messages import complain, say
from .output.streams import check_stdout, let_go
from .signals import Interrupts


def run_command(invocation: Invocation, command: Callable[[], Exit | None]) -> Exit:
    """Run a command to its end, and give its exit code. A signal ends the process."""
    interrupts = Interrupts(invocation)
    try:
        with interrupts.taken():
            return _run(invocation, command)
    except KeyboardInterrupt:
        interrupts.end()


def _run(invocation: Invocation, command: Callable[[], Exit | None]) -> Exit:
    try:
        check_stdout()
        code = command() or Exit.DONE
        sys.stdout.flush()
    except Exception as error:
        if invocation.options.debug:
            say("".join(traceback.format_exception(error)))
        if invocation.done is not None:
            say(invocation.done())
        if isinstance(error, ModuleNotFoundError):  # a part of the extra is not installed
            raise
        code = failed(error, invocation.hint)
        let_go(sys.stdout)
    return code


def failed(error: Exception, hint: str | None = None) -> Exit:
    """Say what went wrong, and the hint if there is one; gives the exit code."""
    match error:
        case BrokenPipeError():
            return Exit.BROKEN_PIPE  # as the reader wanted it
        case PaperspaceError():
            complain(error, hint)
            return exit_for(error)
        case CommandError():
            complain(error)
            return error.code
        case ImportError():
            complain(CommandError(str(error)))
        case OSError():
            where = "" if error.filename is None else f": {error.filename}"
            complain(CommandError(f"the system says: {error.strerror or error}{where}"))
        case _:
            problem = f"{type(error).__name__} in {PROGRAM} itself, which is a mistake there"
            complain(CommandError(problem, hint="--debug shows where"))
    return Exit.FAILED
