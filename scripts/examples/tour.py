"""A tour of the client on the embedded server, over real HTTP, once per dialect.

It does the work of internal tooling: create projects, write secrets, tag, share, list, audit and
clean up. Each step shows what the public client returned.
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


def refused(call: Callable[[], object]) -> str:
    """The error that a call must raise."""
    try:
        call()
    except (ConflictError, NotFoundError) as error:
        return f"{type(error).__name__}, code {error.code}"
    raise AssertionError("the call was not refused")


def steps(client: Client, emulator: Emulator) -> Iterator[tuple[str, str]]:
    """Take each step; yields its name and its result."""
    ids = [client.projects.create(f"project-{number:02}").id for number in range(PROJECTS)]
    yield "projects.create", f"{len(ids)} projects"
    sizes = [len(page.items) for page in client.projects.list(page_size=20).pages()]
    yield "projects.list, 20 a page", f"{sum(sizes)} projects on pages of {sizes}"
    found = client.projects.find("project-07")
    assert found is not None
    yield "projects.find", f"{found.name}, created {found.dt_created:%Y-%m-%d %H:%M}"
    yield "projects.ensure", f"{client.projects.ensure('project-07').name}, unchanged"
    yield from steps_in_one(client, emulator, found.id)
    for project_id in ids:
        client.projects.delete(project_id)
    gone = refused(lambda: client.projects.get(found.id))
    yield "projects.delete", f"{len(ids)} projects; get: {gone}"


def steps_in_one(client: Client, emulator: Emulator, project_id: str) -> Iterator[tuple[str, str]]:
    """The steps within one project."""
    project = client.project(project_id)
    yield "projects.update", project.update(name="renamed").name or ""
    for name in ("gpu", "team/vision"):
        project.tags.add(name)
    yield "tags.add, tags.list", ", ".join(project.tags.list())
    yield "tags.add again", refused(lambda: project.tags.add("gpu"))
    for number in range(25):
        project.secrets.set(f"TOKEN_{number:02}", f"first value of {number}")
    rotated = project.secrets.set("TOKEN_00", "second value")
    secrets = project.secrets.list().collect()
    yield "secrets.set, secrets.list", f"{len(secrets)} secrets, {rotated.name} rotated"
    project.collaborators.add("user-1", "admin")
    project.collaborators.add("user-2", "viewer")
    project.collaborators.remove("user-2")
    members = [f"{each.user_id} <{each.email}>" for each in project.collaborators.list()]
    yield "collaborators.add, .remove, .list", ", ".join(members)
    project.models.add("model-1")
    models = [f"{model.id} ({model.name})" for model in project.models.list()]
    yield "models.add, models.list", ", ".join(models)
    emulator.record_event(project.id, action="deployment.created")
    events = project.activity(page_size=10).collect()
    yield "activity, 10 a page", f"{len(events)} events, the last one {events[0].type}"
    now = project.snapshot()
    kinds = ("tags", "secrets", "collaborators", "models")
    counts = ", ".join(f"{len(getattr(now, kind))} {kind}" for kind in kinds)
    yield "snapshot", f"{now.project.name}: {counts}"


def main() -> None:
    console = Console(width=118)
    for dialect in DIALECTS:
        requests: list[object] = []
        with Emulator(dialect=dialect) as emulator, emulator.serve() as url:
            title = f"the {dialect} dialect, at {url}"
            table = Table("step", "result", "requests", "ms", title=title)
            table.columns[2].justify = table.columns[3].justify = "right"
            with Client(emulator.api_key, base_url=url, on_event=requests.append) as client:
                before, began = 0, time.perf_counter()
                for name, result in steps(client, emulator):
                    milliseconds = (time.perf_counter() - began) * 1000
                    table.add_row(name, result, str(len(requests) - before), f"{milliseconds:.0f}")
                    before, began = len(requests), time.perf_counter()
        console.print(table)
        console.print(f"{len(requests)} requests\n")


if __name__ == "__main__":
    main()
