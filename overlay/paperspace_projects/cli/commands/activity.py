"""`activity`: what happened to a project, and what happens."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ...errors import APIError, PaginationError
from ..command import command
from ..context import Invocation, project_of
from ..errors import CommandError
from ..options import Fields, Output, Project
from ..output import records as kinds
from ..output.listing import After, Limit, PageSize, page_size_for, write_listing
from ..output.messages import say
from ..output.writer import Results

if TYPE_CHECKING:
    from ... import ActivityEvent, ProjectScope

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(
        app,
        "activity",
        examples=(
            "activity PROJECT --since 2h",
            "activity PROJECT --since 2026-03-01 --until 2026-04-01 -o csv",
            "activity PROJECT --follow --type deployment.created -o jsonl",
        ),
    )(show_activity)


def show_activity(
    invocation: Invocation,
    project: Project,
    *,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="TIME",
            help="Only from then on: ISO 8601 (UTC, if it has no offset), or 30m, 2h, 7d ago.",
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="Only before then.")
    ] = None,
    type_: Annotated[
        str | None,
        typer.Option("--type", metavar="TYPE", help="Only such as deployment.created."),
    ] = None,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow", "-f", help="Then wait for what happens, oldest first, until Ctrl-C."
        ),
    ] = False,
    poll: Annotated[
        float,
        typer.Option("--poll", metavar="SECONDS", help="With --follow: how long between looks."),
    ] = 5.0,
    limit: Limit = None,
    after: After = None,
    page_size: PageSize = None,
    output: Output = "table",
    fields: Fields = None,
) -> None:
    """List what happened to a project, or follow what happens.

    The list is in the server's order, which is newest first.

    With --follow and --since, what happened since then comes first; with --follow and --after, what
    came after the event of that id.
    """
    results = Results(kinds.EVENT, output, fields)
    begin, end = _moment("--since", since), _moment("--until", until)
    with invocation.client() as client:
        scope = project_of(client, project)
        if follow:
            if until is not None or limit is not None:
                raise CommandError("--follow has no end: leave out --until and --limit")
            if since is not None and after is not None:
                raise CommandError("with --follow, give --since or --after, not both")
            if output == "json":
                raise CommandError("-o json ends with a bracket, --follow never: take -o jsonl")
            following = Following(scope, type_, poll)
            invocation.progress = lambda: f"{results.written}{following.how_to_go_on()}"
            try:
                results.write_all(following.events(begin, after), without_end=True)
            except (APIError, PaginationError):
                say(invocation.progress())
                raise
            return
        pager = scope.activity(
            type=type_,
            since=begin,
            until=end,
            page_size=page_size_for(limit, page_size),
            after=after,
        )
        write_listing(invocation, pager, results, limit)


class Following:
    """Follows the activity of a project: each event once, oldest first, and none missed."""

    def __init__(self, scope: ProjectScope, event_type: str | None, poll: float) -> None:
        self._scope = scope
        self._type = event_type
        self._poll = poll
        self._last: str | None = None

    def how_to_go_on(self) -> str:
        """What to tell one who stops it."""
        if self._last is None:
            return ""
        return f"; --follow --after {shlex.quote(self._last)} goes on from there"

    def events(self, since: datetime | None, after: str | None) -> Iterator[ActivityEvent]:
        """The events since a time, or after an event, and then those to come."""
        # The watch checks its arguments, and sends nothing before it is gone through.
        watch = self._scope.watch(poll=self._poll, type=self._type, after=after)
        self._last, shown = after, set[str]()
        if since is not None:
            while (newest := self._scope.activity(page_size=1).first()) is None:
                time.sleep(self._poll)  # a watch cannot begin in a feed that is empty
            earlier = self._scope.activity(type=self._type, since=since).collect()
            earlier.reverse()
            for event in sorted(earlier, key=_time):
                shown.add(event.id)
                yield event
                self._last = event.id  # it was written, or the next would not be asked for
            self._last = self._last or newest.id
            watch = self._scope.watch(poll=self._poll, type=self._type, after=newest.id)
        # What came between the two looks, the watch sees once more.
        for event in watch:
            is_before = (
                since is not None and event.dt_created is not None and event.dt_created < since
            )
            if event.id not in shown and not is_before:
                yield event
            self._last = event.id


def _time(event: ActivityEvent) -> datetime:
    return event.dt_created or datetime.min.replace(tzinfo=UTC)


def _moment(option: str, text: str | None) -> datetime | None:
    """A point in time: as ISO 8601 has it, or so long ago.

    Raises:
        CommandError: it is neither.
    """
    if text is None:
        return None
    ago = re.fullmatch(r"(\d{1,6})([smhd])", text)
    from dateutil.parser import isoparse

    try:
        if ago is not None:
            return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        moment = isoparse(text)
    except (ValueError, OverflowError):
        raise CommandError(
            f"{option} must be a time such as 2026-03-18T09:30:00Z, or 2h for two hours ago, "
            f"not {text!r}"
        ) from None
    return moment if moment.utcoffset() is not None else moment.replace(tzinfo=UTC)
