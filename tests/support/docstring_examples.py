"""The examples in the docstrings of public functions and methods.

An example is a paragraph ``Example: `code` ``, of one line or wrapped. It runs after the program of
docs/reference/examples.md.
"""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
NAMES = ROOT / "tests/repository/public_names.txt"
PAGE = (ROOT / "docs/reference/examples.md").read_text(encoding="utf-8")
(PROGRAM,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^Example: `([^`]+)`$", re.MULTILINE)


class Example(NamedTuple):
    """The example of a function or method; without `code` if it has none."""

    name: str
    code: str
    is_async: bool


def public_functions() -> dict[str, Callable[..., Any]]:
    """The public functions, and the public methods of public classes, each where it is defined.

    Properties are none, nor are the fixtures of the pytest plugin. The method of a protocol is for
    users to write, not to call.
    """
    functions = {}
    for name in NAMES.read_text(encoding="utf-8").splitlines():
        thing = pkgutil.resolve_name(name)
        is_class = inspect.isclass(thing) and not getattr(thing, "_is_protocol", False)
        for each in methods(thing) if is_class else [thing]:
            if inspect.isfunction(each) and each.__module__.startswith("paperspace_projects."):
                module = each.__module__.removeprefix("paperspace_projects.")
                functions[f"{module}.{each.__qualname__}"] = each
    return functions


def methods(owner: type) -> Iterator[object]:
    for name in dir(owner):
        if not name.startswith("_"):
            method = inspect.getattr_static(owner, name)
            yield getattr(method, "__func__", method)  # of a class method


def example_of(name: str, function: Callable[..., Any]) -> Example:
    code = "\n".join(EXAMPLE.findall(inspect.cleandoc(function.__doc__ or "")))
    return Example(name, code, "_async." in name or "await " in code)


EXAMPLES = [example_of(*each) for each in sorted(public_functions().items())]


def program_of_examples() -> str:
    """All examples, each in a function of its own, for type checkers."""
    lines = ["# pyright: reportUnusedVariable=false", "import paperspace_projects", PROGRAM]
    asked = "client: paperspace_projects.AsyncClient, scope: paperspace_projects.AsyncProjectScope"
    for number, each in enumerate(EXAMPLES):
        head = (
            f"async def example_{number}({asked})" if each.is_async else f"def example_{number}()"
        )
        lines.append(f"{head} -> None:  # {each.name}\n    " + each.code.replace("\n", "\n    "))
    return "\n".join(lines) + "\n"
