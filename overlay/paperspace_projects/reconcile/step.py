"""One step of a plan: what all kinds of steps have (`_steps.py` has the kinds)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

import attrs
from attrs import frozen

from .document.references import Reference

Sign = Literal["+", "~", "-"]
Part = Literal["collaborators", "secrets", "tags", "models"]


@frozen(kw_only=True)
class Step:
    """One change to a project.

    `project` is the project's name, as it is to be; `project_id` its id, None if it is this plan
    that creates it. `before` and `after` say what is and what will be; None stands for nothing.
    `kind` names the step in JSON, `sign` is `+` for what is added, `~` for what is changed and `-`
    for what is removed. `part` is the part of the project that it is about; None: itself.
    """

    kind: ClassVar[str] = "step"
    sign: ClassVar[Sign] = "~"
    part: ClassVar[Part | None] = None

    project: str
    project_id: str | None

    @property
    def before(self) -> str | None:
        """What is, as the plan saw it; None for nothing."""
        return None

    @property
    def after(self) -> str | None:
        """What will be; None for nothing."""
        return None

    @property
    def change(self) -> str:
        """The change in a few words, without the project that it is made to."""
        raise NotImplementedError

    def describe(self) -> str:
        """The step in one line, such as `'vision': add tag 'gpu'`."""
        return f"{self.project!r}: {self.change}"

    def to_dict(self) -> dict[str, object]:
        """The step as plain data for JSON, its `kind`, `before` and `after` among it."""
        fields = {each.name: getattr(self, each.name) for each in attrs.fields(type(self))}
        return {
            "kind": self.kind,
            **{name: _plain(value) for name, value in fields.items()},
            "before": self.before,
            "after": self.after,
        }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Reference) else value
