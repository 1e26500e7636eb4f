"""Between the transports and the emulator: the latency of each request, and its faults.

The latency is waited for before the emulator is called and outside of any lock, so that requests
never wait for each other's. Faults look at a response's shape, and know no dialect or operation.
"""

from __future__ import annotations

import inspect
import math
import random
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, cast

import anyio
import msgspec

from ..emulator.inputs import query_or_empty
from ..emulator.messages import HTTPException, NoResponse, Reply, ServerRequest, ServerResponse
from ..emulator.routes import find_operation_id
from .plan import Fault, FaultPlan, InjectedFault, Latency

KEPT: Final = 10_000
"""How many faults the log keeps, so that a long run does not fill the memory."""

# `userId` identifies an object only if it has no `id`, as a collaborator; an event has both.
_IDENTITIES: Final = ("id", "name", "userId")

Handler = Callable[[ServerRequest], ServerResponse]
Sleep = Callable[[float], object]
AsyncSleep = Callable[[float], Awaitable[None]]


class FaultInjector:
    """Passes requests to the emulator with the latency and the faults of a plan."""

    def __init__(self, plan: FaultPlan | None, latency: Latency, sleep: Sleep | None) -> None:
        if inspect.iscoroutinefunction(sleep):
            raise TypeError("sleep must be a plain function, such as time.sleep: it is not awaited")
        match latency if isinstance(latency, tuple) else (latency, latency):
            case (float() | int() as low, float() | int() as high) if 0 <= low <= high < math.inf:
                self._latency = low, high
            case _:
                wanted = "seconds, or a pair of the fewest and the most"
                raise ValueError(f"latency must be {wanted}, not {latency!r}")
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
            plan, operation = self._plan, find_operation_id(request.method, request.path)
            if plan is None or not plan.concerns(request.method, operation):
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
        if fault.when == "before" and (instead := _replacement(fault)) is not None:
            self._log(request, fault, carried_out=False)
            return instead
        response = handler(request)
        reply = _altered(fault, response, query_or_empty(request.query).get("after"))
        if reply is None:
            return response
        self._log(request, fault, carried_out=200 <= response.status < 300)
        return reply

    def _log(self, request: ServerRequest, fault: Fault, *, carried_out: bool) -> None:
        method, path = request.method, request.path_text
        operation = find_operation_id(method, request.path)
        with self._lock:
            self._injected.append(InjectedFault(operation, method, path, fault, carried_out))


def _replacement(fault: Fault) -> Reply | None:
    """Return the reply that replaces any response; None if the fault alters a response."""
    match fault.kind:
        case "refuse" | "drop" | "reset" | "timeout":
            return NoResponse(fault.kind)
        case "status":
            headers = () if fault.retry_after is None else (("retry-after", fault.retry_after),)
            status = int(fault.code or 500)
            if status in (204, 304):  # they have no body: RFC 9110, 15.3.5 and 15.4.5
                return ServerResponse(status, headers)
            if fault.body is None:
                return HTTPException(
                    status, "An injected fault set this status.", *headers
                ).response
            content_type = ("content-type", fault.content_type)
            return ServerResponse(status, (content_type, *headers), fault.body)
        case _:
            return None


def _altered(fault: Fault, response: ServerResponse, after: str | None) -> Reply | None:
    """Return the reply to send after the operation; None if there is nothing to alter.

    `after` is the cursor of the request.
    """
    if fault.kind == "cut_off":
        return msgspec.structs.replace(response, is_cut_off=True) if response.body else None
    if (instead := _replacement(fault)) is not None:
        return instead
    if not (200 <= response.status < 300 and response.body):
        return None
    document: dict[str, object] | list[object] = msgspec.json.decode(response.body)
    is_page = isinstance(document, dict) and {"items", "hasMore"} <= document.keys()
    page = document if isinstance(document, dict) and is_page else {}
    changed: object = document
    match fault.kind:
        case "repeated_cursor" if page and after is not None:
            changed = {**page, "hasMore": True, "nextPage": after}
        case "missing_cursor" if page:
            changed = {**page, "hasMore": True, "nextPage": None}
        case "nulls" if page:
            changed = {**page, "items": _with_nulls(page["items"], fault.everywhere)}
        case "nulls":
            changed = _with_nulls(document, fault.everywhere)
        case _:
            pass
    if changed == document:
        return None
    return msgspec.structs.replace(response, body=msgspec.json.encode(changed))


def _with_nulls(value: object, everywhere: bool) -> object:
    """Replace each object's fields by null, but for its identities unless `everywhere`."""
    if isinstance(value, list):
        return [_with_nulls(item, everywhere) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        kept = {} if everywhere else _identities(fields)
        return {name: kept.get(name) for name in fields}
    return value


def _identities(fields: Mapping[str, object]) -> dict[str, object]:
    """Return the fields that identify an object, and nested objects that have such fields."""
    kept = {name: fields[name] for name in _IDENTITIES if name in fields}
    if "id" in kept:
        kept.pop("userId", None)
    for name, value in fields.items():
        if isinstance(value, dict) and _identities(cast("dict[str, object]", value)):
            kept[name] = _with_nulls(cast("object", value), everywhere=False)
    return kept
