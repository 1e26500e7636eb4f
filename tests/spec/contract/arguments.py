"""What an operation's functions take and give, by the spec: arguments, request, return types."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from attrs import field, frozen
from hypothesis import strategies as st
from spec.contract.kinds import Kind, Scalar
from spec.contract.naming import identifier
from spec.contract.schemas import kind_of
from spec.contract.spec import ROOT, Answer, Operation


def server() -> str:
    """The URL of the spec's first server."""
    return str(ROOT.at("servers", 0, "url").value)


@frozen
class Argument:
    """An argument of the generated functions. `where` is path, query, header or body."""

    name: str
    wire_name: str
    where: str
    required: bool
    kind: Kind
    place: object
    default: Any = None
    """The schema's default, which is sent where nothing else is given; None if it has none."""

    def sample(self, tag: str) -> Any:
        """A JSON value that can go where the argument goes, another one for each tag."""
        value = self.kind.sample(tag)
        if self.where == "header" and isinstance(value, str):
            return value.encode("ascii", "ignore").decode()
        return value

    def values(self) -> st.SearchStrategy[Any]:
        """JSON values that can go where the argument goes.

        Segments that mean a path are left out: that they are refused is the overlay's task.
        """
        values = self.kind.values()
        if self.where == "path":
            return values.filter(lambda value: value not in ("", ".", ".."))
        if self.where == "header" and isinstance(self.kind, Scalar) and self.kind.text == "str":
            return st.text("abcXYZ019-", min_size=1)
        return values


def arguments_of(operation: Operation) -> tuple[Argument, ...]:
    """Every argument, those of the path first and in the template's order."""
    return tuple(_arguments(operation))


def _arguments(operation: Operation) -> Iterator[Argument]:
    for where in ("path", "query", "header", "cookie"):
        for each in operation.parameters_in(where):
            yield Argument(
                name=identifier(each.name),
                wire_name=each.name,
                where=where,
                required=each.required,
                kind=kind_of(each.schema, (operation.id, each.name)),
                place=each.place,
                default=each.schema.get("default"),
            )
    body = operation.body
    if body is not None:
        kind = kind_of(body.schema, (operation.id, "body"))
        yield Argument("body", "body", "body", body.required, kind, body.place)


def answer_kind(operation: Operation, answer: Answer) -> Kind | None:
    """What the body of an answer is; None if it has none."""
    if answer.schema is None:
        return None
    return kind_of(answer.schema, (operation.id, f"response {answer.status.lower()}"))


def returned(operation: Operation) -> Any:
    """The type of what the answers parse into, all of them together."""
    kinds = [answer_kind(operation, each) for each in operation.answers]
    types = [Any if each is None else each.annotation for each in kinds]
    result = types[0]
    for each in types[1:]:
        result = result | each
    return result


@frozen
class Expected:
    """The request that the spec wants for some arguments. Headers are those that it names."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: str | None = field()


def canonical(value: Any) -> str:
    """JSON that is the same for the same value, and tells 1 from true."""
    return json.dumps(value, sort_keys=True)


def expected_request(operation: Operation, given: Mapping[str, Any]) -> Expected:
    """The request for JSON values of arguments, by the arguments' names."""
    path = operation.template
    query: dict[str, list[str]] = defaultdict(list)
    headers: dict[str, str] = {}
    body = None
    for each in arguments_of(operation):
        value = given.get(each.name, each.default)
        if value is None and each.where != "body":
            continue
        if each.where == "path":
            path = path.replace(f"{{{each.wire_name}}}", quote(_written(value), safe=""))
        elif each.where == "query":
            values = value if isinstance(value, list) else [value]
            if values:
                query[each.wire_name] += [_written(one) for one in values]
        elif each.where == "header":
            headers[each.wire_name.lower()] = _written(value)
        elif each.name in given:
            headers["content-type"] = "application/json"
            body = canonical(value)
    return Expected(
        method=operation.method,
        path=path,
        query=dict(query),
        headers=headers,
        body=body,
    )


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
