"""What `doctor` looks at: where the key and the server come from, and what the server answers.

Each check says what it found, and none raises. A key is shown masked: its last four characters, if
it is long enough for them to give nothing away.
"""

from __future__ import annotations

import os
import platform
import time
import tomllib
from collections.abc import Generator, Iterator
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any, Final, Literal, cast

import httpx
from attrs import frozen

from ... import RetryPolicy, __spec_version__, __version__, config
from ...errors import (
    AuthenticationError,
    ConfigurationError,
    PaperspaceError,
    PermissionDeniedError,
)
from ...models import Project
from ..context import Invocation
from ..errors import CommandError
from ..exit_codes import Exit, exit_for
from ..output.messages import in_terms_of_options
from ..proxies import proxy_hint

Verdict = Literal["ok", "info", "warning", "failed", "unknown"]

STARS: Final = "**********"
LONG_ENOUGH: Final = 16
"""Of a shorter key, no part is shown."""
MOST_SKEW: Final = 30.0
"""Seconds that the clocks may differ by before it is worth a word."""

_PATIENCE: Final = 10.0
"""Seconds to wait for an answer, if no option says otherwise."""
_LIVE_MARKS: Final = ("dtDeleted", "repoName", "repoNodeId", "repoUrl")
"""What only the live dialect says of a project (docs/dialects.md)."""
_SURROUNDINGS: Final = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


_HINTS: Final = (
    (ConfigurationError, "--team NAME and --api-key-env VARIABLE say which key to use"),
    (AuthenticationError, "is the key one of this server's, and still valid?"),
    (PermissionDeniedError, "the key is known, and may not list projects"),
)


@frozen
class Check:
    """One thing that was looked at; `code` is what `doctor` ends with if it has failed."""

    name: str
    verdict: Verdict
    found: str
    hint: str | None = None
    code: Exit = Exit.FAILED


def checks(invocation: Invocation) -> Iterator[Check]:
    """All checks, in their order: of two sources of the same thing, the first one counts."""
    yield Check("versions", "info", _versions())
    yield from _key_sources(invocation)
    key = _key(invocation)
    yield key
    yield from _url_sources(invocation)
    url = _url(invocation)
    yield url
    for name in _SURROUNDINGS:
        if os.environ.get(name) or os.environ.get(name.lower()):
            yield Check(name, "info", "is set, and has a say in how the server is reached")
    if url.verdict == "failed":
        return
    reached = yield from _server(invocation)
    if reached and key.verdict == "ok":
        yield from _access(invocation)
    else:
        yield Check("access", "unknown", "nothing to ask with" if reached else "nobody to ask")


def masked(key: str) -> str:
    """A key as it can be shown."""
    return STARS + (key[-4:] if len(key) >= LONG_ENOUGH else "")


def _versions() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("httpx", "typer"))
    return (
        f"paperspace-projects {__version__}, API spec {__spec_version__}, "
        f"Python {platform.python_version()}, {libraries}, {platform.platform()}"
    )


def _key_sources(invocation: Invocation) -> Iterator[Check]:
    """Where a key can come from, the first that counts first."""
    options = invocation.options
    variable = options.api_key_env
    given = "not given" if variable is None else f"given, and {_is_set(variable)}"
    yield Check("key 1: --api-key-env", "info", given)
    team = "not given" if options.team is None else repr(options.team)
    yield Check("key 2: --team", "info", team)
    yield Check(f"key 3: {config.KEY_VARIABLE}", "info", _is_set(config.KEY_VARIABLE))
    yield Check("key 4: credentials file", "info", f"{config.CREDENTIALS_FILE}: {_teams()}")


def _is_set(variable: str) -> str:
    return "set" if os.environ.get(variable) else "not set"


def _teams() -> str:
    """What the credentials file has, without its keys."""
    try:
        path = config.credentials_file()
        if path is None:
            return "no home directory"
        document = tomllib.loads(path.read_text("utf-8"))
        teams = ", ".join(sorted(cast("dict[str, Any]", document.get("keys", {}))))
    except (FileNotFoundError, NotADirectoryError):
        return "not there"
    except (OSError, ValueError, TypeError) as error:
        return f"cannot be read ({type(error).__name__})"
    return f"teams: {teams}" if teams else "without a key"


