"""The generated package, of which each part is loaded when it is first needed."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any, get_args

__all__ = ["LazyName", "api", "generated_from", "load", "models", "orders", "roles", "types"]

_PACKAGE = "paperspace_projects_api"


def load(name: str) -> ModuleType:
    """A module of the generated package.

    Its modules import each other in circles. Where threads begin at different places of one, each
    holds what the other waits for; so all begin at the same.
    """
    for each in (_PACKAGE, f"{_PACKAGE}.models"):
        importlib.import_module(each)
    return importlib.import_module(f"{_PACKAGE}.{name}")


class LazyName:
    """A dotted name below the generated package, of which nothing is loaded."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __getattr__(self, name: str) -> LazyName:
        return LazyName(*self.names, name)


class _LazyModule:
    """A module of the generated package that is loaded when it is first looked into."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        found = getattr(load(self._name), name)
        setattr(self, name, found)  # the next time it is simply there
        return found


if TYPE_CHECKING:
    from paperspace_projects_api import api, generated_from, models, types
    from paperspace_projects_api.models import AddProjectCollaboratorBodyRole, ListProjectsOrder
else:
    api = LazyName("api")
    generated_from = _LazyModule("generated_from")
    models, types = _LazyModule("models"), _LazyModule("types")


def roles() -> tuple[AddProjectCollaboratorBodyRole, ...]:
    """The roles that a collaborator may have."""
    return tuple(sorted(get_args(models.AddProjectCollaboratorBodyRole)))


def orders() -> tuple[ListProjectsOrder, ...]:
    """The orders that projects may be sorted in."""
    return tuple(sorted(get_args(models.ListProjectsOrder)))
