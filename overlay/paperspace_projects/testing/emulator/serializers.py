"""The two dialects as two classes: how a row looks in JSON, and how a write is answered.

`ContractSerializer` follows `openapi.yaml`, whose schemas know no null, so a key without a value is
left out. `LiveSerializer` follows the table of docs/dialects.md: every key of it, with null for a
value that is not known. Every difference between the dialects is an attribute or a method here; no
other module asks for the dialect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from .messages import ServerResponse
from .rows import Collaborator, Event, Model, Project, Row, Secret, Tag

Json = dict[str, object]

# An API key belongs to one team; every request is made by this user of this team.
TEAM_ID: Final = "temulator"
USER_ID: Final = "uemulator"


class ContractSerializer:
    """The dialect of `openapi.yaml`."""

    order_columns: Final[Mapping[str, str]] = {"dtCreated": "dt_created", "name": "name"}
    """The values of `orderBy` that listProjects takes, and the columns that they name."""
    lists_are_pages: Final = False
    """Whether the lists within a project are pages instead of bare arrays."""
    has_descriptions: Final = True
    """Whether a project has a description; if not, one that is sent is ignored."""
    secret_name: Final = re.compile(r".+", re.DOTALL)
    """The pattern that a new secret's name must match in full."""

    _keys: Final[Mapping[type[Row], str]] = {
        Project: "id name description teamId dtCreated",
        Collaborator: "userId email role projectId",
        Secret: "name dtCreated dtModified",
        Model: "id name",
        Event: "id type message userId dtCreated",
    }

    def to_json(self, row: Row) -> object:
        if isinstance(row, Tag):
            return row.name
        values = _values(row)
        return {
            key: values[key] for key in self._keys[type(row)].split() if values[key] is not None
        }

    def page(self, items: list[object], next_page: str | None) -> Json:
        """Make a page; `next_page` is None on the last one."""
        page: Json = {"items": items, "hasMore": next_page is not None}
        return page if next_page is None else {**page, "nextPage": next_page}

    def response(self, status: int, has_body: bool, value: object) -> ServerResponse:
        """Make a success; status and body are those that the spec documents."""
        if status == 204 or not has_body:
            return ServerResponse(status)
        return ServerResponse.json(status, value)


class LiveSerializer:
    """The dialect of the vendor's server, from the table of docs/dialects.md."""

    order_columns: Final[Mapping[str, str]] = {"dtCreated": "dt_created"}
    lists_are_pages: Final = True
    has_descriptions: Final = False
    secret_name: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")

    _keys: Final[Mapping[type[Row], str]] = {
        Project: "id name dtCreated dtDeleted repoName repoNodeId repoUrl",
        Collaborator: "dtCreated dtDeleted user",
        Secret: "name dtCreated dtModified hasDeploymentAttached",
        Tag: "id name dtCreated",
        Model: "id name description dtCreated dtModified isPublic projectId storageProviderId"
        " teamId",
        Event: "id dtCreated action actor data deployment",
    }

    def to_json(self, row: Row) -> object:
        values = _values(row)
        return {key: values.get(key) for key in self._keys[type(row)].split()}

    def page(self, items: list[object], next_page: str | None) -> Json:
        return {"hasMore": next_page is not None, "items": items, "nextPage": next_page}

    def response(self, _status: int, _has_body: bool, value: object) -> ServerResponse:
        """Make a success: the live server answers 200 with a body to every operation."""
        return ServerResponse.json(200, value)


Serializer = ContractSerializer | LiveSerializer

SERIALIZERS: Final[Mapping[str, Serializer]] = {
    "contract": ContractSerializer(),
    "live": LiveSerializer(),
}


def _values(row: Row) -> Json:
    """Return all that is known of a row, under the keys of both dialects."""
    values: Json = msgspec.to_builtins(row)
    match row:
        case Project():
            values["teamId"] = TEAM_ID
        case Collaborator(user_id=user_id):
            user: Json = {"id": user_id, "email": _email(user_id)}
            user |= {"firstName": None, "lastName": None, "publicProfileImageUrl": None}
            values |= {"email": _email(user_id), "user": user}
        case Secret():
            values["hasDeploymentAttached"] = False
        case Tag():
            values["id"] = row.seq
        case Model():
            values |= {"name": row.name, "dtModified": row.dt_created}
            values |= {"isPublic": False, "teamId": TEAM_ID}
        case Event():
            actor = {"email": _email(USER_ID), "fullName": None, "avatarUrl": None}
            values |= {"userId": USER_ID, "action": row.type, "actor": actor}
        case _:
            raise TypeError(type(row).__name__)
    return values


def _email(user_id: str) -> str:
    """Make up the address of a user, as only the id is known."""
    return f"{user_id}@users.example"
