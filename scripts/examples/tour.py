"""A tour of the client on the embedded server, over real HTTP, once per dialect.

What happens here is what internal tooling does all day: provision projects, write secrets, tag,
share, list, audit, clean up. Each step prints what the public client gave back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from rich.console import Console
from rich.table import Table

from paperspace_projects import Client, ConflictError, NotFoundError
from paperspace_projects.testing import Emulator

PROJECTS = 45  # more than one page holds
DIALECTS: tuple[Literal["contract", "live"], ...] = ("contract", "live")


class Tour:
    """Steps that are timed, counted and shown."""

    def __init__(self, title: str) -> None:
        self.requests = 0
        self.table = Table("step", "what came back", "requests", "ms", title=title)
        for column in self.table.columns[2:]:
            column.justify = "right"

    def count(self, _event: object) -> None:
        self.requests += 1

    def step(self, name: str, work: Callable[[], str]) -> None:
        before, began = self.requests, time.perf_counter()
        result = work()
        taken = (time.perf_counter() - began) * 1000
        self.table.add_row(name, result, str(self.requests - before), f"{taken:.0f}")


def take(tour: Tour, client: Client) -> None:
    """Take the tour with a client."""
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

    tour.step("projects.create", create)
    tour.step("projects.list, 20 a page", list_pages)
    tour.step("projects.find", find)

    tour.step("projects.ensure", lambda: f"{client.projects.ensure('project-07').name}, as it is")
    work_in_one(tour, client, ids[7])
    tour.step("projects.delete", lambda: remove_all(client, ids))


def work_in_one(tour: Tour, client: Client, project_id: str) -> None:
    """What is done within one project."""
    project = client.project(project_id)

    def tags() -> str:
        for name in ("gpu", "team/vision"):
            project.tags.add(name)
        return ", ".join(project.tags.list())

    def add_again() -> str:
        try:
            project.tags.add("gpu")
        except ConflictError as error:
            return f"ConflictError, code {error.code}"
        raise AssertionError("a tag was added twice")

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

    tour.step("projects.update", lambda: project.update(name="renamed").name)
    tour.step("tags.add, tags.list", tags)
    tour.step("tags.add again", add_again)
    tour.step("secrets.set, secrets.list", secrets)
    tour.step("collaborators.add, .remove, .list", collaborators)
    tour.step("models.add, models.list", models)
    tour.step("activity, 10 a page", activity)
    tour.step("snapshot", snapshot)


def remove_all(client: Client, ids: list[str]) -> str:
    """Delete the projects, and see that they are gone."""
    for project_id in ids:
        client.projects.delete(project_id)
    try:
        client.projects.get(ids[0])
    except NotFoundError as error:
        return f"{len(ids)} projects; getting one gives NotFoundError, code {error.code}"
    raise AssertionError("a deleted project is still there")


def main() -> None:
    console = Console(width=118)
    for dialect in DIALECTS:
        with Emulator(dialect=dialect) as emulator, emulator.serve() as url:
            tour = Tour(f"the {dialect} dialect, at {url}")
            with Client(emulator.api_key, base_url=url, on_event=tour.count) as client:
                take(tour, client)
        console.print(tour.table)
        console.print(f"{tour.requests} requests\n")


if __name__ == "__main__":
    main()
