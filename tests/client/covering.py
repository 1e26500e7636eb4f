"""Which public methods the tests of every method cover, and whether a test really calls them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import paperspace_projects as package

CLASSES = (
    "Client",
    "Projects",
    "ProjectScope",
    "Collaborators",
    "Secrets",
    "Tags",
    "Models",
    "Pager",
)


COVERED: set[str] = set()


def public_names(class_name: str) -> Iterator[str]:
    """The methods and properties of a class that a user may call, as `Secrets.set`."""
    for name, member in inspect.getmembers(getattr(package, class_name)):
        if not name.startswith("_") and (callable(member) or isinstance(member, property)):
            yield f"{class_name}.{name.removeprefix('a') if name == 'aclose' else name}"


EVERYTHING = {name for each in CLASSES for name in public_names(each)}


def watch(monkeypatch: pytest.MonkeyPatch, name: str, seen: set[str]) -> None:
    """Note when a public name of the sync or the async class is used."""
    class_name, member_name = name.split(".")
    for prefix, attribute in (
        ("", member_name),
        ("Async", "aclose" if member_name == "close" else member_name),
    ):
        owner = getattr(package, prefix + class_name)
        member = inspect.getattr_static(owner, attribute)
        monkeypatch.setattr(owner, attribute, _noting(member, name, seen))


def _noting(member: Any, name: str, seen: set[str]) -> Any:
    function = member
    if isinstance(member, property):
        function = member.fget
    elif isinstance(member, classmethod):
        function = member.__func__

    @functools.wraps(function)
    def noting(*args: Any, **kwargs: Any) -> Any:
        seen.add(name)
        return function(*args, **kwargs)

    kind = type(member) if isinstance(member, property | classmethod) else None
    return noting if kind is None else kind(noting)


def covers(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Say which public names a test is about; it fails if it does not use them."""
    assert set(names) <= EVERYTHING, f"no such public names: {set(names) - EVERYTHING}"
    COVERED.update(names)

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        return pytest.mark.covers(*names)(test)

    return decorate
