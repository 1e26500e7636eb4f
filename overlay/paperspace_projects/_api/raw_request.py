"""The parts of requests that only a user knows: paths that the contract does not have, and headers
and parameters of every call. They are checked as the contract's own are. Pure.

What may be secret is hidden before anything can raise: no traceback of ours holds it in clear.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, Literal, TypeAlias, TypeVar, cast, get_args
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

METHODS: Final[tuple[str, ...]] = get_args(Method)
_IDEMPOTENCY: Final[Mapping[str, Idempotency]] = {
    "read": Idempotency.READ,
    "idempotent": Idempotency.IDEMPOTENT,
    "none": Idempotency.NONE,
}
_SEGMENT: Final = re.compile(r"\{\w+\}|[A-Za-z0-9_~:@.-]+")


class Hidden(msgspec.Struct, frozen=True, eq=False):
    """JSON whose secrets are hidden, these secrets, and why it cannot be sent, if it cannot."""

    value: object
    secrets: tuple[SecretStr, ...] = ()
    problem: str | None = None

    def check(self) -> None:
        """Raise an `InvalidArgumentError` if it cannot be sent."""
        if self.problem is not None:
            argument, _, expected = self.problem.partition(" must be ")
            raise InvalidArgumentError(argument, expected)


def hide(json: object, secret_keys: Collection[str]) -> Hidden:
    """Hide what stands at the `secret_keys` of JSON, whatever it is: nothing is raised here."""
    if not _are_keys(secret_keys):
        return Hidden(None, problem="secret_keys must be a collection of keys")
    keys, found = frozenset(each.casefold() for each in secret_keys), list[SecretStr]()
    try:
        return Hidden(_hidden(json, False, keys, found), tuple(found))
    except _NotJSON as error:  # its traceback holds the values; its text does not
        problem = str(error)
    except RecursionError:
        problem = "json must be nested less deeply"
    return Hidden(None, problem=problem)


class _NotJSON(Exception):
    pass


def _are_keys(keys: object) -> bool:
    if isinstance(keys, str) or not isinstance(keys, Collection):
        return False
    return all(isinstance(each, str) for each in cast("Collection[object]", keys))


def _hidden(value: object, is_secret: bool, keys: frozenset[str], found: list[SecretStr]) -> object:
    if isinstance(value, str):
        if (problem := problem_of(value)) is not None:
            raise _NotJSON(f"json must be made of text that can be sent: {problem}")
        if is_secret or isinstance(value, SecretStr):
            found.append(as_secret(value))
            return found[-1]
        return str.__str__(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        if is_secret:
            raise _NotJSON(
                "json must be text where a secret stands (at a key such as value), not a number"
            )
        if not math.isfinite(value):
            raise _NotJSON("json must be without numbers like inf and nan")
        return value
    if isinstance(value, Mapping):
        items = list(cast("Mapping[object, object]", value).items())
        if not all(isinstance(key, str) and problem_of(key) is None for key, _ in items):
            raise _NotJSON("json must be made of objects with text as their keys")
        pairs = cast("list[tuple[str, object]]", items)
        return {k: _hidden(v, is_secret or k.casefold() in keys, keys, found) for k, v in pairs}
    if isinstance(value, list | tuple):
        return [_hidden(v, is_secret, keys, found) for v in cast("Sequence[object]", value)]
    raise _NotJSON(f"json must be what JSON has, with no {type(value).__name__} in it")


_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OWN_HEADERS: Final = frozenset(
    (
        *("accept", "accept-encoding", "authorization", "connection", "content-encoding"),
        *("content-length", "content-type", "expect", "host", "keep-alive", "proxy-authorization"),
        *("proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"),
    )
)


def hide_headers(headers: object) -> tuple[dict[str, SecretStr], Hidden]:
    """Headers whose values are hidden, and why they cannot be sent: nothing is raised here."""
    if not isinstance(headers, Mapping):
        return {}, Hidden(None, problem="headers must be a mapping from names to values")
    items = cast("Mapping[object, object]", headers).items()
    hidden = {name: as_secret(value) for name, value in items}
    for name, value in hidden.items():
        if not isinstance(name, str) or not _TOKEN.fullmatch(name):
            return {}, Hidden(None, problem="headers must be named by letters, digits and dashes")
        if name.lower() in _OWN_HEADERS:
            return {}, Hidden(
                None, problem=f"headers must be other than {name}: the client sets it"
            )
        if value.problem or not all(" " <= each <= "~" for each in value) or value.strip() != value:
            problem = f"headers[{name!r}] must be printable ASCII without spaces around it"
            return {}, Hidden(None, problem=problem)
    return cast("dict[str, SecretStr]", hidden), Hidden(None)


def raw_request(
    method: str,
    route: str,
    *,
    path: Mapping[str, str] | None,
    query: Mapping[str, QueryValue] | None,
    json: Hidden = Hidden(None),  # noqa: B008 -- frozen
    idempotency: str | None = None,
    response_type: type[T] | None,
) -> ApiRequest[T]:
    """Make a request, with each part checked."""
    json.check()
    validation.one_of("method", method, METHODS)
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
    except Exception:  # whatever msgspec says of what is no type
        is_custom = True
    if is_custom:
        expected = "a msgspec.Struct, a dataclass, a TypedDict or a type of Python's JSON"
        raise InvalidArgumentError("response_type", expected)


def decoder(kind: type[T] | None) -> Callable[..., T]:
    """The decoder that converts JSON to a type; None: it stays as it is."""

    def decode(data: object, path: str = "$") -> T:
        if kind is None:
            return cast("T", None if data is NO_BODY else data)
        try:
            return convert(None if data is NO_BODY else data, kind)
        except msgspec.ValidationError as error:
            text, _, place = str(error).replace("`", "").partition(" - at $")
        expected, _, found = text.removeprefix("Expected ").partition(", got ")
        name: str = getattr(kind, "__name__", str(kind))
        if data is NO_BODY:
            expected, found = name, describe(data)
        elif not found:
            expected, found = name, f"something else: {text}"
        raise DecodeError(f"{path}{place}", expected, found)

    return decode
