"""The six listings: how each is asked for, what its items look like, and which item is which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from attrs import frozen
from hypothesis import HealthCheck, settings
from support.servers import json

quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@frozen
class Kind:
    """One listing: `list(client, **options)`, `item(n)` in JSON, and `number(item)` back again."""

    list: Callable[..., Any]
    item: Callable[[int], Any]
    number: Callable[[Any], int]


KINDS: dict[str, Kind] = {
    "projects": Kind(
        lambda client, **options: client.projects.list(**options),
        lambda n: {"id": str(n), "name": "any"},
        lambda project: int(project.id),
    ),
    "collaborators": Kind(
        lambda client, **options: client.project("p").collaborators.list(**options),
        lambda n: {"user": {"id": str(n)}} if n % 2 else {"userId": str(n)},
        lambda collaborator: int(collaborator.user_id),
    ),
    "secrets": Kind(
        lambda client, **options: client.project("p").secrets.list(**options),
        lambda n: {"name": str(n)},
        lambda secret: int(secret.name),
    ),
    "tags": Kind(
        lambda client, **options: client.project("p").tags.list(**options),
        lambda n: {"id": -n, "name": str(n)} if n % 2 else str(n),
        int,
    ),
    "models": Kind(
        lambda client, **options: client.project("p").models.list(**options),
        lambda n: {"id": str(n)},
        lambda model: int(model.id),
    ),
    "activity": Kind(
        lambda client, **options: client.project("p").activity(**options),
        lambda n: {"id": str(n)},
        lambda event: int(event.id),
    ),
}


class Shelf:
    """Serves pages of numbered items, the last one with nothing after it; keeps the requests.

    The page after cursor `c3` is number 3. `glitch` may change the answer for a page, once.
    """

    def __init__(self, kind: Kind, pages: list[list[int]]) -> None:
        self.kind = kind
        self.pages = pages
        self.requests: list[httpx.Request] = []
        self.dressings: list[Callable[[str | None], dict[str, Any]]] = [plain]
        self.glitch: tuple[int, Callable[[dict[str, Any]], Any]] | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        index = int(request.url.params.get("after", "c0").removeprefix("c"))
        last = index + 1 >= len(self.pages)
        dressing = self.dressings[index % len(self.dressings)]
        items = self.pages[index] if self.pages else []
        body = {
            "items": [self.kind.item(number) for number in items],
            **dressing(None if last else f"c{index + 1}"),
        }
        if self.glitch is not None and self.glitch[0] == index:
            change, self.glitch = self.glitch[1], None
            changed = change(body)
            return changed if isinstance(changed, httpx.Response) else json(changed)
        return json(body)

    @property
    def everything(self) -> list[int]:
        return [number for page in self.pages for number in page]


def plain(cursor: str | None) -> dict[str, Any]:
    return {"hasMore": cursor is not None, "nextPage": cursor}


DRESSINGS: tuple[Callable[[str | None], dict[str, Any]], ...] = (
    plain,
    lambda cursor: {"hasMore": cursor is not None} | ({"nextPage": cursor} if cursor else {}),
    lambda cursor: {"hasMore": cursor is not None, "nextPage": cursor or ""},
    lambda cursor: {"hasMore": None, "nextPage": cursor},
    lambda cursor: {"nextPage": cursor},
    lambda cursor: {"hasMore": None, "nextPage": cursor or ""},
    lambda cursor: {**plain(cursor), "total": 7, "previousPage": None},
)
"""The ways in which a server may say that there is more, or that there is not."""
