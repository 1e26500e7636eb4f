"""What can go wrong with a request, and when: `Fault`, `FaultPlan` and the log's `InjectedFault`.

Plain, frozen data that says what shall happen and does nothing itself; `_gate` sees to it. Nothing
here may hold what a request carried but its method and path: the log is there to be printed.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from difflib import get_close_matches
from email.utils import format_datetime
from typing import Final, Literal, Self

import attrs

from ..emulator.routes import OPERATION_IDS, ROUTES

When = Literal["before", "after"]
FaultKind = Literal[
    "status",
    "refuse",
    "drop",
    "reset",
    "timeout",
    "cut_off",
    "repeated_cursor",
    "missing_cursor",
    "nulls",
]

# Seconds, or the fewest and the most of them.
Latency = float | tuple[float, float]

_METHODS: Final = frozenset(method for operations in ROUTES.values() for method in operations)


def _when(when: str) -> When:
    match when:
        case "before" | "after":
            return when
        case _:
            raise ValueError(f'when must be "before" or "after", not {when!r}')


def _retry_after(value: float | datetime | str) -> str:
    match value:
        case str():
            return value
        case datetime():
            if value.tzinfo is None:
                raise ValueError("retry_after must be an aware datetime")
            return format_datetime(value.astimezone(UTC), usegmt=True)
        case _:
            return str(int(value) if float(value).is_integer() else value)


def _header(value: str) -> str:
    if not (value.isascii() and value.isprintable() and value == value.strip()):
        raise ValueError("the value of a header must be printable ASCII without space around it")
    return value


@attrs.frozen(repr=False)
class Fault:
    """One thing that goes wrong with one request. The class methods make them.

    `when` is the heart of it: "before" means that the request never reached the operation, "after"
    that the operation was carried out, and only the answer went wrong. A client that is told the
    same in both cases has to find out which it was.
    """

    kind: FaultKind
    when: When = "before"
    code: int | None = None
    retry_after: str | None = None
    body: bytes | None = None
    content_type: str = "application/json"
    everywhere: bool = False

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

        Arguments:
            code: its status, from 200 to 599.
            retry_after: the `Retry-After` header: seconds, an aware datetime to be sent as an HTTP
                date, or a text that is sent as it is.
            body: its body; without one, the vendor's error body (docs/dialects.md, row "errors").
            content_type: what the body claims to be.
            when: before or after the operation was carried out.

        Raises:
            ValueError: a status that no HTTP answer has, a naive datetime, text no header can hold.
        """
        if not 200 <= code <= 599:
            raise ValueError(f"the status of a fault must be from 200 to 599, not {code}")
        return cls(
            "status",
            _when(when),
            code=code,
            retry_after=None if retry_after is None else _header(_retry_after(retry_after)),
            body=body.encode() if isinstance(body, str) else body,
            content_type=_header(content_type),
        )

    @classmethod
    def refuse(cls) -> Self:
        """No connection: `httpx.ConnectError`. Nothing is carried out.

        Served, the connection is there already when the request is read; it is reset instead.
        """
        return cls("refuse")

    @classmethod
    def drop(cls, *, when: When = "before") -> Self:
        """The connection ends in place of an answer: `httpx.RemoteProtocolError`."""
        return cls("drop", _when(when))

    @classmethod
    def reset(cls, *, when: When = "before") -> Self:
        """The connection is reset (TCP's RST) in place of an answer: `httpx.ReadError`."""
        return cls("reset", _when(when))

    @classmethod
    def timeout(cls, *, when: When = "before") -> Self:
        """No answer ever: `httpx.ReadTimeout`.

        In process it is raised at once. Served, the connection stays open and silent until the
        client gives up or the server ends.
        """
        return cls("timeout", _when(when))

    @classmethod
    def cut_off(cls) -> Self:
        """The connection ends in the middle of the answer's body: `httpx.RemoteProtocolError`.

        The operation was carried out. An answer without a body is left as it is.
        """
        return cls("cut_off", "after")

    @classmethod
    def repeated_cursor(cls) -> Self:
        """The page names the cursor that led to it as the next one, in a circle.

        Whatever is no page, and a first page, to which no cursor led, are left as they are.
        """
        return cls("repeated_cursor", "after")

    @classmethod
    def missing_cursor(cls) -> Self:
        """The page says that there is more, and not where: `hasMore` is true, `nextPage` null.

        Whatever is no page is left as it is.
        """
        return cls("missing_cursor", "after")

    @classmethod
    def nulls(cls, *, everywhere: bool = False) -> Self:
        """Null in each field of each object of a success, as any may be (docs/dialects.md).

        Ids, names and the page around the objects stay, so that clients have what they need.

        Arguments:
            everywhere: ids and names are null as well.
        """
        return cls("nulls", "after", everywhere=everywhere)

    def __repr__(self) -> str:
        """The call that made it, but for the body."""
        given: list[str] = [] if self.code is None else [str(self.code)]
        if self.retry_after is not None:
            given.append(f"retry_after={self.retry_after!r}")
        if self.body is not None:
            given.append("body=...")
        if self.when == "after" and self.kind in ("status", "drop", "reset", "timeout"):
            given.append("when='after'")
        if self.everywhere:
            given.append("everywhere=True")
        return f"Fault.{self.kind}({', '.join(given)})"


