"""Letting a candidate see what its own installation would bring, and nothing else.

All are installed side by side, and what one of them needs can make another faster or slower: httpx
is faster where sniffio is, and loads brotli, h2 or zstandard wherever they are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import metadata
from types import ModuleType
from typing import cast

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def with_needs(distributions: Iterable[str]) -> set[str]:
    """Distributions, and what they need, and what that needs, without extras not asked for."""
    found: set[str] = set()
    to_do = [Requirement(name) for name in distributions]
    while to_do:
        wanted = to_do.pop()
        name = canonicalize_name(wanted.name)
        key = f"{name}[{','.join(sorted(wanted.extras))}]"
        if key in found:
            continue
        found |= {name, key}
        for line in metadata.requires(name) or []:
            need = Requirement(line)
            extras = wanted.extras | {""}
            if need.marker is None or any(need.marker.evaluate({"extra": e}) for e in extras):
                to_do.append(need)
    return found


def hidden_from(distributions: Iterable[str]) -> list[str]:
    """The names that cannot be imported by one who has installed just these."""
    seen = with_needs(distributions)
    return sorted(
        name
        for name, homes in metadata.packages_distributions().items()
        if name.isidentifier() and not any(canonicalize_name(home) in seen for home in homes)
    )


def hide(names: Iterable[str]) -> None:
    """Have their import fail in this process, unless it was made before."""
    loaded = cast("dict[str, ModuleType | None]", sys.modules)
    for name in names:
        loaded.setdefault(name, None)  # as `import` understands it
