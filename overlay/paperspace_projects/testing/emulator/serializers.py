"""The two dialects as data: how a row looks in JSON, and how a write is answered.

`contract` follows `openapi.yaml`, whose schemas know no null, so a key without a value is left out.
`live` follows overlay/live.overlay.yaml: every key of it, with null for a value that is not known.
Every difference between the dialects is a field here; no other module asks for the dialect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from zlib import crc32

import msgspec

from .database import Row, Table

Json = dict[str, object]

# An API key belongs to one team; every request is made by this user of this team.
TEAM_ID: Final = "temulator"
USER_ID: Final = "uemulator"

ONLY_READ: Final = ("hasDeploymentAttached",)
"""The keys that no answer to a write has."""


class Serializer(msgspec.Struct, frozen=True, kw_only=True):
    """One dialect."""

    project_orders: tuple[str, ...]  # the values of `orderBy` that listProjects takes
    unknown_fields: frozenset[str]  # of the contract's requests, which the server does not know
    update_needs_name: bool  # a project's name has to be sent with every update
    events: Mapping[str, str]  # what the events of a feed have in common
    lists_are_pages: bool  # the lists within a project are pages instead of bare arrays
    has_nulls: bool  # a key without a value is null; if not, it is left out
    secret_name: re.Pattern[str]  # a new secret's name matches it in full
    keys: Mapping[str, str]  # of the object of each noun; one without any is shown as its name
    refuses_unknown_fields: bool = False  # of a body; if not, they are ignored
    lists_deleted: bool = False  # projects and collaborators, with the time in dtDeleted

    def to_json(self, table: Table, row: Row, *, is_written: bool = False) -> object:
        """Show a row; the answer to a write may have fewer keys."""
        if table.noun not in self.keys:
            return row["name"]
        values, keys = row | _derived(table, row), self.keys[table.noun].split()
        shown = {key: values.get(key) for key in keys if not (is_written and key in ONLY_READ)}
        return self._without_nulls(shown)

    def page(self, table: Table, rows: Sequence[Row], next_page: str | None) -> Json:
        """Make a page; `next_page` is None on the last one."""
        items, has_more = [self.to_json(table, row) for row in rows], next_page is not None
        return self._without_nulls({"items": items, "hasMore": has_more, "nextPage": next_page})

    def _without_nulls(self, values: Json) -> Json:
        return {key: each for key, each in values.items() if each is not None or self.has_nulls}


SERIALIZERS: Final[Mapping[str, Serializer]] = {
    "contract": Serializer(
        project_orders=("dtCreated", "name"),
        unknown_fields=frozenset(),
        update_needs_name=False,
        events={},
        lists_are_pages=False,
        has_nulls=False,
        secret_name=re.compile(r".+", re.DOTALL),
        keys={
            "project": "id name description teamId dtCreated",
            "collaborator": "userId email role projectId",
            "secret": "name dtCreated dtModified",
            "model": "id name",
            "event": "id type message userId dtCreated",
        },
    ),
    "live": Serializer(
        project_orders=("dtCreated",),
        unknown_fields=frozenset(("description", "role")),
        update_needs_name=True,
        events={"noun": "deployment"},
        lists_are_pages=True,
        has_nulls=True,
        secret_name=re.compile(r"[a-zA-Z][a-zA-Z0-9_]*"),
        keys={
            "project": "id name dtCreated dtDeleted repoName repoNodeId repoUrl",
            "collaborator": "dtCreated dtDeleted user",
            "secret": "name dtCreated dtModified hasDeploymentAttached",
            "tag": "id name dtCreated",
            "model": "id name description dtCreated dtModified isPublic projectId"
            " storageProviderId teamId",
            "event": "id dtCreated action actor data deployment",
        },
    ),
}


def _derived(table: Table, row: Row) -> Json:
    """Return what either dialect tells of a row beyond its columns."""
    match table.noun:
        case "project":
            return {"teamId": TEAM_ID}
        case "collaborator":
            email = _email(row["userId"])
            names = dict.fromkeys(("firstName", "lastName", "publicProfileImageUrl"))
            return {"email": email, "user": {"id": row["userId"], "email": email, **names}}
        case "secret":
            return {"hasDeploymentAttached": False}
        case "tag":
            return {"id": row["seq"]}
        case "model":
            return {"dtModified": row["dtCreated"], "isPublic": False, "teamId": TEAM_ID}
        case _:
            more = msgspec.json.decode(row["more"] or "{}")
            return {"userId": USER_ID, "action": row["type"], **more}


def _email(user_id: str) -> str:
    """Make up an address, as only the id is known; any text can be an id."""
    is_plain = re.fullmatch(r"[A-Za-z0-9_-]{1,64}", user_id)
    return f"{user_id if is_plain else format(crc32(user_id.encode()), 'x')}@users.example"
