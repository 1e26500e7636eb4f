"""What a type checker must refuse: each wrong line names the complaints of mypy and of pyright."""

from __future__ import annotations

import httpx
import httpx2

import paperspace_projects
from paperspace_projects import AsyncClient, Client, ProjectFailure, testing
from paperspace_projects.reconcile import load, plan
from paperspace_projects.testing import Emulator, Fault


def wrong_names() -> None:
    print(paperspace_projects.Clinet)  # wrong: attr-defined, reportAttributeAccessIssue
    print(testing.Emulater)  # wrong: attr-defined, reportAttributeAccessIssue


def wrong_arguments(client: Client) -> None:
    scope = client.project("id")
    scope.collaborators.add("user", "boss")  # wrong: arg-type, reportArgumentType
    scope.collaborators.add("user", role="Admin")  # wrong: arg-type, reportArgumentType
    scope.collaborators.sync({"user": "boss"})  # wrong: dict-item, reportArgumentType
    client.projects.list(order="newest")  # wrong: arg-type, reportArgumentType
    client.projects.list(limit=5)  # wrong: call-arg, reportCallIssue
    client.projects.list("dtCreated")  # wrong: call-arg, reportCallIssue
    client.projects.create("vision", "pictures")  # wrong: call-arg, reportCallIssue
    client.projects.create("vision", description=7)  # wrong: arg-type, reportArgumentType
    client.projects.update("id", name=None)  # wrong: arg-type, reportArgumentType
    client.projects.get(7)  # wrong: arg-type, reportArgumentType
    scope.secrets.set("TOKEN")  # wrong: call-arg, reportCallIssue
    client.inventory(include=["secret"])  # wrong: list-item, reportArgumentType
    plan(client, load("a.yaml"), rotate_secrets="now")  # wrong: arg-type, reportArgumentType


def wrong_clients() -> None:
    Client(apikey="key")  # wrong: call-arg, reportCallIssue
    Client("key", "team")  # wrong: call-arg, reportCallIssue
    Client(timeout="30")  # wrong: arg-type, reportArgumentType
    Client(timeout=httpx2.Limits())  # wrong: arg-type, reportArgumentType
    Client(http_client=httpx.AsyncClient())  # wrong: arg-type, reportArgumentType
    Client(http_client=httpx2.AsyncClient())  # wrong: arg-type, reportArgumentType
    AsyncClient(http_client=httpx2.Client())  # wrong: arg-type, reportArgumentType
    Client(transport=httpx2.AsyncHTTPTransport())  # wrong: arg-type, reportArgumentType
    AsyncClient(transport=httpx2.HTTPTransport())  # wrong: arg-type, reportArgumentType
    Client(retry=3)  # wrong: arg-type, reportArgumentType
    Emulator("real")  # wrong: arg-type, reportArgumentType
    Fault.status(503, when="during")  # wrong: arg-type, reportArgumentType


async def forgotten_awaits(client: AsyncClient) -> None:
    client.projects.delete("id")  # wrong: unused-coroutine, reportUnusedCoroutine
    client.project("id").tags.add("gpu")  # wrong: unused-coroutine, reportUnusedCoroutine
    project = client.projects.get("id")
    print(project.name)  # wrong: attr-defined, reportAttributeAccessIssue
    for each in client.projects.list():  # wrong: attr-defined, reportGeneralTypeIssues
        print(each)
    with AsyncClient():  # wrong: attr-defined, reportGeneralTypeIssues
        pass
    await client.projects.list()  # wrong: misc, reportGeneralTypeIssues


def wrong_uses(client: Client) -> None:
    found = client.projects.find("vision")
    print(found.id)  # wrong: union-attr, reportOptionalMemberAccess
    project = client.projects.get("id")
    project.name = "speech"  # wrong: misc, reportAttributeAccessIssue
    print(project.dt_created.year)  # wrong: union-attr, reportOptionalMemberAccess
    print(project.extra["region"].upper())  # wrong: attr-defined, reportAttributeAccessIssue
    for tag in client.project("id").tags.list():
        print(tag.name)  # wrong: attr-defined, reportAttributeAccessIssue
    for result in client.inventory():
        print(result.project)  # wrong: union-attr, reportAttributeAccessIssue
        if isinstance(result, ProjectFailure):
            print(result.tags)  # wrong: attr-defined, reportAttributeAccessIssue
