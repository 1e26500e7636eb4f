"""Load a desired state from a file or a mapping, or report everything that is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from ..._api import validation as arguments
from ...errors import DesiredStateError, InvalidArgumentError
from . import json_format
from .desired_state import DesiredProject, DesiredState, Reference, parse_reference
from .nodes import NOWHERE, DocumentSyntaxError, Node, Position, from_plain
from .validator import Problems, Validator, path_of

Format = Literal["yaml", "json"]

_FORMATS: Final[Mapping[str, Format]] = {".yaml": "yaml", ".yml": "yaml", ".json": "json"}


def load(
    source: str | os.PathLike[str] | Mapping[str, object], *, format: Format | None = None
) -> DesiredState:
    """Load a desired state and check it.

    Args:
        source: The path of a YAML or JSON file in UTF-8, or the content of one as a mapping.
        format: The format of the file; None derives it from the suffix.

    Raises:
        DesiredStateError: The document is not valid. `problems` are all its problems, each with
            file, line, column and field. What may be a secret is not shown.
        InvalidArgumentError: The source is neither path nor mapping, or the suffix does not tell
            the format.
        ImportError: PyYAML, which a YAML file needs, is not installed.
    """
    problems, desired = _load(source, format)
    del source  # a mapping may hold secrets by mistake: no traceback may show it
    if desired is None:
        raise DesiredStateError(problems.in_order())
    return desired


def _load(
    source: str | os.PathLike[str] | Mapping[str, object], format: Format | None
) -> tuple[Problems, DesiredState | None]:
    if isinstance(source, Mapping):
        problems = Problems("the desired state")
        return problems, _validated(problems, lambda: from_plain(source), Path())
    path = _path(source)
    problems = Problems(str(path))
    read = _reader(path, format)
    text = _read_text(path, problems)
    if text is None:
        return problems, None
    return problems, _validated(problems, lambda: read(text), path.absolute().parent)


def _path(source: str | os.PathLike[str]) -> Path:
    """Return the path of a file. Other text is not shown: it may be a whole document."""
    path: object = None
    with suppress(TypeError):
        path = os.fspath(source)
    if not isinstance(path, str) or "\n" in path or "\0" in path:
        raise InvalidArgumentError("source", "the path of a file, or a mapping; no other text")
    return Path(path)


def _reader(path: Path, format: Format | None) -> Callable[[str], Node]:
    format = format or _FORMATS.get(path.suffix.lower())
    if format is None:
        raise InvalidArgumentError(
            "format", f'"yaml" or "json" for {path.name!r}, whose suffix does not tell'
        )
    arguments.one_of("format", format, ("yaml", "json"))
    if format == "json":
        return json_format.read
    from .yaml_format import read  # PyYAML comes with an extra

    return read


def _read_text(path: Path, problems: Problems) -> str | None:
    try:
        data = path.read_bytes()
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        problems.add(NOWHERE, "", f"cannot be read: {error.strerror or type(error).__name__}")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problems.add(Position(line), "", "is not text in UTF-8")
    return None


def _validated(problems: Problems, read: Callable[[], Node], base: Path) -> DesiredState | None:
    try:
        root = read()
    except DocumentSyntaxError as error:
        problems.add(error.at, "", error.problem)
        return None
    validator = Validator(problems)
    document: dict[str, Any] = validator.plain(root) or {}
    # Refused values are None here; the others are checked all the same.
    listed: list[dict[str, Any] | None] = document.get("projects") or []
    projects = [each or {} for each in listed]
    _check_unique(projects, validator.positions, problems)
    for index, project in enumerate(projects):
        if project.get("secrets") is not None:
            field = f"projects[{index}].secrets"
            project["secrets"] = _references(
                project["secrets"], field, validator.positions, problems
            )
    if problems.in_order():
        return None
    return DesiredState(projects=msgspec.convert(projects, tuple[DesiredProject, ...]), base=base)


def _check_unique(
    projects: list[dict[str, Any]], positions: Mapping[str, Position], problems: Problems
) -> None:
    """Report repeated ids, and repeated names unless all projects of the name have ids."""
    first: dict[tuple[str, str], str] = {}
    without_id: set[str] = set()
    for index, project in enumerate(projects):
        for key in ("name", "id"):
            value, field = project.get(key), f"projects[{index}].{key}"
            if value is None:
                continue
            if key == "name" and "id" not in project:
                without_id.add(value)
            earlier = first.setdefault((key, value), field)
            if earlier == field or (key == "name" and value not in without_id):
                continue
            line = positions[earlier].line
            where = "" if line is None else f" (line {line})"
            advice = ": give both an id, or rename one of them" if key == "name" else ""
            shown = arguments.shown(value)
            problem = f"another project has the {key} {shown} too{where}{advice}"
            problems.add(positions[field], field, problem)


def _references(
    secrets: dict[str, Any], field: str, positions: Mapping[str, Position], problems: Problems
) -> dict[str, Reference]:
    """Parse the references to secrets, and report the commands that cannot be split into words."""
    references: dict[str, Reference] = {}
    for name, text in secrets.items():
        reference = None if text is None else parse_reference(text)
        if reference is not None:
            references[name] = reference
        elif text is not None:
            path = path_of(field, name)
            problems.add(positions[path], path, "the quotes of the command line do not match")
    return references
