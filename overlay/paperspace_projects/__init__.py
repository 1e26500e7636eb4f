"""A client for the Paperspace Projects API: `Client`, `AsyncClient`, the models and the errors.

The public names and nothing else. Each is loaded on first use, so that the import costs next to
nothing; type checkers see them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._lazy import lazy_names
from ._version import __version__

if TYPE_CHECKING:
    from paperspace_projects_api.generated_from import SPEC_SHA256 as __spec_sha256__
    from paperspace_projects_api.generated_from import SPEC_VERSION as __spec_version__
    from paperspace_projects_api.models import AddProjectCollaboratorBodyRole as Role
    from paperspace_projects_api.models import ListProjectsOrder as Order

    from ._api.validation import UNSET, UnsetType
    from ._async.client import AsyncClient
    from ._async.pager import AsyncPager
    from ._async.resources.collaborators import AsyncCollaborators
    from ._async.resources.models import AsyncModels
    from ._async.resources.project import AsyncProjectScope
    from ._async.resources.projects import AsyncProjects
    from ._async.resources.secrets import AsyncSecrets
    from ._async.resources.tags import AsyncTags
    from ._sync.client import Client
    from ._sync.pager import Pager
    from ._sync.resources.collaborators import Collaborators
    from ._sync.resources.models import Models
    from ._sync.resources.project import ProjectScope
    from ._sync.resources.projects import Projects
    from ._sync.resources.secrets import Secrets
    from ._sync.resources.tags import Tags
    from .config import RetryPolicy, Settings
    from .errors import (
        AmbiguousNameError,
        APIConnectionError,
        APIError,
        APIStatusError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        ClientClosedError,
        ConfigurationError,
        ConflictError,
        DeadlineExceededError,
        DesiredStateError,
        ExecutorError,
        InvalidArgumentError,
        NotFoundError,
        OutcomeUnknownError,
        PaginationError,
        PaperspaceError,
        PermissionDeniedError,
        RateLimitError,
        ResponseError,
        SecretReferenceError,
        ServerError,
        StalePlanError,
    )
    from .events import AttemptEvent
    from .models import (
        ActivityEvent,
        Changes,
        Collaborator,
        Model,
        Page,
        Project,
        ProjectFailure,
        ProjectSnapshot,
        RoleChange,
        Secret,
    )

__all__ = [
    "UNSET",
    "APIConnectionError",
    "APIError",
    "APIStatusError",
    "APITimeoutError",
    "ActivityEvent",
    "AmbiguousNameError",
    "AsyncClient",
    "AsyncCollaborators",
    "AsyncModels",
    "AsyncPager",
    "AsyncProjectScope",
    "AsyncProjects",
    "AsyncSecrets",
    "AsyncTags",
    "AttemptEvent",
    "AuthenticationError",
    "BadRequestError",
    "Changes",
    "Client",
    "ClientClosedError",
    "Collaborator",
    "Collaborators",
    "ConfigurationError",
    "ConflictError",
    "DeadlineExceededError",
    "DesiredStateError",
    "ExecutorError",
    "InvalidArgumentError",
    "Model",
    "Models",
    "NotFoundError",
    "Order",
    "OutcomeUnknownError",
    "Page",
    "Pager",
    "PaginationError",
    "PaperspaceError",
    "PermissionDeniedError",
    "Project",
    "ProjectFailure",
    "ProjectScope",
    "ProjectSnapshot",
    "Projects",
    "RateLimitError",
    "ResponseError",
    "RetryPolicy",
    "Role",
    "RoleChange",
    "Secret",
    "SecretReferenceError",
    "Secrets",
    "ServerError",
    "Settings",
    "StalePlanError",
    "Tags",
    "UnsetType",
    "__spec_sha256__",
    "__spec_version__",
    "__version__",
]

if not TYPE_CHECKING:  # type checkers see the imports above, and refuse any other name
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "._api.generated": "Order=models.ListProjectsOrder "
            "Role=models.AddProjectCollaboratorBodyRole "
            "__spec_sha256__=generated_from.SPEC_SHA256 "
            "__spec_version__=generated_from.SPEC_VERSION",
            "._api.validation": "UNSET UnsetType",
            "._async.client": "AsyncClient",
            "._async.pager": "AsyncPager",
            "._async.resources.collaborators": "AsyncCollaborators",
            "._async.resources.models": "AsyncModels",
            "._async.resources.project": "AsyncProjectScope",
            "._async.resources.projects": "AsyncProjects",
            "._async.resources.secrets": "AsyncSecrets",
            "._async.resources.tags": "AsyncTags",
            "._sync.client": "Client",
            "._sync.pager": "Pager",
            "._sync.resources.collaborators": "Collaborators",
            "._sync.resources.models": "Models",
            "._sync.resources.project": "ProjectScope",
            "._sync.resources.projects": "Projects",
            "._sync.resources.secrets": "Secrets",
            "._sync.resources.tags": "Tags",
            ".config": "RetryPolicy Settings",
            ".errors": "AmbiguousNameError APIConnectionError APIError APIStatusError "
            "APITimeoutError AuthenticationError BadRequestError ClientClosedError "
            "ConfigurationError ConflictError DeadlineExceededError DesiredStateError "
            "ExecutorError InvalidArgumentError NotFoundError OutcomeUnknownError PaginationError "
            "PaperspaceError PermissionDeniedError RateLimitError ResponseError "
            "SecretReferenceError ServerError StalePlanError",
            ".events": "AttemptEvent",
            ".models": "ActivityEvent Changes Collaborator Model Page Project ProjectFailure "
            "ProjectSnapshot RoleChange Secret",
        },
    )
