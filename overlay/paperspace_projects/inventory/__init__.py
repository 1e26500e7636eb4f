"""The types of `client.inventory(...)`, and the formats its results can be written in.

`records`, `write_csv`, `to_pandas` and `to_polars` make tables of the results: one row a project,
with the names of what it holds. `write_jsonl` writes all of it, and `read_jsonl` reads it back. No
value of a secret is in any of them, as the API returns none.
"""

from __future__ import annotations

from .formats import (
    COLUMNS,
    Json,
    Record,
    Writable,
    Written,
    from_json,
    read_jsonl,
    records,
    to_json,
    to_pandas,
    to_polars,
    write_csv,
    write_jsonl,
)
from .scheduler import InventoryProgress, Part, Result

__all__ = [
    "COLUMNS",
    "InventoryProgress",
    "Json",
    "Part",
    "Record",
    "Result",
    "Writable",
    "Written",
    "from_json",
    "read_jsonl",
    "records",
    "to_json",
    "to_pandas",
    "to_polars",
    "write_csv",
    "write_jsonl",
]
