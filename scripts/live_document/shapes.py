"""The operations of an OpenAPI document as flat tables: parameters, fields of bodies and answers.

References are followed, and the several ways to write the same in OpenAPI 3.0 and 3.1 are made one,
so that documents of different authors can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

METHODS = ("get", "put", "post", "delete", "patch", "options", "head", "trace")
SAYS_NOTHING = ("description", "title", "summary", "example", "examples", "xml", "externalDocs")
"""Keywords of a schema that do not say which values it takes."""
STRUCTURE = ("$ref", "type", "properties", "required", "items", "nullable")

Fields = Mapping[str, "Field"]


@dataclass(frozen=True)
class Field:
    """A value: its types, whether it is always there and can be null, and its other keywords."""

    type: str
    required: bool
    nullable: bool = False
    keywords: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Body:
    """A body: its media types, and its fields by path, such as `items[].user.id`."""

    media_types: tuple[str, ...]
    fields: Fields
    required: bool = True


@dataclass(frozen=True)
class OperationShape:
    """An operation. `parameters` are by place and name, such as `query limit`.

    `servers` are those of the operation or its path alone; `headers` are the names by status.
    """

    id: str
    method: str
    path: str
    parameters: Fields
    body: Body | None
    answers: Mapping[str, Body | None]
    security: tuple[str, ...]
    servers: tuple[str, ...] = ()
    deprecated: bool = False
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The method and path, whatever the parameters of the path are called."""
        return f"{self.method.upper()} {re.sub(r'{[^}]*}', '{}', self.path)}"

    def is_like(self, other: OperationShape) -> bool:
        """Whether requests and answers are the same, whatever the operation is called."""
        return (self.parameters, self.body, self.answers) == (
            other.parameters,
            other.body,
            other.answers,
        )


