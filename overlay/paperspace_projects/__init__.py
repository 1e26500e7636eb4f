"""A client for the Paperspace Projects API: `Client`, `AsyncClient`, the models and the errors.

The public names and nothing else. Each is loaded on first use, so that the import costs next to
nothing. Type checkers read the imports alone: `X as X` makes a name public.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from paperspace_projects_api import generated_from
    from paperspace_projects_api.models import AddProjectCollaboratorBodyRole, ListProjectsOrder

    from ._api.raw_request import JSONValue as JSONValue
    from ._api.validation import UNSET as UNSET
    from ._api.validation import UnsetType as UnsetType
    from ._async.client import AsyncClient as AsyncClient
    from ._async.pager import AsyncPager as AsyncPager
    from ._async.resources.collaborators import AsyncCollaborators as AsyncCollaborators
    from ._async.resources.models import AsyncModels as AsyncModels
    from ._async.resources.project import AsyncProjectScope as AsyncProjectScope
    from ._async.resources.projects import AsyncProjects as AsyncProjects
    from ._async.resources.secrets import AsyncSecrets as AsyncSecrets
    from ._async.resources.tags import AsyncTags as AsyncTags
    from ._sync.client import Client as Client
    from ._sync.pager import Pager as Pager
    from ._sync.resources.collaborators import Collaborators as Collaborators
    from ._sync.resources.models import Models as Models
    from ._sync.resources.project import ProjectScope as ProjectScope
    from ._sync.resources.projects import Projects as Projects
    from ._sync.resources.secrets import Secrets as Secrets
    from ._sync.resources.tags import Tags as Tags
    from ._version import __version__ as __version__
    from .config import RetryPolicy as RetryPolicy
    from .config import Settings as Settings
    from .errors import AmbiguousNameError as AmbiguousNameError
    from .errors import APIConnectionError as APIConnectionError
    from .errors import APIError as APIError
    from .errors import APIStatusError as APIStatusError
    from .errors import APITimeoutError as APITimeoutError
    from .errors import AuthenticationError as AuthenticationError
    from .errors import BadRequestError as BadRequestError
    from .errors import ClientClosedError as ClientClosedError
    from .errors import ConfigurationError as ConfigurationError
    from .errors import ConflictError as ConflictError
    from .errors import DeadlineExceededError as DeadlineExceededError
    from .errors import DesiredStateError as DesiredStateError
    from .errors import ExecutorError as ExecutorError
    from .errors import InvalidArgumentError as InvalidArgumentError
    from .errors import NotFoundError as NotFoundError
    from .errors import OutcomeUnknownError as OutcomeUnknownError
    from .errors import PaginationError as PaginationError
    from .errors import PaperspaceError as PaperspaceError
    from .errors import PermissionDeniedError as PermissionDeniedError
    from .errors import RateLimitError as RateLimitError
    from .errors import ResponseError as ResponseError
    from .errors import SecretReferenceError as SecretReferenceError
    from .errors import ServerError as ServerError
    from .errors import StalePlanError as StalePlanError
    from .events import AttemptEvent as AttemptEvent
    from .events import ResponseInfo as ResponseInfo
    from .models import ActivityEvent as ActivityEvent
    from .models import Changes as Changes
    from .models import Collaborator as Collaborator
    from .models import EventActor as EventActor
    from .models import EventData as EventData
    from .models import EventDeployment as EventDeployment
    from .models import Model as Model
    from .models import Page as Page
    from .models import Project as Project
    from .models import ProjectFailure as ProjectFailure
    from .models import ProjectSnapshot as ProjectSnapshot
    from .models import RoleChange as RoleChange
    from .models import Secret as Secret
    from .models import Tag as Tag

    Order: TypeAlias = ListProjectsOrder
    Role: TypeAlias = AddProjectCollaboratorBodyRole
    __spec_sha256__: str = generated_from.SPEC_SHA256
    __spec_version__: str = generated_from.SPEC_VERSION
else:
    from ._lazy import lazy_names

    _MODULES = {  # of `_sync`; those of `_async` have the same names with Async before them
        "client": "Client",
        "pager": "Pager",
        "resources.collaborators": "Collaborators",
        "resources.models": "Models",
        "resources.project": "ProjectScope",
        "resources.projects": "Projects",
        "resources.secrets": "Secrets",
        "resources.tags": "Tags",
    }
    __all__, __getattr__, __dir__ = lazy_names(
        __name__,
        {
            **{f"._sync.{module}": name for module, name in _MODULES.items()},
            **{f"._async.{module}": f"Async{name}" for module, name in _MODULES.items()},
            "._api.generated": "Order=models.ListProjectsOrder "
            "Role=models.AddProjectCollaboratorBodyRole "
            "__spec_sha256__=generated_from.SPEC_SHA256 "
            "__spec_version__=generated_from.SPEC_VERSION",
            "._api.raw_request": "JSONValue",
            "._api.validation": "UNSET UnsetType",
            "._version": "__version__",
            ".config": "RetryPolicy Settings",
            ".errors": "AmbiguousNameError APIConnectionError APIError APIStatusError "
            "APITimeoutError AuthenticationError BadRequestError ClientClosedError "
            "ConfigurationError ConflictError DeadlineExceededError DesiredStateError "
            "ExecutorError InvalidArgumentError NotFoundError OutcomeUnknownError PaginationError "
            "PaperspaceError PermissionDeniedError RateLimitError ResponseError "
            "SecretReferenceError ServerError StalePlanError",
            ".events": "AttemptEvent ResponseInfo",
            ".models": "ActivityEvent Changes Collaborator EventActor EventData EventDeployment "
            "Model Page Project ProjectFailure ProjectSnapshot RoleChange Secret Tag",
        },
    )
