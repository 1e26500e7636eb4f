"""Holds requests and answers against an OpenAPI document, by openapi-core and by own checks.

The document is `openapi.yaml` or that of the live dialect. openapi-core checks types, enums and
what is required. It lets through a query name that is not documented or comes twice, a property of
a body that is not documented, and any key; those are checked here.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import yaml
from attrs import define, field, frozen
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from scripts.live_document.openapi_30 import as_30

SPEC_PATH = Path(__file__).parents[2] / "openapi.yaml"
SPEC: Mapping[str, Any] = as_30(yaml.safe_load(SPEC_PATH.read_text(encoding="utf-8")))
BASE_URL: str = SPEC["servers"][0]["url"]
_BASE_PATH = httpx.URL(BASE_URL).raw_path

SUB_LISTS = frozenset(
    {"listProjectCollaborators", "listProjectSecrets", "listProjectTags", "listProjectModels"}
)
LIVE_PAGING = frozenset({"after", "limit"})
"""What the live server takes on the sub-lists and the spec does not document."""


class NotInSpec(AssertionError):
    """A request or an answer that the spec does not allow."""


def require(condition: object, problem: str) -> None:
    if not condition:
        raise NotInSpec(problem)


@frozen
class Documented:
    """An operation as the spec documents it. `template` is below the server's path."""

    id: str
    method: str
    template: str
    query: frozenset[str]
    body: frozenset[str] | None
    """The names of the body's properties; None where there is no body."""
    statuses: Mapping[int, bool]
    """The documented statuses, and whether a body comes with each."""
    describes_errors: bool
    """Whether an error of any status is documented, with a body."""

    def parameters_in(self, raw_path: bytes) -> list[bytes] | None:
        """The raw values of the path parameters, or None if the path is not of this template."""
        if not raw_path.startswith(_BASE_PATH + b"/"):
            return None
        segments = raw_path.removeprefix(_BASE_PATH).split(b"/")
        expected = self.template.encode().split(b"/")
        if len(segments) != len(expected):
            return None
        pairs = list(zip(expected, segments, strict=True))
        if any(not name.startswith(b"{") and name != segment for name, segment in pairs):
            return None
        return [segment for name, segment in pairs if name.startswith(b"{")]

    def has_body(self, status: int) -> bool | None:
        """Whether a body comes with a status; None if the status is not documented."""
        return self.statuses.get(status, True if self.describes_errors and status >= 400 else None)


def raw_path_of(request: httpx.Request) -> bytes:
    """The path as it goes over the wire, still encoded."""
    return request.url.raw_path.partition(b"?")[0]


class SpecRequest:
    """An httpx request as openapi-core reads one."""

    def __init__(self, request: httpx.Request) -> None:
        self.host_url = f"{request.url.scheme}://{request.url.netloc.decode()}"
        self.path = raw_path_of(request).decode("ascii")
        self.method = request.method.lower()
        self.body = request.read() or None
        self.content_type = request.headers.get("content-type", "")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(request.url.params.multi_items()),
            header=Headers(request.headers.multi_items()),
        )


class SpecResponse:
    """An httpx response as openapi-core reads one."""

    def __init__(self, response: httpx.Response) -> None:
        self.status_code = response.status_code
        self.headers = Headers(response.headers.multi_items())
        self.content_type = response.headers.get("content-type", "")
        self.data = response.read()


