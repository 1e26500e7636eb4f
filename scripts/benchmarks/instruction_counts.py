"""Counts what a call of ours costs, in a fresh process: figures that do not jitter.

Counts Python's instructions and calls of C functions. Under valgrind, in another process, it marks
where the machine's instructions are to be counted.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

WARM = 5
REPEATS = 5
"""How many counts the least is taken of: a response may come in several pieces."""
NATIVE = {"get": 20, "page": 5}
"""How often each call is made to count its machine instructions."""


def calls(root: str) -> dict[str, Callable[[], object]]:
    """The calls that are counted, by name, of clients that keep their connections open."""
    from paperspace_projects import AsyncClient, Client

    client = Client("bench-key", base_url=root)
    runner, aclient = asyncio.Runner(), AsyncClient("bench-key", base_url=root)
    listing, alisting = client.projects.list(page_size=120), aclient.projects.list(page_size=120)

    async def first_page() -> None:  # asyncio may log what a task returns
        pages = alisting.pages()
        await anext(pages)
        await pages.aclose()

    def run(call: Callable[[], Coroutine[Any, Any, object]]) -> Callable[[], object]:
        return lambda: runner.run(call())

    return {
        "get": lambda: client.projects.get("p-1"),
        "page": lambda: next(listing.pages()),
        "async get": run(lambda: aclient.projects.get("p-1")),
        "async page": run(first_page),
    }


def instructions(call: Callable[[], object]) -> int:
    """How many Python instructions a call executes."""
    return _monitored(call) if sys.version_info >= (3, 12) else _traced(call)


def _traced(call: Callable[[], object]) -> int:
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(None)
    return count


def _monitored(call: Callable[[], object]) -> int:
    """The same from Python 3.12 on, where tracing misses some."""
    monitoring: Any = getattr(sys, "monitoring")  # noqa: B009  3.11 knows no such name
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    tool, event = monitoring.PROFILER_ID, monitoring.events.INSTRUCTION
    monitoring.use_tool_id(tool, "budget")
    monitoring.register_callback(tool, event, note)
    monitoring.set_events(tool, event)
    try:
        call()
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
    return count


def functions_in_c(call: Callable[[], object]) -> int:
    """How many C functions a call calls."""
    count = 0

    def profile(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event == "c_call"

    sys.setprofile(profile)
    try:
        call()
    finally:
        sys.setprofile(None)
    return count


def counts(root: str) -> dict[str, dict[str, int]]:
    """Both counts for each call."""
    found: dict[str, dict[str, int]] = {}
    for name, call in calls(root).items():
        for _ in range(WARM):
            call()
        gc.collect()
        gc.disable()  # its work does not belong to the call
        found[name] = {
            "python": min(instructions(call) for _ in range(REPEATS)),
            "c_calls": min(functions_in_c(call) for _ in range(REPEATS)),
        }
        gc.enable()
    return found


def make_for_valgrind(root: str) -> None:
    """Make calls between two system functions at which valgrind starts and stops counting."""
    prepared = calls(root)
    for name, times in NATIVE.items():
        for _ in range(WARM):
            prepared[name]()
        gc.collect()
        gc.disable()
        os.getpgrp()  # starts counting
        for _ in range(times):
            prepared[name]()
        os.getsid(0)  # writes what was counted
        gc.enable()
