"""What can be imported is what public_names.txt says: no name comes or goes unnoticed."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import paperspace_projects

WRITTEN_DOWN = Path(__file__).with_name("public_names.txt")


def public_modules() -> Iterator[str]:
    """The package and those of its modules that say in `__all__` what is public.

    `cli` is a program.
    """
    yield "paperspace_projects"
    for module in pkgutil.walk_packages(paperspace_projects.__path__, "paperspace_projects."):
        if "._" in module.name or module.name.startswith("paperspace_projects.cli"):
            continue
        if module.name.count(".") == 1 or hasattr(import_module(module.name), "__all__"):
            yield module.name


def public_names() -> Iterator[str]:
    for name in public_modules():
        yield name
        for each in getattr(import_module(name), "__all__", ()):
            yield f"{name}.{each}"


def test_the_public_names_are_those_that_are_written_down() -> None:
    there, written = set(public_names()), WRITTEN_DOWN.read_text(encoding="utf-8").splitlines()
    changes = [f"+{name}" for name in sorted(there - {*written})]
    changes += [f"-{name}" for name in sorted({*written} - there)]
    assert not changes, f"write them into {WRITTEN_DOWN.name} and docs/changes/: {changes}"
    assert written == sorted(written), "in order, so that a change is one line"
