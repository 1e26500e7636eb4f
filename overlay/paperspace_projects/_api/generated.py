"""The generated package, of which each part is loaded when it is first needed.

Most programs call few operations, and some only look at types.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any


def load(name: str) -> ModuleType:
    """A module of the generated package.

    Its modules import each other in circles. Where threads begin at different places of one, each
    holds what the other waits for; so all begin at the same.
    """
    for each in (_PACKAGE, f"{_PACKAGE}.models"):
        importlib.import_module(each)
    return importlib.import_module(f"{_PACKAGE}.{name}")


_PACKAGE = "paperspace_projects_api"

if TYPE_CHECKING:
    from paperspace_projects_api import generated_from, models, types
    from paperspace_projects_api.api.activity import list_project_activity
    from paperspace_projects_api.api.collaborators import (
        add_project_collaborator,
        list_project_collaborators,
        remove_project_collaborator,
    )
    from paperspace_projects_api.api.projects import (
        add_project_model,
        create_project,
        delete_project,
        get_project,
        list_project_models,
        list_projects,
        remove_project_model,
        update_project,
    )
    from paperspace_projects_api.api.secrets import (
        create_project_secret,
        delete_project_secret,
        get_project_secret,
        list_project_secrets,
        update_project_secret,
    )
    from paperspace_projects_api.api.tags import (
        add_project_tag,
        list_project_tags,
        remove_project_tag,
    )
    from paperspace_projects_api.models import AddProjectCollaboratorBodyRole, ListProjectsOrder
else:

    class _Module:
        """A module of the generated package that is loaded when it is first looked into."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, name: str) -> Any:
            found = getattr(load(self._name), name)
            setattr(self, name, found)  # the next time it is simply there
            return found

    generated_from = _Module("generated_from")
    models = _Module("models")
    types = _Module("types")
    list_project_activity = _Module("api.activity.list_project_activity")
    add_project_collaborator = _Module("api.collaborators.add_project_collaborator")
    list_project_collaborators = _Module("api.collaborators.list_project_collaborators")
    remove_project_collaborator = _Module("api.collaborators.remove_project_collaborator")
    add_project_model = _Module("api.projects.add_project_model")
    create_project = _Module("api.projects.create_project")
    delete_project = _Module("api.projects.delete_project")
    get_project = _Module("api.projects.get_project")
    list_project_models = _Module("api.projects.list_project_models")
    list_projects = _Module("api.projects.list_projects")
    remove_project_model = _Module("api.projects.remove_project_model")
    update_project = _Module("api.projects.update_project")
    create_project_secret = _Module("api.secrets.create_project_secret")
    delete_project_secret = _Module("api.secrets.delete_project_secret")
    get_project_secret = _Module("api.secrets.get_project_secret")
    list_project_secrets = _Module("api.secrets.list_project_secrets")
    update_project_secret = _Module("api.secrets.update_project_secret")
    add_project_tag = _Module("api.tags.add_project_tag")
    list_project_tags = _Module("api.tags.list_project_tags")
    remove_project_tag = _Module("api.tags.remove_project_tag")


def roles() -> tuple[AddProjectCollaboratorBodyRole, ...]:
    """What a collaborator may be."""
    return tuple(
        sorted(models.add_project_collaborator_body_role.ADD_PROJECT_COLLABORATOR_BODY_ROLE_VALUES)
    )


def orders() -> tuple[ListProjectsOrder, ...]:
    """How projects may be sorted."""
    return tuple(sorted(models.list_projects_order.LIST_PROJECTS_ORDER_VALUES))


__all__ = [
    "add_project_collaborator",
    "add_project_model",
    "add_project_tag",
    "create_project",
    "create_project_secret",
    "delete_project",
    "delete_project_secret",
    "generated_from",
    "get_project",
    "get_project_secret",
    "list_project_activity",
    "list_project_collaborators",
    "list_project_models",
    "list_project_secrets",
    "list_project_tags",
    "list_projects",
    "load",
    "models",
    "orders",
    "remove_project_collaborator",
    "remove_project_model",
    "remove_project_tag",
    "roles",
    "types",
    "update_project",
    "update_project_secret",
]
