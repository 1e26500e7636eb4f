"""A server with something in each list."""

from __future__ import annotations

from paperspace_projects import Client
from paperspace_projects.testing import Emulator


def client_of(emulator: Emulator) -> Client:
    return Client(emulator.api_key, transport=emulator.transport())


def seed(emulator: Emulator, name: str = "home") -> str:
    """Make a project that holds one of each; returns its id."""
    with client_of(emulator) as client:
        project = client.project(client.projects.create(name).id)
        project.collaborators.add("u1")
        project.secrets.create("TOKEN", "a value")
        project.tags.add("blue")
        project.models.add("m1")
        return project.id
