"""The JSON Schema of the document, which is published and which `load` checks by.

A `title` completes "must be ...". A `writeOnly` value may be a secret by mistake: never show it.
"""

from __future__ import annotations

import copy
from typing import Any, Final, get_args

from ... import Role

ROLES: Final[tuple[Role, ...]] = get_args(Role)


def _string(title: str, pattern: str, **keywords: object) -> dict[str, Any]:
    return {"title": title, **keywords, "type": "string", "pattern": pattern}


def _names(title: str) -> dict[str, Any]:
    items = {"$ref": "#/$defs/key"}
    return {"title": title, "type": "array", "uniqueItems": True, "items": items}


NAME: Final = _string("a string that is not blank", r"\S")
KEY: Final = _string("a string that is not blank, nor `.` or `..`", r"^(?!\.{1,2}$(?!\n))[\s\S]*\S")
# The names that the live server accepts (docs/dialects.md).
SECRET_NAME: Final = _string(
    "letters, digits and underscores, a letter first", r"^[a-zA-Z][a-zA-Z0-9_]*$(?!\n)"
)
REFERENCE: Final = _string(
    "a reference: env:NAME, file:PATH or cmd:COMMAND",
    r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:[^\x00]+|cmd:[^\x00]*[^\x00\s][^\x00]*)$(?!\n)",
    writeOnly=True,
)
_PROJECT: Final[dict[str, Any]] = {
    "title": "a project",
    "description": "A part that is left out is not managed: it is never touched.",
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": {
            "$ref": "#/$defs/name",
            "description": "The project is found by its name if no id is given.",
        },
        "id": {
            "$ref": "#/$defs/key",
            "description": "The project's id: with it, a new name renames the project.",
        },
        "description": {
            "title": "a string",
            "description": "The live server neither stores nor returns it.",
            "type": "string",
        },
        "collaborators": {
            "title": "a mapping from user ids to roles",
            "description": "A role of null leaves it to the server.",
            "type": "object",
            "propertyNames": {"$ref": "#/$defs/key"},
            "additionalProperties": {
                "title": f"one of {', '.join(ROLES)}, or null",
                "enum": [*ROLES, None],
            },
        },
        "secrets": {
            "title": "a mapping from names to references",
            "description": "Where the values are; the values themselves do not belong here.",
            "writeOnly": True,
            "type": "object",
            "propertyNames": SECRET_NAME,
            "additionalProperties": REFERENCE,
        },
        "tags": _names("a list of tags"),
        "models": _names("a list of model ids"),
    },
}
SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "a desired state: a mapping with version and projects",
    "description": "The desired Paperspace projects of a team.",
    "type": "object",
    "required": ["version", "projects"],
    "additionalProperties": False,
    "properties": {
        "version": {"title": "1", "description": "The version of this format.", "const": 1},
        "projects": {
            "title": "a list of projects",
            "description": "Names are unique, unless all projects of a name have ids.",
            "type": "array",
            "items": {"$ref": "#/$defs/project"},
        },
    },
    "$defs": {"project": _PROJECT, "name": NAME, "key": KEY},
}


def schema() -> dict[str, object]:
    """Return the JSON Schema (2020-12) of a desired state, as a copy that you may change.

    It is also `docs/desired-state.schema.json`. Only `load` checks what a schema cannot say: that
    no key is repeated, which names and ids may not repeat, and that a command's quotes match.

    Example: `print(json.dumps(reconcile.schema()))`
    """
    return copy.deepcopy(SCHEMA)
