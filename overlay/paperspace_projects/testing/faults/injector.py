"""Between the transports and the emulator: the latency of each request, and its faults.

The latency is waited for before the emulator is called and outside of any lock, so that requests
never wait for each other's.
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

from ..emulator.inputs import query
from ..emulator.messages import HTTPException, Reply, ServerRequest, ServerResponse
from ..emulator.routes import find_operation_id
from .effects import apply_fault, replacement
from .plan import Fault, FaultPlan, InjectedFault, Latency

KEPT: Final = 10_000
"""How many faults the log keeps, so that a long run does not fill the memory."""

Handler = Callable[[ServerRequest], ServerResponse]
Sleep = Callable[[float], object]
AsyncSleep = Callable[[float], Awaitable[None]]


class FaultInjector:
    """Passes requests to the emulator with the latency and the faults of a plan."""

    def __init__(self, plan: FaultPlan | None, latency: Latency, sleep: Sleep | None) -> None:
        """Make an injector; arguments and errors are those of `Emulator`."""
        if inspect.iscoroutinefunction(sleep):
            raise TypeError("sleep must be a plain function, such as time.sleep: it is not awaited")
        self._latency = _checked_latency(latency)
        self._sleep = sleep
        self._lock = threading.Lock()
        self._injected: deque[InjectedFault] = deque(maxlen=KEPT)
        self.plan = plan

    @property
    def plan(self) -> FaultPlan | None:
        return self._plan

    @plan.setter
    def plan(self, plan: FaultPlan | None) -> None:
        if not isinstance(plan, FaultPlan | None):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"faults must be a FaultPlan or None, not {type(plan).__name__};"
                " FaultPlan.script([...]) makes one of a list"
            )
        with self._lock:
            self._plan = plan
            self._steps = iter(plan.steps if plan else ())
            seed = plan.seed if plan else 0
            # Two of them, so that a latency does not change which requests go wrong.
            self._fault_chance = random.Random(f"faults {seed}")
            self._latency_chance = random.Random(f"latency {seed}")

    @property
    def injected(self) -> tuple[InjectedFault, ...]:
        with self._lock:
            return tuple(self._injected)

    def handle(self, request: ServerRequest, handler: Handler) -> Reply:
        """Pass a request to the emulator, after blocking the thread for its latency."""
        delay, fault = self.draw(request)
        if delay:
            (self._sleep or time.sleep)(delay)
        return self._reply(request, fault, handler)

    async def handle_async(
        self, request: ServerRequest, handler: Handler, sleep: AsyncSleep = anyio.sleep
    ) -> Reply:
        """Pass a request to the emulator after its latency; `sleep` waits unless one was given."""
        delay, fault = self.draw(request)
        if delay and self._sleep is not None:
            self._sleep(delay)
        elif delay:
            await sleep(delay)
        return self._reply(request, fault, handler)

    def draw(self, request: ServerRequest) -> tuple[float, Fault | None]:
        """Draw the latency and the fault of a request on its arrival."""
        with self._lock:
            delay = self._latency_chance.uniform(*self._latency)
            plan = self._plan
            if plan is None or not plan.concerns(request.method, _operation_id(request)):
                return delay, None
            try:
                return delay, next(self._steps)
            except StopIteration:
                if self._fault_chance.random() >= plan.rate:
                    return delay, None
                return delay, self._fault_chance.choice(tuple(plan.faults))

    def _reply(self, request: ServerRequest, fault: Fault | None, handler: Handler) -> Reply:
        if fault is None:
            return handler(request)
        if fault.when == "before" and (instead := replacement(fault)) is not None:
            self._log(request, fault, carried_out=False)
            return instead
        response = handler(request)
        reply = apply_fault(fault, response, _cursor(request))
        if reply is None:
            return response
        self._log(request, fault, carried_out=200 <= response.status < 300)
        return reply

    def _log(self, request: ServerRequest, fault: Fault, *, carried_out: bool) -> None:
        entry = InjectedFault(
            _operation_id(request), request.method, request.path_text, fault, carried_out
        )
        with self._lock:
            self._injected.append(entry)


def _operation_id(request: ServerRequest) -> str | None:
    return find_operation_id(request.method, request.path)


def _cursor(request: ServerRequest) -> str | None:
    try:
        return query(request.query).get("after")
    except HTTPException:
        return None


def _checked_latency(latency: Latency) -> tuple[float, float]:
    match latency if isinstance(latency, tuple) else (latency, latency):
        case (float() | int() as low, float() | int() as high) if 0 <= low <= high < math.inf:
            return low, high
        case _:
            raise ValueError(
                f"latency must be seconds, or a pair of the fewest and the most, not {latency!r}"
            )
