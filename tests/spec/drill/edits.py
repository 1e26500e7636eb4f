"""Spec changes of every kind, as edits of openapi.yaml's text, and what each must lead to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from spec.drill.live import live_dialect

Edit = Callable[[str], str]


def replaced(old: str, new: str) -> Edit:
    """An edit of the first place where `old` stands."""

    def edit(text: str) -> str:
        assert old in text, f"the spec has changed: no {old!r}"
        return text.replace(old, new, 1)

    return edit


def without(start: str, end: str) -> Edit:
    """An edit that takes out all from `start` up to `end`."""

    def edit(text: str) -> str:
        first = text.index(start)
        return text[:first] + text[text.index(end, first) :]

    return edit


@dataclass(frozen=True)
class Drill:
    """A change that is carried out: its rating, what is printed, and which files it changes.

    `follow_ups` are texts that the list of things to do must hold; none means that all fits.
    `overlay` is what is printed of the overlay of the live dialect.
    """

    name: str
    edit: Edit
    rating: str
    bump: str
    printed: tuple[str, ...]
    follow_ups: tuple[str, ...] = ()
    generated: tuple[str, ...] = field(default=())
    overlay: str = "Every action of overlay/live.overlay.yaml still fits."


OPERATION = """
  /projects/{id}/archive:
    parameters:
    - $ref: '#/components/parameters/ProjectId'
    post:
      tags: [%s]
      operationId: archiveProject
      summary: Archive Project
      description: Archives a project.
      responses:
        '204':
          description: Archived.
components:
"""

PAGED_SECRETS = """            application/json:
              schema:
                type: object
                properties:
                  items:
                    type: array
                    items:
                      $ref: '#/components/schemas/Secret'
                  hasMore:
                    type: boolean
                  nextPage:
                    type: string
"""

BARE_SECRETS = """            application/json:
              schema:
                type: array
                items:
                  $ref: '#/components/schemas/Secret'
"""

TEAM_ID = "        teamId:\n          type: string\n"

DRILLS = [
    Drill(
        name="a new optional field",
        edit=replaced(TEAM_ID, TEAM_ID + "        region:\n          type: string\n"),
        rating="additive",
        bump="minor",
        printed=("schema Project", "region"),
        follow_ups=("add `region` to models.Project",),
        generated=("models/project.py",),
    ),
    Drill(
        name="a new operation under an existing tag",
        edit=replaced("\ncomponents:\n", OPERATION % "Projects"),
        rating="additive",
        bump="minor",
        printed=("archiveProject",),
        follow_ups=("archive_project", "_api/operations.py"),
        generated=("api/projects/archive_project.py",),
    ),
    Drill(
        name="a new tag",
        edit=replaced("\ncomponents:\n", OPERATION % "Archive"),
        rating="additive",
        bump="minor",
        printed=("archiveProject",),
        follow_ups=("archive_project", "_api/operations.py"),
        generated=("api/archive/archive_project.py",),
    ),
    Drill(
        name="a removed operation",
        edit=without("    patch:\n      tags: [Secrets]", "    delete:\n      tags: [Secrets]"),
        rating="breaking",
        bump="major",
        printed=("updateProjectSecret", "removed"),
        follow_ups=("overlay/paperspace_projects/_api/operations.py:", "update_project_secret"),
        generated=("api/secrets/update_project_secret.py",),
        overlay="no longer fits  $.paths['/projects/{id}/secrets/{name}'].patch",
    ),
    Drill(
        name="a renamed query parameter",
        edit=replaced("- in: query\n        name: type", "- in: query\n        name: kind"),
        rating="breaking",
        bump="major",
        printed=("listProjectActivity", "renamed"),
        follow_ups=("overlay/paperspace_projects/_pagination/list_requests.py:", "type_"),
        generated=("api/activity/list_project_activity.py",),
        overlay="contradicts  $.paths['/projects/{id}/activity'].get.parameters",
    ),
    Drill(
        name="a parameter made required",
        edit=replaced(
            "- in: query\n        name: type",
            "- in: query\n        required: true\n        name: type",
        ),
        rating="breaking",
        bump="major",
        printed=("listProjectActivity", "required"),
        follow_ups=("overlay/paperspace_projects/_pagination/list_requests.py:",),
        generated=("api/activity/list_project_activity.py",),
        overlay="contradicts  $.paths['/projects/{id}/activity'].get.parameters",
    ),
    Drill(
        name="a new enum value",
        edit=replaced("enum: [admin, member, viewer]", "enum: [admin, member, owner, viewer]"),
        rating="additive",
        bump="minor",
        printed=("addProjectCollaborator", "owner"),
        generated=("models/add_project_collaborator_body_role.py",),
        overlay="contradicts  $.paths['/projects/{id}/collaborators'].post.requestBody",
    ),
    Drill(
        name="a changed type",
        edit=replaced(TEAM_ID, TEAM_ID.replace("string", "integer")),
        rating="breaking",
        bump="major",
        printed=("schema Project", "integer"),
        follow_ups=("team_id", "models.Project"),
        generated=("models/project.py",),
        overlay="contradicts  $.components.schemas.Project.properties.teamId",
    ),
    Drill(
        name="a nullable field",
        edit=replaced(TEAM_ID, TEAM_ID + "          nullable: true\n"),
        rating="breaking",
        bump="major",
        printed=("schema Project", "string | null"),
        generated=("models/project.py",),
        overlay="contradicts  $.components.schemas.Project.properties.teamId",
    ),
    Drill(
        name="a response moved from an array to a page",
        edit=replaced(BARE_SECRETS, PAGED_SECRETS),
        rating="breaking",
        bump="major",
        printed=("listProjectSecrets",),
        generated=("api/secrets/list_project_secrets.py",),
        overlay="contradicts  $.paths['/projects/{id}/secrets'].get.responses['200']",
    ),
    Drill(
        name="the live dialect",
        edit=live_dialect,
        rating="breaking",
        bump="major",
        printed=(
            "Response `201` became `200`.",
            "addProjectCollaborator and 19 more",
            "response `default` was added",
            "schema ActivityEvent",
            "properties `message`, `type`, `userId` were removed",
            "attribute became required, `models.project.Project.dt_created`",
        ),
        follow_ups=(
            "add `repo_name` to models.Project",
            "remove `user_id` from `models.Collaborator`",
            "LIST_SECRETS",
            "LIVE['sub-list query: after']",
            "overlay/paperspace_projects/_async/resources/project.py:",
        ),
        generated=("models/tag.py", "models/error.py", "api/secrets/list_project_secrets.py"),
        overlay="overtaken  $.components.parameters.Limit.schema",
    ),
    Drill(
        name="other words",
        edit=replaced("summary: Get Project\n", "summary: Get one Project\n"),
        rating="editorial",
        bump="patch",
        printed=("getProject", "Get one Project"),
        generated=("api/projects/get_project.py",),
    ),
    Drill(
        name="OpenAPI 3.1",
        edit=replaced("openapi: 3.0.3", "openapi: 3.1.0"),
        rating="editorial",
        bump="patch",
        printed=("3.1.0",),
    ),
]
