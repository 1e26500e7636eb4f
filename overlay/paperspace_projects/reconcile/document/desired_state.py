"""The desired state: the projects that are declared, and what of them is managed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from ... import Role
from ...errors import InvalidArgumentError
from .references import Reference


@frozen(kw_only=True)
class DesiredProject:
    """A project as it is to be. A part that is None is not managed: it is never touched.

    It is matched by its `id` if there is one, else by its `name`. A role of None leaves the role to
    the server. `secrets` lead from their names to where their values are.

    Raises:
        InvalidArgumentError: `secrets` hold something else than references.
    """

    name: str
    id: str | None = None
    description: str | None = None
    collaborators: Mapping[str, Role | None] | None = field(default=None, hash=False)
    secrets: Mapping[str, Reference] | None = field(default=None, hash=False)
    tags: tuple[str, ...] | None = None
    models: tuple[str, ...] | None = None

    def __attrs_post_init__(self) -> None:
        for reference in (self.secrets or {}).values():
            if not isinstance(reference, Reference):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
                raise InvalidArgumentError("secrets", "a mapping to References, not to values")

    def to_dict(self) -> dict[str, object]:
        """The project as it stands in a file."""
        secrets = self.secrets
        fields = {
            "name": self.name,
            "id": self.id,
            "description": self.description,
            "collaborators": None if self.collaborators is None else dict(self.collaborators),
            "secrets": None if secrets is None else {key: str(at) for key, at in secrets.items()},
            "tags": None if self.tags is None else list(self.tags),
            "models": None if self.models is None else list(self.models),
        }
        return {name: value for name, value in fields.items() if value is not None}


@frozen(kw_only=True)
class DesiredState:
    """The projects as they are to be. It is made by `load` or `export`.

    `base` is the folder that `file:` references start from: that of the file it was loaded from,
    else the one that the program runs in. `notes` say what `export` has left out, as no document
    can hold it; they are no part of the document.
    """

    projects: tuple[DesiredProject, ...]
    base: Path = field(factory=Path, eq=False)
    notes: tuple[str, ...] = field(default=(), eq=False)

    def to_dict(self) -> dict[str, object]:
        """The document, as `load` takes it."""
        return {"version": 1, "projects": [project.to_dict() for project in self.projects]}

    def to_json(self) -> str:
        """The document as JSON."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"

    def to_yaml(self) -> str:
        """The document as YAML.

        Raises:
            ImportError: PyYAML is not installed.
        """
        from .yaml_format import write

        return write(self.to_dict())
