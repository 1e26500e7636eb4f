"""`doctor`: show which key and server are used, and whether they work.

No check raises. A key is shown masked: only its last four characters, and only of a long key.
"""

from __future__ import annotations

import os
import platform
import time
import tomllib
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from itertools import tee
from typing import Any, Final, Literal, cast

import click
import msgspec

from ... import __version__, config, errors
from ...models import Project
from .. import declare
from ..context import CommandContext
from ..errors import CommandError, Exit, describe, exit_for, proxy_hint
from ..output.results import RecordKind, ResultWriter
from ..output.streams import echo_stderr

_LONG_ENOUGH: Final = 16  # no part of a shorter key is shown
_MAX_SKEW: Final = 30.0  # seconds by which the clocks may differ without a warning
_TIMEOUT: Final = 10.0  # seconds to wait for an answer without `--timeout`
# The fields of a project that only the live dialect has (docs/dialects.md).
_LIVE_FIELDS: Final = ("is_deleted", "repo_name", "repo_node_id", "repo_url")
_VARIABLES: Final = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
_HINTS: Final = (
    (errors.ConfigurationError, "--team NAME and --api-key-env VARIABLE say which key to use"),
    (errors.AuthenticationError, "is the key for this server, and still valid?"),
    (errors.PermissionDeniedError, "the key is known, and may not list projects"),
)


class Check(msgspec.Struct, frozen=True):
    """The result of one check; `code` is the exit code of `doctor` if it failed."""

    check: str
    found: str
    verdict: Literal["ok", "info", "warning", "failed", "unknown"] = "info"
    hint: str | None = None
    code: Exit = Exit.FAILED


_COLUMNS: Final = ("check", "verdict", "found")
CHECK: Final = RecordKind("check", (*_COLUMNS, "hint"), _COLUMNS, "check")


@declare.command("doctor", "", "--team my-team -o json")
@declare.results(CHECK)
@click.pass_obj
def doctor(context: CommandContext, results: ResultWriter) -> Exit:
    """Show which key and server are used, and if they work.

    If a setting can come from several places, they are listed in their order: the first that has
    it counts. The exit code is that of the first check that failed.
    """
    if context.timeout is not None:
        config.checked_timeout(context.timeout)
    checks, written = tee(_checks(context))
    results.write_all(written)
    done = list(checks)
    for check in done:
        if check.hint is not None:
            echo_stderr(f"hint: {check.check}: {check.hint}")
    return next((check.code for check in done if check.verdict == "failed"), Exit.DONE)


def _checks(context: CommandContext) -> Iterator[Check]:
    from importlib.metadata import version

    from ... import __spec_version__  # loads the generated package

    def is_set(variable: str) -> str:
        return "set" if os.environ.get(variable) else "not set"

    libraries = ", ".join(f"{name} {version(name)}" for name in ("httpx", "click"))
    system = f"Python {platform.python_version()}, {libraries}, {platform.platform()}"
    package = f"paperspace-projects {__version__}, API spec {__spec_version__}"
    yield Check("versions", f"{package}, {system}")
    variable, team = context.api_key_env, context.team
    given = f"given, and {is_set(variable)}" if variable else "not given"
    yield Check("key 1: --api-key-env", given)
    yield Check("key 2: --team", "not given" if team is None else repr(team))
    yield Check(f"key 3: {config.KEY_VARIABLE}", is_set(config.KEY_VARIABLE))
    yield Check("key 4: credentials file", f"{config.CREDENTIALS_FILE}: {_teams()}")
    yield (key := _attempt("key", lambda: _find_key(context)))
    # The addresses are not shown: one that cannot be used may hold a key.
    yield Check("base URL 1: --base-url", "not given" if context.base_url is None else "given")
    yield Check(f"base URL 2: {config.URL_VARIABLE}", is_set(config.URL_VARIABLE))
    yield Check("base URL 3: the spec's", config.DEFAULT_BASE_URL)
    source = config.URL_VARIABLE if os.environ.get(config.URL_VARIABLE) else "the spec"
    source = source if context.base_url is None else "--base-url"
    yield (url := _attempt("base URL", lambda: f"{context.find_base_url()}, from {source}"))
    for name in _VARIABLES:
        if os.environ.get(name) or os.environ.get(name.lower()):
            yield Check(name, "is set, and affects how the server is reached")
    if url.verdict == "failed":
        return
    server, clock = _check_server(context)
    yield from (server, clock)
    if server.verdict != "ok":
        yield Check("access", "the server is not reached", "unknown")
    elif key.verdict != "ok":
        yield Check("access", "there is no key to ask with", "unknown")
    else:
        yield from _check_access(context)


