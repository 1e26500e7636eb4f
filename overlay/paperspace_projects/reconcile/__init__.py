"""Bring projects to a desired state: load it, make a plan, read the plan, apply it.

    desired = load("projects.yaml")
    plan_ = plan(client, desired)
    print(plan_)
    result = plan_.apply(client)

A desired state holds references to the values of secrets, which are read when a plan is applied.
"""

from ._async.planner import export as async_export
from ._async.planner import plan as async_plan
from ._sync.planner import export, plan
from .diff import Rotation
from .document.desired_state import DesiredProject, DesiredState, Reference, ReferenceKind
from .document.loader import load
from .document.schema import schema
from .plans import Plan
from .secret_resolver import decode_secret, read_secret_file
from .steps import (
    AddCollaborator,
    AddModel,
    AddTag,
    ChangeDescription,
    ChangeRole,
    CreateProject,
    CreateSecret,
    DeleteProject,
    DeleteSecret,
    Part,
    RemoveCollaborator,
    RemoveModel,
    RemoveTag,
    RenameProject,
    Result,
    RotateSecret,
    Sign,
    Status,
    Step,
    StepResult,
)

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
