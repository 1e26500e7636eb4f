"""What becomes of an answer: each documented one is parsed into its type, any other is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from hypothesis import given
from spec.contract import generated
from spec.contract.arguments import answer_kind
from spec.contract.calling import Caller, Reply, reply, samples
from spec.contract.drawing import QUIETLY
from spec.contract.kinds import Kind
from spec.contract.spec import OPERATIONS, Answer, Operation
from spec.contract.verdict import code_place, fail, verdict

from paperspace_projects_api import Client
from paperspace_projects_api.errors import UnexpectedStatus
from paperspace_projects_api.types import Response

EVERY_STATUS = tuple(each.value for each in HTTPStatus if each >= 200)


def status_of(operation: Operation, answer: Answer) -> int:
    """A status that this answer, and no other of the operation, is documented for."""
    if answer.status.isdigit():
        return int(answer.status)
    return next(each for each in EVERY_STATUS if operation.answer_to(each) is answer)


def variants_of(operation: Operation) -> Iterator[str]:
    return (name for name in generated.functions_of(operation) if name in generated.VARIANTS)


DOCUMENTED = [
    pytest.param(operation, answer, variant, id=f"{operation.id}-{answer.status}-{variant}")
    for operation in OPERATIONS
    for answer in operation.answers
    for variant in variants_of(operation)
]
BODIES = [
    pytest.param(operation, answer, id=f"{operation.id}-{answer.status}")
    for operation in OPERATIONS
    for answer in operation.answers
    if answer.schema is not None
]
UNDOCUMENTED = [
    pytest.param(operation, variant, id=f"{operation.id}-{variant}")
    for operation in OPERATIONS
    for variant in variants_of(operation)
]


def parsed_problems(
    code: str, place: object, sent: Reply, kind: Kind | None, found: Any
) -> Iterator[str]:
    if kind is None:
        if found is not None:
            yield f"{code} gives {found!r} for {sent.status}, {place} documents no body"
        return
    assert sent.body is not None
    yield from kind.differences(json.loads(sent.body), found, f"{code}: {sent.status}, the result")


def detail_problems(code: str, place: object, sent: Reply, found: Any) -> Iterator[str]:
    """What a `Response` says besides the parsed body."""
    if type(found) is not Response:
        yield f"{code} gives {found!r} for {sent.status}, and no Response, see {place}"
        return
    if type(found.status_code) is not HTTPStatus or found.status_code != sent.status:
        yield f"{code}: status_code is {found.status_code!r} for {sent.status}, see {place}"
    if found.content != sent.content:
        yield f"{code}: content is {found.content!r} for {sent}, see {place}"
    if dict(found.headers) != dict(sent.response().headers):
        yield f"{code}: headers is {found.headers!r} for {sent}, see {place}"


@pytest.mark.parametrize("strict", [True, False], ids=["strict", "lenient"])
@pytest.mark.parametrize(("operation", "answer", "variant"), DOCUMENTED)
def test_a_documented_answer_is_parsed_into_its_type(
    call: Caller, operation: Operation, answer: Answer, variant: str, strict: bool
) -> None:
    kind = answer_kind(operation, answer)
    sent = reply(status_of(operation, answer), kind)
    values = samples(operation, optional=False)
    outcome = call(operation, variant, values, sent, strict=strict)
    code = code_place(generated.function_of(operation, variant))
    if outcome.error is not None:
        fail(f"{code} takes {sent.status} for unexpected, see {answer.place}")
    problems: list[str] = []
    found = outcome.value
    if variant.endswith("detailed"):
        problems += detail_problems(code, answer.place, sent, found)
        found = getattr(found, "parsed", found)
    verdict([*problems, *parsed_problems(code, answer.place, sent, kind, found)])


@pytest.mark.parametrize(("operation", "answer"), BODIES)
def test_any_documented_body_is_parsed_into_its_type(operation: Operation, answer: Answer) -> None:
    kind = answer_kind(operation, answer)
    assert kind is not None
    parse = generated.function_of(operation, "_parse_response")
    code = code_place(parse)
    status = status_of(operation, answer)

    @QUIETLY
    @given(kind.values())
    def check(value: Any) -> None:
        sent = Reply(status, json.dumps(value))
        try:
            found = parse(client=Client(base_url="http://x"), response=sent.response())
        except Exception as error:
            fail(f"{code}: {error!r} for {sent}, allowed by {answer.place}")
        verdict(parsed_problems(code, answer.place, sent, kind, found))

    check()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_every_undocumented_status_is_told_from_the_documented_ones(operation: Operation) -> None:
    """Also its neighbours: 201 where 200 is documented. The body is one that could be parsed."""
    parse = generated.function_of(operation, "_parse_response")
    code = code_place(parse)
    bodies = [answer_kind(operation, each) for each in operation.answers]
    body = next((each for each in bodies if each is not None), None)
    problems: list[str] = []
    for status in (102, *EVERY_STATUS):
        if operation.answer_to(status) is not None:
            continue
        place = f"{operation.place}/responses does not document {status}"
        sent = reply(status, body)
        lenient = Client(base_url="http://x")
        found = parse(client=lenient, response=sent.response())
        if found is not None:
            problems.append(f"{code} gives {found!r} for {status}, {place}")
        strict = Client(base_url="http://x", raise_on_unexpected_status=True)
        try:
            parse(client=strict, response=sent.response())
            problems.append(f"{code} raises nothing for {status}, {place}")
        except UnexpectedStatus as error:
            if (error.status_code, error.content) != (status, sent.content):
                problems.append(f"{code}: UnexpectedStatus does not carry {sent}, {place}")
    verdict(problems)


@pytest.mark.parametrize(("operation", "variant"), UNDOCUMENTED)
def test_a_variant_tells_of_an_undocumented_status_as_the_client_is_told(
    call: Caller, operation: Operation, variant: str
) -> None:
    status = next((each for each in (418, 500) if operation.answer_to(each) is None), None)
    if status is None:
        pytest.skip("every status is documented")
    sent = Reply(status, '{"message": "no"}')
    values = samples(operation, optional=False)
    code = code_place(generated.function_of(operation, variant))
    place = f"{operation.place}/responses does not document {status}"
    problems: list[str] = []
    error = call(operation, variant, values, sent, strict=True).error
    if not isinstance(error, UnexpectedStatus):
        problems.append(f"{code} raises nothing for {status}, {place}")
    elif (error.status_code, error.content) != (status, sent.content):
        problems.append(f"{code}: UnexpectedStatus does not carry {sent}, {place}")
    outcome = call(operation, variant, values, sent)
    found = outcome.value
    if variant.endswith("detailed") and outcome.error is None:
        problems += detail_problems(code, operation.place, sent, found)
        found = getattr(found, "parsed", found)
    if outcome.error is not None or found is not None:
        problems.append(f"{code} gives {found!r}, {outcome.error!r} for {status}, {place}")
    verdict(problems)


def test_the_sample_answers_are_no_httpx_defaults() -> None:
    """An answer's headers can be told from none at all."""
    assert isinstance(reply(200, None).response(), httpx.Response)
    assert reply(200, None).response().headers["X-Mark"] == "kept"
