"""What can go wrong with a request, and when: `Fault`, `FaultPlan` and the log's `InjectedFault`.

Of a request only method and path may get in here, as the log may be printed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from difflib import get_close_matches
from email.utils import format_datetime
from typing import Any, Final, Literal, Self

import msgspec

from ..emulator.messages import NoResponseReason
from ..emulator.routes import METHODS, OPERATION_IDS

When = Literal["before", "after"]
BodyFault = Literal["cut_off", "repeated_cursor", "missing_cursor", "nulls"]
FaultKind = Literal["status", NoResponseReason, BodyFault]

Latency = float | tuple[float, float]  # seconds, or a pair of the fewest and the most


class Fault(msgspec.Struct, frozen=True):
    """One thing that goes wrong with one request. The class methods make them.

    With `when="before"` the request never reached the operation; with "after" the operation was
    carried out, and only its answer went wrong.
    """

    kind: FaultKind
    when: When = "before"
    code: int | None = None
    retry_after: str | None = None
    body: bytes | None = None
    content_type: str = "application/json"
    everywhere: bool = False

    def __post_init__(self) -> None:
        if self.when not in ("before", "after"):
            raise ValueError(f'when must be "before" or "after", not {self.when!r}')
        for header in (self.retry_after or "", self.content_type):
            if not (header.isascii() and header.isprintable() and header == header.strip()):
                raise ValueError("a header must be printable ASCII without space around it")

    @classmethod
    def status(
        cls,
        code: int,
        *,
        retry_after: float | datetime | str | None = None,
        body: str | bytes | None = None,
        content_type: str = "application/json",
        when: When = "before",
    ) -> Self:
        """Another answer than the operation's, such as a gateway's 502.

        Example: `emulator.faults = FaultPlan.script([Fault.status(429, retry_after=1)])`

        Args:
            code: Its status, from 200 to 599.
            retry_after: The `Retry-After` header: seconds, an aware datetime, or its own text.
            body: By default the vendor's error body (docs/dialects.md, `Error`).

        Raises:
            ValueError: Another status, a naive datetime, or text that no header can hold.
        """
        if not 200 <= code <= 599:
            raise ValueError(f"the status of a fault must be from 200 to 599, not {code}")
        if isinstance(retry_after, datetime):
            if retry_after.tzinfo is None:
                raise ValueError("retry_after must be an aware datetime")
            retry_after = format_datetime(retry_after.astimezone(UTC), usegmt=True)
        elif retry_after is not None and not isinstance(retry_after, str):
            retry_after = f"{retry_after:.15g}"
        body = body.encode() if isinstance(body, str) else body
        return cls("status", when, code, retry_after, body, content_type)

    @classmethod
    def refuse(cls) -> Self:
        """No connection: `httpx.ConnectError`. A served emulator resets the connection.

        Example: `emulator.faults = FaultPlan.script([Fault.refuse()])`
        """
        return cls("refuse")

    @classmethod
    def drop(cls, *, when: When = "before") -> Self:
        """The connection ends instead of an answer: `httpx.RemoteProtocolError`.

        Example: `emulator.faults = FaultPlan.script([Fault.drop(when="after")], only=["POST"])`
        """
        return cls("drop", when)

    @classmethod
    def reset(cls, *, when: When = "before") -> Self:
        """The connection is reset (TCP's RST) instead of an answer: `httpx.ReadError`.

        Example: `emulator.faults = FaultPlan(seed=7, rate=0.2, faults=[Fault.reset()])`
        """
        return cls("reset", when)

    @classmethod
    def timeout(cls, *, when: When = "before") -> Self:
        """No answer: in process `httpx.ReadTimeout` at once, served an open, silent connection.

        Example: `emulator.faults = FaultPlan.script([Fault.timeout()])`
        """
        return cls("timeout", when)

    @classmethod
    def cut_off(cls) -> Self:
        """The connection ends within the answer's body, if any: `httpx.RemoteProtocolError`.

        Example: `emulator.faults = FaultPlan.script([Fault.cut_off()])`
        """
        return cls("cut_off", "after")

    @classmethod
    def repeated_cursor(cls) -> Self:
        """The page names the cursor that led to it as the next one; a first page is not changed.

        Example: `emulator.faults = FaultPlan.script([None, Fault.repeated_cursor()])`
        """
        return cls("repeated_cursor", "after")

    @classmethod
    def missing_cursor(cls) -> Self:
        """The page says that there is more, and not where: `hasMore` is true, `nextPage` null.

        Example: `emulator.faults = FaultPlan.script([Fault.missing_cursor()])`
        """
        return cls("missing_cursor", "after")

    @classmethod
    def nulls(cls, *, everywhere: bool = False) -> Self:
        """Null in each field of each object of a success, as any may be (docs/dialects.md).

        The page around the objects stays, and ids and names do unless `everywhere` is true.

        Example: `emulator.faults = FaultPlan.script([Fault.nulls()])`
        """
        return cls("nulls", "after", everywhere=everywhere)

    def __repr__(self) -> str:
        """Show the call that made it, without the body."""
        has_when = self.kind in ("status", "drop", "reset", "timeout")
        given = {
            str(self.code): self.code is not None,
            f"retry_after={self.retry_after!r}": self.retry_after is not None,
            "body=...": self.body is not None,
            "when='after'": has_when and self.when == "after",
            "everywhere=True": self.everywhere,
        }
        return f"Fault.{self.kind}({', '.join(text for text, shown in given.items() if shown)})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("kind", self.kind), ("when", self.when), ("code", self.code)]


# Faults that servers and networks have by themselves, and that a client recovers from or reports.
# No timeouts: each would cost the client of a served emulator its whole timeout.
EVERYDAY_FAULTS: Final[tuple[Fault, ...]] = (
    Fault.status(429, retry_after=1),
    Fault.status(500),
    Fault.status(502, body="<html>Bad Gateway</html>", content_type="text/html", when="after"),
    Fault.status(503, retry_after=1),
    Fault.drop(),
    Fault.drop(when="after"),
    Fault.reset(),
    Fault.cut_off(),
)


class FaultPlan(msgspec.Struct, frozen=True):
    """Which requests go wrong, and how.

        FaultPlan.script([Fault.status(503), None, Fault.drop(when="after")])  # one by one
        FaultPlan(seed=7, rate=0.2, faults=[Fault.drop()])  # at random, and the same each time

    A fault that finds nothing to change in an answer, such as `nulls` without an object, is used
    up, and is not logged. Each emulator starts at the beginning of a plan.

    Args:
        seed: Requests in the same order get the same faults and latencies under the same seed.
        rate: The share of requests that go wrong after the script, from 0 to 1.
        faults: The faults that happen then; one that is listed twice happens twice as often.
        steps: The script: the fault of each request in turn; None leaves a request alone.
        only: Operation ids and methods; other requests succeed, and use up no step.

    Raises:
        TypeError: `faults` or `steps` has something that is not a fault.
        ValueError: The rate is not from 0 to 1, or `only` has another name.
    """

    seed: int = 0
    rate: float = 0.0
    faults: Collection[Fault] = EVERYDAY_FAULTS
    steps: Collection[Fault | None] = ()
    only: Collection[str] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise ValueError(f"the rate of faults must be from 0 to 1, not {self.rate}")
        if self.rate and not self.faults:
            raise ValueError("a plan with a rate needs faults to choose from")
        for each in (*self.faults, *(step for step in self.steps if step is not None)):
            if not isinstance(each, Fault):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
                kind = type(each).__name__
                raise TypeError(f"a fault must be a Fault, such as Fault.drop(), not {kind}")
        # Tuples, whatever was given, so that a plan can be compared and hashed.
        only = (self.only,) if isinstance(self.only, str) else self.only
        for name, values in (("faults", self.faults), ("steps", self.steps), ("only", only)):
            msgspec.structs.force_setattr(self, name, tuple(values))
        known = {each.lower(): each for each in sorted(METHODS | OPERATION_IDS)}
        for name in set(only) - set(known.values()):
            close = get_close_matches(name.lower(), known, n=1)
            hint = f"did you mean {known[close[0]]}?" if close else "such as listProjects or DELETE"
            raise ValueError(f"{name!r} is neither an operation id nor a method: {hint}")

    @classmethod
    def script(cls, steps: Iterable[Fault | None], *, only: Iterable[str] = ()) -> Self:
        """Make a plan of what happens to the next requests, one by one; later ones succeed.

        Example: `emulator.faults = FaultPlan.script([Fault.status(503), None, Fault.drop()])`
        """
        return cls(steps=tuple(steps), only=only if isinstance(only, str) else tuple(only))


class InjectedFault(msgspec.Struct, frozen=True):
    """A fault that was applied to a request, as the emulator's log has it.

    `operation` is an operation id or None; `path` is as it was sent, without the query.
    `carried_out` is False if the fault came before the operation, or the operation refused.
    """

    operation: str | None
    method: str
    path: str
    fault: Fault
    carried_out: bool
