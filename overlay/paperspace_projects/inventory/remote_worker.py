"""Work that is done elsewhere: a few projects that another process or machine reads.

What is sent is plain data. It names where the key is found there, and never holds a key.
"""

from __future__ import annotations

import atexit
import threading
from collections import deque
from collections.abc import Collection
from concurrent.futures import CancelledError, Executor, Future
from typing import TYPE_CHECKING, Final

import attrs
import msgspec
from attrs import frozen

from .. import config
from ..config import KeySource, Settings
from ..errors import ConfigurationError, DeadlineExceededError, ExecutorError, InvalidArgumentError
from ..models import Project
from .options import Part, Request, Result, Tally

if TYPE_CHECKING:
    from .. import Client

AT_A_TIME: Final = 4
"""How many projects make up a unit of work, and how many requests it sends at a time at most."""

_WAY_BACK: Final = 1.0
"""Seconds at most that a unit ends before the deadline, so that its results come back in time."""


@frozen(kw_only=True)
class Work:
    """A unit of work: some projects, or ids of some, and what it takes to read them.

    The key is that of `settings.team`, or else in the environment variable `key_variable`.
    `concurrency` is how many requests it sends at a time.
    """

    settings: Settings
    key_variable: str | None
    include: tuple[Part, ...]
    concurrency: int
    projects: tuple[str | Project, ...]


@frozen(kw_only=True)
class Done:
    """What came of a unit of work, and the error that ended it before it was done, if any."""

    results: tuple[Result, ...]
    problem: Exception | None = None


def work_of(
    settings: Settings,
    key_source: KeySource | None,
    request: Request,
    executor: object,
    are_own: bool,
) -> Work:
    """A unit of work without projects, from which others are made.

    Args:
        settings: The client's.
        key_source: Where the client's key was found; None if it was an argument.
        request: What is asked for.
        executor: What is to carry it out.
        are_own: Whether the client's connections are its own, and not the user's.

    Raises:
        InvalidArgumentError: the executor is none.
        ConfigurationError: such a client cannot be made anew elsewhere.
    """
    if not isinstance(executor, Executor):
        raise InvalidArgumentError(
            "executor", f"a concurrent.futures.Executor, not a {type(executor).__name__}"
        )
    if key_source is None:
        raise ConfigurationError(
            "an executor's workers are not sent an API key, and this client was given one as "
            "api_key=...: put it where they find it as well, in PAPERSPACE_API_KEY or in "
            "~/.paperspace/credentials.toml, and make the client without api_key or with team=..."
        )
    if not are_own:
        raise ConfigurationError(
            "an executor's workers have connections of their own, and this client was given its "
            "http_client, transport or ssl_context: make one without, or do without executor"
        )
    return Work(
        settings=msgspec.structs.replace(settings, team=key_source.team),
        key_variable=key_source.variable,
        include=request.include,
        concurrency=min(AT_A_TIME, request.concurrency),
        projects=(),
    )


class Batches:
    """Makes units of work of the projects that are known: pure state, as the desk is.

    `most` is how many units there may be at a time, so that their requests keep to the limit.
    """

    def __init__(self, work: Work, request: Request, tally: Tally) -> None:
        self._work = work
        self._tally = tally
        self._known: deque[str | Project] = deque()
        self.most: int = request.concurrency // work.concurrency

    @property
    def wants_projects(self) -> bool:
        """Whether more projects are to be found out, to make up a unit."""
        return not self._tally.has_ended and len(self._known) < AT_A_TIME

    def add(self, projects: Collection[str | Project]) -> None:
        """Take in the next few projects, or their ids."""
        self._known.extend(projects)
        self._tally.add(len(projects))

    def next_work(self, seconds: float | None) -> Work | None:
        """The next unit of work, which may take so many seconds; None where there is none.

        Where there are no seconds left, all is broken off.
        """
        count = min(AT_A_TIME, len(self._known))
        if count and seconds is not None and seconds <= 0:
            self._tally.break_off(None)
        if not count or self._tally.is_broken:
            return None
        return attrs.evolve(
            self._work,
            settings=msgspec.structs.replace(self._work.settings, deadline=_in_time(seconds)),
            projects=tuple(self._known.popleft() for _ in range(count)),
        )


def _in_time(seconds: float | None) -> float | None:
    """How long a unit may take where so many seconds are left."""
    return None if seconds is None else seconds - min(seconds / 10, _WAY_BACK)


def carry_out(work: Work) -> Done:
    """Read the projects of a unit of work: this is what an executor is given to call.

    What goes wrong is in what it gives, so that what was read before is not lost. What is raised
    all the same is the executor's.
    """
    results: list[Result] = []
    try:
        client = _client_for(work).with_options(deadline=work.settings.deadline)
        for result in client.inventory(
            work.projects, include=work.include, concurrency=work.concurrency, in_order=True
        ):
            results.append(result)
    except Exception as error:
        return Done(results=tuple(results), problem=error)
    return Done(results=tuple(results))


def results_of(future: Future[Done], tally: Tally, executor: Executor) -> tuple[Result, ...]:
    """What was read of a unit of work that is done. What went wrong ends the inventory."""
    try:
        done = future.result(timeout=0)
    except Exception as error:
        tally.break_off(failure(error, executor))
        return ()
    if isinstance(done.problem, DeadlineExceededError):
        tally.break_off(None)
    elif done.problem is not None:
        tally.break_off(done.problem)
    return done.results


def failure(error: Exception, executor: Executor) -> Exception:
    """What an inventory ends with where its executor raised an error.

    An executor that is shut down, broken or out of reach is an `ExecutorError`: it raises one of
    Python's errors for that, or one of its own package. Anything else is raised as it is.
    """
    own = _package_of(error) == _package_of(executor)
    if not own and not isinstance(error, RuntimeError | OSError | EOFError | CancelledError):
        return error
    problem = ExecutorError(
        f"the executor failed ({type(error).__name__}: {error}). What was read has been yielded: "
        "make a new executor, and ask for the other projects by their ids"
    )
    problem.__cause__ = error
    return problem


def _package_of(thing: object) -> str:
    return type(thing).__module__.partition(".")[0]


_CLIENTS: list[tuple[Settings, str, Client]] = []
_LOCK = threading.Lock()


def _client_for(work: Work) -> Client:
    """This process's client for such work, made when it is first needed, closed at exit."""
    from .. import Client

    settings = msgspec.structs.replace(work.settings, deadline=None)
    key, source = config.find_key(None, settings.team)
    if source != KeySource(variable=work.key_variable, team=settings.team):
        raise ConfigurationError(
            f"{work.key_variable} is not set where an executor's worker is to read projects: "
            "set it there as well, or name a team of the credentials file with team=..."
        )
    with _LOCK:
        for known, its_key, client in _CLIENTS:
            if (known, its_key) == (settings, key):
                return client
        client = Client.from_settings(settings)
        atexit.register(client.close)
        _CLIENTS.append((settings, key, client))
        return client
