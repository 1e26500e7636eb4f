"""Load a desired state from a file or a mapping, or report everything that is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from ..._api import validation as arguments
from ...errors import DesiredStateError, InvalidArgumentError
from .desired_state import DesiredProject, DesiredState
from .tree import NOWHERE, DocumentSyntaxError, Node, Position, from_plain, read_json
from .validator import Validator

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
    desired = _load(source, format)
    del source  # a mapping may hold secrets by mistake: no traceback may show it
    if isinstance(desired, tuple):
        raise DesiredStateError(desired)
    return desired


def _load(
    source: str | os.PathLike[str] | Mapping[str, object], format: Format | None
) -> DesiredState | tuple[str, ...]:
    """Return the desired state, or the problems in the order of the document."""
    validator = Validator()
    name, base, projects = "the desired state", Path(), list[dict[str, Any]]()
    try:
        if isinstance(source, Mapping):
            root = from_plain(source)
        else:
            path = _path(source)
            name, base = str(path), path.absolute().parent
            root = _reader(path, format)(_text(path))
        document: dict[str, Any] = validator.plain(root) or {}
        # Refused values are None here; the others are checked all the same.
        listed: list[dict[str, Any] | None] = document.get("projects") or []
        projects = [each or {} for each in listed]
        _check_unique(projects, validator)
    except DocumentSyntaxError as error:
        validator.report(error.at, "", error.problem)
    except RecursionError:
        validator.report(NOWHERE, "", "is nested too deeply")
    if validator.problems:
        return tuple(
            ": ".join(filter(None, (":".join([name, *map(str, filter(None, at))]), field, problem)))
            for at, field, problem in sorted(validator.problems, key=itemgetter(0))
        )
    return DesiredState(projects=msgspec.convert(projects, tuple[DesiredProject, ...]), base=base)


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
        return read_json
    from .yaml_format import read  # PyYAML comes with an extra

    return read


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DocumentSyntaxError(f"cannot be read: {reason}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise DocumentSyntaxError("is not text in UTF-8", Position(line)) from None


def _check_unique(projects: list[dict[str, Any]], validator: Validator) -> None:
    """Report repeated ids, and repeated names unless all projects of the name have ids."""
    first: dict[tuple[str, str], Position] = {}
    without_id: set[str | None] = set()
    for index, project in enumerate(projects):
        if "id" not in project:
            without_id.add(project.get("name"))
        for key, advice in (("name", ": give both an id, or rename one of them"), ("id", "")):
            value, field = project.get(key), f"projects[{index}].{key}"
            if value is None:
                continue
            at = validator.positions[field]
            is_first = (key, value) not in first
            line = first.setdefault((key, value), at).line
            if not is_first and (key == "id" or value in without_id):
                where = f" (line {line})" if line else ""
                shown = arguments.shown(value)
                validator.report(
                    at, field, f"another project has the {key} {shown} too{where}{advice}"
                )
