"""Finds the packages to hide from a candidate: those that its own installation would not contain.

All candidates are installed together, and a package of one can change the speed of another: httpx
is faster with sniffio, and loads brotli, h2 or zstandard if they are installed.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def with_needs(distributions: Iterable[str]) -> set[str]:
    """Distributions and their requirements, with the extras that are named."""
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
    """The names that cannot be imported if only these distributions are installed."""
    seen = with_needs(distributions)
    return sorted(
        name
        for name, sources in metadata.packages_distributions().items()
        if name.isidentifier() and not any(canonicalize_name(source) in seen for source in sources)
    )
