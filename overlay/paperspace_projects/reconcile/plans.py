"""A plan: the steps that lead to the desired state, to be read before they are applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from ._async.applier import AsyncApplication
from ._sync.applier import Application
from .diff import Rotation
from .secret_resolver import SecretResolver
from .steps import Result, Step, StepResult, show_project, split_deletions

if TYPE_CHECKING:
    from .. import AsyncClient, Client

_SHOWN_NOTES: Final = 5
"""The live server leaves much of each project untold: its notes must not bury the steps."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The steps from the current to the desired state. It holds no secret, only references.

    `steps` are in the order in which they are shown. The steps of one project are carried out in
    that order; whole projects are deleted last. `notes` say what could not be compared and was left
    as it is, and which secrets would get the same value. `rotate_secrets` is the argument that the
    plan was made with, `base` the folder that relative `file:` references start from.

    `server` and `team` are the base URL and the team's name of the client that made the plan, and
    `project_ids` the projects that this client saw. A plan is applied nowhere else.
    """

    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    rotate_secrets: Rotation = "never"
    base: Path = msgspec.field(default_factory=Path)
    server: str | None = None
    team: str | None = None
    project_ids: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether everything is as desired, as far as it can be compared."""
        return not self.steps

    @property
    def removals(self) -> tuple[Step, ...]:
        """The steps that remove something; without `prune` there are none."""
        return tuple(step for step in self.steps if step.sign == "-")

    def __str__(self) -> str:
        lines: list[str] = []
        changes, deletions = split_deletions(self.steps)
        for project, steps in groupby(changes, key=show_project):
            lines.append(f"project {project}")
            lines += [f"  {step.sign} {step.change}" for step in steps]
        if deletions:
            lines += ["", "PROJECTS TO DELETE, with everything in them:"]
            lines += [f"  - {show_project(each)}" for each in deletions]
        lines += ["", self.summary(), *(f"note: {note}" for note in self.notes[:_SHOWN_NOTES])]
        if len(self.notes) > _SHOWN_NOTES:
            more = len(self.notes) - _SHOWN_NOTES
            lines.append(f"note: and {more} more like these, all in the plan as JSON")
        return "\n".join(lines).strip()

    def summary(self) -> str:
        """Return how many additions, changes and removals there are, in one line.

        Example: `print(plan.summary())`
        """
        if self.is_empty:
            what = "all that can be compared" if self.notes else "all"
            return f"nothing to do: {what} is as desired"
        changes, deletions = split_deletions(self.steps)
        signs = Counter(step.sign for step in changes)
        counts = {
            "to add": signs["+"],
            "to change": signs["~"],
            "to remove": signs["-"],
            f"PROJECT{'S' * (len(deletions) > 1)} TO DELETE": len(deletions),
        }
        return ", ".join(f"{count} {label}" for label, count in counts.items() if count)

    def to_dict(self) -> dict[str, object]:
        """Return the plan as plain data for JSON.

        Example: `print(json.dumps(plan.to_dict()))`
        """
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
        """Carry out the plan. It can be applied again after any failure or interruption.

        Each project is read again before its first step: a step whose change is already there is
        done, and one whose project is neither so nor as the plan saw it is refused as stale. The
        first failure of a project ends the work on it; the other projects continue. Whole projects
        are deleted last, and only if every other step is done. A project that somebody else has
        created since is used; if two were created, the step fails with an `AmbiguousNameError`.

        An interruption (`KeyboardInterrupt`, a cancellation) has a note for each step that had
        begun and has no result; of a change of role, it says that the user may be out.

        Example: `result = plan.apply(client, on_step=lambda step: print(step.describe()))`

        Args:
            client: The client of the team that the plan was made for.
            on_step: Called with each result when it is there, by one thread at a time.
            allow_commands: Allow `cmd:` references, which run a command of the desired state.
            command_timeout: Seconds that each such command may take, and each file that has to be
                waited for, such as a named pipe.
            concurrency: How many projects are changed at the same time, 1 or more.

        Returns:
            The result of each step. The error of a step is in it, and not raised.

        Raises:
            InvalidArgumentError: Before anything is sent.
            StalePlanError: The client has another server or team than the plan was made for, or all
                projects that the plan saw are gone; nothing was written.
            APIError: The projects could not be listed; nothing was written.
            PaginationError: The list of projects could not be completed; nothing was written.
        """
        with SecretResolver(
            self.base, allow_commands=allow_commands, command_timeout=command_timeout
        ) as resolver:
            return Application(self, client, on_step, concurrency, resolver).run()

    async def async_apply(
        self,
        client: AsyncClient,
        *,
        on_step: Callable[[StepResult], object] | None = None,
        allow_commands: bool = False,
        command_timeout: float = 30.0,
        concurrency: int = 16,
    ) -> Result:
        """Carry out the plan: `apply` for an `AsyncClient`.

        Example: `result = await plan.async_apply(client)`
        """
        with SecretResolver(
            self.base, allow_commands=allow_commands, command_timeout=command_timeout
        ) as resolver:
            return await AsyncApplication(self, client, on_step, concurrency, resolver).run()
