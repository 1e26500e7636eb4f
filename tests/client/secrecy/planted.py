"""Planted texts, and a search for them in everything that a user, a log or a crash report can see.

Each word of a planted text holds `q~xz`, which nothing else does, as no id has a `~`: so a piece
of it is found too, and in whatever way it was escaped.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType

import httpx
import httpx2
import pytest

import paperspace_projects
from paperspace_projects._security.secret_str import SecretStr
from scripts import operation_calls

NEEDLE = "q~xz"
KEYS = {"plain": "kq~xz0123456789q~xz", "odd": 'kq~xz/"q~xz"+q~xz&<q~xz>%20q~xz\\kq~xz'}
VALUES = {
    "plain": "vq~xz-plain-value-q~xz",
    "odd": 'vq~xz "q~xz" \\q~xz/q~xz & <q~xz> öq~xz €q~xz\nq~xz line\t%20+q~xz',
}
TESTS = str(Path(__file__).parents[2])
RUNNERS = tuple(str(Path(each.__file__).parent) for each in (pytest, asyncio, operation_calls))
"""Code that runs the tests, and has their arguments among its locals."""


def leaks(text: str | bytes) -> bool:
    if isinstance(text, bytes):
        # UTF-16 and UTF-32 put zeros between the letters.
        return NEEDLE.encode() in text.lower().replace(b"\0", b"")
    return NEEDLE in text.lower()


def reachable(root: object) -> Iterator[tuple[str, object]]:
    """All that hangs on an object, each with the way to it: attributes, items, causes, notes."""
    seen: set[int] = set()
    kept: list[object] = []  # so that no id is used twice
    todo: list[tuple[str, object]] = [("", root)]
    while todo:
        way, thing = todo.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        kept.append(thing)
        yield way, thing
        todo.extend((way + step, part) for step, part in _parts(thing))


def _parts(thing: object) -> Iterator[tuple[str, object]]:
    if isinstance(thing, str | bytes | int | float | type | logging.Logger):
        return
    if isinstance(thing, Mapping):
        for key, value in thing.items():
            yield f"[key {key!r}]", key
            yield f"[{key!r}]", value
    elif isinstance(thing, list | tuple | set | frozenset):
        for index, value in enumerate(thing):
            yield f"[{index}]", value
    for name in _attributes(thing):
        yield f".{name}", getattr(thing, name, None)


def _attributes(thing: object) -> set[str]:
    """The names of what an object of ours, of httpx, or an exception holds."""
    ours = type(thing).__module__.startswith(("paperspace_projects", "httpx", "httpcore"))
    an_error = isinstance(thing, BaseException)
    if isinstance(thing, httpx.MockTransport | httpx2.MockTransport) or not (ours or an_error):
        return set()  # such a transport is the test's own server, which keeps what it was sent
    slots = [cls.__dict__.get("__slots__", ()) for cls in type(thing).__mro__]
    names = {name for each in slots for name in ((each,) if isinstance(each, str) else each)}
    told = ("args", "__cause__", "__context__", "__notes__", "object", "doc") if an_error else ()
    return {*names, *getattr(thing, "__dict__", {}), *told}


def assert_hidden(root: object) -> None:
    """Nothing that hangs on an object shows a planted text."""
    for way, thing in reachable(root):
        where = f"{type(root).__name__}{way}"
        if isinstance(thing, str | bytes) and not isinstance(thing, SecretStr):
            assert not leaks(thing), f"{where} is planted text"
            continue
        for show in (repr, str, "{}".format):
            assert not leaks(show(thing)), f"{show.__name__} of {where} shows planted text"


def assert_hidden_in_error(error: BaseException) -> None:
    """An error shows no planted text: nor in what hangs on it, its pickle, or its traceback."""
    assert_hidden(error)
    if isinstance(error, paperspace_projects.PaperspaceError):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            assert not leaks(pickle.dumps(error, protocol)), "the pickle shows planted text"
    for link in chain(error):
        assert not leaks("".join(traceback.format_exception_only(link)))
        for frame, line in traceback.walk_tb(link.__traceback__):
            _assert_hidden_in_frame(frame, line)


def chain(error: BaseException) -> list[BaseException]:
    """An error with all its causes and contexts, the suppressed ones too."""
    links: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        link = todo.pop()
        if link is not None and link not in links:
            links.append(link)
            todo += [link.__cause__, link.__context__]
    return links


def _assert_hidden_in_frame(frame: FrameType, line: int) -> None:
    """No local of a frame shows planted text, as a crash report would show it."""
    code = frame.f_code
    # Frames of the test hold what it planted; whoever calls the client has that anyway.
    if code.co_filename.startswith((TESTS, *RUNNERS)):
        return
    for name, value in frame.f_locals.items():
        try:
            shown = repr(value)
        except Exception:  # has a test of its own
            continue
        where = f"local {name} of {code.co_name}, line {line} of {code.co_filename}"
        assert not leaks(shown), f"{where} shows planted text"


def assert_hidden_in_log(caplog: pytest.LogCaptureFixture) -> None:
    """No log record of any logger shows planted text."""
    assert not leaks(caplog.text)
    for record in caplog.records:
        assert not leaks(record.getMessage())
        assert not leaks(repr(record.args))
        if record.exc_info and record.exc_info[1] is not None:
            assert_hidden_in_error(record.exc_info[1])
