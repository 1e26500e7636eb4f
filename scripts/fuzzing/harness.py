"""One execution: a case is read, alone and by a whole client, and what comes of it is looked at.

The rule: it ends in a value or a `PaperspaceError`, within a second, and neither the API key nor a
secret's value shows in what a user, a log or a crash report is given.
"""

from __future__ import annotations

import contextlib
import logging
import pickle
import re
import traceback
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs
import httpx
from attrs import frozen

import paperspace_projects._http.error_mapping as answers
from paperspace_projects import AttemptEvent, Client, PaperspaceError, RetryPolicy
from paperspace_projects._http.failures import Failed
from paperspace_projects._security.secret_str import Hidden, hide
from paperspace_projects._sync.runtime import Runtime

from .case import Case
from .planted import KEY, shows
from .targets import TARGETS, Target
from .watchdog import TooSlow, at_most

SECONDS: Final = 1.0
"""How long one reading may take."""

NOW: Final = 1_774_000_000.0
_HERE = str(Path(__file__).parent)
_KEY: Final = hide(KEY)


@frozen
class Finding:
    """A broken rule. `kind` is the same for what seems to be the same mistake."""

    kind: str
    case: Case
    report: str


@frozen
class Result:
    """What came of a case: one word for each way it was read, more words, and what is wrong."""

    outcomes: tuple[str, ...]
    details: tuple[str, ...]
    findings: tuple[Finding, ...]


def examine(case: Case, *, whole_stack: bool) -> Result:
    """Read a case as the answer to each call of its operation.

    Args:
        case: The answer.
        whole_stack: Whether a client is to get it, too.
    """
    outcomes: list[str] = []
    details: list[str] = []
    findings: list[Finding] = []
    for target in TARGETS[case.operation]:
        for way in (_by_the_reader, _by_a_client)[: 1 + whole_stack]:
            told: list[str] = []
            try:
                with at_most(SECONDS):
                    outcome = way(case, target, told)
            except (Exception, TooSlow) as error:
                findings.append(Finding(_kind_of(error), case, traceback.format_exc()))
                continue
            outcomes.append(type(outcome).__name__)
            details.append(_detail(outcome))
            for planted in filter(None, (KEY, target.value)):
                for text in (*told, *_texts(outcome)):
                    if shows(text, planted):
                        what = "the API key" if planted == KEY else "a secret's value"
                        kind = f"shows {what} in {type(outcome).__name__}"
                        findings.append(Finding(kind, case, f"{planted!r} shows in {text!r}"))
                        break
    return Result(tuple(outcomes), tuple(details), tuple(findings))


def _by_the_reader(case: Case, target: Target, _: list[str]) -> object:
    """The reader's value or error."""
    answer = answers.Answer(case.status, _headers(case), case.content)
    outcome = answers.read(target.call, answer, key=_KEY, now=lambda: NOW)
    return outcome.error if isinstance(outcome, Failed) else outcome


def _headers(case: Case) -> httpx.Headers:
    # As they come off the wire: bytes, which may be in any encoding.
    return httpx.Headers([(n.encode("latin-1"), v.encode("latin-1")) for n, v in case.headers])


class _Clock:
    """Moves only when somebody sleeps by it."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class _Listener(logging.Handler):
    """Keeps what is logged."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        self._told.append(record.getMessage())


@contextlib.contextmanager
def _listening(told: list[str]) -> Generator[None, None, None]:
    """Keep all that the client logs, and send it nowhere else."""
    logger, listener = logging.getLogger("paperspace_projects"), _Listener(told)
    level, propagate = logger.level, logger.propagate
    logger.addHandler(listener)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(listener)
        logger.setLevel(level)
        logger.propagate = propagate


def _by_a_client(case: Case, target: Target, told: list[str]) -> object:
    """What a call of a client that gets this answer, again and again, gives or raises."""

    def handle(_: httpx.Request) -> httpx.Response:
        stream = httpx.ByteStream(case.content)
        return httpx.Response(case.status, headers=_headers(case), stream=stream)

    def listen(event: AttemptEvent) -> None:
        told.append(repr(event))

    clock = _Clock()
    client = Client(
        KEY,
        base_url="https://api.example/v1",
        retry=RetryPolicy(max_attempts=2),
        transport=httpx.MockTransport(handle),
        on_event=listen,
    )
    client._session.runtime = Runtime(
        monotonic=clock.monotonic,
        wall=lambda: NOW + clock.now,
        sleep=clock.sleep,
        uniform=lambda _, high: high,
    )
    with _listening(told):
        try:
            return target.run(client)
        except PaperspaceError as error:
            return error
        finally:
            client.close()


def _texts(outcome: object) -> Iterator[str]:
    """All texts that a value or an error shows."""
    if isinstance(outcome, PaperspaceError):
        yield str(outcome)
        yield from _crash_report(outcome)
        with contextlib.suppress(RecursionError):  # of details that are nested deeply
            yield pickle.dumps(outcome).decode("utf-8", "replace")
    todo: list[object] = [outcome]
    while todo:
        thing = todo.pop()
        if isinstance(thing, Hidden):
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
        elif attrs.has(kind := type(thing)):
            todo += [getattr(thing, each.name) for each in attrs.fields(kind)]


def _crash_report(error: PaperspaceError) -> Iterator[str]:
    """A traceback with the locals of each frame that is not ours, causes included."""
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
    """The class of an exception and the place in the code under test that it comes from."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_HERE)
    ]
    ours = [frame for frame in frames if "paperspace_projects" in frame.filename] or frames[-1:]
    where = f"{Path(ours[-1].filename).stem}.{ours[-1].name}" if ours else "nowhere"
    return f"{type(error).__name__} in {where}"


_NUMBER = re.compile(r"\d+")


def _detail(outcome: object) -> str:
    """A few words that tell outcomes apart, but not by what a server happened to say."""
    facts: list[Any] = [type(outcome).__name__]
    for name in ("operation", "status_code", "json_path", "expected", "code", "attempts"):
        facts.append(getattr(outcome, name, None))
    facts[2] = facts[2] and facts[2] // 100
    facts[5] = facts[5] in answers.STATUS_OF_CODE and facts[5]
    return _NUMBER.sub("N", " ".join(map(str, facts)))[:200]
