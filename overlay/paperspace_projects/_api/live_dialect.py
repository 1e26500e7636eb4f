"""What only the live dialect has, and where it has what the contract has elsewhere
(docs/dialects.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from ..models import (
    ActivityEvent,
    Collaborator,
    EventActor,
    EventData,
    EventDeployment,
    Model,
    Project,
    Secret,
    Tag,
)

LIVE: Final[Mapping[str, tuple[str, ...]]] = {
    "Collaborator.user_id": ("user", "id"),
    "Collaborator.email": ("user", "email"),
    "Collaborator.first_name": ("user", "firstName"),
    "Collaborator.last_name": ("user", "lastName"),
    "Collaborator.public_profile_image_url": ("user", "publicProfileImageUrl"),
    "ActivityEvent.type_": ("action",),
    "error.code": ("code",),
    "error.message": ("message",),
    "error.details": ("details",),
    "error.issues": ("issues",),
    "sub-list query: after": ("after",),
    "sub-list query: page_size": ("limit",),
}
"""The names of the live dialect: what is read, and the keys that lead to it."""

LIVE_ONLY: Final[Mapping[type[msgspec.Struct], frozenset[str]]] = {
    Project: frozenset({"dt_deleted", "repo_name", "repo_node_id", "repo_url"}),
    Collaborator: frozenset(
        {"first_name", "last_name", "public_profile_image_url", "dt_created", "dt_deleted"}
    ),
    Secret: frozenset({"has_deployment_attached"}),
    Tag: frozenset({"id", "dt_created"}),
    ActivityEvent: frozenset({"action", "actor", "data", "deployment"}),
    EventActor: frozenset({"email", "full_name", "avatar_url"}),
    EventData: frozenset({"from_", "to"}),
    EventDeployment: frozenset({"id", "name", "dt_deleted"}),
    Model: frozenset(
        {"description", "dt_created", "dt_modified", "is_public", "project_id"}
        | {"storage_provider_id", "team_id"}
    ),
}
"""The fields that only the live dialect fills. One that the contract gains leaves this table."""
