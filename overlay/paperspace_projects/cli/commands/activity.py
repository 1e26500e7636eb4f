"""`activity`: list the events of a project, or follow new ones."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import click

from ...errors import APIError, PaginationError
from ...models import ActivityEvent
from .. import declare
from ..context import CommandContext
from ..errors import CommandError
from ..output.results import EVENT, ResultWriter
from ..output.streams import echo_stderr

_NO_TIME: Final = datetime.min.replace(tzinfo=UTC)
_TIMES: Final = "ISO 8601 (UTC if it has no offset), or 30m, 2h, 7d ago."
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _parse_time(_ctx: click.Context, option: click.Parameter, text: str | None) -> datetime | None:
    """Parse a time in ISO 8601, or an age such as `2h`."""
    if text is None:
        return None
    from dateutil.parser import isoparse

    age = re.fullmatch(r"(\d{1,6})([smhd])", text)
    try:
        if age is not None:
            return datetime.now(UTC) - timedelta(**{_UNITS[age[2]]: int(age[1])})
        moment = isoparse(text)
    except (ValueError, OverflowError):
        raise CommandError(
            f"{option.opts[0]} must be a time such as 2026-03-18T09:30:00Z, or 2h for two hours "
            f"ago, not {text!r}"
        ) from None
    return moment if moment.utcoffset() is not None else moment.replace(tzinfo=UTC)


@declare.command(
    "activity",
    "PROJECT --since 2h",
    "PROJECT --since 2026-03-01 --until 2026-04-01 -o csv",
    "PROJECT --follow --type deployment.created -o jsonl",
)
@declare.in_project
@declare.option("--since", "TIME", f"Only from then on: {_TIMES}", callback=_parse_time)
@declare.option("--until", "TIME", "Only before then.", callback=_parse_time)
@declare.option("--type", "TYPE", "Only this type, such as deployment.created.")
@declare.flag("--follow", "-f", help="Then wait for new events, oldest first, until Ctrl-C.")
@declare.option(
    "--poll", "SECONDS", "With --follow: the time between requests.", type=float, default=5.0
)
@declare.pages
@declare.results(EVENT)
@click.pass_obj
def activity(
    context: CommandContext,
    /,
    scope: declare.Scope,
    results: ResultWriter,
    follow: bool,
    **query: Any,
) -> None:
    """List the events of a project, or follow new ones.

    The list is in the server's order, which is newest first.

    With --follow and --since, events since then come first; with --follow and --after, those after
    the event with that id.
    """
    limit, poll = query.pop("limit"), query.pop("poll")
    if not follow:
        results.write_listing(scope.activity(**query), limit)
        return
    since, after = query["since"], query["after"]
    if query["until"] is not None or limit is not None:
        raise CommandError("--follow has no end: leave out --until and --limit")
    if since is not None and after is not None:
        raise CommandError("with --follow, give --since or --after, not both")
    if results.output == "json":
        raise CommandError("-o json ends with a bracket, --follow never does: use -o jsonl")
    follower = EventFollower(scope, query["type"], poll)
    context.progress = lambda: f"{results.summary}{follower.resume_hint()}"
    try:
        results.write_all(follower.events(since, after), is_endless=True)
    except (APIError, PaginationError):
        if results.count:
            echo_stderr(context.progress())
        raise


class EventFollower:
    """Follows the activity of a project: each event once, oldest first, without gaps."""

    def __init__(self, scope: declare.Scope, event_type: str | None, poll: float) -> None:
        self._scope = scope
        self._type = event_type
        self._poll = poll
        self._last: str | None = None

    def resume_hint(self) -> str:
        """Return how to resume after the last event; empty before the first."""
        after = self._last and shlex.quote(self._last)
        return f"; --follow --after {after} resumes from there" if after else ""

    def events(self, since: datetime | None, after: str | None) -> Iterator[ActivityEvent]:
        """Yield the events since a time, or after an event, and then new ones."""
        # The watch checks its arguments now, and sends nothing until it is iterated.
        watch = self._scope.watch(poll=self._poll, type=self._type, after=after)
        self._last, shown = after, set[str]()
        if since is not None:
            while (newest := self._scope.activity(page_size=1).first()) is None:
                time.sleep(self._poll)  # a watch cannot start in an empty feed
            earlier = self._scope.activity(type=self._type, since=since).collect()
            earlier.reverse()
            for event in sorted(earlier, key=lambda event: event.dt_created or _NO_TIME):
                shown.add(event.id)
                yield event
                self._last = event.id  # it was written, or the next would not be asked for
            self._last = self._last or newest.id
            watch = self._scope.watch(poll=self._poll, type=self._type, after=newest.id)
        # The watch sees the events between the two requests again.
        for event in watch:
            is_before = since and event.dt_created and event.dt_created < since
            if event.id not in shown and not is_before:
                yield event
            self._last = event.id
