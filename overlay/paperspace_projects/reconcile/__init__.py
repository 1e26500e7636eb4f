"""Bring projects to a described state: load it, plan, look at the plan, apply it.

    desired = load("projects.yaml")
    plan_ = plan(client, desired)
    print(plan_)
    result = plan_.apply(client)

Built on the public client alone. The state holds references to the values of secrets, never the
values: these are read when a plan is applied, and are shown nowhere.
"""

from ._async._planning import export as async_export
from ._async._planning import plan as async_plan
from ._desired import DesiredProject, DesiredState
from ._intake import decode_secret, read_secret_file
from ._loading import load
from ._plan import Plan
from ._references import Reference, ReferenceKind
from ._result import Result, Status, StepResult
from ._rules import Rotation
from ._schema import schema
from ._step import Part, Sign, Step
from ._steps import (
    AddCollaborator,
    AddModel,
    AddTag,
    ChangeDescription,
    ChangeRole,
    CreateProject,
    CreateSecret,
    DeleteProject,
    DeleteSecret,
    RemoveCollaborator,
    RemoveModel,
    RemoveTag,
    RenameProject,
    RotateSecret,
)
from ._sync._planning import export, plan

__all__ = [
    "AddCollaborator",
    "AddModel",
    "AddTag",
    "ChangeDescription",
    "ChangeRole",
    "CreateProject",
    "CreateSecret",
    "DeleteProject",
    "DeleteSecret",
    "DesiredProject",
    "DesiredState",
    "Part",
    "Plan",
    "Reference",
    "ReferenceKind",
    "RemoveCollaborator",
    "RemoveModel",
    "RemoveTag",
    "RenameProject",
    "Result",
    "RotateSecret",
    "Rotation",
    "Sign",
    "Status",
    "Step",
    "StepResult",
    "async_export",
    "async_plan",
    "decode_secret",
    "export",
    "load",
    "plan",
    "read_secret_file",
    "schema",
]
