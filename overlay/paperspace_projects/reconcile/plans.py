"""A plan: the steps that lead to the desired state, to be looked at before they are applied."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import field, frozen

from .display_text import word
from .result import Result, StepResult
from .rotation import Rotation
from .step import Step
from .steps import DeleteProject

if TYPE_CHECKING:
    from .. import AsyncClient, Client

_SHOWN_NOTES = 5
"""The live server leaves much untold of each project: what is to be done must not drown in it."""


@frozen(kw_only=True)
class Plan:
    """The steps that lead from what is to what is desired. It holds no secret, only references.

    `steps` are in the order in which they are shown; those of one project are carried out in that
    order, whole projects are deleted last. `notes` say what could not be compared, and was left,
    and which secrets would get one value. `rotate_secrets` is what the plan was made with, and
    `base` the folder that `file:` references start from.

    `server` and `team` are the base URL and the team's name of the client that it was made with,
    and `project_ids` are all projects that this client saw. A plan is applied nowhere else.
    """

    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    rotate_secrets: Rotation = "never"
    base: Path = field(factory=Path)
    server: str | None = None
    team: str | None = None
    project_ids: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether all is as desired, as far as it can be compared."""
        return not self.steps

    @property
    def removals(self) -> tuple[Step, ...]:
        """The steps that take something away; without `prune` there are none."""
        return tuple(step for step in self.steps if step.sign == "-")

    def __str__(self) -> str:
        lines: list[str] = []
        for (name, project_id), steps in groupby(
            self._kept(), key=lambda step: (step.project, step.project_id)
        ):
            lines.append(f"project {name!r} ({word(project_id or 'new')})")
            lines += [f"  {step.sign} {step.change}" for step in steps]
        deleted = self._deleted()
        if deleted:
            lines += ["", "PROJECTS TO DELETE, with all that they hold:"]
            lines += [f"  - {step.project!r} ({word(step.project_id or '')})" for step in deleted]
        lines += ["", self.summary(), *(f"note: {note}" for note in self.notes[:_SHOWN_NOTES])]
        if len(self.notes) > _SHOWN_NOTES:
            more = len(self.notes) - _SHOWN_NOTES
            lines.append(f"note: and {more} more like these, all in the plan as JSON")
        return "\n".join(lines).strip()

    def summary(self) -> str:
        """How much there is to do, in one line."""
        if self.is_empty:
            return "nothing to do: all is as desired"
        kept = self._kept()
        counts = {
            word: sum(step.sign == sign for step in kept)
            for sign, word in (("+", "to add"), ("~", "to change"), ("-", "to remove"))
        }
        said = [f"{count} {word}" for word, count in counts.items() if count]
        deleted = len(self._deleted())
        if deleted:
            said.append(f"{deleted} PROJECT{'S' if deleted > 1 else ''} TO DELETE")
        return ", ".join(said)

    def to_dict(self) -> dict[str, object]:
        """The plan as plain data for JSON."""
        return {
            "server": self.server,
            "team": self.team,
            "steps": [step.to_dict() for step in self.steps],
            "notes": list(self.notes),
        }

    def apply(
        self,
        client: Client,
        *,
        on_step: Callable[[StepResult], object] | None = None,
        allow_commands: bool = False,
        command_timeout: float = 30.0,
        concurrency: int = 16,
    ) -> Result:
        """Carry the plan out. It can be applied again after any failure or interruption.

        Each project is looked at again before its first step: a step is done if all is as it wants
        it, and refused as stale if it is neither that nor as the plan saw it. The first failure of
        a project ends what is done to it; the others go on. Whole projects are deleted last, and
        only if all else went well.

        Before a project is created it looks for one of the same name: one that somebody else has
        created since is taken as it is. Afterwards it looks again: where there are two by then, the
        step fails with an `AmbiguousNameError`, and says which one it has created.

        Args:
            client: The client of the team that the plan was made for.
            on_step: Called with each result as it comes, by one thread at a time.
            allow_commands: Allow `cmd:` references, which run a command of the desired state.
            command_timeout: Seconds that each such command may take, and a file that has to be
                waited for, such as a named pipe.
            concurrency: How many projects are worked on at a time, 1 or more.

        Returns:
            What came of each step. An error of one is in it, and not raised.

        Raises:
            InvalidArgumentError: before anything is sent.
            StalePlanError: the client is not of the server and team that the plan was made for, or
                all projects that it saw are gone; nothing was written.
            APIError: the projects could not be listed; nothing was written.
            PaginationError: they could not be listed to their end; nothing was written.
        """
        from ._sync.applier import apply

        return apply(
            self,
            client,
            on_step=on_step,
            allow_commands=allow_commands,
            command_timeout=command_timeout,
            concurrency=concurrency,
        )

    async def async_apply(
        self,
        client: AsyncClient,
        *,
        on_step: Callable[[StepResult], object] | None = None,
        allow_commands: bool = False,
        command_timeout: float = 30.0,
        concurrency: int = 16,
    ) -> Result:
        """Carry the plan out: `apply` for an `AsyncClient`."""
        from ._async.applier import apply

        return await apply(
            self,
            client,
            on_step=on_step,
            allow_commands=allow_commands,
            command_timeout=command_timeout,
            concurrency=concurrency,
        )

    def _kept(self) -> list[Step]:
        return [step for step in self.steps if not isinstance(step, DeleteProject)]

    def _deleted(self) -> list[Step]:
        return [step for step in self.steps if isinstance(step, DeleteProject)]
