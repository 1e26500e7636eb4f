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

KEPT: Final = 10_000  # faults of the log, so that a long run does not fill the memory

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
        self.injected: deque[InjectedFault] = deque(maxlen=KEPT)
        self.start(plan)

    def start(self, plan: FaultPlan | None) -> None:
        if not isinstance(plan, FaultPlan | None):  # pyright: ignore[reportUnnecessaryIsInstance]
            kind, hint = type(plan).__name__, "FaultPlan.script([...]) makes one of a list"
            raise TypeError(f"faults must be a FaultPlan or None, not {kind}; {hint}")
        with self._lock:
            self.plan = plan
            self._steps = iter(plan.steps if plan else ())
            seed = plan.seed if plan else 0
            # Two of them, so that a latency does not change which requests go wrong.
            self._fault_chance = random.Random(f"faults {seed}")
            self._latency_chance = random.Random(f"latency {seed}")

    def handle(self, request: ServerRequest, handler: Handler) -> Reply:
        delay, fault = self.draw(request)
        if delay:
            (self._sleep or time.sleep)(delay)
        return self._reply(request, fault, handler)

    async def handle_async(
        self, request: ServerRequest, handler: Handler, sleep: AsyncSleep = anyio.sleep
    ) -> Reply:
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
            plan, operation = self.plan, find_operation_id(request.method, request.path)
            if plan is None or (plan.only and {request.method, operation}.isdisjoint(plan.only)):
                return delay, None
            for step in self._steps:  # None: nothing goes wrong this time
                return delay, step
            goes_wrong = self._fault_chance.random() < plan.rate
            return delay, self._fault_chance.choice(tuple(plan.faults)) if goes_wrong else None

    def _reply(self, request: ServerRequest, fault: Fault | None, handler: Handler) -> Reply:
        if fault is None:
            return handler(request)
        reply, carried_out = _replacement(fault) if fault.when == "before" else None, False
        if reply is None:
            response = handler(request)
            reply = _altered(fault, response, query_or_empty(request.query).get("after"))
            if reply is None:
                return response
            carried_out = 200 <= response.status < 300
        operation, path = find_operation_id(request.method, request.path), request.path_text
        self.injected.append(InjectedFault(operation, request.method, path, fault, carried_out))
        return reply


def _replacement(fault: Fault) -> Reply | None:
    """Return the reply that replaces any response, or None if the fault alters a response."""
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
    """Return the reply to send, or None; `after` is the cursor of the request."""
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
    if fault.kind == "nulls":
        items = _with_nulls(page["items"] if page else document, fault.everywhere)
        changed = {**page, "items": items} if page else items
    elif page and (after is not None or fault.kind == "missing_cursor"):
        cursor = after if fault.kind == "repeated_cursor" else None
        changed = {**page, "hasMore": True, "nextPage": cursor}
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
