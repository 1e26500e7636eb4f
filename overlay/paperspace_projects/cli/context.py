"""The state of one run: its global options, its client, its questions, and how far it got."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from .. import config, errors
from .errors import CommandError, Exit, describe, proxy_hint
from .output.streams import PROGRAM, echo_stderr, is_terminal, notify, printable, write_stderr

if TYPE_CHECKING:
    from .. import AttemptEvent, Client, Project, ProjectScope

T = TypeVar("T")

PREFIXES: Final = ("id:", "name:")  # they say what an argument is; else it is an id or a name
_DEFAULT_TIMEOUT: Final = 30.0  # seconds for one attempt: the client's default
_LONG_WAIT: Final = 2.0  # seconds after which a wait is shown at a terminal


class CommandContext(msgspec.Struct, kw_only=True):
    """The global options, None or False if not given, and the state of the run."""

    team: str | None = None
    api_key_env: str | None = None
    base_url: str | None = None
    timeout: float | None = None
    deadline: float | None = None
    allow_insecure_http: bool = False
    verbose: bool = False
    debug: bool = False
    arguments: Sequence[str] = ()
    progress: Callable[[], str] | None = None  # says how far an interrupted command got
    done: Callable[[], str] | None = None  # says which writes were carried out
    look_at: str = ""  # the command that shows the state after a write
    open_client: Client | None = None  # Ctrl-C closes it
    grace: float = 0.7  # seconds that a command has to end by itself after Ctrl-C
    has_bar: bool = False
    is_unknown: bool = False  # no project has the id or name that was given

    @contextmanager
    def client(self) -> Generator[Client, None, None]:
        from .. import Client

        with Client(
            self.find_key(),
            team=self.team,
            base_url=self.find_base_url(),
            allow_insecure_http=self.allow_insecure_http,
            timeout=_DEFAULT_TIMEOUT if self.timeout is None else self.timeout,
            deadline=self.deadline,
            on_event=self._show_attempt,
        ) as client:
            self.open_client = client
            try:
                yield client
            except errors.ConfigurationError as error:  # the key was usable: this is a proxy
                hint = proxy_hint(self.find_base_url())
                raise CommandError(describe(error), hint=hint) from None

    def in_project(self, client: Client, text: str, work: Callable[[ProjectScope], T]) -> T:
        """Do work in the project with this id, else in the one with this name.

        The work is begun again: its first request must show whether the project exists.
        """
        try:
            return work(client.project(find_project_id(client, text)))
        except errors.NotFoundError as error:
            if isinstance(error, errors.OutcomeUnknownError) or text.startswith(PREFIXES):
                raise
            project = self._find_instead(client, text, error.operation)
            if project is None:
                raise
        self.progress = None
        return work(client.project(project.id))

    def _find_instead(self, client: Client, name: str, failed: str) -> Project | None:
        """Find a project by its name, unless a project has it as its id."""
        try:
            if failed != "getProject":
                with suppress(errors.NotFoundError):
                    client.projects.get(name)
                    return None  # something within the project was not found
            project = client.projects.find(name)
        except (errors.APIError, errors.PaginationError):
            return None
        self.is_unknown = project is None
        return project

    def begin_write(self, look_at: str, at_stake: str = "") -> None:
        """Note that a write begins, and what it may leave behind; `look_at` shows the state."""
        self.look_at = look_at
        before = "" if self.done is None else f"{self.done()}\n"
        write, too = ("next write", ", too") if before else ("write", "")
        self.progress = lambda: (
            f"{before}the {write} may have been carried out{too}; {at_stake}"
            f"`{PROGRAM} {look_at}` shows the current state"
        )

    def end_write(self, summary: str, *, notify_user: bool = False) -> None:
        """Note that a write was carried out; notify the user if the command shows no result."""
        self.progress = self.done = lambda: summary
        if notify_user:
            notify(summary)

    def again(self) -> str:
        """Return how to continue a command that resumes where it was."""
        return f"to continue: {shlex.join([PROGRAM, *self.arguments])}"

    def find_base_url(self) -> str:
        """Return the base URL: from the option, else from the environment, else the spec's."""
        try:
            return config.find_base_url(self.base_url, self.allow_insecure_http)
        except errors.ConfigurationError as error:
            hint = None if error.remedy is None else "--allow-insecure-http allows it"
            raise CommandError(describe(error), hint=hint) from None

    def find_key(self) -> str | None:
        """Return the key in the variable that `--api-key-env` names; None without the option."""
        if self.api_key_env is None:
            return None
        if self.team is not None:
            raise CommandError("give --api-key-env or --team, not both: they may be different keys")
        key = os.environ.get(self.api_key_env)
        if not key:
            raise CommandError(
                "the environment variable that --api-key-env names is not set, or is empty",
                Exit.AUTHENTICATION,
                "--api-key-env takes the variable's name, not the key",
            )
        return key

    def hint_for(self, error: Exception) -> str | None:
        """Return what to do about an error, in terms of this command line."""
        see = f"`{PROGRAM} doctor` shows"
        match error:
            case errors.OutcomeUnknownError() if self.look_at:
                return f"`{PROGRAM} {self.look_at}` shows the current state"
            case errors.NotFoundError() if self.is_unknown:
                return f"no project has this id or name; `{PROGRAM} projects list` shows all"
            case errors.ConfigurationError():
                options = "--team NAME and --api-key-env VARIABLE say which key to use"
                return f"{options}; {see} where one is looked for"
            case errors.AuthenticationError() | errors.PermissionDeniedError():
                return f"{see} which key is used, and where it was found"
            case errors.APIConnectionError() | errors.APITimeoutError():
                hint = self.proxy_hint_for(error)
                return hint or f"{see} which server is used, and if it is reached"
            case _:
                return self.proxy_hint_for(error)

    def proxy_hint_for(self, error: Exception) -> str | None:
        """Return what to do about a proxy, if the server was not reached."""
        lost = (errors.APIConnectionError, errors.APITimeoutError, errors.DeadlineExceededError)
        return proxy_hint(self.find_base_url()) if isinstance(error, lost) else None

    def _show_attempt(self, event: AttemptEvent) -> None:
        """Show an attempt, without headers or bodies, or only a long wait at a terminal."""
        is_long = event.wait is not None and event.wait >= _LONG_WAIT and is_terminal(sys.stderr)
        if self.verbose or is_long:
            outcome = " ".join(str(e) for e in (event.status_code, event.error) if e is not None)
            number = f" (attempt {event.attempt})" if event.attempt > 1 else ""
            again = "" if event.wait is None else f"; again in {event.wait:.1f} s"
            request = f"{event.method} {event.path}{number}"
            echo_stderr(f"{request}: {outcome}, {event.elapsed:.2f} s{again}")


