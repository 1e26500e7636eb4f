"""Without a home directory there is no credentials file; a key is taken from elsewhere as ever."""

from __future__ import annotations

import os

import pytest
from support.homeless import run_homeless

from paperspace_projects.testing import Emulator

PROGRAM = """
import asyncio
import sys
from pathlib import Path

from paperspace_projects import AsyncClient, Client, ConfigurationError

try:
    Path.home()
except RuntimeError:
    print("no home")

base_url, *given = sys.argv[1:]
options = dict(each.split("=") for each in given)

def sync_names():
    with Client(base_url=base_url, **options) as client:
        return [project.name for project in client.projects.list()]

async def async_names():
    async with AsyncClient(base_url=base_url, **options) as client:
        return [project.name async for project in client.projects.list()]

for read in (sync_names, lambda: asyncio.run(async_names())):
    try:
        print(*read())
    except ConfigurationError as error:
        print(error)
"""


def said(base_url: str, *options: str, **env: str) -> str:
    """What a client of either flavour has said, which is the same."""
    done = run_homeless(PROGRAM, base_url, *options, env={**os.environ, **env})
    assert done.returncode == 0, done.stderr
    home, of_sync, of_async = done.stdout.splitlines()
    assert home == "no home"
    assert of_sync == of_async
    return of_sync


def test_a_key_that_is_given_is_used(emulator: Emulator) -> None:
    emulator.seed({"version": 1, "projects": [{"name": "vision"}]})
    with emulator.serve() as base_url:
        assert said(base_url, f"api_key={emulator.api_key}") == "vision"
        assert said(base_url, PAPERSPACE_API_KEY=emulator.api_key) == "vision"


@pytest.mark.parametrize("options", [(), ("team=mine",)])
def test_without_a_key_the_ways_to_give_one_are_named(options: tuple[str, ...]) -> None:
    told = said("http://127.0.0.1:9", *options)
    assert told.startswith("no API key: there is no home directory")
    for way in ("api_key=...", "PAPERSPACE_API_KEY", "HOME"):
        assert way in told
