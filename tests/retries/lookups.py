"""What a client can look for after a write: the calls, what shows them, what shows another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from support.servers import Script, json, status

from paperspace_projects import Collaborator, Secret

LOST = httpx.ReadError("reset")
NOT_THERE = status(404)
A_DAY_BEFORE = "2026-03-19T09:46:40Z"
NOW = "Fri, 20 Mar 2026 09:46:40 GMT"


class Writes:
    """What can be looked for: the call, what shows it, what shows something else, the result."""

    def __init__(
        self,
        call: Callable[[Any], Any],
        *,
        shows: Any,
        shows_another: Any,
        look: str,
        result: Callable[[Any], bool],
        made: Any,
    ) -> None:
        self.call = call
        self.there = json(shows)
        self.not_there = NOT_THERE if look.endswith("/TOKEN") else json(shows_another)
        self.look = look
        self.is_right = result
        self.made = made


WRITES = {
    "secret": Writes(
        lambda c: c.project("p1").secrets.create("TOKEN", "v"),
        shows={"name": "TOKEN"},
        shows_another=None,
        look="/v1/projects/p1/secrets/TOKEN",
        result=lambda made: made == Secret(name="TOKEN"),
        made=json({"name": "TOKEN"}, 201),
    ),
    "tag": Writes(
        lambda c: c.project("p1").tags.add("blue"),
        shows=["red", "blue"],
        shows_another=["red", "blu"],
        look="/v1/projects/p1/tags",
        result=lambda made: made is None,
        made=status(201),
    ),
    "collaborator": Writes(
        lambda c: c.project("p1").collaborators.add("u1", "viewer"),
        shows=[{"userId": "u0"}, {"userId": "u1", "role": "viewer"}],
        shows_another=[{"userId": "u0", "role": "viewer"}],
        look="/v1/projects/p1/collaborators",
        result=lambda made: made == Collaborator(user_id="u1", role="viewer"),
        made=json({"userId": "u1", "role": "viewer"}, 201),
    ),
    "model": Writes(
        lambda c: c.project("p1").models.add("m1"),
        shows=[{"id": "m1", "name": "llama"}],
        shows_another=[{"id": "m11"}],
        look="/v1/projects/p1/models",
        result=lambda made: made is None,
        made=status(201),
    ),
}
each_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
UNCERTAIN: dict[str, Any] = {
    "lost": LOST,
    "timeout": httpx.ReadTimeout("slow"),
    "write": httpx.WriteError("broken pipe"),
    **{code: status(int(code)) for code in ("408", "500", "502", "503", "504")},
    "503 with Retry-After": status(503, retry_after="3"),
}
each_uncertainty = pytest.mark.parametrize("failure", UNCERTAIN.values(), ids=UNCERTAIN)


def sent(server: Script) -> list[str]:
    return [f"{each.method} {each.url.path}" for each in server.requests]


def posts(server: Script) -> int:
    return sum(each.method == "POST" for each in server.requests)
