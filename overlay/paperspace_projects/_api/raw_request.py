"""Requests for paths that the contract does not have: their parts are checked as its own are. Pure.

A secret in the JSON is hidden before anything can raise: no traceback of ours holds it in clear.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, Literal, TypeAlias, TypeVar, cast
from urllib.parse import quote

import msgspec

from .._security.secret_str import SecretStr, as_secret, problem_of
from ..errors import InvalidArgumentError
from . import validation
from .decode_error import NO_BODY, DecodeError, describe
from .decoding import convert
from .operations import ApiRequest, Idempotency

T = TypeVar("T")

JSONValue: TypeAlias = (
    bool | int | float | str | Sequence["JSONValue"] | Mapping[str, "JSONValue"] | None
)
"""JSON, as the standard library reads and writes it."""
Scalar: TypeAlias = str | int | float
QueryValue: TypeAlias = Scalar | Sequence[Scalar] | None
"""A value of a query: a sequence is sent as a repeated parameter, None is left out."""
Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Repeat: TypeAlias = Literal["read", "idempotent", "none"]

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_IDEMPOTENCY: Final[Mapping[str, Idempotency]] = {
    "read": Idempotency.READ,
    "idempotent": Idempotency.IDEMPOTENT,
    "none": Idempotency.NONE,
}
_SEGMENT: Final = re.compile(r"\{\w+\}|[A-Za-z0-9_~:@.-]+")


class HiddenJSON(msgspec.Struct, frozen=True, eq=False):
    """JSON whose secrets are hidden, these secrets, and why it cannot be sent, if it cannot."""

    value: object
    secrets: tuple[SecretStr, ...] = ()
    problem: str | None = None


def hide(json: object, secret_keys: Collection[str]) -> HiddenJSON:
    """Hide what stands at the `secret_keys` of JSON, whatever it is: nothing is raised here."""
    if not _are_keys(secret_keys):
        return HiddenJSON(None, problem="secret_keys must be a collection of keys")
    keys, found = frozenset(each.casefold() for each in secret_keys), list[SecretStr]()
    try:
        return HiddenJSON(_hidden(json, False, keys, found), tuple(found))
    except _NotJSON as error:  # its traceback holds the values; its text does not
        problem = str(error)
    except RecursionError:
        problem = "json must not be nested so deeply"
    return HiddenJSON(None, problem=problem)


class _NotJSON(Exception):
    pass


def _are_keys(keys: object) -> bool:
    if isinstance(keys, str) or not isinstance(keys, Collection):
        return False
    return all(isinstance(each, str) for each in cast("Collection[object]", keys))


def _hidden(value: object, is_secret: bool, keys: frozenset[str], found: list[SecretStr]) -> object:
    if isinstance(value, str):
        if (problem := problem_of(value)) is not None:
            raise _NotJSON(f"json must hold {problem}")
        if is_secret or isinstance(value, SecretStr):
            found.append(as_secret(value))
            return found[-1]
        return str.__str__(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        if is_secret:
            raise _NotJSON("json must hold text at the secret_keys, not numbers")
        if not math.isfinite(value):
            raise _NotJSON("json must hold no number like inf and nan")
        return value
    if isinstance(value, Mapping):
        items = list(cast("Mapping[object, object]", value).items())
        if not all(isinstance(key, str) and problem_of(key) is None for key, _ in items):
            raise _NotJSON("json must have text as the keys of its objects")
        pairs = cast("list[tuple[str, object]]", items)
        return {k: _hidden(v, is_secret or k.casefold() in keys, keys, found) for k, v in pairs}
    if isinstance(value, list | tuple):
        return [_hidden(v, is_secret, keys, found) for v in cast("Sequence[object]", value)]
    raise _NotJSON(f"json must hold what JSON has, and no {type(value).__name__}")


def raw_request(
    method: str,
    route: str,
    *,
    path: Mapping[str, str] | None,
    query: Mapping[str, QueryValue] | None,
    json: HiddenJSON = HiddenJSON(None),  # noqa: B008 -- frozen
    idempotency: str | None = None,
    response_type: type[T] | None,
) -> ApiRequest[T]:
    """Make a request, with each part checked."""
    if json.problem is not None:
        argument, _, expected = json.problem.partition(" must ")
        raise InvalidArgumentError(argument, expected.removeprefix("be "))
    validation.one_of("method", method, _METHODS)
    if idempotency is None:
        idempotency = "read" if method == "GET" else "none"
    validation.one_of("idempotency", idempotency, tuple(_IDEMPOTENCY))
    if response_type is not None:
        _check_type(response_type)
        if method == "DELETE":
            expected = "left out for DELETE: what was deleted by a lost attempt is not sent again"
            raise InvalidArgumentError("response_type", expected)
    filled = _fill(route, {} if path is None else path)
    return ApiRequest(
        operation=f"{method} {route}",
        idempotency=_IDEMPOTENCY[idempotency],
        method=method,
        path=filled,
        query=checked_query("query", query or {}),
        headers={} if json.value is None else {"Content-Type": "application/json"},
        body=json.value,
        decode=decoder(response_type),
        verify_with=None,
        secrets=json.secrets,
        in_contract=False,
    )


def _fill(route: object, values: Mapping[str, str]) -> str:
    """The path of a route, below the base URL, with its values in place."""
    parts = validation.text("route", route).split("/")
    if len(parts) < 2 or parts[0] or not all(map(_is_segment, parts[1:])):
        expected = "a path below the base URL, such as /projects/{id}/notebooks: no URL, no query "
        raise InvalidArgumentError("route", f"{expected}and no empty part; give values by path=")
    names = [part.strip("{}") for part in parts if part.startswith("{")]
    if not isinstance(values, Mapping) or {*names} != {*values}:  # pyright: ignore[reportUnnecessaryIsInstance] -- users
        expected = ", ".join(names) or "nothing"
        raise InvalidArgumentError("path", f"a mapping with what the route names: {expected}")
    return "/".join(
        quote(validation.segment(f"path[{part[1:-1]!r}]", values[part[1:-1]]), safe="")
        if part.startswith("{")
        else part
        for part in parts
    )


def _is_segment(part: str) -> bool:
    return _SEGMENT.fullmatch(part) is not None and part not in (".", "..")


def checked_query(argument: str, query: Mapping[str, QueryValue]) -> dict[str, object]:
    """Query parameters as they are sent; what is None is left out."""
    if not isinstance(query, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] -- users
        raise InvalidArgumentError(argument, "a mapping from names to values")
    found: dict[str, object] = {}
    for name, value in query.items():
        validation.name(argument, name)
        if isinstance(value, list | tuple):
            found[name] = [_scalar(argument, name, each) for each in value]
        elif value is not None:
            found[name] = _scalar(argument, name, value)
    return found


def _scalar(argument: str, name: str, value: object) -> str | int:
    where = f"{argument}[{name!r}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return validation.text(where, value)
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value if isinstance(value, int) else repr(value)
    raise InvalidArgumentError(where, "text, a number, true or false, or a list of these")


def _check_type(kind: object) -> None:
    """Require a type that JSON can be converted to, before anything is sent."""
    from msgspec import inspect as types

    try:
        is_custom = isinstance(types.type_info(kind), types.CustomType)
    except Exception:
        is_custom = True
    if is_custom:
        expected = "a msgspec.Struct, a dataclass, a TypedDict or a type of Python's JSON"
        raise InvalidArgumentError("response_type", expected)


def decoder(kind: type[T] | None) -> Callable[..., T]:
    """The decoder that converts JSON to a type; None: it stays as it is."""

    def decode(data: object, path: str = "$") -> T:
        if kind is None:
            return cast("T", None if data is NO_BODY else data)
        if data is NO_BODY:
            raise DecodeError(path, kind.__name__, describe(data))
        try:
            return convert(data, kind)
        except msgspec.ValidationError as error:
            text, _, place = str(error).replace("`", "").partition(" - at $")
        expected, _, found = text.removeprefix("Expected ").partition(", got ")
        if not found:
            expected, found = kind.__name__, f"something else: {text}"
        raise DecodeError(f"{path}{place}", expected, found)

    return decode
