"""Where a plan has got to: the next request's fault, and the time that it takes.

All chance comes from the plan's seed: the same requests in the same order draw the same lots. The
numbers that follow are the emulator's alone; the plan itself stays as it is.
"""

import math
import random
from typing import Final

from .plan import Fault, FaultPlan, Latency


def checked_plan(plan: object) -> FaultPlan | None:
    """The plan, or None.

    Raises:
        TypeError: it is neither.
    """
    if plan is None or isinstance(plan, FaultPlan):
        return plan
    raise TypeError(
        f"faults must be a FaultPlan or None, not {type(plan).__name__};"
        " FaultPlan.script([...]) makes one of a list"
    )


def checked_latency(latency: Latency) -> tuple[float, float]:
    """The shortest and the longest time that a request takes, in seconds.

    Raises:
        ValueError: a time that is negative or no number, or a longest that is the shorter.
    """
    match latency if isinstance(latency, tuple) else (latency, latency):
        case (float() | int() as low, float() | int() as high) if 0 <= low <= high < math.inf:
            return low, high
        case _:
            raise ValueError(
                f"latency must be seconds, or a pair of the fewest and the most, not {latency!r}"
            )


class Course:
    """Where a plan has got to. Not thread-safe: whoever holds it holds a lock."""

    def __init__(self, plan: FaultPlan | None) -> None:
        self.plan: Final = plan
        seed = 0 if plan is None else plan.seed
        self._steps = iter(() if plan is None else plan.steps)
        self._faults = () if plan is None else plan.faults
        # Two of them, so that a latency does not change which requests go wrong.
        self._chance = random.Random(f"faults {seed}")
        self._pace = random.Random(f"latency {seed}")

    def fault(self, method: str, operation: str | None) -> Fault | None:
        """What goes wrong with the next request."""
        if self.plan is None or not self.plan.concerns(method, operation):
            return None
        try:
            return next(self._steps)
        except StopIteration:
            if self._chance.random() >= self.plan.rate:
                return None
            return self._chance.choice(self._faults)

    def delay(self, latency: tuple[float, float]) -> float:
        """The seconds that the next request takes."""
        return self._pace.uniform(*latency)
