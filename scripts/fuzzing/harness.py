"""Reads a case with a client, and checks the outcome.

The rule: a value or a `PaperspaceError` within a second, and neither the API key nor the value of a
secret shows in the outcome, a log or a crash report.
"""

from __future__ import annotations

import contextlib
import inspect
import logging
import pickle
import signal
import traceback
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from types import FrameType

import httpx
import msgspec

from paperspace_projects import PaperspaceError

from .case import Case
from .leaks import KEY, shows
from .targets import TARGETS, SecretType, Target, client

SECONDS = 1.0
"""The processor time that a response may take."""

_HERE = str(Path(__file__).parent)


class Finding(msgspec.Struct, frozen=True):
    """A broken rule. Findings of one `kind` are likely to have one cause."""

    kind: str
    case: Case
    report: str


class Result(msgspec.Struct, frozen=True):
    """The type of each outcome, and the broken rules."""

    outcomes: tuple[str, ...]
    findings: tuple[Finding, ...]


def examine(case: Case) -> Result:
    """Read a case as the response to each call of its operation."""
    outcomes: list[str] = []
    findings: list[Finding] = []
    for target in TARGETS[case.operation]:
        logged: list[str] = []
        try:
            with at_most(SECONDS):
                outcome = _read(case, target, logged)
        except (Exception, TooSlow) as error:
            findings.append(Finding(_kind_of(error), case, traceback.format_exc()))
            continue
        outcomes.append(type(outcome).__name__)
        texts = [*logged, *_texts(outcome)]
        for value in filter(None, (KEY, target.value)):
            leak = next((text for text in texts if shows(text, value)), None)
            if leak is not None:
                what = "the API key" if value == KEY else "a secret's value"
                kind = f"shows {what} in {type(outcome).__name__}"
                findings.append(Finding(kind, case, f"{value!r} shows in {leak!r}"))
    return Result(tuple(outcomes), tuple(findings))


class TooSlow(BaseException):
    """Raised after too long; no `Exception`, so that no code under test catches it."""


@contextlib.contextmanager
def at_most(seconds: float) -> Generator[None, None, None]:
    """Raise `TooSlow` after this processor time; in the main thread only."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _read(case: Case, target: Target, logged: list[str]) -> object:
    """The result or the error of a call if every request gets this response."""
    headers = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in case.headers]

    def handle(_: httpx.Request) -> httpx.Response:
        stream = httpx.ByteStream(case.content)
        return httpx.Response(case.status, headers=headers, stream=stream)

    with (
        _logging_to(logged),
        client(httpx.MockTransport(handle), lambda event: logged.append(repr(event))) as made,
    ):
        try:
            return target.call(made)
        except PaperspaceError as error:
            return error


@contextlib.contextmanager
def _logging_to(logged: list[str]) -> Generator[None, None, None]:
    """Collect what the client logs."""
    logger, handler = logging.getLogger("paperspace_projects"), logging.Handler()
    handler.emit = lambda record: logged.append(record.getMessage())  # type: ignore[method-assign]
    level, propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate


def _texts(outcome: object) -> Iterator[str]:
    """All texts in a value or an error."""
    if isinstance(outcome, PaperspaceError):
        yield str(outcome)
        yield from _crash_report(outcome)
        with contextlib.suppress(RecursionError):  # of details that are nested deeply
            yield pickle.dumps(outcome).decode("utf-8", "replace")
    todo: list[object] = [outcome]
    while todo:
        thing = todo.pop()
        if isinstance(thing, SecretType):
            continue
        if isinstance(thing, str):
            yield thing
        elif isinstance(thing, int | float) and not isinstance(thing, bool):
            yield str(thing) if abs(thing) < 10**30 else ""
        elif isinstance(thing, Mapping):
            todo += [*thing.keys(), *thing.values()]
        elif isinstance(thing, list | tuple):
            todo += thing
        elif isinstance(thing, PaperspaceError):
            todo += [thing.args, vars(thing)]
        elif type(thing).__module__.startswith("paperspace_projects"):
            names = {name for kind in type(thing).__mro__ for name in inspect.get_annotations(kind)}
            todo += [getattr(thing, name, None) for name in names]


def _crash_report(error: PaperspaceError) -> Iterator[str]:
    """A traceback with the locals of each frame outside this package, and its causes."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    links: list[traceback.TracebackException | None] = [report]
    while links:
        link = links.pop()
        if link is None:
            continue
        yield from link.format_exception_only()
        for frame in link.stack:
            if not frame.filename.startswith(_HERE):
                yield from (frame.locals or {}).values()
        links += [link.__cause__, link.__context__]


def _kind_of(error: BaseException) -> str:
    """The class of an exception, and the function under test that raised it."""
    stack = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in stack if not frame.filename.startswith(_HERE)]
    ours = [frame for frame in frames if "paperspace_projects" in frame.filename] or frames[-1:]
    where = f"{Path(ours[-1].filename).stem}.{ours[-1].name}" if ours else "nowhere"
    return f"{type(error).__name__} in {where}"