def find_project_id(client: Client, text: str) -> str:
    """Return an id, or find the project that is given as `name:` and its name."""
    if text.startswith("name:"):
        return find_project_named(client, text.removeprefix("name:")).id
    return text.removeprefix("id:")


def find_project_named(client: Client, name: str) -> Project:
    project = client.projects.find(name)
    if project is None:
        raise CommandError(f"no project is named {name!r}", Exit.NOT_FOUND)
    return project


def check_can_ask(yes: bool, action: str) -> None:
    """Refuse, before anything is done, if a question is needed and there is no terminal."""
    if not yes and not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise CommandError(
            f"refusing to {action}: there is no terminal to ask at",
            hint="--yes does it without asking",
        )


def confirm(yes: bool, action: str) -> None:
    """Ask whether to do something, such as "delete the secret 'TOKEN'", unless `yes` is given."""
    check_can_ask(yes, action)
    if yes:
        return
    write_stderr(f"{printable(f'{action[0].upper()}{action[1:]}')}? [y/N] ")
    answer = sys.stdin.buffer.readline().decode(errors="replace")
    if not answer.endswith("\n"):
        write_stderr("\n")  # it ended with Ctrl-D
    if answer.strip().lower() not in ("y", "yes"):
        raise CommandError("nothing was changed", Exit.FAILED)
