"""Counts the Python instructions and the calls of C functions of our calls, in a fresh process.

In another process, under valgrind, it marks where to count machine instructions.
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
"""Each figure is the least of this many counts: a response may arrive in several pieces."""
NATIVE = {"get": 20, "page": 5}
"""How often each call is made to count its machine instructions."""


def calls(root: str) -> dict[str, Callable[[], object]]:
    """The calls to count, by name, on clients that keep their connections open."""
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
    if sys.version_info < (3, 12):
        return _counted(sys.settrace, call, "opcode")
    # From Python 3.12 on, tracing misses some.
    monitoring: Any = getattr(sys, "monitoring")  # noqa: B009  3.11 knows no such name
    total = 0

    def note(*_: object) -> None:
        nonlocal total
        total += 1

    tool, event = monitoring.PROFILER_ID, monitoring.events.INSTRUCTION
    monitoring.use_tool_id(tool, "budget")
    monitoring.register_callback(tool, event, note)
    monitoring.set_events(tool, event)
    try:
        call()
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
    return total


def functions_in_c(call: Callable[[], object]) -> int:
    """How many C functions a call calls."""
    return _counted(sys.setprofile, call, "c_call")


def _counted(install: Callable[[Any], None], call: Callable[[], object], wanted: str) -> int:
    """How many events of a kind a call causes, with `sys.settrace` or `sys.setprofile`."""
    total = 0

    def note(frame: FrameType, event: str, _: object) -> Any:
        nonlocal total
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        total += event == wanted
        return note

    install(note)
    try:
        call()
    finally:
        install(None)
    return total


def counts(root: str) -> dict[str, dict[str, int]]:
    """Both counts for each call."""
    found: dict[str, dict[str, int]] = {}
    for name, call in calls(root).items():
        for _ in range(WARM):
            call()
        gc.collect()
        gc.disable()  # it is no part of the call
        found[name] = {
            "python": min(instructions(call) for _ in range(REPEATS)),
            "c_calls": min(functions_in_c(call) for _ in range(REPEATS)),
        }
        gc.enable()
    return found


def make_for_valgrind(root: str) -> None:
    """Make calls between two system calls at which valgrind starts and stops to count."""
    prepared = calls(root)
    for name, times in NATIVE.items():
        for _ in range(WARM):
            prepared[name]()
        gc.collect()
        gc.disable()
        os.getpgrp()  # starts counting
        for _ in range(times):
            prepared[name]()
        os.getsid(0)  # writes the count
        gc.enable()
