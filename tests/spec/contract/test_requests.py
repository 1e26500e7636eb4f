"""The request that each generated function really sends, against what the spec says of it.

A request is held to the spec twice: openapi-core validates it, and it is compared part by part with
the one that the spec asks for, which also finds what openapi-core lets through.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest
from spec.contract import generated
from spec.contract.arguments import answer_kind, arguments_of, canonical, expected_request, server
from spec.contract.calling import (
    TOKEN,
    Caller,
    Outcome,
    Reply,
    python_arguments,
    reply,
    samples,
)
from spec.contract.drawing import QUIETLY
from spec.contract.kinds import Enum, Scalar
from spec.contract.naming import identifier
from spec.contract.spec import OPERATIONS, ROOT, SPEC_PATH, Operation
from spec.contract.verdict import code_place, verdict

from paperspace_projects_api.types import UNSET

EVERY_VARIANT = [
    pytest.param(operation, name, id=f"{operation.id}-{name}")
    for operation in OPERATIONS
    for name in generated.functions_of(operation)
    if name in generated.VARIANTS
]


@cache
def openapi_core() -> OpenAPI:
    return OpenAPI.from_dict(ROOT.value, base_uri=SPEC_PATH.as_uri())


def good_reply(operation: Operation) -> Reply:
    """An answer that is documented, so that nothing else than the request is to be judged."""
    answer = operation.answers[0]
    status = int(answer.status) if answer.status.isdigit() else 200
    return reply(status, answer_kind(operation, answer))


def problems_of(
    code: str, operation: Operation, values: dict[str, Any], outcome: Outcome
) -> Iterator[str]:
    if len(outcome.requests) != 1:
        yield f"{code} sends {len(outcome.requests)} requests for {operation.place}"
        return
    (request,) = outcome.requests
    wanted = expected_request(operation, values)
    if request.method != wanted.method:
        yield f"{code} sends {request.method}, {operation.place} is a {wanted.method}"
    base = urlsplit(server())
    origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
    if origin != f"{base.scheme}://{base.netloc}":
        yield f"{code} sends to {origin}, #/servers/0/url says {server()}"
    raw_path, _, raw_query = request.url.raw_path.decode().partition("?")
    if raw_path != base.path + wanted.path:
        yield (
            f"{code} sends the path {raw_path}, {operation.place} of {operation.template} makes it "
            f"{base.path}{wanted.path}"
        )
    if "" in raw_path[1:].split("/"):
        yield f"{code} sends an empty segment in {raw_path}, {operation.place}"
    yield from query_problems(code, operation, dict(wanted.query), raw_query)
    yield from header_problems(code, operation, wanted.headers, request)
    yield from body_problems(code, operation, wanted.body, request.content)


def body_problems(
    code: str, operation: Operation, wanted: str | None, content: bytes
) -> Iterator[str]:
    place = operation.body.place if operation.body else f"{operation.place}, which has none"
    try:
        sent = canonical(json.loads(content)) if content else None
    except ValueError:
        sent = repr(content)
    if sent != wanted:
        yield f"{code} sends the body {sent}, and not {wanted}, see {place}"


def query_problems(
    code: str, operation: Operation, wanted: dict[str, list[str]], raw_query: str
) -> Iterator[str]:
    places = {each.name: each.place for each in operation.parameters if each.where == "query"}
    sent: dict[str, list[str]] = {}
    for name, value in parse_qsl(raw_query, keep_blank_values=True, strict_parsing=bool(raw_query)):
        sent.setdefault(name, []).append(value)
    for name in sent.keys() - wanted.keys():
        where = places.get(name, f"{operation.place}/parameters, which does not have it")
        yield f"{code} sends the query name `{name}`={sent[name]}, not called for by {where}"
    for name, values in wanted.items():
        if sent.get(name) != values:
            yield f"{code} sends `{name}` as {sent.get(name)}, {places[name]} makes it {values}"


def header_problems(
    code: str, operation: Operation, wanted: Any, request: httpx.Request
) -> Iterator[str]:
    keys = request.headers.get_list("authorization")
    if keys != [f"Bearer {TOKEN}"]:
        yield f"{code} sends Authorization {keys}, {operation.security} wants `Bearer <token>`"
    documented = {each.name.lower() for each in operation.parameters if each.where == "header"}
    own = {"content-type", *documented} if wanted.get("content-type") else documented
    if operation.body is None:
        own.add("content-type")
    for name in own:
        sent = request.headers.get_list(name)
        if sent != [wanted[name]] if name in wanted else sent:
            yield f"{code} sends {name} {sent}, {operation.place} makes it {wanted.get(name)}"
    usual = {"host", "accept", "accept-encoding", "connection", "user-agent", "authorization"}
    usual |= {"content-length", "content-type"} | own
    for name in set(request.headers) - usual:
        yield f"{code} sends the header {name}, which {operation.place} does not document"


def refusal_of_openapi_core(request: httpx.Request) -> str | None:
    split = urlsplit(str(request.url))
    query: dict[str, Any] = {}
    for name, value in parse_qsl(split.query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    sent = MockRequest(
        host_url=f"{split.scheme}://{split.netloc}",
        method=request.method,
        path=request.url.raw_path.decode().partition("?")[0],
        args=query,
        headers=dict(request.headers),
        data=request.content,
        content_type=request.headers.get("content-type", ""),
    )
    try:
        with warnings.catch_warnings(category=DeprecationWarning, action="ignore"):
            openapi_core().validate_request(sent)  # it warns of what the spec deprecates
    except OpenAPIError as error:
        return f"{error!r}, {error.__cause__!r}"
    return None


@pytest.mark.parametrize("optional", [True, False], ids=["all", "required"])
@pytest.mark.parametrize(("operation", "variant"), EVERY_VARIANT)
def test_the_request_is_the_one_of_the_spec(
    call: Caller, operation: Operation, variant: str, optional: bool
) -> None:
    values = samples(operation, optional=optional)
    outcome = call(operation, variant, values, good_reply(operation))
    code = code_place(generated.function_of(operation, variant))
    problems = list(problems_of(code, operation, values, outcome))
    if not problems:
        refusal = refusal_of_openapi_core(outcome.requests[0])
        if refusal:
            problems.append(f"{code}: openapi-core refuses it by {operation.place}: {refusal}")
    verdict(problems)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_each_optional_argument_may_be_given_alone(call: Caller, operation: Operation) -> None:
    every, required = samples(operation, optional=True), samples(operation, optional=False)
    problems: list[str] = []
    for name in every.keys() - required.keys():
        values = {**required, name: every[name]}
        outcome = call(operation, "sync_detailed", values, good_reply(operation))
        code = code_place(generated.function_of(operation, "sync_detailed"))
        problems += problems_of(code, operation, values, outcome)
    verdict(problems)


class Text:
    """Something that is no string, and is written as one."""

    def __str__(self) -> str:
        return "as text/é"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_what_is_handed_to_httpx_is_the_request_of_the_spec(operation: Operation) -> None:
    """The builder alone: the overlay sends what it gives."""
    build = generated.function_of(operation, "_get_kwargs")
    code, place = code_place(build), operation.place
    values = samples(operation, optional=True)
    arguments = python_arguments(operation, values)
    problems = []
    made = build(**arguments)
    if made.get("method") != operation.method.lower():
        problems.append(f"{code}: the method is {made.get('method')!r}, {place}")
    wanted = {"method", "url"}
    wanted |= {"params"} if operation.parameters_in("query") else set()
    wanted |= {"headers"} if operation.parameters_in("header") or operation.body else set()
    wanted |= {"json"} if operation.body else set()
    if set(made) != wanted:
        problems.append(f"{code} gives {sorted(made)}, {place} makes it {sorted(wanted)}")
    headers = expected_request(operation, values).headers
    if {key.lower(): value for key, value in made.get("headers", {}).items()} != headers:
        problems.append(f"{code}: the headers are {made['headers']}, {place} makes them {headers}")
    for each in arguments_of(operation):
        if each.where != "query" or not isinstance(each.kind, Scalar | Enum):
            continue
        for nothing in (None, UNSET):
            params = build(**{**arguments, each.name: nothing})["params"]
            if params.keys() != made["params"].keys() - {each.wire_name}:
                problems.append(
                    f"{code}: params are {params} where `{each.name}` is {nothing}, {each.place}"
                )
    for each in operation.parameters_in("path"):
        name = identifier(each.name)
        url = build(**{**arguments, name: Text()}).get("url")
        expected = expected_request(operation, {**values, name: str(Text())}).path
        if url != expected:
            problems.append(f"{code}: the url is {url}, {each.place} makes it {expected}")
    verdict(problems)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_any_values_arrive_as_they_are(call: Caller, operation: Operation) -> None:
    """All variants, with values drawn from the schemas."""
    answer = good_reply(operation)
    variants = [name for name in generated.functions_of(operation) if name in generated.VARIANTS]

    @QUIETLY
    @given(st.data())
    def check(data: st.DataObject) -> None:
        values = {}
        for each in arguments_of(operation):
            if each.required or data.draw(st.booleans()):
                values[each.name] = data.draw(each.values())
        for variant in variants:
            outcome = call(operation, variant, values, answer)
            code = code_place(generated.function_of(operation, variant))
            verdict(problems_of(code, operation, values, outcome))

    check()
