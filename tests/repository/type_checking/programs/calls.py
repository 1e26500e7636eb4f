"""Every call of a `Client`, and what it gives."""

from __future__ import annotations

import ssl
from collections.abc import Generator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict, assert_type

import httpx
import httpx2

from paperspace_projects import (
    UNSET,
    ActivityEvent,
    AttemptEvent,
    Changes,
    Client,
    Collaborator,
    Collaborators,
    JSONValue,
    Model,
    Models,
    Page,
    Pager,
    Project,
    ProjectFailure,
    Projects,
    ProjectScope,
    ProjectSnapshot,
    ResponseInfo,
    RetryPolicy,
    Secret,
    Secrets,
    Settings,
    Tag,
    Tags,
)
from paperspace_projects.inventory import InventoryProgress


def show(event: AttemptEvent) -> None:
    print(event.operation)


def making(http_client: httpx.Client, tls: ssl.SSLContext) -> None:
    assert_type(Client(), Client)
    Client("key", team="team", base_url="https://api.example.com", timeout=10, deadline=60)
    Client(timeout=httpx.Timeout(5), retry=RetryPolicy(max_attempts=2), on_event=show)
    Client(http_client=http_client)
    Client(transport=httpx.HTTPTransport(), max_concurrency=8, max_response_bytes=1024)
    Client(http_client=httpx2.Client(), timeout=httpx2.Timeout(5, read=30))
    Client(transport=httpx2.HTTPTransport()).with_options(timeout=httpx2.Timeout(5))
    Client(
        ssl_context=tls,
        allow_insecure_http=True,
        app_name="rotator/1.2",
        tracing=False,
        tcp_keepalive=30,
    )
    with Client() as client:
        assert_type(client, Client)
        assert_type(client.settings, Settings)
        assert_type(client.is_closed, bool)
        assert_type(Client.from_settings(client.settings, api_key="key"), Client)
        assert_type(client.with_options(timeout=3, deadline=None, on_event=None), Client)
        assert_type(client.with_options(retry=RetryPolicy()), Client)
        copy = client.with_options(headers={"X-Request-Id": "r1"}, query={"debug": True, "n": [1]})
        assert_type(copy, Client)
    client.close()


def projects(client: Client) -> None:
    assert_type(client.projects, Projects)
    assert_type(client.projects.list(), Pager[Project])
    client.projects.list(order_by="dtCreated", order="asc", page_size=50, after="cursor")
    assert_type(client.projects.create("vision", description="pictures"), Project)
    assert_type(client.projects.get("id"), Project)
    assert_type(client.projects.update("id", name="speech", description=UNSET), Project)
    assert_type(client.projects.find("vision"), Project | None)
    assert_type(client.projects.ensure("vision", description="pictures"), Project)
    client.projects.delete("id")


def one_project(client: Client) -> None:
    scope = client.project("id")
    assert_type(scope, ProjectScope)
    assert_type(scope.id, str)
    assert_type(scope.get(), Project)
    assert_type(scope.update(name="speech"), Project)
    assert_type(scope.snapshot(), ProjectSnapshot)
    assert_type(scope.activity(), Pager[ActivityEvent])
    now = datetime.now(UTC)
    scope.activity(type="tag.added", since="2026-01-01", until=now, page_size=9, after="cursor")
    events = scope.watch(poll=1, type="tag.added", after="event")
    assert_type(events, Generator[ActivityEvent, None, None])
    for event in events:
        assert_type(event, ActivityEvent)
    scope.delete()


def parts(scope: ProjectScope) -> None:
    assert_type(scope.collaborators, Collaborators)
    assert_type(scope.collaborators.list(page_size=5, after="cursor"), Pager[Collaborator])
    assert_type(scope.collaborators.add("user", "viewer"), Collaborator)
    assert_type(scope.collaborators.sync({"user": "admin", "other": None}), Changes)
    scope.collaborators.remove("user")

    assert_type(scope.secrets, Secrets)
    assert_type(scope.secrets.list(page_size=5, after="cursor"), Pager[Secret])
    assert_type(scope.secrets.get("TOKEN"), Secret)
    assert_type(scope.secrets.create("TOKEN", "value"), Secret)
    assert_type(scope.secrets.update("TOKEN", "value"), Secret)
    assert_type(scope.secrets.set("TOKEN", "value"), Secret)
    scope.secrets.delete("TOKEN")

    assert_type(scope.tags, Tags)
    assert_type(scope.tags.list(page_size=5, after="cursor"), Pager[str])
    assert_type(scope.tags.list_details(page_size=5), Pager[Tag])
    assert_type(scope.tags.sync(["gpu"], dry_run=True), Changes)
    scope.tags.add("gpu")
    scope.tags.remove("gpu")

    assert_type(scope.models, Models)
    assert_type(scope.models.list(page_size=5, after="cursor"), Pager[Model])
    assert_type(scope.models.sync({"model"}, dry_run=True), Changes)
    scope.models.add("model")
    scope.models.remove("model")


def listings(client: Client) -> None:
    pager = client.projects.list()
    for project in pager:
        assert_type(project, Project)
    assert_type([project.name for project in pager], list[str])
    for page in pager.pages():
        assert_type(page, Page[Project])
        assert_type(page.items, tuple[Project, ...])
    assert_type(pager.first(), Project | None)
    assert_type(pager.collect(), list[Project])
    assert_type(pager.collect(max_items=10), list[Project])
    assert_type(pager.next_cursor, str | None)
    for tag in client.project("id").tags.list():
        assert_type(tag, str)


@dataclass
class Notebook:
    id: str


class Deployment(TypedDict):
    id: str


def other_paths(client: Client) -> None:
    route, path = "/projects/{id}/notebooks", {"id": "p1"}
    answer = client.request("GET", route, path=path, query={"limit": 5, "names": ["a", "b"]})
    assert_type(answer, JSONValue)
    with client.responses() as seen:
        client.projects.get("id")
    assert_type(seen, list[ResponseInfo])
    assert_type(seen[-1].headers, Mapping[str, str])
    if isinstance(answer, dict):
        print(answer.get("items"))
    body = {"name": "TOKEN", "value": "v"}
    client.request("POST", "/secrets", json=body, idempotency="none", secret_keys=["value"])
    client.request("PUT", "/secrets", json=answer)
    assert_type(client.request("GET", route, path=path, response_type=Notebook), Notebook)
    assert_type(client.request("GET", "/list", response_type=list[Notebook]), list[Notebook])
    assert_type(client.request("GET", "/one", response_type=Deployment), Deployment)
    assert_type(client.request_pages(route, path=path, page_size=5), Pager[JSONValue])
    listed = client.request_pages(route, path=path, item_type=Notebook, after="cursor", prefetch=1)
    assert_type(listed, Pager[Notebook])


def tell(progress: InventoryProgress) -> None:
    print(progress.done)


def keep(snapshot: ProjectSnapshot) -> None:
    print(snapshot.project.name)


def inventory(client: Client, executor: ProcessPoolExecutor) -> None:
    results = client.inventory()
    assert_type(results, Generator[ProjectSnapshot | ProjectFailure, None, None])
    for result in results:
        if isinstance(result, ProjectFailure):
            assert_type(result, ProjectFailure)
        else:
            keep(result)
    client.inventory(["id", *client.projects.list()], include=["tags"], concurrency=4)
    client.inventory(client.projects.list(), in_order=True, executor=executor, on_progress=tell)
