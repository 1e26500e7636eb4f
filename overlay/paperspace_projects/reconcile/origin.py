"""Where a plan was made: it is applied to the same team of the same server, and nowhere else.

The client's key is no part of a plan. What tells one team from another is its projects' ids.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..config import Settings
from ..errors import StalePlanError

if TYPE_CHECKING:
    from .plans import Plan


def check_settings(plan: Plan, settings: Settings) -> None:
    """Refuse a client of another server, or of another team of the credentials file.

    Of a server's URL, upper case in its scheme and host and a default port make no difference.

    Raises:
        StalePlanError: the client is one of these.
    """
    if plan.server is not None and _place(settings.base_url) != _place(plan.server):
        raise StalePlanError("", planned=plan.server, found=settings.base_url)
    if None not in (plan.team, settings.team) and settings.team != plan.team:
        raise StalePlanError(
            "", planned=f"the team {plan.team!r}", found=f"the team {settings.team!r}"
        )


def _place(base_url: str) -> tuple[str, str | None, int | None, str]:
    url = urlsplit(base_url)
    default = {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, url.hostname, url.port or default, url.path


def check_projects(plan: Plan, project_ids: Collection[str]) -> None:
    """Refuse a team that has none of the projects that the plan saw.

    Raises:
        StalePlanError: it is another team, or all that the plan saw was deleted.
    """
    seen = len(plan.project_ids)
    if seen and plan.project_ids.isdisjoint(project_ids):
        raise StalePlanError(
            "",
            planned=f"a team with {seen} project{'s' * (seen > 1)}",
            found="none of them, as for a client of another team",
        )
