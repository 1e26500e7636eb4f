"""Tables for people: drawn on a terminal alone."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ._formats import cell
from ._kinds import Record
from ._messages import has_colours

if TYPE_CHECKING:
    from typing import TextIO

    from rich.console import Console
    from rich.table import Table


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
    _add_rows(table, ([record[column] for column in shown] for record in records))
    console(sys.stdout).print(table)


def draw_one(record: Record) -> None:
    """Draw one record: a line for each field in which there is something."""
    table = _table(show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    _add_rows(
        table, ([head(name), value] for name, value in record.items() if value not in (None, {}))
    )
    console(sys.stdout).print(table)


def _table(*, show_header: bool) -> Table:
    from rich.table import Table

    return Table(box=None, show_header=show_header, header_style="bold", pad_edge=False)


def _add_rows(table: Table, rows: Iterable[Sequence[object]]) -> None:
    from rich.text import Text

    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))


def head(field: str) -> str:
    """What a field is called at the head of a column."""
    return field.removeprefix("dt_").replace("_", " ").upper()