# What servers and networks do of their own accord, and a client ends well with or reports. Of
# timeouts there is none: served, each would cost the client all of its patience.
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


def _faults(given: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(_fault(fault) for fault in given)


def _steps(given: Iterable[Fault | None]) -> tuple[Fault | None, ...]:
    return tuple(None if step is None else _fault(step) for step in given)


def _fault(given: object) -> Fault:
    if isinstance(given, Fault):
        return given
    raise TypeError(f"a fault must be a Fault, such as Fault.drop(), not {type(given).__name__}")


def _names(given: Iterable[str]) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else tuple(given)
    for name in names:
        if name not in _METHODS | OPERATION_IDS:
            raise ValueError(
                f"{name!r} is neither the id of an operation nor a method of one{_meant(name)}"
            )
    return names


def _meant(name: str) -> str:
    """What was probably meant by a name that is none, as the end of a sentence."""
    known = {each.lower(): each for each in sorted(_METHODS | OPERATION_IDS)}
    close = get_close_matches(name.lower(), known, n=1)
    return f": did you mean {known[close[0]]}?" if close else ", such as listProjects or DELETE"


def _rate(given: float) -> float:
    if not 0 <= given <= 1:
        raise ValueError(f"the rate of faults must be from 0 to 1, not {given}")
    return given


@attrs.frozen
class FaultPlan:
    """Which requests go wrong, and how.

    One fault after the other:

        FaultPlan.script([Fault.status(503, retry_after=1), None, Fault.drop(when="after")])

    At random, and the same each time:

        FaultPlan(seed=7, rate=0.2, faults=[Fault.status(500), Fault.drop()])

    A fault that an answer gives nothing to do for, such as `nulls` where there is no object, is
    used up, and leaves no trace in the log. A plan is only data: an emulator that is given one
    starts at its beginning, and several may be given the same.

    Arguments:
        seed: what chance is drawn with: requests that come in the same order get the same faults,
            and the same latencies of the emulator.
        rate: the share of requests that go wrong once the script is over, from 0 to 1.
        faults: what can go wrong then; one that is there twice comes twice as often.
        steps: the script: what happens to the next request, the one after it, and so on; None
            leaves one alone.
        only: the operation ids and methods that the plan is about, such as
            `["createProject", "DELETE"]`; other requests are left alone and use up no step.

    Raises:
        TypeError: something else than a fault among the faults.
        ValueError: a rate that is none, or a name that is neither operation id nor method.
    """

    seed: int = 0
    rate: float = attrs.field(default=0.0, converter=_rate)
    faults: tuple[Fault, ...] = attrs.field(default=EVERYDAY_FAULTS, converter=_faults)
    steps: tuple[Fault | None, ...] = attrs.field(default=(), converter=_steps)
    only: tuple[str, ...] = attrs.field(default=(), converter=_names)

    def __attrs_post_init__(self) -> None:
        if self.rate and not self.faults:
            raise ValueError("a plan with a rate needs faults to choose from")

    @classmethod
    def script(cls, steps: Iterable[Fault | None], *, only: Iterable[str] = ()) -> Self:
        """A plan of what happens to the next requests, one by one; then all is well.

        Arguments:
            steps: as for the class.
            only: as for the class.
        """
        return cls(steps=steps, only=only)

    def concerns(self, method: str, operation: str | None) -> bool:
        """Whether a request is among those that the plan is about."""
        return not self.only or method in self.only or operation in self.only


@attrs.frozen
class InjectedFault:
    """A fault that was done to a request, as the emulator's log has it.

    `operation` is the operation id, None for a request that fits no operation; `path` is as it was
    sent, without the query. `carried_out` says whether the request had its effect all the same:
    False before the operation, and where the operation refused the request.
    """

    operation: str | None
    method: str
    path: str
    fault: Fault
    carried_out: bool
