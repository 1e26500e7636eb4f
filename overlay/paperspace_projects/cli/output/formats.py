"""The formats of results: from records to text, piece by piece.

Every format is UTF-8, without control characters other than its own tabs and line feeds. The
pieces of a list are whole lines: a reader gets each record at once.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias, cast

from .streams import printable, printable_json

Record: TypeAlias = Mapping[str, Any]  # a result as plain data for JSON

# Spreadsheets take these for the start of a formula, the full-width forms included.
_FORMULA: Final = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def json_list(records: Iterable[Record]) -> Iterator[str]:
    before = "[\n"
    for record in records:
        indented = _json(record, indent=2).replace("\n", "\n  ")
        yield f"{before}  {indented}"
        before = ",\n"
    yield "[]\n" if before.startswith("[") else "\n]\n"


def json_one(record: object) -> str:
    return f"{_json(record, indent=2)}\n"


def json_lines(records: Iterable[Record]) -> Iterator[str]:
    return (f"{_json(record)}\n" for record in records)


def csv_rows(records: Iterable[Record], fields: Sequence[str]) -> Iterator[str]:
    """Write CSV with a header. A cell that a spreadsheet would run as a formula gets a `'`.

    The header comes with the first row, so that a list which fails at once writes nothing.
    """
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    rows = ([_csv_cell(record[field]) for field in fields] for record in records)
    first = next(rows, None)
    for row in itertools.chain([fields], [first] if first else [], rows):
        writer.writerow(row)
        yield line.getvalue()
        line.seek(line.truncate(0))


def tab_separated(records: Iterable[Record], fields: Sequence[str]) -> Iterator[str]:
    """Write one record a line, with tabs between the fields, without a header."""
    return ("\t".join(cell(record[field]) for field in fields) + "\n" for record in records)


def yaml_list(records: Iterable[Record]) -> Iterator[str]:
    pieces = (yaml_one([record]) for record in records)
    yield next(pieces, "[]\n")
    yield from pieces


def yaml_one(value: object) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Quotes text that holds escapes, and writes no aliases."""

        def represent_text(self, text: str) -> yaml.Node:
            style = None if text == printable(text) else '"'
            return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=style)

        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 -- PyYAML's signature
            return True

    Dumper.add_representer(str, Dumper.represent_text)
    dumped: str = yaml.dump(
        value, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=float("inf")
    )
    return "\n".join(map(printable, dumped.split("\n")))  # YAML has Python's escapes


# The formats that can write one thing as a document, and those that write all fields of several.
DOCUMENTS: Final[Mapping[str, Callable[[object], str]]] = {"json": json_one, "yaml": yaml_one}
_LISTS: Final = {"json": json_list, "jsonl": json_lines, "yaml": yaml_list}


def write(output: str, records: Iterable[Record], fields: Sequence[str]) -> Iterator[str]:
    if output in _LISTS:
        return _LISTS[output](records)
    return (csv_rows if output == "csv" else tab_separated)(records, fields)


def cell(value: object) -> str:
    if isinstance(value, list):
        items = cast("list[object]", value)
        texts = [each for each in items if isinstance(each, str)]
        return ", ".join(map(printable, texts)) if texts == items else _json(items)
    return _text(value)


def _csv_cell(value: object) -> str:
    text = "\n".join(map(_text, value.split("\n"))) if isinstance(value, str) else _text(value)
    return f"'{text}" if _FORMULA.match(text) else text


def _text(value: object) -> str:
    if isinstance(value, str):
        return printable(value)
    return "" if value is None else _json(value)


def _json(value: object, indent: int | None = None) -> str:
    return printable_json(json.dumps(value, ensure_ascii=False, indent=indent))
