"""What the sync side takes from its surroundings: clocks, sleep, chance, and a gate.

Written by hand on both sides, as async and sync differ here by nature.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import queue
import random
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextvars import ContextVar

import httpx
from attrs import frozen

Place = tuple[int]

CALLED_OFF: ContextVar[threading.Event | None] = ContextVar("called_off", default=None)
"""Set once this thread is to send nothing more. A task is cancelled; a thread has to look."""


class CalledOff(Exception):
    """This thread was to send nothing more."""


def place() -> Place:
    """Where a pool of connections can be used: in this process."""
    return (os.getpid(),)


def run_at(_: Place, function: Callable[[], object]) -> None:
    """Run a function at a place of this process: there is but one."""
    function()


@frozen(kw_only=True)
class Runtime:
    """Clocks, sleep and chance; a test puts its own in their place. All times are in seconds.

    `sleep` is None where the waits are to be real: they end early when the client is closed.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] | None = None
    uniform: Callable[[float, float], float] = random.uniform


def has_ended(generator: Generator[None, None, None]) -> bool:
    """Whether a generator that was begun has come to its end."""
    return inspect.getgeneratorstate(generator) == inspect.GEN_CLOSED


def interruptions() -> tuple[type[BaseException], ...]:
    """What ends a call from outside, wherever it is."""
    return KeyboardInterrupt, SystemExit


def shielded() -> contextlib.AbstractContextManager[object]:
    """A thread is not cancelled."""
    return _UNSHIELDED


_UNSHIELDED = contextlib.nullcontext()


class Semaphore:
    """Lets so many threads in at a time. No Ctrl-C leaves it locked, unlike threading's."""

    def __init__(self, value: int) -> None:
        self._free: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _ in range(value):
            self._free.put(None)

    @property
    def value(self) -> int:
        """How many more would be let in."""
        return self._free.qsize()

    def acquire(self, seconds: float | None) -> bool:
        """Wait to be let in; gives whether that was within so many seconds."""
        try:
            self._free.get(timeout=seconds)
        except queue.Empty:
            return False
        return True

    def release(self) -> None:
        """Let the next one in."""
        self._free.put(None)


def is_called_off() -> bool:
    """Whether this thread is to send nothing more."""
    called_off = CALLED_OFF.get()
    return called_off is not None and called_off.is_set()


_NAP = 0.1
"""Seconds after which a thread that sleeps looks whether it was called off."""


class Gate:
    """Lets so many callers in at a time, and none wait once it is opened for good."""

    def __init__(self, size: int) -> None:
        self._semaphore = Semaphore(size)
        self._closed = threading.Lock()
        self._closed.acquire()
        self._callers: dict[int, BaseException | None] = {}
        self._is_torn = False

    @property
    def is_torn(self) -> bool:
        """Whether a caller was torn out by a Ctrl-C or the like, which can come at any point.

        Neither httpx nor this gate can be relied on then. A thread that asks is at no call: if it
        still counts as a caller, it was torn out as it left.
        """
        return self._is_torn or threading.get_ident() in self._callers

    def acquire(self, seconds: float | None) -> None:
        """Wait to be let in.

        Raises:
            httpx.PoolTimeout: not within so many seconds.
        """
        try:
            if not self._semaphore.acquire(seconds):
                raise httpx.PoolTimeout("too many callers")
            self._callers[threading.get_ident()] = sys.exc_info()[1]
        except BaseException as error:
            self._is_torn |= not isinstance(error, Exception)
            raise
        if is_called_off():
            self.release()
            raise CalledOff

    def release(self) -> None:
        """Let the next one in."""
        caller, error = threading.get_ident(), sys.exc_info()[1]
        if error is not self._callers.get(caller) and not isinstance(error, Exception | None):
            self._is_torn = True
        self._semaphore.release()
        self._callers.pop(caller, None)  # the last thing: see is_torn

    def open(self) -> None:
        """Wake all who wait or sleep: what they wait for will not come any more."""
        if self._closed.locked():
            self._closed.release()
        self._semaphore.release()  # whoever is let in lets the next one in

    def sleep(self, seconds: float) -> None:
        """Sleep so many seconds, or until the gate is opened for good.

        Raises:
            CalledOff: this thread was called off meanwhile.
        """
        ends_at = time.monotonic() + seconds
        while not is_called_off():
            left = max(0.0, ends_at - time.monotonic())
            nap = left if CALLED_OFF.get() is None else min(left, _NAP)
            if self._closed.acquire(timeout=nap):
                self._closed.release()  # for the next who sleeps
                return
            if left <= nap:
                return
        raise CalledOff
