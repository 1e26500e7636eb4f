"""What a candidate is: how it is opened, and the few things that each can do.

A module of `candidates/` has a class `Sync`, a class `Async`, or both, which are made with the URL
of the API. Whatever an SDK calls them: there are numbered things to get, a listing of them, and for
each a few small lists.
"""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterable, Callable, Iterable, Sized
from dataclasses import dataclass
from typing import Protocol, cast


class SyncClient(Protocol):
    """A client of a candidate."""

    def get(self, number: int, /) -> object:
        """One thing."""
        ...

    def everything(self) -> Iterable[object]:
        """The listing, to its end, page after page."""
        ...

    def part(self, number: int, kind: int, /) -> Sized:
        """One of the four small lists of a thing, whole; `kind` is from 0 to 3."""
        ...

    def close(self) -> None: ...


class AsyncClient(Protocol):
    """The same, for tasks."""

    async def get(self, number: int, /) -> object: ...

    def everything(self) -> AsyncIterable[object]: ...

    async def part(self, number: int, kind: int, /) -> Sized: ...

    async def close(self) -> None: ...


@dataclass(frozen=True)
class Candidate:
    """One of those that are compared.

    Args:
        name: What it is called, on the command line and in the table.
        module: The module of `candidates/`.
        needs: The distributions that its users install. With what those need, they are all that it
            is to see, as what else is installed may make it faster or slower.
        imported: The import that its users write.
        is_sdk: Whether it is one that a user would compare ours with.
    """

    name: str
    module: str
    needs: tuple[str, ...]
    imported: str
    is_sdk: bool = False

    def sync(self) -> Callable[[str], SyncClient] | None:
        """How to open a client, or None where it has none for threads."""
        return cast("Callable[[str], SyncClient] | None", self._member("Sync"))

    def aio(self) -> Callable[[str], AsyncClient] | None:
        """How to open a client, or None where it has none for tasks."""
        return cast("Callable[[str], AsyncClient] | None", self._member("Async"))

    def _member(self, name: str) -> object:
        module = importlib.import_module(f"{__package__}.candidates.{self.module}")
        return getattr(module, name, None)


REFERENCE = "httpx"
OURS = "paperspace-projects"
FLOOR = "bare socket"


def _sdk(name: str, imported: str, extra: str = "") -> Candidate:
    return Candidate(name, f"{name}_sdk", (name + extra,), imported, is_sdk=True)


CANDIDATES = {
    each.name: each
    for each in (
        Candidate(REFERENCE, "raw_httpx", ("httpx",), "import httpx"),
        Candidate(OURS, "ours", (OURS,), "from paperspace_projects import Client"),
        Candidate(
            f"{OURS}[fast]",
            "ours",
            (f"{OURS}[fast]",),
            "from paperspace_projects import Client",
        ),
        Candidate(
            "stock generated",
            "stock",
            ("httpx", "attrs", "python-dateutil"),
            "from paperspace_projects_api import AuthenticatedClient",
        ),
        Candidate("httpx, sniffio", "raw_httpx", ("httpx", "sniffio"), "import httpx"),
        Candidate("aiohttp", "raw_aiohttp", ("aiohttp",), "import aiohttp"),
        _sdk("githubkit", "from githubkit import GitHub"),
        _sdk("pydo", "from pydo import Client", "[aio]"),
        _sdk("hcloud", "from hcloud import Client"),
        _sdk("stripe", "from stripe import StripeClient", "[async]"),
        _sdk("openai", "from openai import OpenAI"),
        Candidate(FLOOR, "bare_socket", (), "import socket"),
    )
}
