"""Compare the shape of one answer with what a dialect describes. Pure.

A shape is a status, a media type, keys, types and nulls. A value is never kept: a key that no
dialect describes is shown only if it cannot be a name, an id or a secret.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, Final, Literal, TypeAlias, cast

import msgspec

from .._api.decode_error import NO_BODY, Object
from .._api.decoding import parse
from .._api.operations import ApiRequest
from .._http.response_reader import RawResponse, decoded
from .._security.redaction import redact_json
from .._security.secret_str import SecretStr

Dialect: TypeAlias = Literal["contract", "live"]
Problem: TypeAlias = Literal[
    "missing",
    "not described",
    "another type",
    "null",
    "another status",
    "another media type",
    "no body",
    "no JSON",
    "cannot be read",
]

DIALECTS: Final[tuple[Dialect, ...]] = ("contract", "live")
JSON: Final = "application/json"
NO_JSON: Final = object()  # stands for a body that is no JSON
HIDDEN_KEY: Final = "*"

_LIKE_A_KEY: Final = re.compile(r"(?=.{1,40}$)[a-z]+([A-Z][a-z]+)*")
"""Written as the keys of this API are."""
_COMMON_KEYS: Final = frozenset(
    {"count", "cursor", "data", "error", "errors", "meta", "next", "result", "results", "total"}
)
_MEDIA_TYPES: Final = frozenset(
    f"application/{each}" for each in ("octet-stream", "problem+json", "x-ndjson", "xml")
) | {"text/html", "text/json", "text/plain", "text/xml"}


class Field(msgspec.Struct, frozen=True, array_like=True):
    """A described value: its types, and whether it is always there and may be null."""

    type: str
    required: bool
    nullable: bool


Fields: TypeAlias = Mapping[str, Field]
Answers: TypeAlias = Mapping[str, Fields | None]
"""The fields by path of each answer by status; None: an answer without a body."""


class Described(msgspec.Struct, frozen=True):
    """An operation as both dialects describe it. `request` is its method and path template."""

    request: str
    contract: Answers
    live: Answers

    def answers(self, dialect: Dialect) -> Answers:
        return self.contract if dialect == "contract" else self.live


@cache
def described() -> Mapping[str, Described]:
    """The operations by id, in the order of openapi.yaml."""
    data = resources.files(__package__ or "").joinpath("shapes.json").read_bytes()
    return msgspec.json.decode(data, type=dict[str, Described])


@cache
def harmless_keys() -> frozenset[str]:
    """The keys that either dialect has anywhere, and those of many other APIs."""
    bodies = (
        fields
        for each in described().values()
        for dialect in DIALECTS
        for fields in each.answers(dialect).values()
    )
    paths = (path for fields in bodies for path in fields or ())
    keys = {path.removesuffix("[]").rpartition(".")[2] for path in paths}
    return frozenset(keys - {""} | _COMMON_KEYS)


class Difference(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place where an answer is not as described.

    `path` is a place in the body (`$` is the whole, `[]` each item), `status` or `media type`.
    `found` and `described` are types, or a status or media type; empty if there is none. A key that
    is not shown is `*`.
    """

    path: str
    problem: Problem
    found: str = ""
    described: str = ""

    def __str__(self) -> str:
        facts = [("found", self.found), ("described", self.described)]
        told = ", ".join(f"{name}: {fact}" for name, fact in facts if fact)
        return f"{self.path}: {self.problem}{f' ({told})' if told else ''}"


class Answer(msgspec.Struct, frozen=True, eq=False):
    """An answer as it came. It holds values, and is dropped with the comparison."""

    status: int
    media_type: str
    body: object
    is_html: bool
    is_error: bool = False
    unreadable: tuple[str, str] | None = None  # where the client cannot read it; what it expects

    @classmethod
    def of(cls, request: ApiRequest[Any], response: RawResponse, key: SecretStr) -> Answer:
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            body = redact_json(parse(decoded(response)), (*request.secrets, key))
        except (ValueError, RecursionError):
            body = NO_JSON
        is_html = "html" in media_type or response.content.lstrip()[:1] == b"<"
        return cls(response.status, media_type, body, is_html)

    def ended(self, *, is_error: bool, unreadable: tuple[str, str] | None) -> Answer:
        """The same answer, with how the client has read it."""
        return msgspec.structs.replace(self, is_error=is_error, unreadable=unreadable)

    def __repr__(self) -> str:
        return f"<Answer {self.status}>"

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_done(self) -> bool:
        """Whether the server has done what was asked."""
        return self.is_success and not (self.is_error or self.is_html)

    @property
    def is_gateway(self) -> bool:
        """Whether something before the API has answered: with HTML, or an error without JSON."""
        has_json = self.body is not NO_JSON and self.body is not NO_BODY
        return self.is_html or (self.status >= 400 and not has_json)

    @property
    def is_refusal(self) -> bool:
        """Whether the API says that it has not done what was asked."""
        is_open = self.status in (408, 499)  # the outcome is
        return 400 <= self.status < 500 and not is_open and not self.is_gateway

    def items(self) -> list[object]:
        """The items of a list, in either dialect; none if it is no list."""
        body = self.body
        if isinstance(body, dict):
            body = cast("Object", body).get("items")
        return cast("list[object]", body) if isinstance(body, list) else []


