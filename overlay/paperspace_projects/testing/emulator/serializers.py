"""The two dialects as data: how a row looks in JSON, and how a write is answered.

`contract` follows `openapi.yaml`, whose schemas know no null, so a key without a value is left out.
`live` follows the table of docs/dialects.md: every key of it, with null for a value that is not
known. Every difference between the dialects is a field here; no other module asks for the dialect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from .database import Collaborator, Event, Model, Project, Row, Secret, Tag
from .messages import ServerResponse

Json = dict[str, object]

# An API key belongs to one team; every request is made by this user of this team.
TEAM_ID: Final = "temulator"
USER_ID: Final = "uemulator"


class Serializer(msgspec.Struct, frozen=True, kw_only=True):
    """One dialect."""

    order_columns: Mapping[str, str]
    """The values of `orderBy` that listProjects takes, and the columns that they name."""
    lists_are_pages: bool
    """Whether the lists within a project are pages instead of bare arrays."""
    has_descriptions: bool
    """Whether a project has a description; if not, one that is sent is ignored."""
    has_nulls: bool
    """Whether a key without a value is null; if not, it is left out."""
    answers_200: bool
    """Whether every success is a 200 with a body, whatever the spec says."""
    secret_name: re.Pattern[str]
    """The pattern that a new secret's name must match in full."""
    keys: Mapping[type[Row], str]
    """The keys of each row's object; a row without any is its name."""

    def to_json(self, row: Row) -> object:
        values = _values(row)
        if type(row) not in self.keys:
            return values["name"]
        return self._without_nulls({key: values.get(key) for key in self.keys[type(row)].split()})

    def page(self, rows: Sequence[Row], next_page: str | None) -> Json:
        """Make a page; `next_page` is None on the last one."""
        items = [self.to_json(row) for row in rows]
        return self._without_nulls(
            {"items": items, "hasMore": next_page is not None, "nextPage": next_page}
        )

    def response(self, status: int, has_body: bool, value: object) -> ServerResponse:
        """Make a success; status and body are those that the spec documents."""
        if self.answers_200:
            return ServerResponse.json(200, value)
        is_empty = status == 204 or not has_body
        return ServerResponse(status) if is_empty else ServerResponse.json(status, value)

    def _without_nulls(self, values: Json) -> Json:
        return {key: each for key, each in values.items() if each is not None or self.has_nulls}


SERIALIZERS: Final[Mapping[str, Serializer]] = {
    "contract": Serializer(
        order_columns={"dtCreated": "dt_created", "name": "name"},
        lists_are_pages=False,
        has_descriptions=True,
        has_nulls=False,
        answers_200=False,
        secret_name=re.compile(r".+", re.DOTALL),
        keys={
            Project: "id name description teamId dtCreated",
            Collaborator: "userId email role projectId",
            Secret: "name dtCreated dtModified",
            Model: "id name",
            Event: "id type message userId dtCreated",
        },
    ),
    "live": Serializer(
        order_columns={"dtCreated": "dt_created"},
        lists_are_pages=True,
        has_descriptions=False,
        has_nulls=True,
        answers_200=True,
        secret_name=re.compile(r"[a-zA-Z][a-zA-Z0-9_]*"),
        keys={
            Project: "id name dtCreated dtDeleted repoName repoNodeId repoUrl",
            Collaborator: "dtCreated dtDeleted user",
            Secret: "name dtCreated dtModified hasDeploymentAttached",
            Tag: "id name dtCreated",
            Model: "id name description dtCreated dtModified isPublic projectId storageProviderId"
            " teamId",
            Event: "id dtCreated action actor data deployment",
        },
    ),
}


def _values(row: Row) -> Json:
    """Return all that is known of a row, under the keys of both dialects."""
    values: Json = msgspec.to_builtins(row)
    match row:
        case Project():
            return values | {"teamId": TEAM_ID}
        case Collaborator(user_id=user_id):
            names = dict.fromkeys(("firstName", "lastName", "publicProfileImageUrl"))
            email = f"{user_id}@users.example"  # made up, as only the id is known
            return values | {"email": email, "user": {"id": user_id, "email": email, **names}}
        case Secret():
            return values | {"hasDeploymentAttached": False}
        case Tag():
            return values | {"id": row.seq}
        case Model():
            more = {"dtModified": row.dt_created, "isPublic": False, "teamId": TEAM_ID}
            return values | {"name": row.name, **more}
        case _:
            actor = {"email": f"{USER_ID}@users.example", "fullName": None, "avatarUrl": None}
            return values | {"userId": USER_ID, "action": values["type"], "actor": actor}
