"""The checks of `doctor`: the sources of the key and the server, and the server's answers.

No check raises. A key is shown masked: only its last four characters, and only of a long key.
"""

from __future__ import annotations

import os
import platform
import time
import tomllib
from collections.abc import Generator, Iterator
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any, Final, cast

import httpx

from ... import RetryPolicy, __spec_version__, __version__, config, errors
from ...models import Project
from ..context import CommandContext
from ..errors import CommandError, describe, exit_for
from ..proxies import proxy_hint
from .doctor import Check

STARS: Final = "**********"
LONG_ENOUGH: Final = 16
"""No part of a shorter key is shown."""
MAX_SKEW: Final = 30.0
"""Seconds by which the clocks may differ without a warning."""

_TIMEOUT: Final = 10.0
"""Seconds to wait for an answer without `--timeout`."""
_LIVE_FIELDS: Final = ("dtDeleted", "repoName", "repoNodeId", "repoUrl")
"""The fields of a project that only the live dialect has (docs/dialects.md)."""
_VARIABLES: Final = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
_HINTS: Final = (
    (errors.ConfigurationError, "--team NAME and --api-key-env VARIABLE say which key to use"),
    (errors.AuthenticationError, "is the key for this server, and still valid?"),
    (errors.PermissionDeniedError, "the key is known, and may not list projects"),
)


