"""A program that depends on the installed wheel, with all extras, and its tests.

`nox -s downstream` runs them in a folder of their own, on the lowest and newest dependencies.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from paperspace_projects import AsyncClient, Client, NotFoundError, ProjectSnapshot
from paperspace_projects.reconcile import load, plan
from paperspace_projects.testing import Emulator

WANTED = b"""\
version: 1
projects:
  - name: vision
    tags: [gpu, production]
    collaborators: {user-1: admin}
"""


def retire(client: Client, tag: str) -> list[str]:
    """Delete the projects with a tag; returns their names."""
    found = [
        each for each in client.inventory(include=["tags"]) if isinstance(each, ProjectSnapshot)
    ]
    gone = [each.project for each in found if tag in each.tags]
    for project in gone:
        client.projects.delete(project.id)
    return [project.name for project in gone]


async def rotate(client: AsyncClient, name: str, value: str) -> int:
    """Set a secret in all projects; returns how many there are."""
    projects = await client.projects.list(page_size=2).collect()
    await asyncio.gather(*(client.project(p.id).secrets.set(name, value) for p in projects))
    return len(projects)


@pytest.mark.paperspace(dialect="both")
def test_sync(paperspace: Client) -> None:
    for number in range(5):
        project = paperspace.projects.create(f"project-{number}")
        paperspace.project(project.id).tags.add("old" if number < 2 else "new")
    assert sorted(retire(paperspace, "old")) == ["project-0", "project-1"]
    with pytest.raises(NotFoundError):
        paperspace.projects.get("none")


@pytest.mark.paperspace(dialect="both")
def test_async(paperspace: Client, async_paperspace: AsyncClient) -> None:
    for number in range(5):
        paperspace.projects.create(f"project-{number}")
    assert asyncio.run(rotate(async_paperspace, "TOKEN", "a value")) == 5


@pytest.mark.paperspace(dialect="both")
def test_desired_state(paperspace: Client) -> None:
    desired = load(WANTED, format="yaml")
    assert plan(paperspace, desired).apply(paperspace).is_ok
    assert plan(paperspace, desired).is_empty


@pytest.mark.paperspace(dialect="live")
@pytest.mark.usefixtures("paperspace_server")
def test_command_line(paperspace_emulator: Emulator) -> None:
    command = (sys.executable, "-m", "paperspace_projects.cli", "projects")
    for arguments in (("create", "vision"), ("list", "-o", "json")):
        done = subprocess.run([*command, *arguments], check=True, capture_output=True, text=True)
        assert "vision" in done.stdout
    assert paperspace_emulator.requests
