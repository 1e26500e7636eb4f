"""One run of the program: what it was told for all commands, its client, and how far it got."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from attrs import field, mutable

from .. import config
from ..errors import (
    APIConnectionError,
    APITimeoutError,
    ConfigurationError,
    DeadlineExceededError,
    PaperspaceError,
)
from . import PROGRAM
from .errors import CommandError
from .exit_codes import Exit
from .options import GlobalOptions
from .output.messages import in_terms_of_options, say, tell
from .output.streams import is_terminal
from .proxies import proxy_hint

if TYPE_CHECKING:
    from .. import AttemptEvent, Client, ProjectScope
    from ..models import Project


_UNREACHED: Final = (APIConnectionError, APITimeoutError, DeadlineExceededError)
_LONG_WAIT: Final = 2.0
"""Seconds after which a person wonders."""
DEFAULT_TIMEOUT: Final = 30.0
"""Seconds for one attempt: what a client takes if nothing is said."""


@mutable
class Invocation:
    """What a command goes by.

    `progress` tells how far it got, for one who stops it in the midst; None if there is nothing to
    tell. `done` tells what was carried out, for when the results cannot be written; None as long as
    that is nothing. `hint` is what to do about an error of the package's whose kind does not tell.
    `open_client` is the client that is in use; `has_bar` says whether a bar is shown.
    """

    options: GlobalOptions = field(factory=GlobalOptions)
    progress: Callable[[], str] | None = None
    done: Callable[[], str] | None = None
    hint: str | None = None
    open_client: Client | None = None
    has_bar: bool = False

    @contextmanager
    def client(self) -> Generator[Client, None, None]:
        """The client that the options ask for.

        Raises:
            CommandError: an option, the base URL, or a proxy cannot be used.
            ConfigurationError: there is no usable key.
        """
        from .. import Client

        options = self.options
        with Client(
            self.key_of_variable(),
            team=options.team,
            base_url=self.base_url(),
            allow_insecure_http=options.allow_insecure_http,
            timeout=DEFAULT_TIMEOUT if options.timeout is None else options.timeout,
            deadline=options.deadline,
            on_event=show if options.verbose else show_long_wait,
        ) as client:
            self.open_client = client
            try:
                yield client
            except ConfigurationError as error:  # not of the key, which the client has by now
                hint = proxy_hint(self.base_url())
                raise CommandError(in_terms_of_options(error), hint=hint) from None
            except PaperspaceError as error:
                self.hint = self.hint_about_proxy(error)
                raise

    def hint_about_proxy(self, error: PaperspaceError) -> str | None:
        """What to do about a proxy, if the error may come from one."""
        return proxy_hint(self.base_url()) if isinstance(error, _UNREACHED) else None

    def writes(self, look_at: str, at_stake: str | None = None) -> None:
        """Note that a write begins: one who stops it is told that it may have been done.

        Args:
            look_at: The command that shows what is there now.
            at_stake: What a write that is stopped midway may leave behind.
        """
        shows = f"`{PROGRAM} {look_at}` shows what is there now"
        if at_stake is not None:
            shows = f"{at_stake}; {shows}"
        before = self.done
        self.progress = lambda: (
            f"it may have been done; {shows}"
            if before is None
            else f"{before()}\nthe next one may have been made, too; {shows}"
        )

    def wrote(self, what: str, *, say_so: bool = False) -> None:
        """Note that a write was carried out, and what it did.

        Args:
            what: What it did.
            say_so: Whether to tell a person, as the command shows no result.
        """
        self.progress = self.done = lambda: what
        if say_so:
            tell(what)

    def base_url(self) -> str:
        """Where the API is: as the option says, else the environment, else the spec.

        Raises:
            CommandError: it cannot be used.
        """
        try:
            return config.find_base_url(self.options.base_url, self.options.allow_insecure_http)
        except ConfigurationError as error:
            raise CommandError(in_terms_of_options(error)) from None

    def key_of_variable(self) -> str | None:
        """The key of the variable that `--api-key-env` names; None if it was not given.

        Raises:
            CommandError: there is none. What was given is not shown: it may be the key itself.
        """
        variable = self.options.api_key_env
        if variable is None:
            return None
        if self.options.team is not None:
            raise CommandError("give --api-key-env or --team, not both: they may be different keys")
        key = os.environ.get(variable)
        if not key:
            raise CommandError(
                "the environment variable that --api-key-env names is not set, or is empty",
                Exit.AUTHENTICATION,
                "--api-key-env takes the variable's name, not the key",
            )
        return key


def project_of(client: Client, text: str) -> ProjectScope:
    """The project that an argument means: by its id, or by its name as `name:NAME`.

    Raises:
        CommandError: no project has that name.
        PaperspaceError: it cannot be found out.
    """
    is_name, name = text.startswith("name:"), text.removeprefix("name:")
    if not is_name:
        return client.project(text.removeprefix("id:"))
    return client.project(found(client, name).id)


def found(client: Client, name: str) -> Project:
    """The project of a name.

    Raises:
        CommandError: no project has that name.
        PaperspaceError: it cannot be found out.
    """
    project = client.projects.find(name)
    if project is None:
        raise CommandError(f"no project is named {name!r}", Exit.NOT_FOUND)
    return project


def show_long_wait(event: AttemptEvent) -> None:
    """Show a person why nothing happens for some time."""
    if event.wait is not None and event.wait >= _LONG_WAIT and is_terminal(sys.stderr):
        show(event)


def show(event: AttemptEvent) -> None:
    """Show an attempt at a request, without anything that it holds."""
    outcome = event.error if event.status_code is None else f"{event.status_code}"
    if event.status_code is not None and event.error is not None:
        outcome = f"{event.status_code} {event.error}"
    number = f" (attempt {event.attempt})" if event.attempt > 1 else ""
    again = "" if event.wait is None else f"; again in {event.wait:.1f} s"
    say(f"{event.method} {event.path}{number}: {outcome}, {event.elapsed:.2f} s{again}")
