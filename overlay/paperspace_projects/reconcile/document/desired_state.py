"""The desired state: projects, their managed parts, and references to the values of secrets.

It never holds a secret's value. `secret_resolver.py` reads the values when a plan is applied.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, cast

import msgspec

from ... import Role
from ...errors import InvalidArgumentError

ReferenceKind = Literal["env", "file", "cmd"]


class Reference(msgspec.Struct, frozen=True):
    """Where the value of a secret is: `env:NAME`, `file:PATH` or `cmd:COMMAND`.

    `kind` is `env`, `file` or `cmd`; `target` is the name, the path or the command line. `str`
    returns the reference as a document has it.
    """

    kind: ReferenceKind
    target: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.target}"

    def resolved(self, base: Path) -> Reference:
        """Return the reference with an absolute path, so that equal files compare equal.

        Example: `reference = reconcile.Reference("file", "token.txt").resolved(desired.base)`
        """
        if self.kind != "file":
            return self
        return Reference("file", os.path.normpath(base.absolute() / self.target))


def parse_reference(text: str) -> Reference | None:
    """Parse a reference that matches the schema; None if the quotes of a command do not match."""
    kind, _, target = text.partition(":")
    try:
        is_valid = kind != "cmd" or bool(shlex.split(target))
    except ValueError:
        is_valid = False
    return Reference(cast("ReferenceKind", kind), target) if is_valid else None


class DesiredProject(msgspec.Struct, frozen=True, kw_only=True):
    """A desired project. A part that is None is not managed: it is never touched.

    It is matched by its `id` if it has one, else by its `name`. A role of None leaves the role to
    the server. `secrets` map their names to where their values are.

    Raises:
        InvalidArgumentError: A value of `secrets` is not a `Reference`.
    """

    name: str
    id: str | None = None
    description: str | None = None
    collaborators: Mapping[str, Role | None] | None = None
    secrets: Mapping[str, Reference] | None = None
    tags: tuple[str, ...] | None = None
    models: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for reference in (self.secrets or {}).values():
            if not isinstance(reference, Reference):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
                raise InvalidArgumentError("secrets", "a mapping to References, not to values")

    def __hash__(self) -> int:  # the mappings have no hash
        return hash((self.name, self.id, self.description, self.tags, self.models))

    def to_dict(self) -> dict[str, object]:
        """Return the project as a document has it.

        Example: `print(desired.projects[0].to_dict())`
        """
        fields = msgspec.structs.asdict(self)
        return {name: _plain(value) for name, value in fields.items() if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(cast("tuple[str, ...]", value))
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, object]", value).items()
        return {name: str(each) if isinstance(each, Reference) else each for name, each in entries}
    return value


class DesiredState(msgspec.Struct, frozen=True, kw_only=True):
    """The desired projects, as `load` and `export` return them.

    `base` is the folder that relative `file:` references start from: the folder of the loaded file,
    or the current directory. `notes` say what `export` left out because no document can hold it.
    Neither is part of the document, nor of comparisons.
    """

    projects: tuple[DesiredProject, ...]
    base: Path = msgspec.field(default_factory=Path)
    notes: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return self.projects == other.projects if isinstance(other, DesiredState) else False

    def __hash__(self) -> int:
        return hash(self.projects)

    def to_dict(self) -> dict[str, object]:
        """Return the document, as `load` accepts it.

        Example: `same = reconcile.load(desired.to_dict())`
        """
        return {"version": 1, "projects": [project.to_dict() for project in self.projects]}

    def to_json(self) -> str:
        """Return the document as JSON.

        Example: `Path("projects.json").write_text(desired.to_json())`
        """
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"

    def to_yaml(self) -> str:
        """Return the document as YAML.

        Example: `Path("projects.yaml").write_text(desired.to_yaml())`

        Raises:
            ImportError: PyYAML is not installed.
        """
        from .yaml_format import write_yaml

        return write_yaml(self.to_dict())
