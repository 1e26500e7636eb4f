"""The sources of a client's key, base URL, timeouts and retries.

Arguments come before the environment, the environment before the credentials file; the names are
those of the vendor's own tool (docs/dialects.md). Nothing here shows a key.
"""

from __future__ import annotations

import ipaddress
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast
from urllib.parse import urlsplit

import msgspec

from ._api import validation as arguments
from ._httpx_compat import both
from ._security.secret_str import SecretStr, as_secret
from .errors import ConfigurationError, InvalidArgumentError

if TYPE_CHECKING:
    import httpx

DEFAULT_BASE_URL = "https://api.paperspace.com/v1"  # the server of openapi.yaml
KEY_VARIABLE = "PAPERSPACE_API_KEY"
URL_VARIABLE = "PAPERSPACE_API_URL"
LOG_VARIABLE = "PAPERSPACE_LOG"
CREDENTIALS_FILE = "~/.paperspace/credentials.toml"

_LOGGER = logging.getLogger("paperspace_projects")
_LEVELS = ("debug", "info", "warning", "error")


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How often a call is repeated, and the waits before that.

    Args:
        max_attempts: Attempts in all, the first one included; 1 turns retries off.
        initial_wait: Seconds; the wait before attempt n is drawn evenly from 0 to
            `initial_wait * 2 ** (n - 2)` (exponential with full jitter).
        max_wait: Seconds; no drawn wait is longer.
        max_retry_after: Seconds; when the server asks for a longer wait (Retry-After), the call
            fails at once and says so. A wait that the server asks for is never cut short.

    Raises:
        InvalidArgumentError: a value that cannot be used.
    """

    max_attempts: int = 4
    initial_wait: float = 0.5
    max_wait: float = 30.0
    max_retry_after: float = 120.0

    def __post_init__(self) -> None:
        arguments.whole_number("max_attempts", self.max_attempts, least=1)
        for name in ("initial_wait", "max_wait", "max_retry_after"):
            arguments.seconds(name, getattr(self, name), least=0)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a client. They hold no key: they can be printed, copied and pickled.

    Args: those of `Client` with the same names; `base_url` without a slash at its end.

    Raises:
        InvalidArgumentError: a value that cannot be used.
    """

    base_url: str
    team: str | None = None
    timeout: float | httpx.Timeout = 30.0
    deadline: float | None = None
    retry: RetryPolicy = RetryPolicy()
    max_concurrency: int = 100
    max_response_bytes: int = 64 * 1024 * 1024
    allow_insecure_http: bool = False
    app_name: str | None = None
    tracing: bool = True
    tcp_keepalive: int | None = 60

    def __post_init__(self) -> None:
        if not isinstance(self.retry, RetryPolicy):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
            raise InvalidArgumentError("retry", f"a RetryPolicy, not {type(self.retry).__name__}")
        msgspec.structs.force_setattr(self, "timeout", checked_timeout(self.timeout))
        if self.deadline is not None:
            arguments.seconds("deadline", self.deadline)
        arguments.whole_number("max_concurrency", self.max_concurrency, least=1)
        arguments.whole_number("max_response_bytes", self.max_response_bytes, least=1)
        if self.tcp_keepalive is not None:
            arguments.whole_number("tcp_keepalive", self.tcp_keepalive, least=1, most=32_767)
        if self.app_name is not None:
            arguments.product("app_name", self.app_name)


class KeySource(msgspec.Struct, frozen=True, kw_only=True):
    """The environment `variable`, or the `team` of the credentials file, that a key comes from."""

    variable: str | None = None
    team: str | None = None


def checked_timeout(timeout: object) -> float | httpx.Timeout:
    """Require seconds for one attempt, or the limits of its parts; return httpx2's as httpx's."""
    import httpx

    if not isinstance(timeout, both(httpx.Timeout)):
        return arguments.seconds("timeout", timeout)
    return httpx.Timeout(**timeout.as_dict())


class _LogToStderr(logging.StreamHandler[TextIO]):
    """Writes the log, unless the program has a handler of its own."""

    def filter(self, record: logging.LogRecord) -> bool:
        handlers = (*logging.getLogger().handlers, *_LOGGER.handlers)
        others = (each for each in handlers if not isinstance(each, logging.NullHandler))
        return all(each is self for each in others) and bool(super().filter(record))


def log_as_asked() -> None:
    """Write the log to standard error, from the level that the environment asks for."""
    level = os.environ.get(LOG_VARIABLE, "").lower()
    if not level:
        return
    if level not in _LEVELS:
        raise ConfigurationError(f"must be one of {', '.join(_LEVELS)}", subject=LOG_VARIABLE)
    _LOGGER.setLevel(level.upper())
    if not any(isinstance(each, _LogToStderr) for each in _LOGGER.handlers):
        handler = _LogToStderr()
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s: %(message)s"))
        _LOGGER.addHandler(handler)


