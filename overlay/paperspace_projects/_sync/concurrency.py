"""The threads that an inventory reads with, and its waiting for an executor.

Written by hand on both sides, as async and sync differ here by nature. One thread, that which goes
through the inventory, gives out the work and takes in what came of it.
"""

from __future__ import annotations

import atexit
import contextvars
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Generic, TypeVar

from ..errors import InvalidArgumentError
from .primitives import CALLED_OFF

T = TypeVar("T")
Unit = TypeVar("Unit")

Tell = Callable[[], None]


def iterator_of(given: Iterable[T]) -> Iterator[T]:
    """What to go through."""
    try:
        return iter(given)
    except TypeError:
        raise InvalidArgumentError(
            "project_ids", "an iterable: an AsyncClient takes async ones, too"
        ) from None


class Crew(Generic[Unit]):
    """So many threads, each of which carries out one unit after the other.

    They are started as they are needed, and run in the context that the crew was made in. They
    end when the crew is stopped, and it is stopped at exit at the latest.
    """

    def __init__(self, size: int, carry_out: Callable[[Unit], Tell]) -> None:
        self._size = size
        self._carry_out = carry_out
        self._context = contextvars.copy_context()
        self._called_off = threading.Event()
        self._threads: list[threading.Thread] = []
        self._units: queue.SimpleQueue[Unit | None] = queue.SimpleQueue()
        self._told: queue.SimpleQueue[Tell] = queue.SimpleQueue()
        self._under_way = 0
        self._raised: BaseException | None = None
        self._is_told = False
        atexit.register(self.stop)

    def send(self, unit: Unit) -> None:
        """Have a thread carry out a unit."""
        self._under_way += 1
        if self._under_way > len(self._threads) < self._size:
            thread = threading.Thread(
                target=self._context.copy().run,
                args=(self._work,),
                name=f"inventory {len(self._threads) + 1}",
                daemon=True,  # it never keeps a process from its end
            )
            thread.start()
            self._threads.append(thread)
        self._units.put(unit)

    def send_apart(self, unit: Unit) -> None:
        """Carry out a unit here and now."""
        self._under_way += 1
        self._told.put(self._carry_out(unit))

    def receive(self) -> Tell:
        """Wait for what a unit sent has led to; to call that raises what a thread has raised."""
        tell = self._told.get()
        self._under_way -= 1
        return tell

    def received(self) -> Iterator[Tell]:
        """What units have led to, as far as they have, without waiting."""
        while not self._told.empty():
            yield self.receive()

    def stop(self) -> None:
        """Let no more requests be sent, and wait for those that are under way.

        Raises what a thread has raised, if that was not told yet.
        """
        self._called_off.set()
        self._units.put(None)
        for thread in self._threads:
            if thread is not threading.current_thread():  # one that collects garbage
                thread.join()
        atexit.unregister(self.stop)
        if not self._is_told:
            self._raise()

    def _work(self) -> None:
        CALLED_OFF.set(self._called_off)
        while (unit := self._units.get()) is not None and not self._called_off.is_set():
            try:
                tell = self._carry_out(unit)
            except BaseException as error:  # a thread that ends with it would tell nobody
                self._raised = self._raised or error
                tell = self._raise
            self._told.put(tell)
        # The next one ends by it, too: a Ctrl-C in `send` may leave more threads than are known.
        self._units.put(None)

    def _raise(self) -> None:
        self._is_told = True
        if self._raised is not None:
            raise self._raised


class Waker:
    """Wakes the thread that waits for the futures of an executor, from whatever thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def watch(self, future: Future[T]) -> Future[T]:
        """Wake the thread when a future is done, or was cancelled."""
        future.add_done_callback(self._wake)
        return future

    def _wake(self, _: object) -> None:
        self._event.set()

    def until(self, is_so: Callable[[], bool], seconds: float | None) -> bool:
        """Wait until `is_so`, at most this many seconds; gives whether it is."""
        ends_at = None if seconds is None else time.monotonic() + seconds
        is_late = False
        while not is_late:
            self._event.clear()
            if is_so():
                return True
            left = None if ends_at is None else max(0.0, ends_at - time.monotonic())
            is_late = not self._event.wait(left)
        return is_so()

    def let_go(self, futures: Iterable[Future[T]], seconds: float | None) -> None:
        """Give up what was not begun yet, and wait for the rest, at most this many seconds."""
        begun = [future for future in futures if not future.cancel()]
        self.until(lambda: all(future.done() for future in begun), seconds)
