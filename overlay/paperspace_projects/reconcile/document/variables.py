"""The environment variables that an export refers to: for each secret one of its own."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Final, TypeAlias

from ...models import ProjectSnapshot

Key: TypeAlias = tuple[str, str]
"""A project's id and a secret's name."""

_DIGITS: Final = 12


def variables(snapshots: Iterable[ProjectSnapshot]) -> Mapping[Key, str]:
    """The variable of each secret.

    It is made of the names of project and secret; where that could be another secret's too, of the
    project's id as well; and else with a digest. It does not depend on the order of the projects:
    a project that is added must not give its secrets the variables of others.
    """
    forms = {
        (each.project.id, secret.name): (
            _variable(each.project.name, secret.name),
            f"{_variable(each.project.name, each.project.id)}_{secret.name}",
        )
        for each in snapshots
        for secret in each.secrets
    }
    uses = Counter(form for both in forms.values() for form in set(both))
    taken, found = set(uses), dict[Key, str]()
    for key, both in forms.items():
        name = next((form for form in both if uses[form] == 1), None)
        found[key] = name or _with_digest(both[-1], key, taken)
        taken.add(found[key])
    return found


def _with_digest(form: str, key: Key, taken: set[str]) -> str:
    digest = hashlib.sha256(repr(key).encode()).hexdigest().upper()
    names = (f"{form}_{(digest * digits)[:digits]}" for digits in count(_DIGITS))
    return next(name for name in names if name not in taken)


def _variable(*parts: str) -> str:
    """The name of an environment variable that is made of others."""
    name = re.sub(r"[^A-Z0-9]+", "_", "_".join(parts).upper()).strip("_")
    return name if re.match(r"[A-Z]", name) else f"_{name}"
