"""What a spawned process runs: it imports this by its name, and nothing of pytest."""

from __future__ import annotations

import asyncio
import pickle

from paperspace_projects import AsyncClient, Client


def call_elsewhere(flavour: str, pickled: bytes) -> str:
    """The id of a project, read by a client of the settings that were sent."""
    settings = pickle.loads(pickled)
    if flavour == "sync":
        with Client.from_settings(settings) as client:
            return client.projects.get("p1").id

    async def main() -> str:
        async with AsyncClient.from_settings(settings) as client:
            return (await client.projects.get("p1")).id

    return asyncio.run(main())
