"""The options, the progress and the results of an inventory."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Collection, Iterable
from typing import Final, Literal, TypeAlias, get_args

from msgspec import Struct

from .._api import validation as arguments
from ..config import Settings
from ..errors import InvalidArgumentError
from ..models import ProjectFailure, ProjectSnapshot

Part: TypeAlias = Literal["collaborators", "secrets", "tags", "models", "activity"]
"""What can be read of a project."""
Result: TypeAlias = ProjectSnapshot | ProjectFailure
"""What an inventory yields for a project."""

PARTS: Final[tuple[Part, ...]] = get_args(Part)


class InventoryProgress(Struct, frozen=True, kw_only=True):
    """The progress of an inventory, passed to `on_progress` before each result.

    `done` projects have been read or have failed; `failed` of them have failed. `listed` projects
    are known so far. `total` is the number of all; None until it is known.
    """

    done: int
    failed: int
    listed: int
    total: int | None


class InventoryOptions(Struct, frozen=True, kw_only=True):
    """The options of an inventory, checked."""

    include: tuple[Part, ...]
    concurrency: int
    in_order: bool
    on_progress: Callable[[InventoryProgress], object] | None
    lists_projects: bool = True


def check_options(
    settings: Settings,
    project_ids: object,
    *,
    include: Collection[Part],
    concurrency: int,
    in_order: bool,
    on_progress: Callable[[InventoryProgress], object] | None,
) -> InventoryOptions:
    """Check the arguments of an inventory; limit `concurrency` to what the client allows."""
    if project_ids is not None and (
        isinstance(project_ids, str) or not isinstance(project_ids, Iterable | AsyncIterable)
    ):
        raise InvalidArgumentError("project_ids", f"several, not one {type(project_ids).__name__}")
    for part in include:
        arguments.one_of("include", part, PARTS)
    arguments.whole_number("concurrency", concurrency, least=1)
    arguments.function("on_progress", on_progress)
    return InventoryOptions(
        include=tuple(part for part in PARTS if part in include),
        concurrency=min(concurrency, settings.max_concurrency),
        in_order=in_order,
        on_progress=on_progress,
        lists_projects=project_ids is None,
    )
