"""Holds requests and answers against `openapi.yaml`, by openapi-core and by checks of its own.

openapi-core checks types, enums and what is required. It lets through a query name that is not
documented or comes twice, an undocumented property of a body, and any key; those are checked here.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import yaml
from attrs import frozen
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

SPEC_PATH = Path(__file__).parents[2] / "openapi.yaml"
SPEC: Mapping[str, Any] = yaml.safe_load(SPEC_PATH.read_text(encoding="utf-8"))
BASE_URL: str = SPEC["servers"][0]["url"]
_BASE_PATH = httpx.URL(BASE_URL).raw_path
_OPENAPI = OpenAPI.from_file_path(str(SPEC_PATH))

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


def _resolve(thing: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in thing:
        reference = thing["$ref"].removeprefix("#/").split("/")
        thing = SPEC
        for step in reference:
            thing = thing[step]
    return thing


def _documented() -> dict[str, Documented]:
    operations = {}
    for template, item in SPEC["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            parameters = [
                _resolve(each)
                for each in (*item.get("parameters", ()), *operation.get("parameters", ()))
            ]
            body = operation.get("requestBody")
            properties = None
            if body is not None:
                schema = _resolve(body["content"]["application/json"]["schema"])
                properties = frozenset(schema["properties"])
            operations[operation["operationId"]] = Documented(
                id=operation["operationId"],
                method=method.upper(),
                template=template,
                query=frozenset(each["name"] for each in parameters if each["in"] == "query"),
                body=properties,
                statuses={
                    int(status): "content" in answer
                    for status, answer in operation["responses"].items()
                },
            )
    return operations


OPERATIONS = _documented()


def raw_path_of(request: httpx.Request) -> bytes:
    """The path as it goes over the wire, still encoded."""
    return request.url.raw_path.partition(b"?")[0]


def operation_of(request: httpx.Request) -> Documented:
    """The operation that a request means, by its method and its raw segments."""
    path = raw_path_of(request)
    found = [
        each
        for each in OPERATIONS.values()
        if each.method == request.method and each.parameters_in(path) is not None
    ]
    require(len(found) == 1, f"{request.method} {path!r} means {len(found)} operations")
    return found[0]


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


def check_request(request: httpx.Request, api_key: str) -> Documented:
    """The operation that a request means; `NotInSpec` if anything about it is not documented."""
    operation = operation_of(request)
    segments = raw_path_of(request).removeprefix(b"/").split(b"/")
    require(all(segments), f"{operation.id}: an empty segment in {segments}")
    try:
        _OPENAPI.validate_request(SpecRequest(request))
    except OpenAPIError as error:
        raise NotInSpec(f"{operation.id}: {error!r}, {error.__cause__!r}") from error
    names = [name for name, _ in request.url.params.multi_items()]
    known = operation.query | (LIVE_PAGING if operation.id in SUB_LISTS else frozenset())
    require(set(names) <= known, f"{operation.id}: query names {names}, documented {set(known)}")
    require(len(names) == len(set(names)), f"{operation.id}: query names come twice in {names}")
    keys = request.headers.get_list("authorization")
    require(keys == [f"Bearer {api_key}"], f"{operation.id}: {len(keys)} keys, or a wrong one")
    _check_body(request, operation)
    return operation


def _check_body(request: httpx.Request, operation: Documented) -> None:
    types = request.headers.get_list("content-type")
    content = request.read()
    if operation.body is None:
        require(not content, f"{operation.id}: a body where none is documented")
        require(not types, f"{operation.id}: media type {types}, but there is no body")
        return
    require(types == ["application/json"], f"{operation.id}: media type {types}")
    sent = json.loads(content)
    require(sent.keys() <= operation.body, f"{operation.id}: undocumented keys in {list(sent)}")


def check_answer(request: httpx.Request, response: httpx.Response) -> None:
    """`NotInSpec` if a success is not what the spec documents for the request's operation."""
    operation = operation_of(request)
    has_body = operation.statuses.get(response.status_code)
    require(has_body is not None, f"{operation.id}: status {response.status_code}")
    require(bool(response.read()) == has_body, f"{operation.id}: a body or none, wrongly")
    try:
        _OPENAPI.validate_response(SpecRequest(request), SpecResponse(response))
    except OpenAPIError as error:
        raise NotInSpec(f"{operation.id}: {error!r}, {error.__cause__!r}") from error


class Witness:
    """Hands requests on to a server, and holds them and the successes against the spec.

    Use it as a transport's handler. `seen` lists the operation ids, `requests` the requests.
    """

    def __init__(
        self,
        handle: Callable[[httpx.Request], httpx.Response],
        api_key: str,
        *,
        check_answers: bool,
    ) -> None:
        self._handle = handle
        self._api_key = api_key
        self._check_answers = check_answers
        self._lock = threading.Lock()
        self.seen: list[str] = []
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        operation = check_request(request, self._api_key)
        with self._lock:
            self.seen.append(operation.id)
            self.requests.append(request)
        response = self._handle(request)
        if self._check_answers and response.is_success:
            check_answer(request, response)
        return response
