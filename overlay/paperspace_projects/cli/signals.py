"""Ctrl-C and SIGTERM: the command says how far it got, and ends within a second."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

from .context import CommandContext
from .errors import Exit
from .output.streams import echo_stderr, is_terminal, write_stderr

_CODES: Final = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}


@contextmanager
def handle_interrupts(context: CommandContext) -> Generator[None, None, None]:
    """Handle signals inside the block: the first raises KeyboardInterrupt, which ends all; the
    second does not wait for that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    codes: list[Exit] = []  # of the signals that came
    ending, stderr = threading.Lock(), sys.stderr

    def take(number: int, _frame: FrameType | None) -> NoReturn:
        codes.append(_CODES[signal.Signals(number)])
        if len(codes) > 1:  # say how far the command got now, unless that is being said
            if len(codes) > 2 or ending.locked():
                os._exit(codes[-1])
            end()
        if (client := context.open_client) is not None:
            threading.Thread(target=client.close, daemon=True).start()
        timer = threading.Timer(context.grace, end)
        timer.daemon = True
        timer.start()
        raise KeyboardInterrupt

    def end() -> NoReturn:
        """Say how far the command got, and exit without waiting for anything."""
        with ending:  # a second caller waits here until the process is gone
            sys.stderr = stderr  # a progress bar replaces it, and may hold its lock
            if is_terminal(stderr):
                write_stderr("\x1b[?25h\n" if context.has_bar else "\n")  # show the cursor
            word = "terminated" if codes[-1:] == [Exit.TERMINATED] else "interrupted"
            progress = context.progress
            echo_stderr(word if progress is None else f"{word}: {progress()}")
            with contextlib.suppress(OSError, ValueError):
                sys.stdout.flush()
            os._exit(codes[-1] if codes else Exit.INTERRUPTED)

    # A signal that the parent ignores, as a shell does in the background, stays ignored.
    taken = [each for each in _CODES if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, take) for each in taken}
    try:
        yield
    except KeyboardInterrupt:
        end()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