def run_checks(context: CommandContext) -> Iterator[Check]:
    """Run all checks; sources of one setting come in their order, the first that has it counts."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("httpx", "click"))
    versions = (
        f"paperspace-projects {__version__}, API spec {__spec_version__}, "
        f"Python {platform.python_version()}, {libraries}, {platform.platform()}"
    )
    yield Check("versions", "info", versions)
    yield from _key_sources(context)
    key = _check_key(context)
    yield key
    yield from _url_sources(context)
    url = _check_url(context)
    yield url
    for name in _VARIABLES:
        if os.environ.get(name) or os.environ.get(name.lower()):
            yield Check(name, "info", "is set, and affects how the server is reached")
    if url.verdict == "failed":
        return
    reached = yield from _check_server(context)
    if reached and key.verdict == "ok":
        yield from _check_access(context)
    else:
        missing = "there is no key to ask with" if reached else "the server is not reached"
        yield Check("access", "unknown", missing)


def masked(key: str) -> str:
    """Return a key in the form that may be shown."""
    return STARS + (key[-4:] if len(key) >= LONG_ENOUGH else "")


def _key_sources(context: CommandContext) -> Iterator[Check]:
    variable, team = context.options.api_key_env, context.options.team
    given = "not given" if variable is None else f"given, and {_is_set(variable)}"
    yield Check("key 1: --api-key-env", "info", given)
    yield Check("key 2: --team", "info", "not given" if team is None else repr(team))
    yield Check(f"key 3: {config.KEY_VARIABLE}", "info", _is_set(config.KEY_VARIABLE))
    yield Check("key 4: credentials file", "info", f"{config.CREDENTIALS_FILE}: {_teams()}")


def _is_set(variable: str) -> str:
    return "set" if os.environ.get(variable) else "not set"


def _teams() -> str:
    """Describe the credentials file without its keys."""
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


def _check_key(context: CommandContext) -> Check:
    try:
        given = context.key_from_variable()
        if given is not None:
            return Check("key", "ok", f"{masked(given)}, from {context.options.api_key_env}")
        key, source = config.find_key(None, context.options.team)
    except (CommandError, errors.PaperspaceError) as error:
        return _failed("key", error)
    where = f"team {source.team!r} of {config.CREDENTIALS_FILE}" if source else "an argument"
    if source is not None and source.variable is not None:
        where = source.variable
    return Check("key", "ok", f"{masked(key.get_secret_value())}, from {where}")


def _url_sources(context: CommandContext) -> Iterator[Check]:
    # Their values are not shown: one that cannot be used may hold a key.
    given = "not given" if context.options.base_url is None else "given"
    yield Check("base URL 1: --base-url", "info", given)
    yield Check(f"base URL 2: {config.URL_VARIABLE}", "info", _is_set(config.URL_VARIABLE))
    yield Check("base URL 3: the spec's", "info", config.DEFAULT_BASE_URL)


def _check_url(context: CommandContext) -> Check:
    try:
        url = context.base_url()
    except CommandError as error:
        return _failed("base URL", error)
    source = config.URL_VARIABLE if os.environ.get(config.URL_VARIABLE) else "the spec"
    if context.options.base_url is not None:
        source = "--base-url"
    return Check("base URL", "ok", f"{url}, from {source}")


def _check_server(context: CommandContext) -> Generator[Check, None, bool]:
    """Check whether the server answers at all, and its clock. No key is sent."""
    url, began = context.base_url(), time.time()
    try:
        with httpx.Client(timeout=context.options.timeout or _TIMEOUT) as http:
            response = http.get(url)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, ImportError) as error:
        # The message of any other error may hold a proxy's password.
        is_shown = isinstance(error, httpx.HTTPError | OSError) and str(error)
        problem = f"not reached: {str(error) if is_shown else type(error).__name__}"
        hint = proxy_hint(url) or "check the base URL and the network"
        yield Check("server", "failed", problem, hint)
        yield Check("clock", "unknown", "the server is not reached")
        return False
    now = time.time()
    yield Check("server", "ok", f"answers (in {now - began:.2f} s)")
    yield check_clock(response.headers.get("date"), (began + now) / 2)
    return True


def check_clock(date: str | None, now: float) -> Check:
    """Compare this machine's clock with the server's.

    Args:
        date: The server's `Date` header.
        now: The time here when it was sent, in seconds since 1970.
    """
    try:
        there = parsedate_to_datetime(date or "").timestamp()
    except (ValueError, OverflowError):
        return Check("clock", "unknown", "the server does not send its time")
    skew = now - there - 0.5  # the header is cut off to whole seconds
    side = "ahead of" if skew > 0 else "behind"
    if abs(skew) <= MAX_SKEW:
        return Check("clock", "ok", f"within {max(1, abs(round(skew)))} s of the server's")
    return Check(
        "clock",
        "warning",
        f"this machine's is {abs(skew):.0f} s {side} the server's",
        "--since 2h and the like, and ages of secrets, are off by as much",
    )


def _check_access(context: CommandContext) -> Iterator[Check]:
    """Check whether the key is accepted, and which dialect the server speaks."""
    try:
        with context.client() as client:
            timeout = context.options.timeout or _TIMEOUT
            once = client.with_options(timeout=timeout, retry=RetryPolicy(max_attempts=1))
            project = once.projects.list(page_size=1).first()
    except (CommandError, errors.PaperspaceError) as error:
        yield _failed("access", error)
        yield Check("dialect", "unknown", "no project was read")
        return
    yield Check("access", "ok", "the key is accepted, and projects are listed")
    yield check_dialect(project)


def check_dialect(project: Project | None) -> Check:
    """Tell the dialect from the fields of a project."""
    if project is None:
        return Check("dialect", "unknown", "there is no project to tell it from")
    if any(field in project.extra for field in _LIVE_FIELDS):
        return Check("dialect", "ok", "live: as the vendor's server")
    if project.team_id is not None or project.description is not None:
        return Check("dialect", "ok", "contract: as openapi.yaml")
    return Check("dialect", "unknown", "the project has no field that only one of them has")


def _failed(name: str, error: CommandError | errors.PaperspaceError) -> Check:
    if isinstance(error, CommandError):
        return Check(name, "failed", str(error), error.hint, error.code)
    hint = next((hint for kind, hint in _HINTS if isinstance(error, kind)), None)
    return Check(name, "failed", describe(error), hint, exit_for(error))
