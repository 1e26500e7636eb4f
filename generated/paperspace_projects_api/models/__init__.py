"""Contains all the data models used in inputs/outputs"""

from .activity_event import ActivityEvent
from .add_project_collaborator_body import AddProjectCollaboratorBody
from .add_project_collaborator_body_role import AddProjectCollaboratorBodyRole
from .add_project_tag_body import AddProjectTagBody
from .collaborator import Collaborator
from .create_project_body import CreateProjectBody
from .list_projects_order import ListProjectsOrder
from .model import Model
from .project import Project
from .project_list import ProjectList
from .secret import Secret
from .secret_create import SecretCreate
from .update_project_body import UpdateProjectBody
from .update_project_secret_body import UpdateProjectSecretBody

__all__ = (
    "ActivityEvent",
    "AddProjectCollaboratorBody",
    "AddProjectCollaboratorBodyRole",
    "AddProjectTagBody",
    "Collaborator",
    "CreateProjectBody",
    "ListProjectsOrder",
    "Model",
    "Project",
    "ProjectList",
    "Secret",
    "SecretCreate",
    "UpdateProjectBody",
    "UpdateProjectSecretBody",
)
