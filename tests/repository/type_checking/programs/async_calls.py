"""Every call of a `AsyncClient`, and what it gives."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict, assert_type

import httpx
import httpx2

from paperspace_projects import (
    UNSET,
    ActivityEvent,
    AsyncClient,
    AsyncCollaborators,
    AsyncModels,
    AsyncPager,
    AsyncProjects,
    AsyncProjectScope,
    AsyncSecrets,
    AsyncTags,
    AttemptEvent,
    Changes,
    Collaborator,
    JSONValue,
    Model,
    Page,
    Project,
    ProjectFailure,
    ProjectSnapshot,
    ResponseInfo,
    RetryPolicy,
    Secret,
    Settings,
    Tag,
)
from paperspace_projects.inventory import InventoryProgress


def show(event: AttemptEvent) -> None:
    print(event.operation)


async def making(http_client: httpx.AsyncClient, tls: ssl.SSLContext) -> None:
    assert_type(AsyncClient(), AsyncClient)
    AsyncClient("key", team="team", base_url="https://api.example.com", timeout=10, deadline=60)
    AsyncClient(timeout=httpx.Timeout(5), retry=RetryPolicy(max_attempts=2), on_event=show)
    AsyncClient(http_client=http_client)
    AsyncClient(transport=httpx.AsyncHTTPTransport(), max_concurrency=8, max_response_bytes=1024)
    AsyncClient(http_client=httpx2.AsyncClient(), timeout=httpx2.Timeout(5, read=30))
    AsyncClient(transport=httpx2.AsyncHTTPTransport()).with_options(timeout=httpx2.Timeout(5))
    AsyncClient(
        ssl_context=tls,
        allow_insecure_http=True,
        app_name="rotator/1.2",
        tracing=False,
        tcp_keepalive=30,
    )
    async with AsyncClient() as client:
        assert_type(client, AsyncClient)
        assert_type(client.settings, Settings)
        assert_type(client.is_closed, bool)
        assert_type(AsyncClient.from_settings(client.settings, api_key="key"), AsyncClient)
        assert_type(client.with_options(timeout=3, deadline=None, on_event=None), AsyncClient)
        assert_type(client.with_options(retry=RetryPolicy()), AsyncClient)
        copy = client.with_options(headers={"X-Request-Id": "r1"}, query={"debug": True, "n": [1]})
        assert_type(copy, AsyncClient)
    await client.aclose()


async def projects(client: AsyncClient) -> None:
    assert_type(client.projects, AsyncProjects)
    assert_type(client.projects.list(), AsyncPager[Project])
    client.projects.list(order_by="dtCreated", order="asc", page_size=50, after="cursor")
    assert_type(await client.projects.create("vision", description="pictures"), Project)
    assert_type(await client.projects.get("id"), Project)
    assert_type(await client.projects.update("id", name="speech", description=UNSET), Project)
    assert_type(await client.projects.find("vision"), Project | None)
    assert_type(await client.projects.ensure("vision", description="pictures"), Project)
    await client.projects.delete("id")


async def one_project(client: AsyncClient) -> None:
    scope = client.project("id")
    assert_type(scope, AsyncProjectScope)
    assert_type(scope.id, str)
    assert_type(await scope.get(), Project)
    assert_type(await scope.update(name="speech"), Project)
    assert_type(await scope.snapshot(), ProjectSnapshot)
    assert_type(scope.activity(), AsyncPager[ActivityEvent])
    now = datetime.now(UTC)
    scope.activity(type="tag.added", since="2026-01-01", until=now, page_size=9, after="cursor")
    events = scope.watch(poll=1, type="tag.added", after="event")
    assert_type(events, AsyncGenerator[ActivityEvent, None])
    async for event in events:
        assert_type(event, ActivityEvent)
    await scope.delete()


async def parts(scope: AsyncProjectScope) -> None:
    assert_type(scope.collaborators, AsyncCollaborators)
    assert_type(scope.collaborators.list(page_size=5, after="cursor"), AsyncPager[Collaborator])
    assert_type(await scope.collaborators.add("user", "viewer"), Collaborator)
    assert_type(await scope.collaborators.sync({"user": "admin", "other": None}), Changes)
    await scope.collaborators.remove("user")

    assert_type(scope.secrets, AsyncSecrets)
    assert_type(scope.secrets.list(page_size=5, after="cursor"), AsyncPager[Secret])
    assert_type(await scope.secrets.get("TOKEN"), Secret)
    assert_type(await scope.secrets.create("TOKEN", "value"), Secret)
    assert_type(await scope.secrets.update("TOKEN", "value"), Secret)
    assert_type(await scope.secrets.set("TOKEN", "value"), Secret)
    await scope.secrets.delete("TOKEN")

    assert_type(scope.tags, AsyncTags)
    assert_type(scope.tags.list(page_size=5, after="cursor"), AsyncPager[str])
    assert_type(scope.tags.list_details(page_size=5), AsyncPager[Tag])
    assert_type(await scope.tags.sync(["gpu"], dry_run=True), Changes)
    await scope.tags.add("gpu")
    await scope.tags.remove("gpu")

    assert_type(scope.models, AsyncModels)
    assert_type(scope.models.list(page_size=5, after="cursor"), AsyncPager[Model])
    assert_type(await scope.models.sync({"model"}, dry_run=True), Changes)
    await scope.models.add("model")
    await scope.models.remove("model")


async def listings(client: AsyncClient) -> None:
    pager = client.projects.list()
    async for project in pager:
        assert_type(project, Project)
    assert_type([project.name async for project in pager], list[str])
    async for page in pager.pages():
        assert_type(page, Page[Project])
        assert_type(page.items, tuple[Project, ...])
    assert_type(await pager.first(), Project | None)
    assert_type(await pager.collect(), list[Project])
    assert_type(await pager.collect(max_items=10), list[Project])
    assert_type(pager.next_cursor, str | None)
    async for tag in client.project("id").tags.list():
        assert_type(tag, str)


@dataclass
class Notebook:
    id: str


class Deployment(TypedDict):
    id: str


async def other_paths(client: AsyncClient) -> None:
    route, path = "/projects/{id}/notebooks", {"id": "p1"}
    answer = await client.request("GET", route, path=path, query={"limit": 5, "names": ["a", "b"]})
    assert_type(answer, JSONValue)
    with client.responses() as seen:
        await client.projects.get("id")
    assert_type(seen, list[ResponseInfo])
    assert_type(seen[-1].headers, Mapping[str, str])
    if isinstance(answer, dict):
        print(answer.get("items"))
    body = {"name": "TOKEN", "value": "v"}
    await client.request("POST", "/secrets", json=body, idempotency="none", secret_keys=["value"])
    await client.request("PUT", "/secrets", json=answer)
    assert_type(await client.request("GET", route, path=path, response_type=Notebook), Notebook)
    assert_type(await client.request("GET", "/list", response_type=list[Notebook]), list[Notebook])
    assert_type(await client.request("GET", "/one", response_type=Deployment), Deployment)
    assert_type(client.request_pages(route, path=path, page_size=5), AsyncPager[JSONValue])
    listed = client.request_pages(route, path=path, item_type=Notebook, after="cursor", prefetch=1)
    assert_type(listed, AsyncPager[Notebook])


def tell(progress: InventoryProgress) -> None:
    print(progress.done)


def keep(snapshot: ProjectSnapshot) -> None:
    print(snapshot.project.name)


async def inventory(client: AsyncClient, project: Project, executor: ProcessPoolExecutor) -> None:
    results = client.inventory()
    assert_type(results, AsyncGenerator[ProjectSnapshot | ProjectFailure, None])
    async for result in results:
        if isinstance(result, ProjectFailure):
            assert_type(result, ProjectFailure)
        else:
            keep(result)
    client.inventory(["id", project], include=["tags"], concurrency=4)
    client.inventory(client.projects.list(), in_order=True, executor=executor, on_progress=tell)
