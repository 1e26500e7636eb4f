"""A tour of the client on the embedded server, over real HTTP, once per dialect.

It does what internal tooling does all day: create projects, write secrets, tag, share, list, audit
and clean up. Each step shows what the public client returned.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Literal

from rich.console import Console
from rich.table import Table

from paperspace_projects import Client, ConflictError, NotFoundError
from paperspace_projects.testing import Emulator

PROJECTS = 45  # more than one page holds
DIALECTS: tuple[Literal["contract", "live"], ...] = ("contract", "live")

Steps = Iterator[tuple[str, Callable[[], str]]]


def refused(call: Callable[[], object]) -> str:
    """The error that a call must raise."""
    try:
        call()
    except (ConflictError, NotFoundError) as error:
        return f"{type(error).__name__}, code {error.code}"
    raise AssertionError("the call was not refused")


def steps(client: Client) -> Steps:
    """All steps: the name of each, and what it does."""
    ids: list[str] = []

    def create() -> str:
        ids.extend(client.projects.create(f"project-{number:02}").id for number in range(PROJECTS))
        return f"{len(ids)} projects"

    def list_pages() -> str:
        sizes = [len(page.items) for page in client.projects.list(page_size=20).pages()]
        return f"{sum(sizes)} projects on pages of {sizes}"

    def find() -> str:
        found = client.projects.find("project-07")
        return f"{found.name}, created {found.dt_created:%Y-%m-%d %H:%M}" if found else "nothing"

    def delete() -> str:
        for project_id in ids:
            client.projects.delete(project_id)
        return f"{len(ids)} projects; get: {refused(lambda: client.projects.get(ids[0]))}"

    yield "projects.create", create
    yield "projects.list, 20 a page", list_pages
    yield "projects.find", find
    yield "projects.ensure", lambda: f"{client.projects.ensure('project-07').name}, unchanged"
    yield from steps_in_one(client, ids[7])
    yield "projects.delete", delete


def steps_in_one(client: Client, project_id: str) -> Steps:
    """The steps within one project."""
    project = client.project(project_id)

    def tags() -> str:
        for name in ("gpu", "team/vision"):
            project.tags.add(name)
        return ", ".join(project.tags.list())

    def secrets() -> str:
        for number in range(25):
            project.secrets.set(f"TOKEN_{number:02}", f"first value of {number}")
        rotated = project.secrets.set("TOKEN_00", "second value")
        return f"{len(project.secrets.list().collect())} secrets, {rotated.name} rotated"

    def collaborators() -> str:
        project.collaborators.add("user-1", "admin")
        project.collaborators.add("user-2", "viewer")
        project.collaborators.remove("user-2")
        return ", ".join(f"{each.user_id} <{each.email}>" for each in project.collaborators.list())

    def models() -> str:
        project.models.add("model-1")
        return ", ".join(f"{model.id} ({model.name})" for model in project.models.list())

    def activity() -> str:
        events = project.activity(page_size=10).collect()
        return f"{len(events)} events, the last one {events[0].type}"

    def snapshot() -> str:
        now = project.snapshot()
        return (
            f"{now.project.name}: {len(now.tags)} tags, {len(now.secrets)} secrets, "
            f"{len(now.collaborators)} collaborators, {len(now.models)} models"
        )

    yield "projects.update", lambda: project.update(name="renamed").name or ""
    yield "tags.add, tags.list", tags
    yield "tags.add again", lambda: refused(lambda: project.tags.add("gpu"))
    yield "secrets.set, secrets.list", secrets
    yield "collaborators.add, .remove, .list", collaborators
    yield "models.add, models.list", models
    yield "activity, 10 a page", activity
    yield "snapshot", snapshot


def main() -> None:
    console = Console(width=118)
    for dialect in DIALECTS:
        requests: list[object] = []
        with Emulator(dialect=dialect) as emulator, emulator.serve() as url:
            title = f"the {dialect} dialect, at {url}"
            table = Table("step", "result", "requests", "ms", title=title)
            table.columns[2].justify = table.columns[3].justify = "right"
            with Client(emulator.api_key, base_url=url, on_event=requests.append) as client:
                for name, work in steps(client):
                    before, began = len(requests), time.perf_counter()
                    result = work()
                    milliseconds = (time.perf_counter() - began) * 1000
                    table.add_row(name, result, str(len(requests) - before), f"{milliseconds:.0f}")
        console.print(table)
        console.print(f"{len(requests)} requests\n")


if __name__ == "__main__":
    main()
