"""Counting what a call of ours costs, in a fresh process: figures that do not jitter.

Python's own instructions are counted, and the functions in C that they call. In a process of their
own, under valgrind, it is shown where the machine's instructions begin and end to count.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

from .isolation import hide

WARM = 5
REPEATS = 5
"""The least of so many counts is taken: an answer may come in more pieces than one."""
NATIVE = {"get": 20, "page": 5}
"""How often a call is made for its machine instructions."""


def calls(root: str) -> dict[str, Callable[[], object]]:
    """The calls that are counted, ready to be made over connections that are open."""
    from paperspace_projects import AsyncClient, Client

    client = Client("bench-key", base_url=root)
    runner, aclient = asyncio.Runner(), AsyncClient("bench-key", base_url=root)
    listing, alisting = client.projects.list(page_size=120), aclient.projects.list(page_size=120)

    async def first_page() -> None:  # asyncio may write down what a task returns
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
    """How many of Python's instructions a call executes."""
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
    """The same where tracing misses some: from Python 3.12 on."""
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
    """How many functions in C it calls."""
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
        gc.disable()  # what it would call does not belong to the call
        found[name] = {
            "python": min(instructions(call) for _ in range(REPEATS)),
            "c_calls": min(functions_in_c(call) for _ in range(REPEATS)),
        }
        gc.enable()
    return found


def make_for_valgrind(root: str) -> None:
    """Make calls between two functions of the system that valgrind looks out for."""
    made = calls(root)
    for name, times in NATIVE.items():
        for _ in range(WARM):
            made[name]()
        gc.collect()
        gc.disable()
        os.getpgrp()  # from here on it counts
        for _ in range(times):
            made[name]()
        os.getsid(0)  # here it writes down what it counted
        gc.enable()


def main() -> None:
    asked = json.loads(sys.argv[1])
    hide(asked["hidden"])
    if asked["natively"]:
        make_for_valgrind(asked["root"])
    else:
        print(json.dumps(counts(asked["root"])))


if __name__ == "__main__":
    main()
