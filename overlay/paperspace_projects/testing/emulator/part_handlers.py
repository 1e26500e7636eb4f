"""The operations on what a project holds: collaborators, secrets, tags and models.

Each is named for its operation id in `openapi.yaml`. A secret's value goes from the request into a
seal, and must never go anywhere else.
"""

from http import HTTPStatus
from typing import Final

from .database import COLLABORATORS, MODELS, SECRETS, TAGS
from .inputs import Inputs, optional_choice, required_name, required_text
from .messages import Answer, bad_request
from .request_context import Desk
from .rows import Secret
from .seal import seal
from .serializers import model_name

ROLES: Final = ("admin", "member", "viewer")


def list_project_collaborators(desk: Desk, inputs: Inputs) -> Answer:
    """listProjectCollaborators."""
    return desk.listing(inputs, COLLABORATORS, desk.speech.collaborator)


def add_project_collaborator(desk: Desk, inputs: Inputs) -> Answer:
    """addProjectCollaborator: any user id will do; 409 for one who is there already."""
    fields = inputs.fields()
    user_id = required_name(fields, "userId")
    role = optional_choice(fields, "role", ROLES)
    project = desk.project(inputs)
    desk.absent(COLLABORATORS, project_id=project.id, user_id=user_id)
    collaborator = desk.store.insert(
        COLLABORATORS, project_id=project.id, user_id=user_id, role=role, dt_created=desk.now
    )
    desk.record(project, "collaborator.added", f"Collaborator {user_id} was added.")
    return desk.speech.created(desk.speech.collaborator(collaborator))


def remove_project_collaborator(desk: Desk, inputs: Inputs) -> Answer:
    """removeProjectCollaborator."""
    user_id = inputs.path["userId"]
    project = desk.project(inputs)
    collaborator = desk.existing(COLLABORATORS, project_id=project.id, user_id=user_id)
    desk.store.delete(COLLABORATORS, collaborator)
    desk.record(project, "collaborator.removed", f"Collaborator {user_id} was removed.")
    return desk.speech.removed({"userId": user_id})


def list_project_secrets(desk: Desk, inputs: Inputs) -> Answer:
    """listProjectSecrets: names and dates."""
    return desk.listing(inputs, SECRETS, desk.speech.secret)


def create_project_secret(desk: Desk, inputs: Inputs) -> Answer:
    """createProjectSecret: 409 for a name that is there already."""
    fields = inputs.fields()
    name = required_name(fields, "name")
    sealed = seal(required_text(fields, "value"))
    if not desk.speech.secret_name.fullmatch(name):
        raise bad_request("name", f"must match ^{desk.speech.secret_name.pattern}$")
    project = desk.project(inputs)
    desk.absent(SECRETS, project_id=project.id, name=name)
    secret = desk.store.insert(
        SECRETS,
        project_id=project.id,
        name=name,
        sealed=sealed,
        dt_created=desk.now,
        dt_modified=desk.now,
    )
    desk.record(project, "secret.created", f"Secret {name} was created.")
    return desk.speech.created(desk.speech.secret(secret))


def get_project_secret(desk: Desk, inputs: Inputs) -> Answer:
    """getProjectSecret: name and dates."""
    return Answer.json(HTTPStatus.OK, desk.speech.secret(_secret(desk, inputs)))


def update_project_secret(desk: Desk, inputs: Inputs) -> Answer:
    """updateProjectSecret: a new value, and with it a new dtModified."""
    sealed = seal(required_text(inputs.fields(), "value"))
    project = desk.project(inputs)
    secret = desk.store.update(SECRETS, _secret(desk, inputs), sealed=sealed, dt_modified=desk.now)
    desk.record(project, "secret.updated", f"Secret {secret.name} was updated.")
    return Answer.json(HTTPStatus.OK, desk.speech.secret(secret))


def delete_project_secret(desk: Desk, inputs: Inputs) -> Answer:
    """deleteProjectSecret."""
    project = desk.project(inputs)
    secret = _secret(desk, inputs)
    desk.store.delete(SECRETS, secret)
    desk.record(project, "secret.deleted", f"Secret {secret.name} was deleted.")
    return desk.speech.removed({"name": secret.name})


def list_project_tags(desk: Desk, inputs: Inputs) -> Answer:
    """listProjectTags."""
    return desk.listing(inputs, TAGS, desk.speech.tag)


def add_project_tag(desk: Desk, inputs: Inputs) -> Answer:
    """addProjectTag: 409 for a tag that is there already."""
    name = required_name(inputs.fields(), "name")
    project = desk.project(inputs)
    desk.absent(TAGS, project_id=project.id, name=name)
    tag = desk.store.insert(TAGS, project_id=project.id, name=name, dt_created=desk.now)
    desk.record(project, "tag.added", f"Tag {name} was added.")
    return desk.speech.linked(desk.speech.tag(tag))


def remove_project_tag(desk: Desk, inputs: Inputs) -> Answer:
    """removeProjectTag: the name comes in the query."""
    name = required_name(inputs.query, "name")
    project = desk.project(inputs)
    desk.store.delete(TAGS, desk.existing(TAGS, project_id=project.id, name=name))
    desk.record(project, "tag.removed", f"Tag {name} was removed.")
    return desk.speech.removed({"name": name})


def list_project_models(desk: Desk, inputs: Inputs) -> Answer:
    """listProjectModels."""
    return desk.listing(inputs, MODELS, desk.speech.model)


def add_project_model(desk: Desk, inputs: Inputs) -> Answer:
    """addProjectModel: any model id will do; 409 for one that is linked already."""
    model_id = required_name(inputs.path, "modelId")
    project = desk.project(inputs)
    desk.absent(MODELS, project_id=project.id, id=model_id)
    model = desk.store.insert(MODELS, project_id=project.id, id=model_id, dt_created=desk.now)
    desk.record(project, "model.added", f"Model {model_name(model)} was added.")
    return desk.speech.linked(desk.speech.model(model))


def remove_project_model(desk: Desk, inputs: Inputs) -> Answer:
    """removeProjectModel: the link goes, the model itself is none of this API's."""
    project = desk.project(inputs)
    model = desk.existing(MODELS, project_id=project.id, id=inputs.path["modelId"])
    desk.store.delete(MODELS, model)
    desk.record(project, "model.removed", f"Model {model_name(model)} was removed.")
    return desk.speech.removed({"id": model.id})


def _secret(desk: Desk, inputs: Inputs) -> Secret:
    """The secret of the path, or 404 for it or for its project."""
    return desk.existing(SECRETS, project_id=desk.project(inputs).id, name=inputs.path["name"])
