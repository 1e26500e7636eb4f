"""A clock that only moves when it is told to, or when somebody sleeps by it."""

from __future__ import annotations


class FakeClock:
    """Stands in for the clocks, the sleep and the chance of a client. `sleeps` lists the waits."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.epoch = 1_774_000_000.0
        self.sleeps: list[float] = []
        self.drawn: list[tuple[float, float]] = []
        self.fraction = 1.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.epoch + self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)

    def uniform(self, low: float, high: float) -> float:
        """Draws `fraction` of the way from low to high, the upper end unless told otherwise."""
        self.drawn.append((low, high))
        return low + self.fraction * (high - low)
