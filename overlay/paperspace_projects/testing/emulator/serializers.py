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

from .messages import ServerResponse
from .rows import Collaborator, Event, Model, Project, Row, Secret, Tag

# An API key belongs to one team; every request is made by this user of this team.
TEAM_ID: Final = "temulator"
USER_ID: Final = "uemulator"


class ContractSerializer:
    """The dialect of `openapi.yaml`."""

    # The values of `orderBy` that listProjects takes, and the columns that they name.
    order_columns: Final[Mapping[str, str]] = {"dtCreated": "dt_created", "name": "name"}
    # Whether the lists within a project are pages instead of bare arrays.
    lists_are_pages: Final = False
    # Whether a project has a description; if not, one that is sent is ignored.
    has_descriptions: Final = True
    # The pattern that a new secret's name must match in full.
    secret_name: Final = re.compile(r".+", re.DOTALL)

    def to_json(self, row: Row) -> object:
        match row:
            case Project():
                return _without_none(
                    id=row.id,
                    name=row.name,
                    description=row.description,
                    teamId=TEAM_ID,
                    dtCreated=row.dt_created,
                )
            case Collaborator():
                return _without_none(
                    userId=row.user_id,
                    email=_email(row.user_id),
                    role=row.role,
                    projectId=row.project_id,
                )
            case Secret():
                return {
                    "name": row.name,
                    "dtCreated": row.dt_created,
                    "dtModified": row.dt_modified,
                }
            case Tag():
                return row.name
            case Model():
                return {"id": row.id, "name": row.name}
            case Event():
                return {
                    "id": row.id,
                    "type": row.type,
                    "message": row.message,
                    "userId": USER_ID,
                    "dtCreated": row.dt_created,
                }
            case _:
                raise TypeError(type(row).__name__)

    def page(self, items: list[object], next_page: str | None) -> object:
        """Make a page; `next_page` is None on the last one."""
        # nextPage must be a string: the last page has none.
        return _without_none(items=items, hasMore=next_page is not None, nextPage=next_page)

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

    def to_json(self, row: Row) -> object:
        match row:
            case Project():
                unknown = ("dtDeleted", "repoName", "repoNodeId", "repoUrl")
                known = {"id": row.id, "name": row.name, "dtCreated": row.dt_created}
                return known | dict.fromkeys(unknown)
            case Collaborator():
                unknown = ("firstName", "lastName", "publicProfileImageUrl")
                user = {"id": row.user_id, "email": _email(row.user_id)} | dict.fromkeys(unknown)
                return {"dtCreated": row.dt_created, "dtDeleted": None, "user": user}
            case Secret():
                return {
                    "name": row.name,
                    "dtCreated": row.dt_created,
                    "dtModified": row.dt_modified,
                    "hasDeploymentAttached": False,
                }
            case Tag():
                return {"id": row.seq, "name": row.name, "dtCreated": row.dt_created}
            case Model():
                return {
                    "id": row.id,
                    "name": row.name,
                    "description": None,
                    "dtCreated": row.dt_created,
                    "dtModified": row.dt_created,
                    "isPublic": False,
                    "projectId": row.project_id,
                    "storageProviderId": None,
                    "teamId": TEAM_ID,
                }
            case Event():
                return {
                    "id": row.id,
                    "dtCreated": row.dt_created,
                    "action": row.type,
                    "actor": {"email": _email(USER_ID), "fullName": None, "avatarUrl": None},
                    "data": None,
                    "deployment": None,
                }
            case _:
                raise TypeError(type(row).__name__)

    def page(self, items: list[object], next_page: str | None) -> object:
        return {"hasMore": next_page is not None, "items": items, "nextPage": next_page}

    def response(self, status: int, has_body: bool, value: object) -> ServerResponse:  # noqa: ARG002
        """Make a success: the live server answers 200 with a body to every operation."""
        return ServerResponse.json(200, value)


Serializer = ContractSerializer | LiveSerializer

SERIALIZERS: Final[Mapping[str, Serializer]] = {
    "contract": ContractSerializer(),
    "live": LiveSerializer(),
}


def _without_none(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _email(user_id: str) -> str:
    """Make up the address of a user, as only the id is known."""
    return f"{user_id}@users.example"
