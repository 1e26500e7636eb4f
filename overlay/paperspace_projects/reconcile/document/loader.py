"""Loading a desired state: from a file or a mapping to checked data, or all that is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal, cast

from ..._api import validation as arguments
from ...errors import DesiredStateError, InvalidArgumentError
from . import references
from .desired_state import DesiredProject, DesiredState
from .json_format import read as read_json
from .nodes import At, Fields, Node, Scalar, Sequence, Unreadable, of_plain
from .validator import Problems, check

Format = Literal["yaml", "json"]

_FORMATS: Final[Mapping[str, Format]] = {".yaml": "yaml", ".yml": "yaml", ".json": "json"}
_MAPPING: Final = "the desired state"
"""What a mapping is called in messages, in place of a file."""


def load(
    source: str | os.PathLike[str] | Mapping[str, object],
    *,
    format: Format | None = None,
) -> DesiredState:
    """Load a desired state, and check it.

    Args:
        source: The path of a YAML or JSON file in UTF-8, or what such a file holds, as a mapping.
        format: What the file is written in; None goes by its suffix.

    Raises:
        DesiredStateError: it cannot be used. `problems` are all that is wrong with it, each with
            file, line, column and field. What may be a secret is not shown.
        InvalidArgumentError: the source is neither path nor mapping, or nothing tells what the
            file is written in.
        ImportError: PyYAML is not installed, which a YAML file needs.
    """
    problems, desired = _load(source, format)
    del source  # a mapping may hold the secrets that are refused: no traceback is to show it
    if desired is None:
        raise DesiredStateError(problems.in_order())
    return desired


def _load(
    source: str | os.PathLike[str] | Mapping[str, object], format: Format | None
) -> tuple[Problems, DesiredState | None]:
    if isinstance(source, Mapping):
        problems = Problems(_MAPPING)
        return problems, _checked(problems, lambda: of_plain(source), Path())
    path = _path(source)
    problems = Problems(str(path))
    read = _reader(path, format)
    text = _text_of(path, problems)
    if text is None:
        return problems, None
    return problems, _checked(problems, lambda: read(text), path.absolute().parent)


def _path(source: str | os.PathLike[str]) -> Path:
    """The path of a file. A text that is no path is not shown: it may be a whole document."""
    path: object = None
    with suppress(TypeError):
        path = os.fspath(source)
    if not isinstance(path, str) or "\n" in path or "\0" in path:
        raise InvalidArgumentError("source", "the path of a file, or a mapping; no other text")
    return Path(path)


def _reader(path: Path, format: Format | None) -> Callable[[str], Node]:
    """What reads such a file."""
    format = format or _FORMATS.get(path.suffix.lower())
    if format is None:
        raise InvalidArgumentError(
            "format", f'"yaml" or "json" for {path.name!r}, whose suffix does not tell'
        )
    arguments.one_of("format", format, ("yaml", "json"))
    if format == "json":
        return read_json
    from .yaml_format import read

    return read


def _text_of(path: Path, problems: Problems) -> str | None:
    """What a file holds; None if it cannot be read, and then the problem is noted."""
    try:
        data = path.read_bytes()
    except OSError as error:
        problems.add(At(), "", f"cannot be read: {error.strerror or type(error).__name__}")
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.add(At(line=line), "", "is not text in UTF-8")
        return None


def _checked(problems: Problems, read: Callable[[], Node], base: Path) -> DesiredState | None:
    """What a document says, or None where there are problems."""
    try:
        root = read()
    except Unreadable as unreadable:
        problems.add(unreadable.at, "", unreadable.problem)
        return None
    document = check(root, problems)
    _check_across(root, problems)
    if problems.in_order():
        return None
    projects = cast("dict[str, list[dict[str, Any]]]", document)["projects"]
    return DesiredState(projects=tuple(_project(each) for each in projects), base=base)


def _project(fields: Mapping[str, Any]) -> DesiredProject:
    """A project, of fields that were checked."""
    secrets = cast("Mapping[str, str] | None", fields.get("secrets"))
    tags, models = fields.get("tags"), fields.get("models")
    return DesiredProject(
        name=fields["name"],
        id=fields.get("id"),
        description=fields.get("description"),
        collaborators=fields.get("collaborators"),
        secrets=None
        if secrets is None
        else {
            name: reference
            for name, text in secrets.items()
            if (reference := references.parse(text)) is not None
        },
        tags=None if tags is None else tuple(tags),
        models=None if models is None else tuple(models),
    )


def _check_across(root: Node, problems: Problems) -> None:
    """Note what no schema can say: names and ids that stand twice, quotes that do not match."""
    projects = _child(root, "projects")
    first: dict[tuple[str, str], Scalar] = {}
    without_id: set[str] = set()
    for index, project in enumerate(projects.items if isinstance(projects, Sequence) else ()):
        name, own_id = _child(project, "name"), _child(project, "id")
        for key, node in (("name", name), ("id", own_id)):
            if not isinstance(node, Scalar) or not isinstance(node.value, str):
                continue
            before = first.setdefault((key, node.value), node)
            anonymous = key == "name" and (own_id is None or node.value in without_id)
            if before is not node and (key == "id" or anonymous):
                where = "" if before.line is None else f" (line {before.line})"
                shown = arguments.shown(node.value)
                problem = f"another project has the {key} {shown} too{where}"
                if key == "name":
                    problem += ": give both their ids, or another name to one of them"
                problems.add(node, f"projects[{index}].{key}", problem)
            if key == "name" and own_id is None:
                without_id.add(node.value)
        _check_commands(_child(project, "secrets"), f"projects[{index}].secrets", problems)


def _check_commands(secrets: Node | None, field: str, problems: Problems) -> None:
    for key, node in secrets.entries if isinstance(secrets, Fields) else ():
        text = node.value if isinstance(node, Scalar) else None
        if isinstance(text, str) and references.is_odd_command(text):
            name = key.value if isinstance(key, Scalar) else None
            problems.add(node, f"{field}.{name}", "the quotes of the command line do not match")


def _child(node: Node, name: str) -> Node | None:
    """The value of a key of a mapping, where there is one."""
    for key, value in node.entries if isinstance(node, Fields) else ():
        if isinstance(key, Scalar) and key.value == name:
            return value
    return None
