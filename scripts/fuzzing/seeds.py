"""Where fuzzing begins: every answer of the emulator in both dialects, errors, and kept files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx

from paperspace_projects import AttemptEvent, Client, PaperspaceError
from paperspace_projects._http.error_mapping import STATUS_OF_CODE
from paperspace_projects.testing import Dialect, Emulator

from .case import OPERATIONS, Case, kept
from .planted import KEY, VALUES

DIALECTS: tuple[Dialect, ...] = ("contract", "live")
_JSON = (("content-type", "application/json"), ("x-request-id", "r-1"))
_PAGE = b"<!doctype html><html><head><style>p{}</style></head><body><h1>502</h1></body></html>"


def seeds(folder: Path) -> list[Case]:
    """All of them, without duplicates, in the same order each time."""
    cases = [*from_emulators(), *errors(), *(Case.from_bytes(data) for _, data in kept(folder))]
    return list(dict.fromkeys(cases))


def from_emulators() -> Iterator[Case]:
    """What the emulator answers to each operation: successes and refusals, full lists and empty."""
    for dialect in DIALECTS:
        heard: list[Case] = []
        with Emulator(dialect) as emulator:
            last: list[httpx.Response] = []

            def handle(
                request: httpx.Request,
                emulator: Emulator = emulator,
                last: list[httpx.Response] = last,
            ) -> httpx.Response:
                last[:] = [emulator.handle(request)]
                return last[0]

            def listen(
                event: AttemptEvent,
                heard: list[Case] = heard,
                last: list[httpx.Response] = last,
            ) -> None:
                headers = tuple((n, v) for n, v in last[0].headers.items() if n != "content-length")
                heard.append(Case(event.operation, last[0].status_code, headers, last[0].content))

            with Client(
                emulator.api_key, transport=httpx.MockTransport(handle), on_event=listen
            ) as client:
                _use_everything(client)
        yield from heard


def _use_everything(client: Client) -> None:
    """Make each call at least once that is answered, and once that is refused."""
    project = client.projects.create("one", description="first")
    client.projects.create("größe 🙂")
    scope, nowhere = client.project(project.id), client.project("nowhere")
    adding: list[Callable[[], object]] = [
        lambda: scope.collaborators.add("u1", "admin"),
        lambda: scope.collaborators.add("u2"),
        lambda: scope.secrets.create("TOKEN", "first"),
        lambda: scope.secrets.update("TOKEN", "second"),
        lambda: scope.tags.add("blue"),
        lambda: scope.tags.add("größe/ö"),
        lambda: scope.models.add("m1"),
    ]
    reading: list[Callable[[], object]] = [
        lambda: client.projects.list(page_size=1).collect(),
        lambda: scope.activity(page_size=2).collect(),
        lambda: scope.secrets.get("TOKEN"),
        lambda: scope.update(name="two", description=""),
        lambda: scope.collaborators.list(page_size=1).collect(),
        scope.snapshot,
        nowhere.snapshot,
        lambda: nowhere.activity().collect(),
    ]
    removing: list[Callable[[], object]] = [
        lambda: scope.collaborators.remove("u1"),
        lambda: scope.secrets.delete("TOKEN"),
        lambda: scope.tags.remove("blue"),
        lambda: scope.models.remove("m1"),
        scope.delete,
    ]
    for call in (*adding, *adding, *reading, *removing, *removing):
        with suppress(PaperspaceError):
            call()


def errors() -> Iterator[Case]:
    """Errors as the vendor sends them, echoes of what must not show, and a gateway's page."""
    for number, (code, status) in enumerate(sorted(STATUS_OF_CODE.items())):
        operation = OPERATIONS[number % len(OPERATIONS)]
        issues = [{"message": "name: is taken"}]
        body = {"code": code, "message": "m", "details": {"a": [1]}, "issues": issues}
        headers = (*_JSON, ("retry-after", "1")) if status in (429, 500) else _JSON
        yield Case(operation, status, headers, json.dumps(body).encode())
        yield Case(operation, 200, _JSON, json.dumps({"code": code, "message": "m"}).encode())
    for planted in (KEY, *VALUES):
        for operation in ("createProjectSecret", "updateProjectSecret", "getProject"):
            body = {"code": "BAD_REQUEST", "message": f"bad {planted}!", "details": {planted: 1}}
            yield Case(operation, 400, _JSON, json.dumps(body).encode())
            page = _PAGE.replace(b"502", planted.encode())
            yield Case(operation, 502, (("content-type", "text/html"),), page)
    for operation in OPERATIONS:
        yield Case(operation, 502, (("content-type", "text/html"),), _PAGE)
        yield Case(operation, 307, (("location", "https://elsewhere.example/"),), b"")
        yield Case(operation, 200, (), b"")
