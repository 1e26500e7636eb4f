"""Pages and cursors: reading `after`, `limit`, `orderBy` and `order` of a query.

A cursor is opaque to clients. It holds the sort value and `seq` of the last item sent, and the list
and order that it continues; every other list refuses it. It never holds an offset, which would
repeat or lose items when others write in between.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from .inputs import optional_choice
from .messages import bad_request
from .rows import Row

# 1 to 120 is from docs/dialects.md; the spec names no bounds, and neither names the default.
MAX_LIMIT: Final = 120
DEFAULT_LIMIT: Final = 20


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended, and in which list."""

    listing: str
    order_by: str
    order: str
    value: str
    seq: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]  # as SQLite's integers

    def encode(self) -> str:
        """Encode it as clients see it: JSON in unpadded base64url."""
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).rstrip(b"=").decode("ascii")

    @classmethod
    def decode(cls, token: str) -> Cursor | None:
        """Decode a token; return None for all that `encode` never made."""
        try:
            data = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
            cursor = msgspec.json.decode(data, type=cls)
        except (ValueError, RecursionError):
            return None
        # Both decoders are lenient: a token that is not encoded the same again was not ours.
        return cursor if cursor.encode() == token else None


class PageQuery(msgspec.Struct, frozen=True):
    """Which page of which list, in which order; `column` is the one that `order_by` names."""

    listing: str
    order_by: str
    order: str
    column: str
    limit: int
    after: tuple[str, int] | None

    def cursor_after(self, row: Row) -> str:
        """Make the cursor that continues this list after a row."""
        value = str(getattr(row, self.column))
        return Cursor(self.listing, self.order_by, self.order, value, row.seq).encode()


def read_page_query(
    query: Mapping[str, str], listing: str, columns: Mapping[str, str]
) -> PageQuery:
    """Read which page a query asks for; the newest item comes first by default.

    `listing` names the list; cursors of any other are refused. `columns` has the values that
    `orderBy` may have, and the columns that they name.
    """
    limit = read_limit(query)
    order_by = optional_choice(query, "orderBy", columns) or "dtCreated"
    order = optional_choice(query, "order", ("asc", "desc")) or "desc"
    after = None
    if "after" in query:
        cursor = Cursor.decode(query["after"])
        expected = (listing, order_by, order)
        if cursor is None or (cursor.listing, cursor.order_by, cursor.order) != expected:
            raise bad_request("after", "is not a cursor of this list in this order")
        after = (cursor.value, cursor.seq)
    return PageQuery(listing, order_by, order, columns[order_by], limit, after)


def read_limit(query: Mapping[str, str]) -> int:
    """Read the `limit` of a query, in items."""
    text = query.get("limit", str(DEFAULT_LIMIT))
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_LIMIT))
    if not (is_number and 1 <= int(text) <= MAX_LIMIT):
        raise bad_request("limit", f"must be a whole number from 1 to {MAX_LIMIT}")
    return int(text)