def find_key(given: SecretStr | None, team: str | None) -> tuple[SecretStr, KeySource | None]:
    """Find the API key: the given one (from no `KeySource`), else the team's, the environment's, or
    the only one of the credentials file."""
    if team is not None:
        arguments.name("team", team)
        if given is not None:
            raise ConfigurationError("give api_key or team, not both: they may be different keys")
    if given is not None:
        return _usable(given, "api_key"), None
    variable = as_secret(os.environ.get(KEY_VARIABLE, ""))
    if variable and team is None:
        source = KeySource(variable=KEY_VARIABLE)
        return _usable(variable, f"the API key from {KEY_VARIABLE}"), source
    found, key = _key_from_file(team)
    return _usable(key, f"the API key from {CREDENTIALS_FILE}"), KeySource(team=found)


def _usable(key: SecretStr, source: str) -> SecretStr:
    if key.problem is not None or not key or not all("!" <= character <= "~" for character in key):
        problem = "cannot be sent in a header: it is empty, or has a space, a line break or another"
        problem += " character outside printable ASCII (it is not shown here)"
        raise ConfigurationError(problem, subject=source)
    return key


def credentials_file() -> Path | None:
    """The path of the credentials file, which need not exist; None without a home directory."""
    try:
        return Path(CREDENTIALS_FILE).expanduser()
    except RuntimeError:  # HOME is not set, and the user is not in the list of users
        return None


def _key_from_file(team: str | None) -> tuple[str, SecretStr]:
    """The team's key, or the only one in the file, and its team."""
    path = credentials_file()
    keys = None if path is None else _keys_by_team(path)
    if isinstance(keys, str):
        # Raised here, where no frame and no context of the error holds the file's content.
        raise ConfigurationError(f"{CREDENTIALS_FILE} {keys}")
    usable = {name: key for name, key in (keys or {}).items() if team in (None, name)}
    if len(usable) == 1:
        return usable.popitem()
    teams = ", ".join(sorted(keys or ())) or "none"
    remedy: str | None = "api_key=..."
    if path is None:
        problem = f"no API key: there is no home directory, and so no {CREDENTIALS_FILE}: "
        problem += f"set {KEY_VARIABLE}, or set HOME to where the file is"
    elif keys is None and team is None:
        problem = f"no API key: set {KEY_VARIABLE}, or put it into {CREDENTIALS_FILE} "
        problem += "(`version = 1`, and a table [keys] from team name to key)"
    elif team is None:
        problem = f"no API key: {CREDENTIALS_FILE} does not settle which to use "
        problem += f"(teams in it: {teams}): set {KEY_VARIABLE}"
        remedy = "team=... or api_key=..."
    else:
        problem = f"{CREDENTIALS_FILE} has no key for team {team!r} (teams: {teams})"
        remedy = None
    raise ConfigurationError(problem, remedy=remedy)


def _keys_by_team(path: Path) -> dict[str, SecretStr] | str | None:
    """The `[keys]` table of the credentials file; None without a file; or the problem with it."""
    import tomllib  # most programs have the key in their environment

    try:
        document: dict[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return f"cannot be read: {error.strerror or type(error).__name__}"
    except ValueError:
        return "is not valid TOML in UTF-8"
    if document.get("version", 1) != 1:
        return "has a version other than 1"
    table = document.get("keys", {})
    if not isinstance(table, dict):
        return "must have a table [keys] from team name to API key"
    return {team: as_secret(key) for team, key in cast("dict[str, object]", table).items()}


def find_base_url(given: str | None, allow_insecure_http: bool) -> str:
    """The base URL without a slash at its end: the given one, the environment's or the spec's."""
    import httpx

    url, source = given, "base_url"
    if url is None:
        url, source = os.environ.get(URL_VARIABLE) or DEFAULT_BASE_URL, URL_VARIABLE
    problem = _url_problem(url)
    if problem is not None:
        raise ConfigurationError(problem, subject=source)
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "http" and not allow_insecure_http and not is_loopback(host):
        problem = f"is plain http to {host}: the API key would cross the network unencrypted"
        remedy = "allow_insecure_http=True"
        raise ConfigurationError(f"{problem}. Use https", subject=source, remedy=remedy)
    try:
        _ = httpx.URL(url).host  # it decodes the name, which would fail in each call otherwise
    except (ValueError, httpx.InvalidURL):
        problem = "has a host that is no name of the internet"
        raise ConfigurationError(problem, subject=source) from None
    return url.rstrip("/")


def _url_problem(url: object) -> str | None:
    """The problem with a base URL, or None."""
    if not isinstance(url, str):
        return f"must be a string, not {type(url).__name__}"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not a valid URL"
    if parts.username is not None or parts.password is not None:
        return "must not hold a user name or a password: they would show in logs"
    if parts.scheme not in ("http", "https") or not host:
        # It is not shown: without its scheme, a user name and a password cannot be told apart.
        return f"must be a whole http or https URL, such as {DEFAULT_BASE_URL}"
    if "?" in url or "#" in url or any(c.isspace() or not c.isprintable() for c in url):
        return "must end with its path: no query, fragment or space"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine for sure, whatever a name server says."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # Of IPv6, is_loopback counts ::ffff:127.0.0.1 as well.
    return address.is_loopback if address.version == 4 else str(address) == "::1"
