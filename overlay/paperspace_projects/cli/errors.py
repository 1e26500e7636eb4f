"""How a run ends: the exit codes, the errors of the command line, and how errors are shown."""

from __future__ import annotations

import enum
import os
import re
from collections.abc import Callable, Collection, Sequence
from typing import Final
from urllib.parse import urlsplit

import click

from .. import errors
from .output.streams import PROGRAM, echo_stderr, print_error


class Exit(enum.IntEnum):
    """The exit codes."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    AUTHENTICATION = 4
    CONFLICT = 5
    OUTCOME_UNKNOWN = 6
    PARTLY_FAILED = 7
    CHANGES = 10
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    TERMINATED = 143


# The first row that matches decides.
_BY_CLASS: Final = (
    (Exit.OUTCOME_UNKNOWN, (errors.OutcomeUnknownError,)),
    (Exit.NOT_FOUND, (errors.NotFoundError,)),
    (Exit.AUTHENTICATION, (errors.AuthenticationError, errors.PermissionDeniedError)),
    (Exit.AUTHENTICATION, (errors.ConfigurationError,)),  # the base URL is checked before the key
    (Exit.CONFLICT, (errors.ConflictError, errors.StalePlanError, errors.AmbiguousNameError)),
    (Exit.USAGE, (errors.InvalidArgumentError, errors.DesiredStateError)),
)


def exit_for(error: errors.PaperspaceError) -> Exit:
    return next((code for code, kinds in _BY_CLASS if isinstance(error, kinds)), Exit.FAILED)


def exit_for_all(failures: Collection[Exit], *, any_done: bool) -> Exit:
    """Return the exit code of work in parts: that of all parts if none was done, and all agree."""
    if any_done or not failures:
        return Exit.PARTLY_FAILED if failures else Exit.DONE
    return next(iter(failures)) if len(set(failures)) == 1 else Exit.FAILED


_SUBJECTS: Final = {"api_key": "the key of --api-key-env", "base_url": "--base-url"}


class CommandError(Exception):
    """A command cannot be carried out; `hint` says what to do about it."""

    def __init__(self, message: str, code: Exit = Exit.USAGE, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


_ARGUMENTS: Final = {"list": " PROJECT", "get": " PROJECT", "find": " NAME"}


def _command_for(call: re.Match[str]) -> str:
    noun, verb = call.groups()
    name = " NAME" if (noun, verb) == ("secrets", "get") else ""
    return f"`{PROGRAM} {noun} {verb}{_ARGUMENTS[verb]}{name}`"


# What errors call things in Python, and what they are called here.
_CALLS: Final = r"\b(projects|collaborators|secrets|tags|models)\.(list|get|find)\((?:id|name)?\)"
_WORDS: Final[Sequence[tuple[str, str | Callable[[re.Match[str]], str]]]] = (
    (_CALLS, _command_for),
    (r"(?<!['\"])\bbase_url\b", "--base-url"),
    (r"\bssl_context=\.\.\.", "SSL_CERT_FILE"),
    (r"\bafter=(?=['\"])", "--after "),
    (r"\ballow_commands=True\b", "--allow-commands"),
    (r" of RetryPolicy\.max_retry_after\b", " that a command waits at most"),
    (r"\bwith activity\(\)", f"with `{PROGRAM} activity PROJECT`"),
    (r"\bcall list\(\)", "list them"),
)


def in_shell_words(text: str) -> str:
    """Replace calls and arguments of Python by commands and options."""
    for pattern, word in _WORDS:
        text = re.sub(pattern, word, text)
    return text


def describe(error: Exception) -> str:
    """Return an error's message for a user of the shell."""
    if not isinstance(error, errors.ConfigurationError):
        return in_shell_words(str(error))
    subject = _SUBJECTS.get(error.subject or "", error.subject)
    return error.problem if subject is None else f"{subject} {error.problem}"


def report_error(error: Exception, hint: str | None = None) -> Exit:
    """Print an error, and return the exit code that stands for it."""
    match error:
        case BrokenPipeError():
            return Exit.BROKEN_PIPE  # the reader wanted no more
        case click.UsageError():
            command = PROGRAM if error.ctx is None else error.ctx.command_path
            message, code = error.format_message(), Exit.USAGE
            hint = f"`{command} --help` shows how to use it"
        case CommandError():
            message, hint, code = str(error), error.hint, error.code
        case errors.PaperspaceError():
            message, code = describe(error), exit_for(error)
        case ImportError():
            message, code = str(error), Exit.FAILED
        case OSError():
            where = "" if error.filename is None else f": {error.filename}"
            message, code = f"the system says: {error.strerror or error}{where}", Exit.FAILED
        case _:  # its message may hold anything
            message = f"{type(error).__name__} in {PROGRAM} itself, which is a bug"
            hint, code = "--debug shows where", Exit.FAILED
    print_error(message)
    if hint:
        echo_stderr(f"hint: {hint}")
    return code


def proxy_hint(base_url: str) -> str | None:
    """Return what to check about the proxy on the way to a server; its password is not shown."""
    from urllib.request import getproxies, proxy_bypass  # needed after a failure only

    server = urlsplit(base_url)
    proxies = getproxies()
    scheme = next((each for each in (server.scheme, "all") if proxies.get(each)), None)
    if scheme is None or proxy_bypass(server.hostname or ""):
        return None
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper())  # the lower-case one wins
    source = next(filter(os.environ.get, names), "the system")
    action = "check that it is the right one, and that it answers"
    return f"{source} sends requests through a proxy{_address(proxies[scheme])}: {action}"


def _address(proxy: str) -> str:
    """Return the host and port of a proxy; nothing if they cannot be told from a password."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return ""
    if not parts.hostname or "@" in f"{parts.path}{parts.query}{parts.fragment}":
        return ""
    return f" ({parts.hostname}{port})"
