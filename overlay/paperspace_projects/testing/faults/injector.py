"""Between the transports and the emulator: the latency of each request, and its faults.

Without latency and faults a request passes unchanged. The latency is waited for before the emulator
is called and outside of any lock, so that requests never wait for each other's.
"""

from __future__ import annotations

import inspect
import math
import random
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

import anyio
import msgspec

from ..emulator.inputs import query
from ..emulator.messages import HTTPException, ServerRequest, ServerResponse
from ..emulator.routes import find_operation_id
from .effects import Reply, apply_fault, replacement
from .plan import Fault, FaultPlan, InjectedFault, Latency

KEPT: Final = 10_000
"""How many faults the log keeps, so that a long run does not fill the memory."""

Handler = Callable[[ServerRequest], ServerResponse]
Sleep = Callable[[float], object]
AsyncSleep = Callable[[float], Awaitable[None]]


class FaultDraw(msgspec.Struct, frozen=True):
    """What is drawn for a request on its arrival."""

    delay: float = 0.0
    fault: Fault | None = None
    operation: str | None = None


class FaultSchedule:
    """The position in a plan. All chance comes from the plan's seed. Not thread-safe."""

    def __init__(self, plan: FaultPlan | None) -> None:
        self.plan: Final = plan
        seed = 0 if plan is None else plan.seed
        self._steps = iter(() if plan is None else plan.steps)
        # Two of them, so that a latency does not change which requests go wrong.
        self._faults = random.Random(f"faults {seed}")
        self._latency = random.Random(f"latency {seed}")

    def next_fault(self, method: str, operation: str | None) -> Fault | None:
        plan = self.plan
        if plan is None or not plan.concerns(method, operation):
            return None
        try:
            return next(self._steps)
        except StopIteration:
            if self._faults.random() >= plan.rate:
                return None
            return self._faults.choice(tuple(plan.faults))

    def next_delay(self, latency: tuple[float, float]) -> float:
        return self._latency.uniform(*latency)


class FaultInjector:
    """Passes requests to the emulator with the latency and the faults of a plan."""

    def __init__(self, plan: FaultPlan | None, latency: Latency, sleep: Sleep | None) -> None:
        """Make an injector; arguments and errors are those of `Emulator`."""
        if inspect.iscoroutinefunction(sleep):
            raise TypeError("sleep must be a plain function, such as time.sleep: it is not awaited")
        self._latency = _checked_latency(latency)
        self._sleep = sleep
        self._lock = threading.Lock()
        self._schedule = FaultSchedule(_checked_plan(plan))
        self._injected: deque[InjectedFault] = deque(maxlen=KEPT)

    @property
    def plan(self) -> FaultPlan | None:
        return self._schedule.plan

    @plan.setter
    def plan(self, plan: FaultPlan | None) -> None:
        schedule = FaultSchedule(_checked_plan(plan))
        with self._lock:
            self._schedule = schedule

    @property
    def injected(self) -> tuple[InjectedFault, ...]:
        with self._lock:
            return tuple(self._injected)

    def handle(self, request: ServerRequest, handler: Handler) -> Reply:
        """Pass a request to the emulator, after blocking the thread for its latency."""
        draw = self.draw(request)
        if draw.delay:
            (self._sleep or time.sleep)(draw.delay)
        return self._reply(request, draw, handler)

    async def handle_async(
        self, request: ServerRequest, handler: Handler, sleep: AsyncSleep = anyio.sleep
    ) -> Reply:
        """Pass a request to the emulator after its latency; `sleep` waits unless one was given."""
        draw = self.draw(request)
        if draw.delay and self._sleep is not None:
            self._sleep(draw.delay)
        elif draw.delay:
            await sleep(draw.delay)
        return self._reply(request, draw, handler)

    def draw(self, request: ServerRequest) -> FaultDraw:
        """Draw the latency and the fault of a request."""
        if self._schedule.plan is None and not self._latency[1]:
            return FaultDraw()
        method, operation = request.method, find_operation_id(request.method, request.path)
        with self._lock:
            delay = self._schedule.next_delay(self._latency)
            return FaultDraw(delay, self._schedule.next_fault(method, operation), operation)

    def _reply(self, request: ServerRequest, draw: FaultDraw, handler: Handler) -> Reply:
        fault = draw.fault
        if fault is None:
            return handler(request)
        if fault.when == "before" and (instead := replacement(fault)) is not None:
            self._log(request, draw.operation, fault, carried_out=False)
            return instead
        response = handler(request)
        reply = apply_fault(fault, response, _cursor(request))
        if reply is None:
            return response
        self._log(request, draw.operation, fault, carried_out=200 <= response.status < 300)
        return reply

    def _log(
        self, request: ServerRequest, operation: str | None, fault: Fault, *, carried_out: bool
    ) -> None:
        entry = InjectedFault(operation, request.method, request.path_text, fault, carried_out)
        with self._lock:
            self._injected.append(entry)


def _cursor(request: ServerRequest) -> str | None:
    try:
        return query(request.query).get("after")
    except HTTPException:
        return None


def _checked_plan(plan: object) -> FaultPlan | None:
    if plan is None or isinstance(plan, FaultPlan):
        return plan
    raise TypeError(
        f"faults must be a FaultPlan or None, not {type(plan).__name__};"
        " FaultPlan.script([...]) makes one of a list"
    )


def _checked_latency(latency: Latency) -> tuple[float, float]:
    match latency if isinstance(latency, tuple) else (latency, latency):
        case (float() | int() as low, float() | int() as high) if 0 <= low <= high < math.inf:
            return low, high
        case _:
            raise ValueError(
                f"latency must be seconds, or a pair of the fewest and the most, not {latency!r}"
            )
