"""Inventories as frames of pandas and polars."""

from __future__ import annotations

from typing import assert_type

import pandas
import polars

from paperspace_projects import Client
from paperspace_projects.inventory import to_pandas, to_polars


def frames(client: Client) -> None:
    assert_type(to_pandas(client.inventory()), pandas.DataFrame)
    assert_type(to_polars(client.inventory()), polars.DataFrame)
