"""How a row looks in JSON, and what is different between the dialects beyond their documents.

Which keys there are is said by the documents (`shapes`). In `contract` a key without a value is
left out; in `live` it is null. No other module asks for the dialect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from zlib import crc32

import msgspec

from .database import Row, Table
from .shapes import Json, Shape

# An API key belongs to one team; every request is made by this user of this team.
TEAM_ID: Final = "temulator"
USER_ID: Final = "uemulator"


class Serializer(msgspec.Struct, frozen=True, kw_only=True):
    """One dialect."""

    project_orders: tuple[str, ...]  # the values of `orderBy` that listProjects takes
    events: Mapping[str, str]  # what the events of a feed have in common
    has_nulls: bool  # a key without a value is null; if not, it is left out
    secret_name: re.Pattern[str]  # a new secret's name matches it in full
    refuses_unknown_fields: bool = False  # of a body; if not, they are ignored
    lists_deleted: bool = False  # projects and collaborators, with the time in dtDeleted

    def to_json(self, table: Table, row: Row, shape: Shape) -> object:
        """Show a row in the shape of an answer."""
        if shape.type == "string":
            return row[table.label]
        return self.show(row | _derived(table, row) | row["more"], shape)

    def page(self, table: Table, rows: Sequence[Row], next_page: str | None, shape: Shape) -> Json:
        """Make a page; `next_page` is None on the last one."""
        items = [self.to_json(table, row, shape.item) for row in rows]
        values = {"items": items, "hasMore": next_page is not None, "nextPage": next_page}
        return self.show(values, shape)

    def show(self, values: Mapping[str, object], shape: Shape) -> Json:
        return shape.show(values, has_nulls=self.has_nulls)


SERIALIZERS: Final[Mapping[str, Serializer]] = {
    "contract": Serializer(
        project_orders=("dtCreated", "name"),
        events={},
        has_nulls=False,
        secret_name=re.compile(r".+", re.DOTALL),
    ),
    "live": Serializer(
        project_orders=("dtCreated",),
        events={"noun": "deployment"},
        has_nulls=True,
        secret_name=re.compile(r"[a-zA-Z][a-zA-Z0-9_]*"),
    ),
}


def serializer_of(dialect: str, unknown_fields: str, deleted: str) -> Serializer:
    """Return a dialect with the choices of an emulator, or raise ValueError."""
    if dialect not in SERIALIZERS:
        raise ValueError(f'dialect must be "contract" or "live", not {dialect!r}')
    if unknown_fields not in ("ignore", "refuse"):
        raise ValueError(f'unknown_fields must be "ignore" or "refuse", not {unknown_fields!r}')
    if deleted not in ("omit", "list") or (deleted, dialect) == ("list", "contract"):
        raise ValueError(f'deleted must be "omit", or in live "list", not {deleted!r}')
    return msgspec.structs.replace(
        SERIALIZERS[dialect],
        refuses_unknown_fields=unknown_fields == "refuse",
        lists_deleted=deleted == "list",
    )


def _derived(table: Table, row: Row) -> Json:
    """Return what either dialect tells of a row beyond its columns."""
    match table.noun:
        case "project":
            return {"teamId": TEAM_ID}
        case "collaborator":
            email = _email(row["userId"])
            return {"email": email, "user": {"id": row["userId"], "email": email}}
        case "secret":
            return {"hasDeploymentAttached": False}
        case "tag":
            return {"id": row["seq"]}
        case "model":
            return {"dtModified": row["dtCreated"], "isPublic": False, "teamId": TEAM_ID}
        case _:
            return {"userId": USER_ID, "action": row["type"]}


def _email(user_id: str) -> str:
    """Make up an address, as only the id is known; any text can be an id."""
    is_plain = re.fullmatch(r"[A-Za-z0-9_-]{1,64}", user_id)
    return f"{user_id if is_plain else format(crc32(user_id.encode()), 'x')}@users.example"
