"""Reading what a request carries: path segments, query and body, each checked where it is read.

Every fault is a 400 that names the field and never quotes its value, which may be a secret.
Names that are not known are ignored, as the spec's schemas are open.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NoReturn, cast
from urllib.parse import parse_qsl, unquote_to_bytes

from .messages import bad_request, parse_error


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one request carries. The body is read only by the operations that have one."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes = field(repr=False)

    def fields(self) -> Mapping[str, object]:
        """The body's JSON object.

        Raises:
            Problem: 400 PARSE_ERROR if it is no JSON, 400 BAD_REQUEST if it is no object.
        """
        try:
            value: object = json.loads(self.body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            # From None: the JSON error carries the document, and that may hold a secret's value.
            raise parse_error() from None
        if not isinstance(value, dict):
            raise bad_request("body", "must be an object")
        return cast("dict[str, object]", value)


def segments(path: bytes) -> list[str]:
    """A raw path's segments, each decoded on its own, so that `%2F` stays within one.

    Raises:
        Problem: 400 if one is not UTF-8.
    """
    try:
        return [unquote_to_bytes(part).decode() for part in path.split(b"/")[1:]]
    except UnicodeDecodeError:
        raise bad_request("path", "must be UTF-8") from None


def query(raw: bytes) -> dict[str, str]:
    """A raw query's names and values.

    Raises:
        Problem: 400 if it is not UTF-8, or has a name twice (no operation takes a list).
    """
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise bad_request("query", "must be percent-encoded UTF-8") from None
    values = dict(pairs)
    if len(values) < len(pairs):
        raise bad_request("query", "must not have a name twice")
    return values


def required_text(values: Mapping[str, object], name: str) -> str:
    """A string that has to be there; it may be empty."""
    value = optional_text(values, name)
    if value is None:
        raise bad_request(name, "is required")
    return value


def optional_text(values: Mapping[str, object], name: str) -> str | None:
    """A string, or None where the name is not there; null is a value, and not a string."""
    if name not in values:
        return None
    value = values[name]
    if not isinstance(value, str):
        raise bad_request(name, "must be a string")
    if not _is_unicode(value):
        raise bad_request(name, "must be well-formed Unicode")
    return value


def required_name(values: Mapping[str, object], name: str) -> str:
    """A string that has to be there and has more in it than white space."""
    return _named(required_text(values, name), name)


def optional_name(values: Mapping[str, object], name: str) -> str | None:
    """A string with more in it than white space, or None where the name is not there."""
    value = optional_text(values, name)
    return None if value is None else _named(value, name)


def optional_choice(
    values: Mapping[str, object], name: str, choices: Collection[str]
) -> str | None:
    """One of some strings, or None where the name is not there."""
    value = optional_text(values, name)
    if value is not None and value not in choices:
        raise bad_request(name, f"must be one of {', '.join(choices)}")
    return value


def _named(value: str, name: str) -> str:
    if not value.strip():
        raise bad_request(name, "must not be blank")
    return value


def _is_unicode(value: str) -> bool:
    """False for a lone surrogate, which JSON can spell and nothing can store."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _refuse_constant(_: str) -> NoReturn:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError("not JSON")
