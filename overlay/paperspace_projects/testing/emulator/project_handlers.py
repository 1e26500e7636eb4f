"""The operations on projects themselves, and on their activity.

Each is named for its operation id in `openapi.yaml`. They check what came in before they look
anything up, and look everything up before they write.
"""

from collections.abc import Mapping
from http import HTTPStatus

from .database import EVENTS, PROJECTS, Position, Sorting
from .inputs import Inputs, optional_name, optional_text, required_name
from .messages import Answer, bad_request
from .paging import read_limit, read_page_query
from .request_context import Desk
from .rows import Project


def list_projects(desk: Desk, inputs: Inputs) -> Answer:
    """listProjects: a page in both dialects."""
    asked = read_page_query(inputs.query, PROJECTS.table, desk.speech.order_columns)
    return desk.page(asked, PROJECTS, desk.speech.project)


def create_project(desk: Desk, inputs: Inputs) -> Answer:
    """createProject: names need not be unique."""
    fields = inputs.fields()
    name = required_name(fields, "name")
    project = add_project(desk, name, _description(desk, fields))
    return desk.speech.created(desk.speech.project(project))


def add_project(
    desk: Desk, name: str, description: str | None, *, project_id: str | None = None
) -> Project:
    """A new project, with an id of its own unless one is given."""
    project = desk.store.insert(
        PROJECTS,
        id=project_id or desk.new_id(PROJECTS),
        name=name,
        description=description,
        dt_created=desk.now,
    )
    desk.record(project, "project.created", f"Project {name} was created.")
    return project


def get_project(desk: Desk, inputs: Inputs) -> Answer:
    """getProject."""
    return Answer.json(HTTPStatus.OK, desk.speech.project(desk.project(inputs)))


def update_project(desk: Desk, inputs: Inputs) -> Answer:
    """updateProject: changes what is given; with nothing given, nothing is written."""
    fields = inputs.fields()
    given = {"name": optional_name(fields, "name"), "description": _description(desk, fields)}
    changes = {column: value for column, value in given.items() if value is not None}
    project = desk.project(inputs)
    if changes:
        project = desk.store.update(PROJECTS, project, **changes)
        desk.record(project, "project.updated", f"Project {project.name} was updated.")
    return Answer.json(HTTPStatus.OK, desk.speech.project(project))


def delete_project(desk: Desk, inputs: Inputs) -> Answer:
    """deleteProject: all that the project holds goes with it, its activity too."""
    project = desk.project(inputs)
    desk.store.delete(PROJECTS, project)
    return desk.speech.removed(desk.speech.project(project) | {"dtDeleted": desk.now})


def list_project_activity(desk: Desk, inputs: Inputs) -> Answer:
    """listProjectActivity: newest first, optionally of one type only.

    In contract `after` is the id of the last event seen: the spec's answer is a bare array, and has
    nowhere to put any other cursor.
    """
    match = {"type": inputs.query["type"]} if "type" in inputs.query else {}
    if desk.speech.lists_are_pages:
        return desk.listing(inputs, EVENTS, desk.speech.event, **match)

    limit = read_limit(inputs.query)
    project = desk.project(inputs)
    after = None
    if "after" in inputs.query:
        event = desk.store.find(EVENTS, project_id=project.id, id=inputs.query["after"])
        if event is None:
            raise bad_request("after", "is not the id of an event of this project")
        after = Position(event.dt_created, event.seq)
    newest_first = Sorting("dt_created", descending=True)
    match["project_id"] = project.id
    events = desk.store.slice(EVENTS, match, newest_first, after, limit)
    return Answer.json(HTTPStatus.OK, [desk.speech.event(event) for event in events])


def _description(desk: Desk, fields: Mapping[str, object]) -> str | None:
    """The description that is given, if the dialect knows of any."""
    return optional_text(fields, "description") if desk.speech.has_descriptions else None
