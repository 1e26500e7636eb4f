"""Servers that answer one operation in another way: what each does, and how a report names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import httpx
from support.live_document import LIVE

from paperspace_projects.testing import Emulator

Change = Callable[[httpx.Response], httpx.Response]
Json = Any

TIME = "2026-03-18T09:30:00Z"
ERROR = {"code": "NOT_FOUND", "message": "No such project."}
EVENT = {"id": "e1", "dtCreated": TIME, "action": "deployment.scaled"}


@attrs.frozen
class AlteredServer:
    """An emulator, of which one operation is answered in another way."""

    emulator: Emulator
    operation: str = ""
    change: Change = lambda response: response

    def __call__(self, request: httpx.Request) -> httpx.Response:
        response = self.emulator.handle(request)
        is_it = LIVE.operation_of(request).id == self.operation
        return self.change(response) if is_it else response


def body(change: Callable[[Json], Json]) -> Change:
    """Change the JSON of an answer, in place or by returning another."""

    def changed(response: httpx.Response) -> httpx.Response:
        data = response.json()
        other = change(data)
        return httpx.Response(response.status_code, json=data if other is None else other)

    return changed


def answer(status: int, **content: Any) -> Change:
    return lambda _: httpx.Response(status, **content)


def status(number: int) -> Change:
    return lambda response: httpx.Response(number, json=response.json())


def media_type(name: str | None) -> Change:
    def changed(response: httpx.Response) -> httpx.Response:
        headers = {} if name is None else {"content-type": name}
        return httpx.Response(response.status_code, content=response.content, headers=headers)

    return changed


def without(key: str) -> Change:
    return body(lambda data: {name: each for name, each in data.items() if name != key})


def having(**more: Json) -> Change:
    return body(lambda data: data.update(more))


def renamed(old: str, new: str) -> Change:
    return body(lambda data: data.update({new: data.pop(old)}))


def of_items(change: Callable[[Json], Json]) -> Change:
    """Change each item of a page or of an array."""

    def changed(data: Json) -> Json:
        items = data if isinstance(data, list) else data["items"]
        items[:] = [item if (new := change(item)) is None else new for item in items]

    return body(changed)


def events(**more: Json) -> Change:
    return body(lambda _: {"items": [{**EVENT, **more}], "hasMore": False, "nextPage": None})


HTML = {"html": "<html><title>Bad gateway</title></html>"}
PROJECT, LIST, TAGS = "getProject", "listProjects", "listProjectTags"
USERS, SECRETS, MODELS = "listProjectCollaborators", "listProjectSecrets", "listProjectModels"
NO_CODE = {
    "status: another status (found: 404, described: 200)",
    "$.code: missing (described: string)",
    "$.message: missing (described: string)",
}

# dialect, what is altered, the operation, how, and how the report names it: one text for each
# difference, or the verdict where no answer of the API is seen.
ALTERATIONS: list[tuple[str, str, str, Change, set[str] | str]] = [
    ("live", "a key is missing", PROJECT, without("name"), {"$.name: missing (described: string)"}),
    (
        "live",
        "a key is renamed",
        PROJECT,
        renamed("id", "uuid"),
        {"$.id: missing (described: string)", "$.uuid: not described (found: string)"},
    ),
    (
        "live",
        "a key is of another type",
        PROJECT,
        having(name=7),
        {"$.name: another type (found: integer, described: string)"},
    ),
    ("live", "null", PROJECT, having(dtCreated=None), {"$.dtCreated: null (described: string)"}),
    (
        "live",
        "a list of all instead of a page",
        LIST,
        body(lambda data: data["items"]),
        {"$: another type (found: array, described: object)"},
    ),
    (
        "live",
        "hasMore is missing",
        LIST,
        without("hasMore"),
        {"$.hasMore: missing (described: boolean)"},
    ),
    (
        "live",
        "nextPage is a number",
        SECRETS,
        having(nextPage=2),
        {"$.nextPage: another type (found: integer, described: string)"},
    ),
    (
        "live",
        "a page of what is in a project is a list",
        TAGS,
        body(lambda data: data["items"]),
        {"$: another type (found: array, described: object)"},
    ),
    (
        "live",
        "the items of a page have another key",
        MODELS,
        renamed("items", "models"),
        {"$.items: missing (described: array)", "$.models: not described (found: array)"},
    ),
    (
        "live",
        "tags are texts",
        TAGS,
        of_items(lambda tag: tag["name"]),
        {"$.items[]: another type (found: string, described: object)"},
    ),
    (
        "live",
        "an id is a text",
        TAGS,
        of_items(lambda tag: {**tag, "id": "1"}),
        {"$.items[].id: another type (found: string, described: integer)"},
    ),
    (
        "live",
        "an id is no whole number",
        TAGS,
        of_items(lambda tag: {**tag, "id": 1.5}),
        {"$.items[].id: another type (found: number, described: integer)"},
    ),
    (
        "live",
        "a nested key is missing",
        USERS,
        of_items(lambda each: each["user"].pop("email") and None),
        {"$.items[].user.email: missing (described: string)"},
    ),
    (
        "live",
        "an object is flat",
        USERS,
        of_items(lambda each: {"dtCreated": each["dtCreated"], "userId": "u1"}),
        {
            "$.items[].user: missing (described: object)",
            "$.items[].userId: not described (found: string)",
        },
    ),
    (
        "live",
        "one item of several lacks a key",
        SECRETS,
        body(
            lambda data: data["items"].append({"name": "A", "dtCreated": TIME, "dtModified": TIME})
        ),
        {"$.items[].hasDeploymentAttached: missing (described: boolean)"},
    ),
    (
        "live",
        "a key that is not described",
        "getProjectSecret",
        having(version=3),
        {"$.version: not described (found: integer)"},
    ),
    (
        "live",
        "null in an item",
        MODELS,
        of_items(lambda model: {**model, "teamId": None}),
        {"$.items[].teamId: null (described: string)"},
    ),
    (
        "live",
        "a flag is a text",
        MODELS,
        of_items(lambda model: {**model, "isPublic": "yes"}),
        {"$.items[].isPublic: another type (found: string, described: boolean)"},
    ),
    (
        "live",
        "a nested number is a text",
        "listProjectActivity",
        events(data={"from": "1", "to": 2.5}),
        {"$.items[].data.from: another type (found: string, described: number)"},
    ),
    (
        "live",
        "an object is a text",
        "listProjectActivity",
        events(actor="ada"),
        {"$.items[].actor: another type (found: string, described: object)"},
    ),
    (
        "live",
        "created with 201",
        "createProject",
        status(201),
        {"status: another status (found: 201, described: 200)"},
    ),
    (
        "live",
        "created without a body",
        "createProject",
        answer(204),
        {"status: another status (found: 204, described: 200)", "$: no body (described: object)"},
    ),
    (
        "live",
        "deleted as in the contract",
        "deleteProject",
        answer(204),
        {"status: another status (found: 204, described: 200)", "$: no body (described: object)"},
    ),
    (
        "live",
        "a write answers with an array",
        "removeProjectCollaborator",
        body(lambda data: [data]),
        {"$: another type (found: array, described: object)"},
    ),
    (
        "live",
        "a write answers with a text",
        "addProjectTag",
        body(lambda data: data["name"]),
        {"$: another type (found: string, described: object)"},
    ),
    (
        "live",
        "another success",
        PROJECT,
        status(202),
        {"status: another status (found: 202, described: 200)"},
    ),
    ("live", "an error as described", PROJECT, answer(404, json=ERROR), "refused"),
    (
        "live",
        "another error",
        PROJECT,
        answer(404, json={"error": "gone"}),
        {*NO_CODE, "$.error: not described (found: string)"},
    ),
    (
        "live",
        "an error on a success",
        PROJECT,
        answer(200, json=ERROR),
        {"status: another status (found: 200 with an error, described: 200)"},
    ),
    (
        "live",
        "a redirect",
        PROJECT,
        answer(302, headers={"location": "https://elsewhere.example/"}),
        {"status: another status (found: 302, described: 200)"},
    ),
    (
        "live",
        "another media type",
        PROJECT,
        media_type("text/plain"),
        {"media type: another media type (found: text/plain, described: application/json)"},
    ),
    (
        "live",
        "no media type",
        PROJECT,
        media_type(None),
        {"media type: another media type (found: none, described: application/json)"},
    ),
    (
        "live",
        "text that is no JSON",
        PROJECT,
        answer(200, text="{"),
        {"$: no JSON (described: object)"},
    ),
    ("live", "an empty success", PROJECT, answer(200), {"$: no body (described: object)"}),
    ("live", "HTML", PROJECT, answer(200, **HTML), "gateway"),
    ("live", "HTML with 502", PROJECT, answer(502, **HTML), "gateway"),
    (
        "live",
        "HTML that says it is JSON",
        PROJECT,
        answer(200, content=b" <!DOCTYPE html>"),
        "gateway",
    ),
    ("live", "an empty 500", TAGS, answer(500), "gateway"),
    ("live", "an empty 403", TAGS, answer(403), "gateway"),
    ("live", "a 503 of text", TAGS, answer(503, text="upstream connect error"), "gateway"),
    (
        "contract",
        "a key is of another type",
        PROJECT,
        having(teamId=1),
        {"$.teamId: another type (found: integer, described: string)"},
    ),
    (
        "contract",
        "null",
        PROJECT,
        having(dtCreated=None),
        {"$.dtCreated: null (described: string)"},
    ),
    (
        "contract",
        "a key is renamed",
        SECRETS,
        of_items(lambda each: {"name": each["name"], "changed": TIME}),
        {"$[].changed: not described (found: string)"},
    ),
    (
        "contract",
        "what names a thing is missing",
        PROJECT,
        without("id"),
        {"$.id: cannot be read (described: a string)"},
    ),
    (
        "contract",
        "a page instead of an array",
        TAGS,
        body(lambda data: {"items": data}),
        {"$: another type (found: object, described: array)"},
    ),
    (
        "contract",
        "tags are objects",
        TAGS,
        of_items(lambda tag: {"name": tag}),
        {"$[]: another type (found: object, described: string)"},
    ),
    (
        "contract",
        "created with 200",
        "createProject",
        status(200),
        {"status: another status (found: 200, described: 201)"},
    ),
    (
        "contract",
        "deleted with a body",
        "deleteProject",
        answer(200, json={"id": "p"}),
        {
            "status: another status (found: 200, described: 204)",
            "$: not described (found: object, described: no body)",
        },
    ),
    (
        "contract",
        "added with a body",
        "addProjectTag",
        answer(201, json={"name": "t"}),
        {"$: not described (found: object, described: no body)"},
    ),
    ("contract", "HTML", PROJECT, answer(403, **HTML), "gateway"),
    ("contract", "an empty 500", LIST, answer(500), "gateway"),
]
