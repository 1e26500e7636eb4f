"""Tables, drawn on a terminal only."""

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
    """Return a console for a terminal; nothing that it prints is read as markup."""
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
    """Draw a table, without empty columns other than the key's."""
    shown = [
        column
        for column in columns
        if column == key or any(record[column] is not None for record in records)
    ]
    table = _table(show_header=True)
    for column in shown:
        table.add_column(_title(column), overflow="fold", style="cyan" if column == key else "")
    for record in records:
        table.add_row(*(_cell(column, record[column]) for column in shown))
    console(sys.stdout).print(table)


def draw_one(record: Record) -> None:
    """Draw one record, a line for each field that is not empty."""
    table = _table(show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in record.items():
        if value not in (None, {}):
            table.add_row(_title(name), _cell(name, value))
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


def _title(field: str) -> str:
    """Return the title of a field's column, such as `USER ID`."""
    return re.sub("^(dt_|extra[.])", "", field).translate({ord("."): " ", ord("_"): " "}).upper()
