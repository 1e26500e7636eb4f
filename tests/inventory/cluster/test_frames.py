"""What an inventory yields, as frames of pandas and polars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pandas
import polars
import pytest

from paperspace_projects import Client, PaperspaceError, Project, ProjectFailure, ProjectSnapshot
from paperspace_projects.inventory import COLUMNS, Result, to_pandas, to_polars

WHEN = datetime(2026, 3, 18, 9, 30, tzinfo=timezone(timedelta(hours=2)))
SNAPSHOT = ProjectSnapshot(
    project=Project(id="p1", name="vision \udc80", dt_created=WHEN),
    collaborators=(),
    secrets=(),
    tags=("gpu", "prod"),
    models=(),
    included=("tags", "models"),
)
FAILURE = ProjectFailure(project_id="p2", error=PaperspaceError("no"), is_gone=False)
RESULTS: list[Result] = [SNAPSHOT, FAILURE]


def test_a_pandas_frame_has_a_row_for_each_project() -> None:
    frame = to_pandas(RESULTS)
    assert tuple(frame.columns) == COLUMNS
    assert frame.loc[0, "dt_created"] == pandas.Timestamp(WHEN)
    assert frame.loc[0, "name"] == "vision \\udc80"
    assert frame.loc[0, "tags"] == ["gpu", "prod"]
    assert frame.loc[0, "models"] == []
    assert frame.loc[0, "secrets"] is None
    assert frame["is_gone"].tolist() == [False, False]
    assert frame["error"].isna().tolist() == [True, False]
    assert frame.explode("tags")["tags"].dropna().tolist() == ["gpu", "prod"]


def test_a_polars_frame_has_a_row_for_each_project() -> None:
    frame = to_polars(RESULTS)
    assert tuple(frame.columns) == COLUMNS
    assert frame["dt_created"].to_list() == [WHEN.astimezone(UTC), None]
    assert frame["tags"].to_list() == [["gpu", "prod"], None]
    assert frame["models"].to_list() == [[], None]
    assert frame.filter(polars.col("error").is_null())["project_id"].to_list() == ["p1"]
    assert frame.explode("tags")["tags"].to_list() == ["gpu", "prod", None]


@pytest.mark.parametrize("results", [[], [SNAPSHOT], [FAILURE]])
def test_a_frame_has_the_same_types_whatever_is_in_it(results: list[Result]) -> None:
    assert list(to_pandas(results).dtypes) == list(to_pandas(RESULTS).dtypes)
    assert to_polars(results).schema == to_polars(RESULTS).schema


def test_an_inventory_goes_into_a_frame_as_it_is(urls: dict[str, str]) -> None:
    with Client(team="blue", base_url=urls["blue"]) as client:
        frame = to_polars(client.inventory())
        assert len(to_pandas(client.inventory())) == frame.height == 25
    assert frame["secrets"].to_list() == [["TOKEN"]] * 25
