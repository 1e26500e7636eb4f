"""The formats of results: from records to text, piece by piece.

Every format is UTF-8, without control characters other than its own tabs and line feeds. The
pieces of a list are whole lines, so that a reader gets each record at once.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, cast

from .records import Record
from .streams import is_printable, printable, printable_json

# Spreadsheets take these for the start of a formula, the full-width forms included.
_FORMULA: Final = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def json_list(records: Iterable[Record]) -> Iterator[str]:
    """Write a JSON array, one record after the other."""
    before = "[\n"
    for record in records:
        indented = _json(record, indent=2).replace("\n", "\n  ")
        yield f"{before}  {indented}"
        before = ",\n"
    yield "[]\n" if before.startswith("[") else "\n]\n"


def json_one(record: object) -> str:
    """Write a JSON object."""
    return f"{_json(record, indent=2)}\n"


def json_lines(records: Iterable[Record]) -> Iterator[str]:
    """Write JSON Lines: one object a line."""
    for record in records:
        yield f"{_json(record)}\n"


def csv_rows(records: Iterable[Record], fields: Sequence[str]) -> Iterator[str]:
    """Write CSV with a header. Objects and lists are JSON in their cell, null is an empty cell.

    A cell that a spreadsheet would run as a formula begins with a `'`.
    """
    yield _csv(fields)
    for record in records:
        yield _csv([_csv_cell(record[field]) for field in fields])


def tab_separated(records: Iterable[Record], fields: Sequence[str]) -> Iterator[str]:
    """Write one record a line, with tabs between the fields, without a header."""
    for record in records:
        yield "\t".join(cell(record[field]) for field in fields) + "\n"


def yaml_list(records: Iterable[Record]) -> Iterator[str]:
    """Write a YAML sequence, one record after the other."""
    pieces = (yaml_one([record]) for record in records)
    yield next(pieces, "[]\n")
    yield from pieces


def yaml_one(value: object) -> str:
    """Write a YAML document."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Quotes text that holds escapes, and writes no aliases."""

        def represent_text(self, text: str) -> yaml.Node:
            node = yaml.ScalarNode("tag:yaml.org,2002:str", text)
            node.style = None if is_printable(text) else '"'
            return node

        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 -- PyYAML's signature
            return True

    Dumper.add_representer(str, Dumper.represent_text)
    dumped: str = yaml.dump(
        value, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=float("inf")
    )
    return "\n".join(map(printable, dumped.split("\n")))  # YAML has Python's escapes


DOCUMENTS: Final[Mapping[str, Callable[[object], str]]] = {"json": json_one, "yaml": yaml_one}
"""The formats that can write one thing as a document."""


def write(output: str, records: Iterable[Record], fields: Sequence[str]) -> Iterator[str]:
    """Write records in a format; JSON and YAML write all their fields."""
    match output:
        case "json":
            return json_list(records)
        case "jsonl":
            return json_lines(records)
        case "yaml":
            return yaml_list(records)
        case "csv":
            return csv_rows(records, fields)
        case _:
            return tab_separated(records, fields)


def cell(value: object) -> str:
    """Return a value as the cell of a table."""
    if value is None:
        return ""
    if isinstance(value, str):
        return printable(value)
    if not isinstance(value, list):
        return _json(value)
    items = cast("list[object]", value)
    texts = [each for each in items if isinstance(each, str)]
    return ", ".join(map(printable, texts)) if texts == items else _json(items)


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
