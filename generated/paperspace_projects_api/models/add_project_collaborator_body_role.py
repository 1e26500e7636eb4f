from typing import Literal

AddProjectCollaboratorBodyRole = Literal["admin", "member", "viewer"]

ADD_PROJECT_COLLABORATOR_BODY_ROLE_VALUES: set[AddProjectCollaboratorBodyRole] = {
    "admin",
    "member",
    "viewer",
}


def check_add_project_collaborator_body_role(value: str) -> AddProjectCollaboratorBodyRole:
    if value in ADD_PROJECT_COLLABORATOR_BODY_ROLE_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {ADD_PROJECT_COLLABORATOR_BODY_ROLE_VALUES!r}"
    )
