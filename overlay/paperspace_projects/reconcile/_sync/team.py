# Derived from reconcile/_async/team.py by `nox -s generate`: change that one.
"""The projects of a team as a plan is applied to it, while others may create and delete some."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING

from ..._api import validation as arguments
from ..._sync.concurrency import WorkerPool
from ...models import Project
from ..newcomers import newest, reaches

if TYPE_CHECKING:
    from ... import Client


class Team:
    """What is known of the projects of a team; `look` finds out what came since.

    A look reads the newest projects alone, where the first listing was seen to tell newest first:
    most often that is one page. Else it lists all. Those who ask for a look while another one is
    done share the next. `planned` are the ids of the projects that the plan is about.
    """

    def __init__(self, client: Client, pool: WorkerPool, planned: Collection[str | None]) -> None:
        self._client = client
        self._pool = pool
        self._planned = planned
        self._names: dict[str, str] = {}
        self._ids: dict[str, tuple[str, ...]] = {}
        self._newest: datetime | None = None
        self._begun = 0
        self._looked = 0
        self._listed = 0

    @property
    def project_ids(self) -> Collection[str]:
        """The ids of the projects that are known."""
        return self._names.keys()

    def others_named(self, name: str) -> list[str]:
        """The ids of the projects of a name that the plan is not about."""
        return [each for each in self._ids.get(name, ()) if each not in self._planned]

    def look(self, *, at_all: bool = False) -> None:
        """Look which projects there are by now.

        Args:
            at_all: List all, so that what was deleted is known no more.

        Raises:
            APIError: the projects could not be listed.
            PaginationError: they could not be listed to the end.
        """
        before = self._begun
        with self._pool.lock:
            if before < (self._listed if at_all else self._looked):
                return  # one that has begun since then is done
            self._begun += 1
            is_whole = self._read(None if at_all else self._newest)
            self._looked = self._begun
            if is_whole:
                self._listed = self._begun

    def _read(self, known: datetime | None) -> bool:
        """List the projects, down to what was known already. Gives whether all were listed."""
        listing = self._client.projects.list(
            order_by="dtCreated", order="desc", page_size=arguments.MAX_PAGE_SIZE
        )
        listed: list[Project] = []
        is_whole = True
        with closing(listing.pages()) as pages:
            for page in pages:
                listed += page.items
                if known is not None and page.has_more and reaches(listed, known):
                    is_whole = False
                    break
        self._take_in(listed, is_whole=is_whole)
        return is_whole

    def _take_in(self, listed: list[Project], *, is_whole: bool) -> None:
        """Keep ids and names. A whole listing is put in place at once: others may be reading."""
        names = dict[str, str]() if is_whole else self._names
        ids = dict[str, tuple[str, ...]]() if is_whole else self._ids
        for project in listed:
            before = names.pop(project.id, None)
            if before is not None:
                ids[before] = tuple(each for each in ids[before] if each != project.id)
            if not project.is_deleted:
                names[project.id] = project.name
                ids[project.name] = (*ids.get(project.name, ()), project.id)
        self._names, self._ids, self._newest = names, ids, newest(listed)
