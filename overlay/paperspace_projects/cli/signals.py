"""Ctrl-C and SIGTERM: the command ends at once, and says how far it got.

Closing the client cuts off requests in progress; if the command takes longer to end, the process
ends anyway.
"""

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


class Interrupts:
    def __init__(self, context: CommandContext) -> None:
        self._context = context
        self._ending = threading.Lock()
        self._stderr = sys.stderr
        self._code: Exit | None = None

    @contextmanager
    def handled(self) -> Generator[None, None, None]:
        """Handle signals inside the block: the first raises KeyboardInterrupt, which ends all."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        # A signal that the parent ignores, as a shell does in the background, stays ignored.
        taken = [each for each in _CODES if signal.getsignal(each) is not signal.SIG_IGN]
        before = {each: signal.signal(each, self._take) for each in taken}
        try:
            yield
        except KeyboardInterrupt:
            self._end()
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _take(self, number: int, _frame: FrameType | None) -> NoReturn:
        is_first = self._code is None
        self._code = _CODES[signal.Signals(number)]
        if not is_first:
            os._exit(self._code)
        if (client := self._context.open_client) is not None:
            threading.Thread(target=client.close, daemon=True).start()
        timer = threading.Timer(self._context.grace, self._end)
        timer.daemon = True
        timer.start()
        raise KeyboardInterrupt

    def _end(self) -> NoReturn:
        """Say how far the command got, and exit without waiting for anything."""
        with self._ending:  # a second caller waits here until the process is gone
            sys.stderr = self._stderr  # a progress bar replaces it, and may hold its lock
            if is_terminal(sys.stderr):
                write_stderr("\x1b[?25h\n" if self._context.has_bar else "\n")  # show the cursor
            word = "terminated" if self._code is Exit.TERMINATED else "interrupted"
            progress = self._context.progress
            echo_stderr(word if progress is None else f"{word}: {progress()}")
            with contextlib.suppress(OSError, ValueError):
                sys.stdout.flush()
            os._exit(self._code or Exit.INTERRUPTED)
