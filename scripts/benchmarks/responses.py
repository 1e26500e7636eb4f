"""The server's responses: our projects in the contract's dialect, and similar items for each SDK.

Each SDK has its own paths, envelopes and pagination. All items hold an id, a name, a description,
an owner and a time. A target begins with the number of items, `/of-12000/projects?limit=120`, and a
page holds 120 items whatever the limit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from .candidates import PAGE, PART

TEXT = "Training runs of the vision team, kept for a quarter"


@dataclass(frozen=True)
class Slice:
    """The items of one page: numbers from `start` to `stop`, of `total`."""

    start: int
    stop: int
    total: int

    @property
    def has_more(self) -> bool:
        return self.stop < self.total

    @property
    def page(self) -> int:
        """The number of the page, from 1 on."""
        return self.start // PAGE + 1


@dataclass(frozen=True)
class Shape:
    """The form of one SDK's responses.

    Args:
        page: A pattern for the path of the listing.
        one: A pattern for the segment of an item, with its number as a group.
        item: Makes the JSON of an item.
        envelope: Makes the JSON of a page.
        start: Reads from the query where a page begins.
        wrap: Makes the JSON of a response with one item.
        links: Makes a header that links the next page.
    """

    page: str
    one: str
    item: Callable[[int], Any]
    envelope: Callable[[list[Any], Slice], Any]
    start: Callable[[Mapping[str, str]], int]
    wrap: Callable[[Any], Any] = lambda item: item
    links: Callable[[Slice], str] = lambda _: ""


def _after(name: str) -> Callable[[Mapping[str, str]], int]:
    """Reads the start from the id of the item before, which ends with its number."""
    return lambda query: int(query[name].rpartition("-")[2]) + 1 if name in query else 0


def _paged(query: Mapping[str, str]) -> int:
    return (int(query.get("page", "1")) - 1) * PAGE


def _like(text: str) -> Callable[[int], Any]:
    """Items like this JSON, with `#` for the number and `@` for a text."""
    return lambda number: json.loads(text.replace("#", str(number)).replace("@", TEXT))


OURS = Shape(
    r"/projects",
    r"p-(\d+)",
    _like(
        '{"id": "p-#", "name": "project #", "description": "@", "teamId": "t-1", '
        '"dtCreated": "2026-03-18T09:30:00.123Z"}'
    ),
    lambda items, at: {
        "items": items,
        "hasMore": at.has_more,
        **({"nextPage": f"c-{at.stop - 1}"} if at.has_more else {}),
    },
    _after("after"),
)
OPENAI = Shape(
    r"/files",
    r"file-(\d+)",
    _like(
        '{"id": "file-#", "object": "file", "bytes": 120000, "created_at": 1773826200, '
        '"filename": "project #: @", "purpose": "assistants", "status": "processed"}'
    ),
    lambda items, at: {
        "object": "list",
        "data": items,
        "has_more": at.has_more,
        "first_id": items[0]["id"],
        "last_id": items[-1]["id"],
    },
    _after("after"),
)
STRIPE = Shape(
    r"/v1/products",
    r"prod-(\d+)",
    _like(
        '{"id": "prod-#", "object": "product", "active": true, "created": 1773826200, '
        '"description": "@", "livemode": false, "metadata": {}, "name": "project #", '
        '"updated": 1773826200}'
    ),
    lambda items, at: {
        "object": "list",
        "url": "/v1/products",
        "has_more": at.has_more,
        "data": items,
    },
    _after("starting_after"),
)
HCLOUD = Shape(
    r"/ssh_keys",
    r"(\d+)",
    _like(
        '{"id": #, "name": "project #", "public_key": "@", "labels": {"team": "t-1"}, '
        '"fingerprint": "b7:2f:30:a0:2f:6c:58:6c:21:04:58:61:ba:06:3b:2f", '
        '"created": "2026-03-18T09:30:00.123Z"}'
    ),
    lambda items, at: {"ssh_keys": items, "meta": {"pagination": _hcloud_pagination(at)}},
    _paged,
    wrap=lambda item: {"ssh_key": item},
)


def _hcloud_pagination(at: Slice) -> dict[str, int | None]:
    following = at.page + 1 if at.has_more else None
    pages = {"page": at.page, "previous_page": at.page - 1 or None, "next_page": following}
    return {**pages, "per_page": PAGE, "last_page": -(-at.total // PAGE), "total_entries": at.total}


GITHUB = Shape(
    r"/repos/team/\w+/labels",
    r"project-(\d+)",
    _like(
        '{"id": #, "node_id": "LA_#", "name": "project-#", "description": "@", "color": "f29513", '
        '"url": "https://api.github.com/repos/team/home/labels/project-#", "default": false, '
        '"archived_at": null, "archived_by": null}'
    ),
    lambda items, _: items,
    _paged,
    links=lambda at: (
        f"Link: <ROOT/of-{at.total}/repos/team/home/labels?per_page={PAGE}&page={at.page + 1}>; "
        'rel="next"\r\n'
        if at.has_more
        else ""
    ),
)
DIGITALOCEAN = Shape(
    r"/v2/projects",
    r"p-(\d+)",
    _like(
        '{"id": "p-#", "owner_id": 1, "owner_uuid": "t-1", "name": "project #", '
        '"description": "@", "created_at": "2026-03-18T09:30:00.123Z", "is_default": false}'
    ),
    lambda items, at: {
        "projects": items,
        "meta": {"total": at.total},
        "links": {"pages": {"next": "at the next page"} if at.has_more else {}},
    },
    _paged,
    wrap=lambda item: {"project": item},
)
SHAPES = (OURS, OPENAI, STRIPE, HCLOUD, GITHUB, DIGITALOCEAN)

PARTS: Mapping[str, Callable[[int], Any]] = {
    "collaborators": _like(
        '{"userId": "u-#", "email": "u-#@team.example", "role": "member", "projectId": "p-1"}'
    ),
    "secrets": _like(
        '{"name": "SECRET_#", "dtCreated": "2026-03-18T09:30:00.123Z", '
        '"dtModified": "2026-03-18T09:30:00.123Z"}'
    ),
    "tags": _like('"tag-#"'),
    "models": _like('{"id": "m-#", "name": "model #"}'),
}
"""Our small lists. Other SDKs list the items of an API with as few (`/of-3`) instead."""


def response(target: str, root: str) -> bytes:
    """The response to a GET of a target; `root`, the URL of the server, is for links."""
    path, _, query = target.partition("?")
    found = re.fullmatch(r"/of-(\d+)(/.*)", path)
    if found is None:
        return _http("404 Not Found", {"code": "NOT_FOUND", "message": "no such target"})
    total, path = int(found[1]), found[2]
    part = re.fullmatch(rf"/projects/p-\d+/({'|'.join(PARTS)})", path)
    if part is not None:
        return _http("200 OK", [PARTS[part[1]](number) for number in range(PART)])
    for shape in SHAPES:
        if one := re.fullmatch(f"{shape.page}/{shape.one}", path):
            return _http("200 OK", shape.wrap(shape.item(int(one[1]))))
        if re.fullmatch(shape.page, path):
            start = shape.start(dict(parse_qsl(query)))
            at = Slice(start, min(start + PAGE, total), total)
            items = [shape.item(number) for number in range(at.start, at.stop)]
            links = shape.links(at).replace("ROOT", root)
            return _http("200 OK", shape.envelope(items, at), links)
    return _http("404 Not Found", {"code": "NOT_FOUND", "message": "no such path"})


def _http(status: str, document: Any, more: str = "") -> bytes:
    body = json.dumps(document, separators=(",", ":")).encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Date: Wed, 18 Mar 2026 09:30:00 GMT\r\nX-Request-Id: bench\r\n{more}\r\n"
    )
    return head.encode() + body