def _key(invocation: Invocation) -> Check:
    try:
        given = invocation.key_of_variable()
        if given is not None:
            return Check("key", "ok", f"{masked(given)}, from {invocation.options.api_key_env}")
        key, source = config.find_key(None, invocation.options.team)
    except (CommandError, PaperspaceError) as error:
        return _failed("key", error)
    where = f"team {source.team!r} of {config.CREDENTIALS_FILE}" if source else "an argument"
    if source is not None and source.variable is not None:
        where = source.variable
    return Check("key", "ok", f"{masked(key.reveal())}, from {where}")


def _url_sources(invocation: Invocation) -> Iterator[Check]:
    """Where the base URL can come from; what cannot be used is not shown, as it may hold a key."""
    given = "not given" if invocation.options.base_url is None else "given"
    yield Check("base URL 1: --base-url", "info", given)
    yield Check(f"base URL 2: {config.URL_VARIABLE}", "info", _is_set(config.URL_VARIABLE))
    yield Check("base URL 3: the spec's", "info", config.DEFAULT_BASE_URL)


def _url(invocation: Invocation) -> Check:
    try:
        url = invocation.base_url()
    except CommandError as error:
        return _failed("base URL", error)
    if invocation.options.base_url is not None:
        source = "--base-url"
    else:
        source = config.URL_VARIABLE if os.environ.get(config.URL_VARIABLE) else "the spec"
    return Check("base URL", "ok", f"{url}, from {source}")


def _server(invocation: Invocation) -> Generator[Check, None, bool]:
    """Whether the server answers, whatever it says, and what time it is there. No key is sent."""
    url, began = invocation.base_url(), time.time()
    try:
        with httpx.Client(timeout=invocation.options.timeout or _PATIENCE) as http:
            answer = http.get(url)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, ImportError) as error:
        # What the others say may hold a proxy's password.
        is_told = isinstance(error, httpx.HTTPError | OSError) and str(error)
        problem = f"not reached: {str(error) if is_told else type(error).__name__}"
        hint = proxy_hint(url) or "look at the base URL and the network"
        yield Check("server", "failed", problem, hint)
        yield Check("clock", "unknown", "nobody to ask")
        return False
    now = time.time()
    yield Check("server", "ok", f"answers (in {now - began:.2f} s)")
    yield clock_check(answer.headers.get("date"), (began + now) / 2)
    return True


def clock_check(date: str | None, now: float) -> Check:
    """How far this machine's clock is from the server's.

    Args:
        date: The server's `Date` header.
        now: What the clock here said then, in seconds since 1970.
    """
    try:
        there = parsedate_to_datetime(date or "").timestamp()
    except (ValueError, OverflowError):
        return Check("clock", "unknown", "the server does not tell its time")
    skew = now - there - 0.5  # it is told in whole seconds, cut off
    side = "ahead of" if skew > 0 else "behind"
    if abs(skew) <= MOST_SKEW:
        return Check("clock", "ok", f"within {max(1, abs(round(skew)))} s of the server's")
    return Check(
        "clock",
        "warning",
        f"this machine's is {abs(skew):.0f} s {side} the server's",
        "--since 2h and the like, and ages of secrets, are off by as much",
    )


def _access(invocation: Invocation) -> Iterator[Check]:
    """Whether the key is accepted, and which dialect answers."""
    try:
        with invocation.client() as client:
            patience = invocation.options.timeout or _PATIENCE
            once = client.with_options(timeout=patience, retry=RetryPolicy(max_attempts=1))
            project = once.projects.list(page_size=1).first()
    except (CommandError, PaperspaceError) as error:
        yield _failed("access", error)
        yield Check("dialect", "unknown", "no project was read")
        return
    yield Check("access", "ok", "the key is accepted, and projects are listed")
    yield dialect_check(project)


def dialect_check(project: Project | None) -> Check:
    """Which dialect a project is told in: what it has tells."""
    if project is None:
        return Check("dialect", "unknown", "there is no project to tell by")
    if any(mark in project.extra for mark in _LIVE_MARKS):
        return Check("dialect", "ok", "live: what the vendor's server sends")
    if project.team_id is not None or project.description is not None:
        return Check("dialect", "ok", "contract: what openapi.yaml says")
    return Check("dialect", "unknown", "the project has nothing that only one of them tells")


def _failed(name: str, error: CommandError | PaperspaceError) -> Check:
    if isinstance(error, CommandError):
        return Check(name, "failed", str(error), error.hint, error.code)
    hint = next((hint for kind, hint in _HINTS if isinstance(error, kind)), None)
    return Check(name, "failed", in_terms_of_options(error), hint, exit_for(error))
