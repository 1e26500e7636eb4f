"""How a test of the contract fails: one line for each difference, each with both of its places."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

_ROOT = Path(__file__).parents[3]


def code_place(thing: Any, within: str = "") -> str:
    """Where a function, class or module of the code is: file, line and name."""
    thing = inspect.unwrap(thing) if callable(thing) else thing
    file = Path(inspect.getfile(thing)).resolve()
    shown = file.relative_to(_ROOT).as_posix() if file.is_relative_to(_ROOT) else file.as_posix()
    if inspect.ismodule(thing):
        return f"{shown}{', ' if within else ''}{within}"
    name = thing.__qualname__ + ("" if inspect.isclass(thing) else "()")
    return f"{shown}{_line(thing)}, {name}{'.' if within else ''}{within}"


@cache
def _line(thing: Any) -> str:
    try:
        return f":{inspect.getsourcelines(thing)[1]}"
    except (OSError, TypeError):
        return ""


def shown(annotation: Any) -> str:
    """A type as one reads it in code, its classes without their modules."""
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return re.sub(r"\b(?:\w+\.)+(?=[A-Z])", "", text)


def fail(message: str) -> NoReturn:
    """Fail with a message alone: no traceback, and no other error that led to it."""
    raise pytest.fail.Exception(message, pytrace=False) from None


def verdict(problems: Iterable[str]) -> None:
    """Fail with the problems, if there are any, and without a traceback: the lines say it all."""
    lines = list(dict.fromkeys(problems))
    if lines:
        fail("\n".join(lines))
