"""What each format writes: it can be read back, and holds nothing that a terminal obeys."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from paperspace_projects import Client
from paperspace_projects.cli.errors import CommandError
from paperspace_projects.cli.output import formats
from paperspace_projects.cli.output.results import (
    COLLABORATOR,
    EVENT,
    MODEL,
    PROJECT,
    SECRET,
    RecordKind,
    pick,
)
from paperspace_projects.cli.output.streams import printable, printable_json
from paperspace_projects.models import (
    ActivityEvent,
    Collaborator,
    EventData,
    EventDeployment,
    Model,
    Project,
    Secret,
)

HOSTILE = "a\x1b[31m\x9b\u202eb\r\x00\u2028c\U000e0001"
PROJECTS = [
    Project(id="p1", name="vision", extra={"repoUrl": None, "n": [1, {"x": "é"}]}),
    Project(id="p2", name=HOSTILE, description="=1+1"),
]
RECORDS = [PROJECT.to_record(each) for each in PROJECTS]

texts = st.text(st.characters(exclude_categories=()), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
records = st.lists(st.fixed_dictionaries({"id": texts, "extra": values}), max_size=3)


def is_clean(text: str) -> bool:
    return printable(text.replace("\n", "").replace("\t", "")) == text.replace("\n", "").replace(
        "\t", ""
    )


@given(records)
def test_json_gives_everything_back(given_records: list[dict[str, Any]]) -> None:
    written = "".join(formats.json_list(given_records))
    assert json.loads(written) == given_records
    assert is_clean(written)


def test_a_number_beyond_all_floats_is_valid_in_every_format() -> None:
    content = '{"id": "p1", "name": "n", "x": 1e400, "y": [-1e400]}'
    server = httpx.MockTransport(lambda _: httpx.Response(200, content=content))
    with Client("a-key", transport=server) as client:
        record = PROJECT.to_record(client.projects.get("p1"))
    extra = {"x": "1e400", "y": ["-1e400"]}
    assert json.loads("".join(formats.json_list([record])))[0]["extra"] == extra
    assert json.loads(formats.json_one(record))["extra"] == extra
    assert json.loads("".join(formats.json_lines([record])))["extra"] == extra
    assert yaml.safe_load(formats.yaml_one(record))["extra"] == extra
    (row,) = csv.DictReader(io.StringIO("".join(formats.csv_rows([record], ["id", "extra"]))))
    assert json.loads(row["extra"]) == extra


@given(records)
def test_json_lines_give_everything_back(given_records: list[dict[str, Any]]) -> None:
    lines = list(formats.json_lines(given_records))
    assert [json.loads(line) for line in lines] == given_records
    assert all(line.count("\n") == 1 and is_clean(line) for line in lines)


@settings(max_examples=50)
@given(records)
def test_yaml_gives_everything_back(given_records: list[dict[str, Any]]) -> None:
    written = "".join(formats.yaml_list(given_records))
    assert yaml.safe_load(written) == given_records
    assert is_clean(written)


@given(texts)
def test_a_line_of_a_table_is_one_line_of_so_many_cells(text: str) -> None:
    (line,) = formats.tab_separated([{"a": text, "b": [text, text], "c": None}], ("a", "b", "c"))
    assert line.count("\t") == 2
    assert line.count("\n") == 1
    assert is_clean(line)


@given(texts)
def test_csv_gives_back_what_is_printable(text: str) -> None:
    written = "".join(formats.csv_rows([{"a": text}], ("a",)))
    assert is_clean(written)
    _, row = csv.reader(io.StringIO(written), strict=True) if text else (["a"], [""])
    wanted = "\n".join(map(printable, text.split("\n")))
    assert row[0].removeprefix("'") == wanted.removeprefix("'")


@pytest.mark.parametrize("start", "=+-@＝＋－＠\n")  # noqa: RUF001 -- full-width ones count, too
def test_a_csv_cell_is_no_formula(start: str) -> None:
    _, row = formats.csv_rows([{"a": f"{start}1"}], ("a",))
    assert row.lstrip('"').startswith("'")


def test_csv_writes_objects_as_json_and_null_as_nothing() -> None:
    head, row = formats.csv_rows(RECORDS[:1], PROJECT.fields)
    assert head == ",".join(PROJECT.fields) + "\n"
    first, *unknown, extra = row.rstrip("\n").split(",", len(PROJECT.fields) - 1)
    assert [first, *unknown] == ["p1", "vision", *[""] * (len(PROJECT.fields) - 3)]
    assert extra == '"{""repoUrl"": null, ""n"": [1, {""x"": ""é""}]}"'


def test_names_are_what_identifies() -> None:
    assert list(formats.tab_separated(RECORDS, ("id",))) == ["p1\n", "p2\n"]


def test_nothing_is_nothing_in_every_format() -> None:
    assert "".join(formats.json_list([])) == "[]\n"
    assert "".join(formats.yaml_list([])) == "[]\n"
    assert list(formats.json_lines([])) == []
    assert list(formats.csv_rows([], ("a", "b"))) == ["a,b\n"]


@pytest.mark.parametrize(
    "write",
    [formats.json_list, formats.json_lines, formats.yaml_list],
    ids=["json", "jsonl", "yaml"],
)
def test_a_record_is_written_before_the_next_is_asked_for(write: Any) -> None:
    asked: list[int] = []

    def endless() -> Iterator[dict[str, int]]:
        for number in range(sys.maxsize):
            asked.append(number)
            yield {"n": number}

    pieces = write(endless())
    for number in range(3):
        assert f"{number}" in next(pieces)
        assert asked[-1] == number


def test_what_is_hostile_is_written_out() -> None:
    assert printable(HOSTILE) == r"a\x1b[31m\x9b\u202eb\r\x00\u2028c\U000e0001"
    assert printable_json('"\x9b\U000e0001"') == r'"\u009b\udb40\udc01"'


def test_letters_of_all_scripts_stay_as_they_are() -> None:
    text = "é 日本語 עברית 👩‍💻 a\u00a0b"
    assert printable(text) == text
    assert formats.json_one(text) == f'"{text}"\n'


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        (PROJECT, Project),
        (EVENT, ActivityEvent),
        (COLLABORATOR, Collaborator),
        (SECRET, Secret),
        (MODEL, Model),
    ],
)
def test_the_fields_are_those_of_the_model(kind: RecordKind, model: type) -> None:
    assert kind.fields == tuple(name.rstrip("_") for name in model.__annotations__)


def test_fields_within_a_field_are_picked() -> None:
    event = ActivityEvent(
        id="e1",
        data=EventData(from_=1, to=2),
        deployment=EventDeployment(name="d", dt_deleted=datetime(2026, 3, 18, tzinfo=UTC)),
    )
    fields = EVENT.select("actor.email,data.from,deployment.dt_deleted")
    assert list(pick(EVENT.to_record(event), fields).values()) == [
        *(None, 1, "2026-03-18T00:00:00+00:00")
    ]
    assert json.loads(formats.json_one(EVENT.to_record(event)))["data"] == {
        "from": 1,
        "to": 2,
        "extra": {},
    }


def test_fields_are_picked_in_their_order() -> None:
    fields = PROJECT.select(" name, extra.n ,extra.no.such")
    assert fields == ("name", "extra.n", "extra.no.such")
    assert list(pick(RECORDS[0], fields).items()) == [
        ("name", "vision"),
        ("extra.n", [1, {"x": "é"}]),
        ("extra.no.such", None),
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("id,nme", "no field 'nme' of a project (did you mean name?): there are id, name"),
        ("name.x", "no field 'name.x' of a project"),
        (" , ", "--fields names no field"),
    ],
)
def test_a_field_that_is_none_is_refused(fields: str, said: str) -> None:
    with pytest.raises(CommandError) as caught:
        PROJECT.select(fields)
    assert said in str(caught.value)
