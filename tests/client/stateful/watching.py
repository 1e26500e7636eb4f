"""Watching which public names a step really uses, so that no rule says more than it does."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import paperspace_projects as package

CLASSES = ("Projects", "ProjectScope", "Collaborators", "Secrets", "Tags", "Models", "Pager")
SEEN: set[str] = set()
"""The public names that were used since a step began."""

DECLARED: set[str] = set()
"""The public names that the rules say they use; each step holds them to it."""


def public_names(class_name: str) -> Iterator[str]:
    """The methods and properties of a class that a user may call, as `Secrets.set`."""
    for name, member in inspect.getmembers(getattr(package, class_name)):
        if not name.startswith("_") and (callable(member) or isinstance(member, property)):
            yield f"{class_name}.{name}"


def noting(member: Any, name: str) -> Any:
    """The same method or property, which notes that it is used."""
    function = member.fget if isinstance(member, property) else member

    @functools.wraps(function)
    def noted(*args: Any, **kwargs: Any) -> Any:
        SEEN.add(name)
        return function(*args, **kwargs)

    return property(noted) if isinstance(member, property) else noted


def watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all public names, of the sync and of the async classes, noted when they are used."""
    for class_name in CLASSES:
        for name in public_names(class_name):
            for prefix in ("", "Async"):
                owner, attribute = getattr(package, prefix + class_name), name.split(".")[1]
                member = inspect.getattr_static(owner, attribute)
                monkeypatch.setattr(owner, attribute, noting(member, name))


def uses(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Say which public names a rule uses; it fails if it does not."""
    DECLARED.update(names)

    def decorate(step: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(step)
        def checked(self: Any, **drawn: Any) -> Any:
            SEEN.clear()
            made = step(self, **drawn)
            assert set(names) <= SEEN, f"said to be used: {set(names) - SEEN}"
            return made

        return checked

    return decorate
