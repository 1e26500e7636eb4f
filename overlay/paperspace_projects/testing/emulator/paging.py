"""Pages and cursors: reading `after`, `limit`, `orderBy` and `order`, and cutting a list.

A cursor is opaque to clients. It holds the sort value and sequence of the last item sent, and which
list in which order it continues; it is refused anywhere else. It never holds an offset, which
would repeat or lose items when others write in between.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .database import Position, Sorting
from .inputs import optional_choice
from .messages import bad_request

# 1 to 120 is docs/dialects.md's; the spec names no bounds, and the default is in neither.
MAX_LIMIT: Final = 120
DEFAULT_LIMIT: Final = 20

_MAX_SEQ: Final = 2**63 - 1  # SQLite's largest integer.


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended, and in which list."""

    listing: str
    order_by: str
    order: str
    position: Position

    def encode(self) -> str:
        """The cursor as clients see it: JSON in unpadded base64url."""
        parts = [self.listing, self.order_by, self.order, self.position.value, self.position.seq]
        data = json.dumps(parts, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")

    @classmethod
    def decode(cls, token: str) -> "Cursor | None":
        """The cursor of a token, or None for anything that `encode` never made."""
        try:
            data = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
            parts = json.loads(data)
        except (ValueError, RecursionError):
            return None
        match parts:
            case [str(listing), str(order_by), str(order), str(value), int(seq)] if (
                0 <= seq <= _MAX_SEQ and not isinstance(seq, bool)
            ):
                cursor = cls(listing, order_by, order, Position(value, seq))
            case _:
                return None
        # Decoders forgive a lot; a token that does not come out the same was not ours.
        return cursor if cursor.encode() == token and _can_be_stored(value) else None


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which page of which list, in which order."""

    listing: str
    limit: int
    order_by: str
    order: str
    sorting: Sorting
    after: Position | None

    def cursor_after(self, value: str, seq: int) -> str:
        """The cursor that continues this list behind an item."""
        return Cursor(self.listing, self.order_by, self.order, Position(value, seq)).encode()


def read_page_query(
    query: Mapping[str, str], listing: str, columns: Mapping[str, str]
) -> PageQuery:
    """The page that a query asks for; newest first unless it says otherwise.

    Arguments:
        query: the request's query.
        listing: the list that is read; cursors of another are refused.
        columns: the values that `orderBy` may have, and the columns that they mean.

    Raises:
        Problem: 400, naming whichever of `limit`, `orderBy`, `order` and `after` is at fault.
    """
    limit = read_limit(query)
    order_by = optional_choice(query, "orderBy", columns) or "dtCreated"
    order = optional_choice(query, "order", ("asc", "desc")) or "desc"
    after = None
    if "after" in query:
        cursor = Cursor.decode(query["after"])
        if cursor is None or (cursor.listing, cursor.order_by, cursor.order) != (
            listing,
            order_by,
            order,
        ):
            raise bad_request("after", "is not a cursor of this list in this order")
        after = cursor.position
    sorting = Sorting(columns[order_by], descending=order == "desc")
    return PageQuery(listing, limit, order_by, order, sorting, after)


def read_limit(query: Mapping[str, str]) -> int:
    """The `limit` of a query, in items.

    Raises:
        Problem: 400 if it is not a whole number from 1 to 120.
    """
    text = query.get("limit", str(DEFAULT_LIMIT))
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_LIMIT))
    if not (is_number and 1 <= int(text) <= MAX_LIMIT):
        raise bad_request("limit", f"must be a whole number from 1 to {MAX_LIMIT}")
    return int(text)


def _can_be_stored(value: str) -> bool:
    """False for a lone surrogate, which a forged cursor can spell and SQLite cannot take."""
    return value == value.encode("utf-8", "replace").decode()
