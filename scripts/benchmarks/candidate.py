"""The candidates that are compared, each with its packages and its import.

A module of `candidates/` has a class `Sync`, a class `Async`, or both, made with the API's URL:

- `get(number)` reads one item, `list_all()` iterates over all items, page after page;
- `list_part(number, kind)` reads one of the four small lists of an item; `kind` is 0 to 3;
- `close()` closes the client.

A client may have special methods: `list_prefetching()`, and `read_parts(count, concurrency)` for
the small lists of many items.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Candidate:
    """A client that is compared.

    Args:
        name: Its name on the command line and in the table.
        module: The module of `candidates/`.
        needs: The distributions that its users install. Others are hidden from it, as they could
            make it faster or slower.
        imported: The import that its users write.
        is_sdk: Whether users would compare it with ours.
        skips: Workloads that it cannot do.
    """

    name: str
    module: str
    needs: tuple[str, ...]
    imported: str
    is_sdk: bool = False
    skips: tuple[str, ...] = ()

    def client(self, kind: str) -> Callable[[str], Any] | None:
        """The class `Sync` or `Async` of its module; None if it has no such client."""
        module = importlib.import_module(f"{__package__}.candidates.{self.module}")
        found: Callable[[str], Any] | None = getattr(module, kind, None)
        return found


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
        Candidate(
            *(FLOOR, "bare_socket", (), "import socket"),
            skips=("threads", "fan-out-threads", "prefetch"),
        ),
    )
}
