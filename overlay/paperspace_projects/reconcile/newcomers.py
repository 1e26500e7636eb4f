"""Whether a listing tells newest first, so that its beginning has all that came of late: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from ..models import Project


def newest(projects: Sequence[Project]) -> datetime | None:
    """When the newest project was created, if the listing is seen to run backwards in time.

    None where a time is missing or out of order, or where all are the same and nothing is seen:
    the server may have ignored the order that was asked for.
    """
    times = [each.dt_created for each in projects if each.dt_created is not None]
    is_sorted = all(before >= after for before, after in pairwise(times))
    if len(times) < len(projects) or not is_sorted or not times or times[0] == times[-1]:
        return None
    return times[0]


def reaches(projects: Sequence[Project], known: datetime) -> bool:
    """Whether a listing that is read so far has all that was created after a time."""
    latest = newest(projects)
    oldest = projects[-1].dt_created if projects else None
    return latest is not None and oldest is not None and oldest < known