def texts(value: object) -> Iterator[str]:
    """All texts in a JSON value but keys: what no shown key may be."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in cast("Object", value).values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in cast("list[object]", value):
            yield from texts(each)


def type_of(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "integer" if isinstance(value, int) or value.is_integer() else "number"
        case dict():
            return "object"
        case list():
            return "array"
        case _:
            return "no JSON" if value is NO_JSON else "no body"


class Comparison:
    """The answers to one operation beside what one dialect describes.

    `unshown` are the texts that were sent or came: no key that is one of them is shown.
    """

    def __init__(self, answers: Answers, unshown: Collection[str]) -> None:
        successes = {int(each): fields for each, fields in answers.items() if each[0] == "2"}
        self._statuses: dict[int, Fields | None] = successes
        self._unshown = unshown
        self._differences: dict[Difference, None] = {}  # in the order that they were found
        self._fields: Fields = {}
        self._described: dict[str, None] = {}
        self._seen: set[str] = set()

    @property
    def differences(self) -> tuple[Difference, ...]:
        return tuple(self._differences)

    @property
    def unseen(self) -> tuple[str, ...]:
        """The paths that are described, and were in no answer, or were null or in an empty list."""
        seen = self._seen
        paths = (p for p in self._described if p not in seen and _parent(p) in seen)
        return tuple(f"${_dot(path)}{path}" for path in paths)

    def add(self, answer: Answer) -> None:
        """Compare an answer that is no error."""
        status, fields = answer.status, self._statuses.get(answer.status)
        if status not in self._statuses:
            fields = next(iter(self._statuses.values()), None)
            listed = " or ".join(map(str, self._statuses))
            self._note("status", "another status", str(status), listed)
        self._described.update(dict.fromkeys(fields or ()))
        self.compare(answer, fields)
        if answer.unreadable and not self._differences:
            path, expected = answer.unreadable
            path = re.sub(r"\[\d+\]", "[]", path)
            self._note(path, "cannot be read", described=expected)

    def add_error(self, answer: Answer, fields: Fields) -> bool:
        """Compare an error; returns whether it is one as described."""
        error = Comparison({}, self._unshown)
        if answer.status >= 400:
            error.compare(answer, fields)
            if not error.differences:
                return True
        found = f"{answer.status}{' with an error' if answer.is_success else ''}"
        self._note("status", "another status", found, " or ".join(map(str, self._statuses)))
        self._differences.update(dict.fromkeys(error.differences))
        return False

    def compare(self, answer: Answer, fields: Fields | None) -> None:
        whole, body = (fields or {}).get(""), answer.body
        if body is NO_BODY or body is NO_JSON:
            if whole is not None:
                problem: Problem = "no body" if body is NO_BODY else "no JSON"
                self._note("$", problem, described=whole.type)
            elif body is NO_JSON:
                self._note("$", "not described", "no JSON", "no body")
            return
        if answer.media_type != JSON:
            self._note("media type", "another media type", self._media(answer.media_type), JSON)
        if fields is None or whole is None:
            self._note("$", "not described", type_of(body), "no body")
            return
        self._fields = fields
        self._visit("", body)

    def _note(self, path: str, problem: Problem, found: str = "", described: str = "") -> None:
        self._differences[Difference(path, problem, found, described)] = None

    def _visit(self, path: str, value: object) -> None:
        """Compare a value, and what is in it, with the field of its path."""
        field, place, found = self._fields[path], f"${_dot(path)}{path}", type_of(value)
        if value is None and field.nullable:
            return
        if value is None and field.type != "any":
            self._note(place, "null", described=field.type)
            return
        if not {found, "number" if found == "integer" else found, "any"} & {
            *field.type.split(" or ")
        }:
            self._note(place, "another type", found, field.type)
            return
        self._seen.add(path)
        if isinstance(value, list) and f"{path}[]" in self._fields:
            for each in cast("list[object]", value):
                self._visit(f"{path}[]", each)
        keys = self._keys(path)
        if not isinstance(value, dict) or not keys:
            return
        given = cast("Object", value)
        for key, where in keys.items():
            if key in given:
                self._visit(where, given[key])
            elif self._fields[where].required:
                self._note(f"{place}.{key}", "missing", described=self._fields[where].type)
        is_map = given.keys().isdisjoint(keys)  # whose keys may be names
        for key in (each for each in given if each not in keys):
            shown = self._key(key, is_map=is_map)
            self._note(f"{place}.{shown}", "not described", type_of(given[key]))

    def _keys(self, path: str) -> dict[str, str]:
        """The described keys of the object at a path, each with its own path."""
        start = f"{path}." if path else ""
        inner = (each for each in self._fields if each != path and _parent(each) == path)
        return {each.removeprefix(start): each for each in inner if not each.endswith("[]")}

    def _key(self, key: str, *, is_map: bool) -> str:
        is_harmless = not is_map and _LIKE_A_KEY.fullmatch(key) and key not in self._unshown
        return key if key in harmless_keys() or is_harmless else HIDDEN_KEY

    def _media(self, media_type: str) -> str:
        if not media_type:
            return "none"
        return media_type if media_type in _MEDIA_TYPES else "another"


def _parent(path: str) -> str | None:
    """The path that a path is in; None for that of the body."""
    if not path:
        return None
    return path[:-2] if path.endswith("[]") else path.rpartition(".")[0]


def _dot(path: str) -> str:
    return "" if not path or path.startswith("[") else "."
