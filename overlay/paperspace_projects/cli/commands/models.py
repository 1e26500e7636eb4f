"""`models`: the models that are associated with a project."""

from __future__ import annotations

from functools import partial
from typing import Annotated, TypeAlias

import typer

from ..command import command, group
from ..context import Invocation, project_of
from ..options import Fields, Output, Project, Yes
from ..output import records as kinds
from ..output.listing import write_listing
from ..output.writer import Results
from ..prompts import ask, check_that_one_can_ask
from .sync import DryRun, write_sync

app = group("List, add, remove and sync the models of a project.")

ModelId: TypeAlias = Annotated[str, typer.Argument(metavar="MODEL_ID", help="The model's id.")]


@command(app, "list", examples=("models list PROJECT", "models list PROJECT -o json"))
def list_models(
    invocation: Invocation, project: Project, output: Output = "table", fields: Fields = None
) -> None:
    """List the models of a project."""
    results = Results(kinds.MODEL, output, fields)
    with invocation.client() as client:
        write_listing(invocation, project_of(client, project).models.list(), results)


@command(app, "add", examples=("models add PROJECT MODEL_ID",))
def add_model(invocation: Invocation, project: Project, model_id: ModelId) -> None:
    """Associate an existing model with a project."""
    with invocation.client() as client:
        models = project_of(client, project).models
        invocation.writes("models list PROJECT")
        models.add(model_id)
        invocation.wrote(f"added the model {model_id!r}", say_so=True)


@command(app, "remove", examples=("models remove PROJECT MODEL_ID --yes",))
def remove_model(
    invocation: Invocation, project: Project, model_id: ModelId, yes: Yes = False
) -> None:
    """Take a model from a project; the model itself stays."""
    what = f"take the model {model_id!r} from the project {project!r}"
    check_that_one_can_ask(yes, what)
    with invocation.client() as client:
        models = project_of(client, project).models
        ask(yes, what)
        invocation.writes("models list PROJECT")
        models.remove(model_id)
        invocation.wrote(f"removed the model {model_id!r}", say_so=True)


@command(app, "sync", examples=("models sync PROJECT MODEL_ID --dry-run",))
def sync_models(
    invocation: Invocation,
    project: Project,
    model_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[MODEL_ID]...", help="All that it is to have.")
    ] = None,
    *,
    dry_run: DryRun = False,
    yes: Yes = False,
    output: Output = "table",
    fields: Fields = None,
) -> None:
    """Make a project's models exactly these, and show what was changed."""
    with invocation.client() as client:
        scope = project_of(client, project)
        write_sync(
            invocation,
            partial(scope.models.sync, model_ids or ()),
            look_at="models list PROJECT",
            output=output,
            fields=fields,
            dry_run=dry_run,
            yes=yes,
        )
