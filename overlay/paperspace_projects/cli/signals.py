"""Ctrl-C and SIGTERM: the command ends at once, and says how far it got.

What is under way is cut off by closing the client; should that take its time, the process ends
regardless.
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

from .context import Invocation
from .exit_codes import Exit
from .output.messages import say, say_as_it_is
from .output.streams import is_terminal

_PATIENCE: Final = 0.7
"""Seconds that a command has to end by itself."""
_CODES: Final = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}
_SHOW_CURSOR: Final = "\x1b[?25h"


class Interrupts:
    """Takes a run's signals. `code` is what it is to end with, once there was one."""

    def __init__(self, invocation: Invocation) -> None:
        self._invocation = invocation
        self._ending = threading.Lock()
        self._stderr = sys.stderr
        self.code: Exit | None = None

    @contextmanager
    def taken(self) -> Generator[None, None, None]:
        """Take the signals within it; the first of them is a KeyboardInterrupt there."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        # What the parent has had ignored, as a shell does in the background, stays so.
        heard = [each for each in _CODES if signal.getsignal(each) is not signal.SIG_IGN]
        before = {each: signal.signal(each, self._take) for each in heard}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _take(self, number: int, _frame: FrameType | None) -> NoReturn:
        is_first = self.code is None
        self.code = _CODES[signal.Signals(number)]
        if not is_first:
            os._exit(self.code)
        for work in (self._cut_off, self._give_up):
            threading.Thread(target=work, daemon=True).start()
        raise KeyboardInterrupt

    def _cut_off(self) -> None:
        client = self._invocation.open_client
        if client is not None:
            client.close()

    def _give_up(self) -> None:
        threading.Event().wait(_PATIENCE)
        self.end()

    def end(self) -> NoReturn:
        """Say how far the command got, and end without waiting for anything."""
        with self._ending:  # whoever comes second waits for the end
            self._end()

    def _end(self) -> NoReturn:
        sys.stderr = self._stderr  # a bar has put its own in its place, which may be stuck
        if is_terminal(sys.stderr):
            say_as_it_is(f"{_SHOW_CURSOR}\n" if self._invocation.has_bar else "\n")
        progress = self._invocation.progress
        reached = "" if progress is None else f": {progress()}"
        say(f"{'terminated' if self.code is Exit.TERMINATED else 'interrupted'}{reached}")
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
        os._exit(Exit.INTERRUPTED if self.code is None else self.code)
