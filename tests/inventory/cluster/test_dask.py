"""The projects of two teams, read by the processes of a Dask cluster."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import pytest
from dask.distributed import Client as DaskClient
from inventory.cluster.looking import clients_of_this_process

from paperspace_projects import AsyncClient, Client, DeadlineExceededError, ProjectFailure
from paperspace_projects.inventory import InventoryProgress


@pytest.mark.parametrize("in_order", [False, True])
def test_a_cluster_reads_what_is_read_here(
    dask: DaskClient, urls: dict[str, str], in_order: bool
) -> None:
    told: list[InventoryProgress] = []
    for team, count in (("red", 40), ("blue", 25)):
        with Client(team=team, base_url=urls[team], deadline=60) as client:
            here = list(client.inventory(in_order=True))
            with dask.get_executor() as executor:
                there = list(
                    client.inventory(executor=executor, in_order=in_order, on_progress=told.append)
                )
        assert len(there) == count
        assert {each.project.id: each for each in there} == {each.project.id: each for each in here}
        assert not in_order or there == here
        assert told[-1].done == told[-1].total == count


def test_both_workers_do_their_share(dask: DaskClient, urls: dict[str, str]) -> None:
    with (
        Client(team="red", base_url=urls["red"]) as client,
        dask.get_executor(pure=False) as executor,
    ):
        assert len(list(client.inventory(executor=executor, concurrency=32))) == 40
        counts = dask.run(clients_of_this_process)
    assert os.getpid() not in dask.run(os.getpid).values()
    assert [count >= 1 for count in counts.values()] == [True, True]


def test_in_async_as_well(dask: DaskClient, urls: dict[str, str]) -> None:
    async def read(team: str, executor: Any) -> list[Any]:
        async with AsyncClient(team=team, base_url=urls[team]) as client:
            return [each async for each in client.inventory(executor=executor, include=["tags"])]

    async def main() -> list[list[Any]]:
        with dask.get_executor() as executor:
            return await asyncio.gather(read("red", executor), read("blue", executor))

    red, blue = asyncio.run(main())
    assert {each.project.name for each in red} == {f"red {number}" for number in range(40)}
    assert {each.project.name for each in blue} == {f"blue {number}" for number in range(25)}


def test_what_fails_there_is_told_here(dask: DaskClient, urls: dict[str, str]) -> None:
    with (
        Client(team="red", base_url=urls["red"]) as client,
        dask.get_executor() as executor,
    ):
        (failure,) = client.inventory(["no-such-project"], executor=executor)
    assert isinstance(failure, ProjectFailure)
    assert failure.is_gone


def test_it_can_be_left_and_its_time_be_over(dask: DaskClient, urls: dict[str, str]) -> None:
    with (
        Client(team="red", base_url=urls["red"]) as client,
        dask.get_executor() as executor,
    ):
        results = client.inventory(executor=executor)
        next(results)
        results.close()
        begun = time.monotonic()
        hurried = client.with_options(deadline=0.01)
        with pytest.raises(DeadlineExceededError):
            list(hurried.inventory(executor=executor))
        assert time.monotonic() - begun < 5
