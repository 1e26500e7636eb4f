"""Working on many things at a time, so many and no more.

Written by hand on both sides, as async and sync differ here by nature.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

import anyio
import anyio.to_thread

from ..._api import validation as arguments

T = TypeVar("T")
R = TypeVar("R")


class AsyncCrew:
    """So many tasks.

    `is_stopped` says that the work has ended early: whoever is still at it shall begin nothing new.
    `is_left` says that nobody waits any more for what still comes of it, which tasks never do.
    `one_at_a_time` is to be entered for what no two of them may do at once; `turn` is the same for
    work that waits for the server.

    Raises:
        InvalidArgumentError: `concurrency` is no whole number from 1 up.
    """

    is_stopped: bool = False
    is_left: bool = False
    one_at_a_time: AbstractContextManager[object] = nullcontext()

    def __init__(self, concurrency: int) -> None:
        self._size = arguments.whole_number("concurrency", concurrency, least=1)
        self.turn: anyio.Lock = anyio.Lock()

    async def gather(self, work: Callable[[T], Awaitable[R]], things: Sequence[T]) -> list[R]:
        """What the work on each thing gives, in the order of the things.

        The first exception ends the work on all others, and is raised as it is.
        """
        todo = iter(enumerate(things))
        results: dict[int, R] = {}
        raised: list[BaseException] = []

        async def go_through() -> None:
            try:
                for index, thing in todo:  # one iterator for all
                    results[index] = await work(thing)
            except BaseException as error:  # in a task of its own, some would end the event loop
                if isinstance(error, anyio.get_cancelled_exc_class()) and _is_cancelled():
                    raise
                raised.append(error)
                group.cancel_scope.cancel()

        try:
            async with anyio.create_task_group() as group:
                for _ in range(min(self._size, len(things))):
                    group.start_soon(go_through)
        finally:
            self.is_stopped |= len(results) < len(things)
        if raised:
            raise raised[0]
        return [results[index] for index in range(len(things))]

    async def apart(self, work: Callable[[T], R], thing: T) -> R:
        """Do work that blocks in a thread, so that the others go on."""
        return await anyio.to_thread.run_sync(work, thing, abandon_on_cancel=True)


def _is_cancelled() -> bool:
    """Whether this task was cancelled with those that it belongs to."""
    return anyio.current_effective_deadline() == -math.inf
