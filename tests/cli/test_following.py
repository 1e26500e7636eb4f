"""`activity --follow` writes each event once, oldest first, without gaps."""

from __future__ import annotations

import functools
import re
import signal
import subprocess
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from cli.shell import KEY, Shell
from client.watching.course import Feed
from support.systems import needs

from paperspace_projects import Client
from paperspace_projects.cli.commands.activity import EventFollower
from paperspace_projects.testing import Dialect, Fault, FaultPlan

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def lines_of(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().strip() for _ in range(count)]


def ended(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    return said


def test_what_has_happened_comes_first_and_then_what_happens(shell: Shell) -> None:
    needs("signals")
    project = shell.project()
    shell.client.project(project).tags.add("a")
    record = functools.partial(shell.emulator.record_event, project)
    record(action="deployment.created")
    old = ["project.created", "tag.added"] * (shell.dialect == "contract") + ["deployment.created"]
    follow = ("activity", project, "--follow", "--poll", "0.05", "-o", "csv", "--fields", "type,id")
    process = shell.start(*follow, "--since", "1h")
    head, *listed = lines_of(process, 1 + len(old))
    assert head == "type,id"
    assert [line.split(",")[0] for line in listed] == old
    record(action="deployment.scaled")
    record(action="deployment.deleted")
    new = lines_of(process, 2)
    assert [line.split(",")[0] for line in new] == ["deployment.scaled", "deployment.deleted"]
    written = f"[{len(old) + 1}{len(old) + 2}]"
    told = re.fullmatch(
        rf"interrupted: {written} events written; --follow --after ([\w-]+) resumes from there\n",
        ended(process),
    )
    assert told is not None
    ids = [line.split(",")[1] for line in new]
    known = ids.index(told[1])  # the last, if it was not stopped in the very moment of writing it
    record(action="deployment.enabled")
    process = shell.start(*follow, "--after", told[1])
    _, *rest = lines_of(process, 1 + len(ids[known + 1 :]) + 1)
    assert [line.split(",")[1] for line in rest[:-1]] == ids[known + 1 :]
    assert rest[-1].startswith("deployment.enabled,")
    ended(process)


def test_what_happens_between_two_looks_is_neither_missed_nor_repeated(
    one_shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = one_shell.project()
    scope = one_shell.client.project(project)
    activity = scope.activity

    def and_then_something_happens(**options: Any) -> Any:
        pager = activity(**options)
        if options.get("page_size") == 1:
            pager = _Once(pager.first())
            scope.tags.add("meanwhile")
        return pager

    monkeypatch.setattr(scope, "activity", and_then_something_happens)
    events: Any = EventFollower(scope, None, 0.01).events(LONG_AGO, None)
    assert [next(events).type for _ in range(2)] == ["project.created", "tag.added"]
    scope.tags.add("later")
    assert next(events).message == "Tag later was added."


def test_an_end_by_a_failure_tells_resume_hint_too(one_shell: Shell) -> None:
    project = one_shell.project()
    (event,) = one_shell.client.project(project).activity()
    one_shell.emulator.faults = FaultPlan.script([None, None, Fault.status(400)])
    done = one_shell.call("activity", project, "-f", "--since", "1h", "-o", "name", code=1)
    assert done.lines == [event.id]
    told, error = done.err.splitlines()
    assert told == f"1 event written; --follow --after {event.id} resumes from there"
    assert error.startswith("error: listProjectActivity: 400")


@pytest.mark.parametrize("dialect", ["contract", "live"])
@pytest.mark.parametrize("looks", range(7))
def test_no_event_is_lost_that_happens_at_one_of_the_first_looks_at_an_empty_feed(
    dialect: Dialect, looks: int
) -> None:
    feed = Feed(dialect)
    feed.answers = [lambda: None for _ in range(looks)] + [feed.happen]
    feed.answers += [lambda: None, lambda: None, feed.happen]
    with Client(KEY, transport=httpx.MockTransport(feed)) as client:
        events = EventFollower(client.project("p1"), None, 0.001).events(LONG_AGO, None)
        assert [next(events).id, next(events).id] == ["e0", "e1"]


@pytest.mark.parametrize("dialect", ["contract", "live"])
@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_nothing_from_before_the_time_comes_whatever_the_order(
    dialect: Dialect, order: Any
) -> None:
    feed = Feed(dialect, order=order)
    feed.happen(300)
    since = datetime.fromisoformat(feed.events[250]["dtCreated"])
    with Client(KEY, transport=httpx.MockTransport(feed)) as client:
        events = EventFollower(client.project("p1"), None, 0.001).events(since, None)
        assert [next(events).id for _ in range(50)] == feed.ids[250:]
        feed.happen()
        assert next(events).id == "e300"


def test_where_no_event_is_of_the_kind_that_is_followed_one_that_comes_is_not_lost() -> None:
    feed = Feed("live")
    feed.happen(3, type="other")
    feed.answers = [lambda: None, lambda: None, lambda: feed.happen(type="wanted")]
    with Client(KEY, transport=httpx.MockTransport(feed)) as client:
        events = EventFollower(client.project("p1"), "wanted", 0.001).events(LONG_AGO, None)
        assert next(events).id == "e3"


class _Once:
    """A pager whose first item is known."""

    def __init__(self, first: Any) -> None:
        self._first = first

    def first(self) -> Any:
        return self._first


def test_only_one_kind_is_followed(one_shell: Shell) -> None:
    project = one_shell.project()
    scope = one_shell.client.project(project)
    following = EventFollower(scope, "tag.added", 0.01)
    events: Any = following.events(LONG_AGO, None)
    assert following.resume_hint() == ""
    scope.tags.add("a")
    scope.models.add("m")
    assert next(events).message == "Tag a was added."
    scope.tags.add("b")
    assert next(events).message == "Tag b was added."
    hint = re.match(r"; --follow --after ([\w-]+) ", following.resume_hint())
    assert hint is not None
    assert hint[1] in {event.id for event in scope.activity()}
