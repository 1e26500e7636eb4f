# Derived from _async/_applying.py by `nox -s generate`: change that one.
"""Carrying out a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .._plan import Plan
from .._result import Result, StepResult

if TYPE_CHECKING:
    from ... import Client


def apply(
    plan: Plan,
    client: Client,
    *,
    on_step: Callable[[StepResult], object] | None,
    allow_commands: bool,
    command_timeout: float,
    concurrency: int,
) -> Result:
    """Carry a plan out."""
    raise NotImplementedError
