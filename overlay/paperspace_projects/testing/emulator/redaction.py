"""Hiding what may be a secret's value in what is written down of a request.

Of a request about secrets only what is known to be no value is shown, as a value may have been put
into a wrong field by mistake; of any other, all but what is named a value.
"""

import json
import re
from typing import Final, cast
from urllib.parse import unquote_plus

from .inputs import segments
from .messages import Problem

HIDDEN: Final = "***"
"""What stands in place of a value that may be a secret."""

LONGEST: Final = 1_000_000
"""The most characters of a body that are shown; a longer one is hidden as a whole."""

_NO_VALUES: Final = frozenset({"after", "limit", "name", "order", "orderBy", "type"})
"""The parameters of queries, none of which is a value."""


def shown_body(path: bytes, body: bytes) -> str:
    """A body as JSON text; empty where there is none."""
    if not body:
        return ""
    hidden = json.dumps(HIDDEN)
    try:
        document: object = json.loads(body)
        shown = json.dumps(_of_secrets(document) if _is_about_secrets(path) else _shown(document))
    except (ValueError, RecursionError):
        return hidden
    return shown if len(shown) <= LONGEST else hidden


def shown_query(path: bytes, raw: bytes) -> str:
    """A query as it came, but for values."""
    is_about_secrets = _is_about_secrets(path)

    def shown(pair: re.Match[str]) -> str:
        name, has_value, _ = pair[0].partition("=")
        decoded = unquote_plus(name)
        if decoded in _NO_VALUES or not (is_about_secrets or _is_value(decoded)):
            return pair[0]
        return f"{name}={HIDDEN}" if has_value else HIDDEN

    return re.sub("[^&;]+", shown, raw.decode("ascii", "backslashreplace"))


def _is_about_secrets(path: bytes) -> bool:
    try:
        return "secrets" in segments(path)
    except Problem:
        return True


def _of_secrets(document: object) -> object:
    """What is sent about secrets, of which only a name is shown."""
    if not isinstance(document, dict):
        return HIDDEN
    fields = cast("dict[str, object]", document)
    return {
        name: value if name == "name" and isinstance(value, str) else HIDDEN
        for name, value in fields.items()
    }


def _shown(document: object) -> object:
    match document:
        case dict():
            fields = cast("dict[str, object]", document)
            return {
                name: HIDDEN if _is_value(name) else _shown(value) for name, value in fields.items()
            }
        case list():
            return [_shown(item) for item in cast("list[object]", document)]
        case _:
            return document


def _is_value(name: str) -> bool:
    return name.strip().casefold() == "value"
