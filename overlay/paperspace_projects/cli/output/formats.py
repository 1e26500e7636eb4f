"""The formats of results: from records to text, piece by piece, as they come.

Every format is UTF-8, and holds no control character but tabs and line feeds of its own. Each of a
list's pieces is whole lines, so that a reader has each record as soon as it is there.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, cast

from .records import Record
from .sanitize import is_printable, printable, printable_json

# What a spreadsheet takes for a formula, the full-width forms included.
_FORMULA: Final = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def json_list(records: Iterable[Record]) -> Iterator[str]:
    """A JSON array, one record after the other."""
    before = "[\n"
    for record in records:
        indented = _json(record, indent=2).replace("\n", "\n  ")
        yield f"{before}  {indented}"
        before = ",\n"
    yield "[]\n" if before.startswith("[") else "\n]\n"


def json_one(record: object) -> str:
    """A JSON object."""
    return f"{_json(record, indent=2)}\n"


def json_lines(records: Iterable[Record]) -> Iterator[str]:
    """JSON Lines: an object a line."""
    for record in records:
        yield f"{_json(record)}\n"


def csv_rows(records: Iterable[Record], fields: Sequence[str]) -> Iterator[str]:
    """CSV with a head. An object or a list is JSON in its cell, and null an empty cell.

    A cell that a spreadsheet would take for a formula, and run, begins with a `'`.
    """
    yield _csv(fields)
    for record in records:
        yield _csv([_csv_cell(record[field]) for field in fields])


def tab_separated(records: Iterable[Record], fields: Sequence[str]) -> Iterator[str]:
    """A record a line, its fields between tabs, without a head."""
    for record in records:
        yield "\t".join(cell(record[field]) for field in fields) + "\n"


def names(records: Iterable[Record], key: str) -> Iterator[str]:
    """What identifies each record, a line each."""
    for record in records:
        yield f"{cell(record[key])}\n"


def yaml_list(records: Iterable[Record]) -> Iterator[str]:
    """A YAML sequence, one record after the other."""
    is_empty = True
    for record in records:
        is_empty = False
        yield yaml_one([record])
    if is_empty:
        yield "[]\n"


def yaml_one(thing: object) -> str:
    """A YAML document."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes what is not printable in a way that can be escaped."""

        def represent_text(self, text: str) -> yaml.Node:
            node = yaml.ScalarNode("tag:yaml.org,2002:str", text)
            node.style = None if is_printable(text) else '"'
            return node

        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 -- PyYAML's signature
            return True

    Dumper.add_representer(str, Dumper.represent_text)
    dumped: str = yaml.dump(
        thing, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=float("inf")
    )
    # What Python escapes so, YAML does, too.
    return "\n".join(map(printable, dumped.split("\n")))


def cell(value: object) -> str:
    """A value in a cell of a table."""
    if value is None:
        return ""
    if isinstance(value, str):
        return printable(value)
    texts = [each for each in _items(value) if isinstance(each, str)]
    return ", ".join(map(printable, texts)) if texts == value else _json(value)


def _items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _csv_cell(value: object) -> str:
    if isinstance(value, str):
        text = "\n".join(map(printable, value.split("\n")))
    else:
        text = "" if value is None else _json(value)
    return f"'{text}" if _FORMULA.match(text) else text


def _csv(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _json(value: object, indent: int | None = None) -> str:
    return printable_json(json.dumps(value, ensure_ascii=False, indent=indent))
