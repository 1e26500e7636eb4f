"""What differs between tasks and threads: where a pool is usable, cancellation, the limiter.

Written by hand on both sides.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import threading
import time
from collections.abc import Callable, Generator
from contextvars import Context, ContextVar, copy_context
from typing import TypeAlias

import httpx

PoolKey: TypeAlias = tuple[int]
"""The process that a pool belongs to."""

CALLED_OFF: ContextVar[threading.Event | None] = ContextVar("called_off", default=None)
"""Set once this thread must send nothing more. A task is cancelled; a thread has to look."""


class CalledOff(Exception):
    """This thread must send nothing more."""


def is_called_off() -> bool:
    """Whether this thread must send nothing more."""
    called_off = CALLED_OFF.get()
    return called_off is not None and called_off.is_set()


def pool_key() -> PoolKey:
    """The key of the pool that can be used here."""
    return (os.getpid(),)


_CALLER: ContextVar[int | None] = ContextVar("caller", default=None)


def caller() -> int:
    """The id of the thread that makes a call, or for which a call is made."""
    return _CALLER.get() or threading.get_ident()


def context_of_caller() -> Context:
    """A context for another thread, which makes calls for this one."""
    context = copy_context()
    context.run(_CALLER.set, caller())
    return context


def run_at(_: PoolKey, function: Callable[[], object]) -> None:
    """Run a function: all threads of a process share a pool."""
    function()


def has_ended(generator: Generator[None, None, None]) -> bool:
    """Whether a generator that was started has ended."""
    return inspect.getgeneratorstate(generator) == inspect.GEN_CLOSED


def interruptions() -> tuple[type[BaseException], ...]:
    """The exceptions that end a call from outside."""
    return KeyboardInterrupt, SystemExit


def shield_cancellation() -> contextlib.AbstractContextManager[object]:
    """Do nothing: a thread is not cancelled."""
    return _NO_SHIELD


_NO_SHIELD = contextlib.nullcontext()
_NAP = 0.1
"""Seconds after which a sleeping thread looks whether it was called off."""


class ConcurrencyLimiter:
    """Admits a number of callers at a time; once shut down, it holds no caller up."""

    def __init__(self, size: int) -> None:
        self.is_shut_down: bool = False
        self._semaphore = threading.Semaphore(size)
        self.release: Callable[[], object] = self._semaphore.release
        """Admits the next caller."""
        self._shut_down = threading.Event()

    def try_acquire(self) -> bool:
        """Be admitted at once, or not at all.

        Raises:
            CalledOff: this thread was called off.
        """
        if is_called_off():
            raise CalledOff
        return self._semaphore.acquire(blocking=False)

    def acquire(self, timeout: float | None) -> None:
        """Wait to be admitted.

        Raises:
            CalledOff: this thread was called off.
            httpx.PoolTimeout: not within `timeout` seconds.
        """
        if not self._semaphore.acquire(timeout=timeout):
            raise httpx.PoolTimeout("too many callers")
        if is_called_off():
            self.release()
            raise CalledOff

    def shut_down(self) -> None:
        """Wake all callers that wait or sleep."""
        self.is_shut_down = True
        self._shut_down.set()
        self._semaphore.release()  # each admitted caller admits the next

    def sleep(self, seconds: float) -> None:
        """Sleep, or return early when the limiter is shut down.

        Raises:
            CalledOff: this thread was called off meanwhile.
        """
        ends_at = time.monotonic() + seconds
        while not is_called_off():
            left = max(0.0, ends_at - time.monotonic())
            nap = left if CALLED_OFF.get() is None else min(left, _NAP)
            if self._shut_down.wait(nap) or left <= nap:
                return
        raise CalledOff
