# Derived from _async/_planning.py by `nox -s generate`: change that one.
"""Making a plan, and writing down today's state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .._desired import DesiredState
from .._plan import Plan, Rotation

if TYPE_CHECKING:
    from ... import Client


def plan(
    client: Client,
    desired: DesiredState,
    *,
    prune: bool = False,
    rotate_secrets: Rotation = "never",
    older_than: timedelta | str | int | None = None,
    now: datetime | None = None,
    concurrency: int = 16,
) -> Plan:
    """Plan the steps to a desired state. Nothing is written."""
    raise NotImplementedError


def export(
    client: Client, *, project_ids: Iterable[str] | None = None, concurrency: int = 16
) -> DesiredState:
    """Today's state as a desired state."""
    raise NotImplementedError