def _attempt(name: str, find: Callable[[], str]) -> Check:
    try:
        return Check(name, find(), "ok")
    except CommandError as error:
        return Check(name, str(error), "failed", error.hint, error.code)
    except errors.PaperspaceError as error:
        hint = next((hint for kind, hint in _HINTS if isinstance(error, kind)), None)
        return Check(name, describe(error), "failed", hint, exit_for(error))


def masked(key: str) -> str:
    return f"**********{key[-4:] if len(key) >= _LONG_ENOUGH else ''}"


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


def _find_key(context: CommandContext) -> str:
    given = context.find_key()
    if given is not None:
        return f"{masked(given)}, from {context.api_key_env}"
    key, source = config.find_key(None, context.team)
    where = source and (source.variable or f"team {source.team!r} of {config.CREDENTIALS_FILE}")
    return f"{masked(key.get_secret_value())}, from {where}"


def _check_server(context: CommandContext) -> tuple[Check, Check]:
    """Check the server and its clock; no key is sent."""
    import httpx  # other commands start without it

    url, began = context.find_base_url(), time.time()
    try:
        with httpx.Client(timeout=context.timeout or _TIMEOUT) as http:
            response = http.get(url)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, ImportError) as error:
        # The message of any other error may hold a proxy's password.
        is_shown = isinstance(error, httpx.HTTPError | OSError) and str(error)
        problem = f"not reached: {str(error) if is_shown else type(error).__name__}"
        hint = proxy_hint(url) or "check the base URL and the network"
        unreached = Check("clock", "the server is not reached", "unknown")
        return Check("server", problem, "failed", hint), unreached
    now = time.time()
    clock = check_clock(response.headers.get("date"), (began + now) / 2)
    return Check("server", f"answers (in {now - began:.2f} s)", "ok"), clock


def check_clock(date: str | None, now: float) -> Check:
    """Compare the `Date` that a server sent at `now`, in seconds since 1970, with this machine."""
    try:
        there = parsedate_to_datetime(date or "").timestamp()
    except (ValueError, OverflowError):
        return Check("clock", "the server does not send its time", "unknown")
    skew = now - there - 0.5  # the header is cut off to whole seconds
    if abs(skew) <= _MAX_SKEW:
        return Check("clock", f"within {max(1, abs(round(skew)))} s of the server's", "ok")
    side = "ahead of" if skew > 0 else "behind"
    found = f"this machine's is {abs(skew):.0f} s {side} the server's"
    hint = "--since 2h and the like, and ages of secrets, are off by as much"
    return Check("clock", found, "warning", hint)


def _check_access(context: CommandContext) -> Iterator[Check]:
    """Check whether the key is accepted, and which dialect the server speaks."""
    from ... import RetryPolicy

    dialect = Check("dialect", "no project was read", "unknown")

    def read_project() -> str:
        nonlocal dialect
        timeout = context.timeout or _TIMEOUT
        with context.client() as client:
            once = client.with_options(timeout=timeout, retry=RetryPolicy(max_attempts=1))
            dialect = check_dialect(once.projects.list(page_size=1).first())
        return "the key is accepted, and projects are listed"

    yield _attempt("access", read_project)
    yield dialect


def check_dialect(project: Project | None) -> Check:
    if project is None:
        return Check("dialect", "there is no project to tell it from", "unknown")
    if any(getattr(project, field) for field in _LIVE_FIELDS):
        return Check("dialect", "live: as the vendor's server", "ok")
    if project.team_id is not None or project.description is not None:
        return Check("dialect", "contract: as openapi.yaml", "ok")
    if project.dt_created is not None:  # the contract's has a team beside its time
        return Check("dialect", "live, as it seems: a project has a time, and no team", "ok")
    return Check("dialect", "the project has no field that only one of them has", "unknown")
