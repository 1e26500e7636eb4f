"""A real Dask cluster of two processes, and two teams whose emulators are served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dask.distributed import Client as DaskClient
from dask.distributed import LocalCluster

from paperspace_projects import Client
from paperspace_projects.testing import Emulator

KEYS = {"red": "key-of-team-red-QXZk", "blue": "key-of-team-blue-QXZk"}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of this process and of the cluster's: its credentials file names both teams."""
    home = tmp_path_factory.mktemp("home")
    (home / ".paperspace").mkdir()
    keys = "\n".join(f'{team} = "{key}"' for team, key in KEYS.items())
    (home / ".paperspace" / "credentials.toml").write_text(f"version = 1\n[keys]\n{keys}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        yield home


@pytest.fixture(scope="session")
def dask(home: Path) -> Iterator[DaskClient]:
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=2,
            processes=True,
            dashboard_address=None,
            local_directory=str(home),
        ) as cluster,
        DaskClient(cluster) as client,
    ):
        yield client


@pytest.fixture(autouse=True)
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home))


@pytest.fixture(scope="session")
def urls() -> Iterator[dict[str, str]]:
    """The base URL of each team: red answers as the contract has it, blue as the live server."""
    with (
        Emulator("contract", api_key=KEYS["red"]) as red,
        Emulator("live", api_key=KEYS["blue"]) as blue,
        red.serve() as red_url,
        blue.serve() as blue_url,
    ):
        for emulator, team, count in ((red, "red", 40), (blue, "blue", 25)):
            fill(emulator, team, count)
        yield {"red": red_url, "blue": blue_url}


def fill(emulator: Emulator, team: str, count: int) -> None:
    with Client(emulator.api_key, transport=emulator.transport()) as client:
        for number in range(count):
            scope = client.project(client.projects.create(f"{team} {number}").id)
            scope.tags.add(f"tag {number}")
            scope.secrets.create("TOKEN", "a-secret-value")
