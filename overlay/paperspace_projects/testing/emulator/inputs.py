"""Read the parts of a request: path segments, query, cursor, and the fields of its body.

Every problem is a 400 that names the field and never quotes its value, which may be a secret.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Annotated, Final, NamedTuple, cast
from urllib.parse import parse_qsl, unquote_to_bytes

import msgspec

from .messages import HTTPException, bad_request
from .shapes import Shape

# 1 to 120 is from docs/dialects.md, `limit`; no source names the default.
MAX_LIMIT: Final = 120
DEFAULT_LIMIT: Final = 20


class Cursor(NamedTuple):
    """Where a page of a list in one order ended. Opaque to clients; other lists refuse it.

    It never holds an offset, which would repeat or lose items when others write in between.
    """

    listing: str
    order_by: str
    order: str
    value: str
    seq: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]  # as SQLite's integers

    def encode(self) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).rstrip(b"=").decode("ascii")

    @classmethod
    def decode(cls, token: str) -> Cursor | None:
        """Decode a token; return None for all that `encode` never made."""
        with suppress(ValueError, RecursionError):
            data = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
            cursor = msgspec.json.decode(data, type=cls)
            # Both decoders are lenient: a token that is not encoded the same again was not ours.
            return cursor if cursor.encode() == token else None
        return None


def check_key(authorization: bytes, api_key: str) -> None:
    """Compare the key of a request, in constant time, as a server with real keys would."""
    scheme, _, key = authorization.partition(b" ")
    if not (hmac.compare_digest(key, api_key.encode()) and scheme.lower() == b"bearer"):
        challenge = ("www-authenticate", "Bearer")
        raise HTTPException(401, "A valid API key is required.", challenge)


def segments(path: bytes) -> list[str]:
    """Split a raw path, and decode each segment on its own, so that `%2F` stays within one."""
    try:
        return [unquote_to_bytes(part).decode() for part in path.split(b"/")[1:]]
    except UnicodeDecodeError:
        raise bad_request("path", "must be UTF-8") from None


def query(raw: bytes) -> dict[str, str]:
    """Read a raw query, which must not repeat a name: no operation takes a list."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise bad_request("query", "must be percent-encoded UTF-8") from None
    values = dict(pairs)
    if len(values) < len(pairs):
        raise bad_request("query", "must not repeat a name")
    return values


def query_or_empty(raw: bytes) -> dict[str, str]:
    with suppress(HTTPException):
        return query(raw)
    return {}


def json_object(body: bytes) -> Mapping[str, object]:
    """Read a body: a 400 PARSE_ERROR if it is not JSON, BAD_REQUEST if it is not an object."""
    try:
        value: object = json.loads(body, parse_constant=int)  # int refuses NaN and Infinity
    except (ValueError, RecursionError):
        # From None: the JSON error holds the document, which may hold a secret's value.
        raise HTTPException(400, "The request body is not JSON.", code="PARSE_ERROR") from None
    if not isinstance(value, dict):
        raise bad_request("body", "must be an object")
    return cast("dict[str, object]", value)


def read_fields(body: bytes, shape: Shape, *, refuse_unknown: bool) -> dict[str, object]:
    """Read the fields of a body that its shape has; others are ignored, or refused."""
    fields = json_object(body)
    if refuse_unknown and fields.keys() - shape.keys.keys():
        raise bad_request("body", f"must have no fields but {', '.join(sorted(shape.keys))}")
    for name, each in shape.keys.items():
        if name in fields:
            _check(name, fields[name], each)
        elif each.required:
            raise bad_request(name, "is required")
    return {name: value for name, value in fields.items() if name in shape.keys}


def _check(name: str, value: object, shape: Shape) -> None:
    if not (shape.nullable if value is None else shape.fits(value)):
        raise bad_request(name, f"must be of type {shape.type}")
    choices = shape.keywords.get("enum")
    if choices and value not in choices:
        raise bad_request(name, f"must be one of {', '.join(map(str, choices))}")
    try:
        msgspec.json.encode(value)
    except UnicodeEncodeError:  # JSON can spell a lone surrogate, and nothing can store it
        raise bad_request(name, "must be well-formed Unicode") from None


def optional_text(values: Mapping[str, object], name: str, *, blank: bool = True) -> str | None:
    """Read a string, or None if the name is missing; null is not a string."""
    if name not in values:
        return None
    value = values[name]
    if not isinstance(value, str):
        raise bad_request(name, "must be a string")
    if not (blank or value.strip()):
        raise bad_request(name, "must not be blank")
    return value


def required_text(values: Mapping[str, object], name: str, *, blank: bool = False) -> str:
    value = optional_text(values, name, blank=blank)
    if value is None:
        raise bad_request(name, "is required")
    return value


def read_choice(values: Mapping[str, object], name: str, choices: Collection[str]) -> str | None:
    value = optional_text(values, name)
    if value is not None and value not in choices:
        raise bad_request(name, f"must be one of {', '.join(choices)}")
    return value


def read_limit(query: Mapping[str, str]) -> int:
    """Read the `limit` of a query, in items."""
    text = query.get("limit", str(DEFAULT_LIMIT))
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_LIMIT))
    if not (is_number and 1 <= int(text) <= MAX_LIMIT):
        raise bad_request("limit", f"must be a whole number from 1 to {MAX_LIMIT}")
    return int(text)
