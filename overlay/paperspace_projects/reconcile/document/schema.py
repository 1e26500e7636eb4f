"""The shape of the document, as a JSON Schema: what is published is what `load` checks by.

Where a schema has a `title`, it completes "must be ...". What is `writeOnly` may be a secret that
should not be there: it is never shown.
"""

from __future__ import annotations

import copy
from typing import Any, Final, get_args

from ... import Role
from .references import EXPECTED, PATTERN

ROLES: Final[tuple[Role, ...]] = get_args(Role)
SECRET_NAME: Final = r"^[a-zA-Z][a-zA-Z0-9_]*$(?!\n)"
"""What the live server takes for the name of a secret (docs/dialects.md)."""

SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "a desired state: a mapping with version and projects",
    "description": "The Paperspace projects of a team, as they are to be.",
    "type": "object",
    "required": ["version", "projects"],
    "additionalProperties": False,
    "properties": {
        "version": {
            "title": "1",
            "description": "The version of this format.",
            "const": 1,
        },
        "projects": {
            "title": "a list of projects",
            "description": "Each name once, unless all projects of that name have ids.",
            "type": "array",
            "items": {"$ref": "#/$defs/project"},
        },
    },
    "$defs": {
        "project": {
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
                    "description": "What it is for. The live server neither keeps nor tells it.",
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
                    "description": "Where the values are: they themselves do not belong here.",
                    "writeOnly": True,
                    "type": "object",
                    "propertyNames": {
                        "title": "letters, digits and underscores, a letter first",
                        "type": "string",
                        "pattern": SECRET_NAME,
                    },
                    "additionalProperties": {
                        "title": EXPECTED,
                        "type": "string",
                        "pattern": PATTERN,
                    },
                },
                "tags": {
                    "title": "a list of tags",
                    "type": "array",
                    "uniqueItems": True,
                    "items": {"$ref": "#/$defs/key"},
                },
                "models": {
                    "title": "a list of the ids of models",
                    "type": "array",
                    "uniqueItems": True,
                    "items": {"$ref": "#/$defs/key"},
                },
            },
        },
        "name": {
            "title": "a string that is not blank",
            "type": "string",
            "pattern": r"\S",
        },
        "key": {
            "title": "a string that is not blank, nor `.` or `..`",
            "type": "string",
            "pattern": r"^(?!\.{1,2}$(?!\n))[\s\S]*\S",
        },
    },
}


def schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of a desired state, as plain data: a copy of your own.

    It is `docs/desired-state.schema.json`. What a schema cannot say is checked by `load` alone:
    that no key stands twice, which names and ids may not, and that the quotes of a command match.
    """
    return copy.deepcopy(SCHEMA)
