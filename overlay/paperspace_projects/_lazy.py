"""Names that a package loads on first use, so that its import costs next to nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from operator import attrgetter


def lazy_names(
    package: str, table: Mapping[str, str]
) -> tuple[list[str], Callable[[str], object], Callable[[], list[str]]]:
    """Make the `__all__`, `__getattr__` and `__dir__` of a package. `table` lists the names of each
    module; `Role=models.BodyRole` gives a name another one."""
    homes = {
        name: (module, source or name)
        for module, names in table.items()
        for name, _, source in (each.partition("=") for each in names.split())
    }

    def load(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, source = homes[name]
        value: object = attrgetter(source)(import_module(module, package))
        setattr(sys.modules[package], name, value)  # the next access does not come here
        return value

    names = sorted(homes)
    return names, load, names.copy
