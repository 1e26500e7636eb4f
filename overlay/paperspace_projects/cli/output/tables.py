"""Tables for people: drawn on a terminal alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .formats import cell
from .records import Record
from .streams import has_colours

if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text


def console(file: TextIO) -> Console:
    """A terminal to draw on. Nothing of what is drawn is taken for markup."""
    from rich.console import Console

    return Console(
        file=file,
        force_terminal=True,
        color_system="auto" if has_colours(file) else None,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=False,
    )


def draw(records: Sequence[Record], columns: Sequence[str], key: str) -> None:
    """Draw a table. A column in which there is nothing is left out, but never the key's."""
    shown = [
        column
        for column in columns
        if column == key or any(record[column] is not None for record in records)
    ]
    table = _table(show_header=True)
    for column in shown:
        table.add_column(head(column), overflow="fold", style="cyan" if column == key else "")
    for record in records:
        table.add_row(*(_cell(column, record[column]) for column in shown))
    console(sys.stdout).print(table)


def draw_one(record: Record) -> None:
    """Draw one record: a line for each field in which there is something."""
    table = _table(show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in record.items():
        if value not in (None, {}):
            table.add_row(head(name), _cell(name, value))
    console(sys.stdout).print(table)


def _table(*, show_header: bool) -> Table:
    from rich.table import Table

    return Table(box=None, show_header=show_header, header_style="bold", pad_edge=False)


def _cell(field: str, value: object) -> Text:
    from rich.text import Text

    text = cell(value)
    if field.startswith("dt_") and text:
        text = datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return Text(text)


def head(field: str) -> str:
    """What a field is called at the head of a column."""
    return re.sub("^dt_|^extra[.]|[._]", lambda at: " " * (at[0] in "._"), field).upper()