class Reader:
    """Reads the shapes of a document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def operations(self) -> list[OperationShape]:
        """The operations, in the order of the document."""
        items = {
            path: self._resolved(item) for path, item in self._document.get("paths", {}).items()
        }
        return [
            self._operation(path, method, operation, item)
            for path, item in items.items()
            for method, operation in item.items()
            if method in METHODS
        ]

    def _operation(
        self, path: str, method: str, operation: Mapping[str, Any], item: Mapping[str, Any]
    ) -> OperationShape:
        shared = item.get("parameters", [])
        given = [self._resolved(each) for each in (*shared, *operation.get("parameters", []))]
        parameters = {f"{each['in']} {each['name']}": self._parameter(each) for each in given}
        answers = {
            str(status): self._resolved(answer)
            for status, answer in operation.get("responses", {}).items()
        }
        body = self._resolved(operation["requestBody"]) if "requestBody" in operation else None
        return OperationShape(
            id=str(operation.get("operationId", f"{method.upper()} {path}")),
            method=method,
            path=self._path(path),
            parameters=parameters,
            body=self._body(body, required=bool(body.get("required"))) if body else None,
            answers={status: self._body(answer) for status, answer in answers.items()},
            security=self._security(operation),
            servers=tuple(
                str(each["url"]) for each in operation.get("servers", item.get("servers", ()))
            ),
            deprecated=bool(operation.get("deprecated")),
            headers={
                status: tuple(sorted(map(str.lower, answer.get("headers", ()))))
                for status, answer in answers.items()
            },
        )

    def _parameter(self, parameter: Mapping[str, Any]) -> Field:
        """A parameter as a field; how it is written is a keyword unless it is the usual way."""
        found = self._value(parameter.get("schema", {}), required=bool(parameter.get("required")))
        usual: dict[str, Any] = {
            "style": "form" if parameter["in"] in ("query", "cookie") else "simple"
        }
        usual |= {"explode": parameter.get("style", usual["style"]) == "form"}
        usual |= {"allowReserved": False, "deprecated": False}
        odd = {key: parameter[key] for key in usual if parameter.get(key, usual[key]) != usual[key]}
        return replace(found, keywords={**found.keywords, **odd}) if odd else found

    def base_urls(self) -> list[str]:
        """Where /projects is on each server; a server without a host says nothing."""
        prefixes = dict.fromkeys(
            path.partition("/projects")[0]
            for path in self._document["paths"]
            if "/projects" in path
        )
        urls = [str(each["url"]).rstrip("/") for each in self._document.get("servers") or ()]
        return [f"{url}{prefix}" for url in urls if urlsplit(url).netloc for prefix in prefixes]

    def _path(self, path: str) -> str:
        """The path below the host, without the version that a server's URL may or may not have."""
        servers = self._document.get("servers") or [{"url": "/"}]
        base = urlsplit(servers[0]["url"]).path.rstrip("/")
        return re.sub(r"^/v\d+(?=/)", "", base + path)

    def _security(self, operation: Mapping[str, Any]) -> tuple[str, ...]:
        schemes = self._document.get("components", {}).get("securitySchemes", {})
        wanted = operation.get("security", self._document.get("security", []))
        names = {name for each in wanted for name in each}
        optional = ["none"] if any(not each for each in wanted) else []
        return tuple(
            optional
            + sorted(
                " ".join(str(scheme.get(key, "")) for key in ("type", "scheme", "in")).strip()
                for scheme in (schemes.get(name, {"type": name}) for name in names)
            )
        )

    def _body(self, body: Mapping[str, Any], *, required: bool = True) -> Body | None:
        content = body.get("content") or {}
        if not content:
            return None
        schema = next(iter(content.values())).get("schema", {})
        return Body(tuple(content), dict(self._fields("", schema, True)), required)

    def fields(self, name: str) -> Fields:
        """The fields of a component schema."""
        return dict(self._fields("", {"$ref": f"#/components/schemas/{name}"}, True))

    def _fields(
        self, path: str, schema: Mapping[str, Any], required: bool, seen: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, Field]]:
        """The fields from a schema down. The empty path is the body itself."""
        merged, reference = self._merged(schema), _map(schema).get("$ref")
        yield path, self._value(merged, required=required)
        if reference in seen:
            return
        seen = (*seen, *filter(None, [reference]))
        if "items" in merged:
            yield from self._fields(f"{path}[]", merged["items"], True, seen)
        dot = "." if path else ""
        for name, each in merged.get("properties", {}).items():
            always = name in merged.get("required", ())
            yield from self._fields(f"{path}{dot}{name}", each, always, seen)

    def _value(self, schema: Mapping[str, Any], *, required: bool) -> Field:
        merged = self._merged(schema)
        types = merged.get("type", "object" if "properties" in merged else "any")
        names = [types] if isinstance(types, str) else list(types)
        keywords = {
            key: value
            for key, value in merged.items()
            if key not in (*SAYS_NOTHING, *STRUCTURE) and not key.startswith("x-")
        }
        known = merged.get("x-extensible-enum")
        return Field(
            type=" or ".join(sorted(name for name in names if name != "null")) or "null",
            required=required,
            nullable=bool(merged.get("nullable")) or "null" in names,
            keywords={**keywords, "known values": known} if known else keywords,
        )

    def _merged(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """A schema with its reference followed, and what it is composed of put into one."""
        schema = _map(schema)
        merged = {key: value for key, value in schema.items() if not key.endswith("Of")}
        if "$ref" in merged:
            beside = {key: value for key, value in merged.items() if key != "$ref"}
            merged = _both(self._merged(self._target(str(schema["$ref"]))), beside)
        for part in schema.get("allOf", ()):
            merged = _both(merged, self._merged(part))
        choices = [self._merged(each) for key in ("anyOf", "oneOf") for each in schema.get(key, ())]
        solid = [each for each in choices if each.get("type") != "null"]
        lists = [each["enum"] for each in solid if "enum" in each]
        for each in solid:
            # A field of one choice need not be there in another.
            common = {key: value for key, value in each.items() if key not in ("required", "enum")}
            merged = _both(merged, each if len(solid) == 1 else common)
        if len(solid) > 1 and len(lists) == len(solid):  # any other choice takes any value
            merged["enum"] = list(dict.fromkeys(value for values in lists for value in values))
        if len(solid) < len(choices):
            merged["nullable"] = True
        return merged

    def _resolved(self, thing: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in thing:
            thing = self._target(str(thing["$ref"]))
        return thing

    def _target(self, reference: str) -> Any:
        found: Any = self._document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        return found


def _map(schema: Any) -> Mapping[str, Any]:
    """A schema as a map: in 3.1, True takes any value and False takes none."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    found: Mapping[str, Any] = schema
    return found


def _both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Two schemas in one: all properties, all types, all that is required."""
    merged = {**one, **other}
    if "properties" in one and "properties" in other:
        merged["properties"] = {**one["properties"], **other["properties"]}
    if "required" in one and "required" in other:
        merged["required"] = [*one["required"], *other["required"]]
    if "type" in one and "type" in other:
        merged["type"] = sorted({*_names(one["type"]), *_names(other["type"])})
    return merged


def _names(types: str | list[str]) -> list[str]:
    return [types] if isinstance(types, str) else types
