"""Between the transports and the emulator: how long a request takes, and what goes wrong with it.

With neither latency nor faults it passes a request on and does nothing else. Waiting is done before
the emulator is asked, outside of any lock, so that requests never wait for each other's latency.
"""

import inspect
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import anyio

from ..emulator.inputs import query
from ..emulator.messages import Answer, Call, Problem
from ..emulator.routes import find_id
from .effects import Reply, in_place_of_answer, spoilt
from .plan import Fault, FaultPlan, InjectedFault, Latency
from .schedule import Course, checked_latency, checked_plan

KEPT: Final = 10_000
"""How many faults the log holds, so that a long run does not fill the memory."""

Handler = Callable[[Call], Answer]
Sleep = Callable[[float], object]
Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Lot:
    """What a request draws as it arrives."""

    delay: float
    fault: Fault | None = None
    operation: str | None = None


_NOTHING: Final = _Lot(0.0)


class Gate:
    """Lets requests through to the emulator, as slowly and as badly as it was told to."""

    def __init__(
        self,
        plan: FaultPlan | None,
        latency: Latency,
        sleep: Sleep | None,
    ) -> None:
        """Make a gate.

        Arguments:
            plan: what goes wrong.
            latency: how long a request takes, in seconds.
            sleep: what waits, for sync and async alike; without it, what suits each.

        Raises:
            TypeError: a plan or a sleep that is none.
            ValueError: a latency that is none.
        """
        if inspect.iscoroutinefunction(sleep):
            raise TypeError("sleep must be a plain function, such as time.sleep: nobody awaits it")
        self._latency = checked_latency(latency)
        self._sleep = sleep
        self._lock = threading.Lock()
        self._course = Course(checked_plan(plan))
        self._injected: deque[InjectedFault] = deque(maxlen=KEPT)

    @property
    def plan(self) -> FaultPlan | None:
        """What goes wrong from here on; setting it starts the plan at its beginning."""
        return self._course.plan

    @plan.setter
    def plan(self, plan: FaultPlan | None) -> None:
        course = Course(checked_plan(plan))
        with self._lock:
            self._course = course

    @property
    def injected(self) -> tuple[InjectedFault, ...]:
        """What went wrong so far, in order; the last of it."""
        with self._lock:
            return tuple(self._injected)

    def handle(self, call: Call, handler: Handler) -> Reply:
        """Let one request through to the emulator; blocks the thread as long as it takes."""
        lot = self._draw(call)
        if lot.delay:
            (self._sleep or time.sleep)(lot.delay)
        return self._reply(call, lot, handler)

    async def handle_async(self, call: Call, handler: Handler, pause: Pause = anyio.sleep) -> Reply:
        """Let one request through; others go on while it takes its time.

        Arguments:
            call: the request.
            handler: the emulator.
            pause: what waits, unless the emulator was told what does.
        """
        lot = self._draw(call)
        if lot.delay and self._sleep is not None:
            self._sleep(lot.delay)
        elif lot.delay:
            await pause(lot.delay)
        return self._reply(call, lot, handler)

    def _draw(self, call: Call) -> _Lot:
        course = self._course
        if course.plan is None and not self._latency[1]:
            return _NOTHING
        operation = find_id(call.method, call.path)
        with self._lock:
            # Again: it may have been replaced meanwhile.
            course = self._course
            return _Lot(
                course.delay(self._latency), course.fault(call.method, operation), operation
            )

    def _reply(self, call: Call, lot: _Lot, handler: Handler) -> Reply:
        fault = lot.fault
        if fault is None:
            return handler(call)
        if fault.when == "before" and (instead := in_place_of_answer(fault)) is not None:
            self._log(call, lot.operation, fault, carried_out=False)
            return instead
        answer = handler(call)
        reply = spoilt(fault, answer, _cursor(call))
        if reply is None:
            return answer
        self._log(call, lot.operation, fault, carried_out=200 <= answer.status < 300)
        return reply

    def _log(self, call: Call, operation: str | None, fault: Fault, *, carried_out: bool) -> None:
        path = call.path.decode("ascii", "backslashreplace")
        entry = InjectedFault(operation, call.method, path, fault, carried_out)
        with self._lock:
            self._injected.append(entry)


def _cursor(call: Call) -> str | None:
    try:
        return query(call.query).get("after")
    except Problem:
        return None