@define
class Described:
    """What an OpenAPI document documents, and what is let through beside it, by operation."""

    document: Mapping[str, Any]
    more_query: Mapping[str, frozenset[str]] = field(factory=dict)
    more_body: Mapping[str, frozenset[str]] = field(factory=dict)
    has_strict_answers: bool = False
    """Whether an answer may have no key, and no code of an error, that is not documented."""

    @cached_property
    def operations(self) -> Mapping[str, Documented]:
        return {
            operation["operationId"]: self._documented(template, method, operation, item)
            for template, item in self.document["paths"].items()
            for method, operation in item.items()
            if method != "parameters"
        }

    @cached_property
    def _requests(self) -> OpenAPI:
        return OpenAPI.from_dict(deepcopy(dict(self.document)))

    @cached_property
    def _answers(self) -> OpenAPI:
        if not self.has_strict_answers:
            return self._requests
        strict = deepcopy(dict(self.document))
        _forbid_more(strict)
        return OpenAPI.from_dict(strict)

    def _documented(
        self, template: str, method: str, operation: Mapping[str, Any], item: Mapping[str, Any]
    ) -> Documented:
        parameters = [
            self._resolve(each)
            for each in (*item.get("parameters", ()), *operation.get("parameters", ()))
        ]
        body = operation.get("requestBody")
        properties = None
        if body is not None:
            schema = self._resolve(body["content"]["application/json"]["schema"])
            properties = frozenset(schema["properties"])
        return Documented(
            id=operation["operationId"],
            method=method.upper(),
            template=template,
            query=frozenset(each["name"] for each in parameters if each["in"] == "query"),
            body=properties,
            statuses={
                int(status): "content" in answer
                for status, answer in operation["responses"].items()
                if status != "default"
            },
            describes_errors="default" in operation["responses"],
        )

    def _resolve(self, thing: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in thing:
            reference = thing["$ref"].removeprefix("#/").split("/")
            thing = self.document
            for step in reference:
                thing = thing[step]
        return thing

    def operation_of(self, request: httpx.Request) -> Documented:
        """The operation that a request means, by its method and its raw segments."""
        path = raw_path_of(request)
        found = [
            each
            for each in self.operations.values()
            if each.method == request.method and each.parameters_in(path) is not None
        ]
        require(len(found) == 1, f"{request.method} {path!r} means {len(found)} operations")
        return found[0]

    def check_request(self, request: httpx.Request, api_key: str) -> Documented:
        """The operation that a request means; `NotInSpec` if a part of it is not documented."""
        operation = self.operation_of(request)
        segments = raw_path_of(request).removeprefix(b"/").split(b"/")
        require(all(segments), f"{operation.id}: an empty segment in {segments}")
        try:
            self._requests.validate_request(SpecRequest(request))
        except OpenAPIError as error:
            raise NotInSpec(f"{operation.id}: {error!r}, {error.__cause__!r}") from error
        names = [name for name, _ in request.url.params.multi_items()]
        known = operation.query | self.more_query.get(operation.id, frozenset())
        require(
            set(names) <= known, f"{operation.id}: query names {names}, documented {set(known)}"
        )
        require(len(names) == len(set(names)), f"{operation.id}: query names come twice in {names}")
        keys = request.headers.get_list("authorization")
        require(keys == [f"Bearer {api_key}"], f"{operation.id}: {len(keys)} keys, or a wrong one")
        self._check_body(request, operation)
        return operation

    def _check_body(self, request: httpx.Request, operation: Documented) -> None:
        types = request.headers.get_list("content-type")
        content = request.read()
        if operation.body is None:
            require(not content, f"{operation.id}: a body where none is documented")
            require(not types, f"{operation.id}: media type {types}, but there is no body")
            return
        require(types == ["application/json"], f"{operation.id}: media type {types}")
        sent, known = json.loads(content), operation.body | self.more_body.get(operation.id, set())
        require(sent.keys() <= known, f"{operation.id}: undocumented keys in {list(sent)}")

    def check_answer(self, request: httpx.Request, response: httpx.Response) -> None:
        """`NotInSpec` if an answer is not what is documented for the request's operation."""
        operation = self.operation_of(request)
        has_body = operation.has_body(response.status_code)
        require(has_body is not None, f"{operation.id}: status {response.status_code}")
        require(bool(response.read()) == has_body, f"{operation.id}: a body or none, wrongly")
        try:
            self._answers.validate_response(SpecRequest(request), SpecResponse(response))
        except OpenAPIError as error:
            raise NotInSpec(f"{operation.id}: {error!r}, {error.__cause__!r}") from error


def _forbid_more(thing: Any) -> None:
    """Change each schema of an object so that it has no more than its properties."""
    if isinstance(thing, list):
        for each in thing:
            _forbid_more(each)
    elif isinstance(thing, dict):
        if isinstance(thing.get("properties"), dict):
            thing["additionalProperties"] = False
        if known := thing.get("x-extensible-enum"):
            thing["enum"] = known
        for each in thing.values():
            _forbid_more(each)


CONTRACT = Described(SPEC, more_query=dict.fromkeys(SUB_LISTS, LIVE_PAGING))
OPERATIONS = CONTRACT.operations


class Witness:
    """Hands requests on to a server, and holds them and its answers against a document.

    Use it as a transport's handler. `seen` lists the operation ids, `requests` the requests. An
    error is checked where the document describes errors; openapi.yaml does not.
    """

    def __init__(
        self,
        handle: Callable[[httpx.Request], httpx.Response],
        api_key: str,
        *,
        check_answers: bool,
        described: Described = CONTRACT,
    ) -> None:
        self._handle = handle
        self._api_key = api_key
        self._check_answers = check_answers
        self._described = described
        self._lock = threading.Lock()
        self.seen: list[str] = []
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        operation = self._described.check_request(request, self._api_key)
        with self._lock:
            self.seen.append(operation.id)
            self.requests.append(request)
        response = self._handle(request)
        if self._check_answers and (response.is_success or operation.describes_errors):
            self._described.check_answer(request, response)
        return response
