"""Calls the generated functions, all four variants alike, over a transport that answers at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx
from attrs import frozen
from spec.contract import generated
from spec.contract.arguments import arguments_of, server
from spec.contract.kinds import Kind
from spec.contract.spec import Operation
from spec.contract.verdict import code_place, fail

TOKEN = "token-0123456789"


@frozen
class Reply:
    """An answer to send. `body` is JSON, or None for an answer without a body."""

    status: int
    body: str | None = None

    @property
    def content(self) -> bytes:
        return b"" if self.body is None else self.body.encode()

    def response(self) -> httpx.Response:
        return httpx.Response(self.status, content=self.content, headers={"X-Mark": "kept"})


def reply(status: int, kind: Kind | None, tag: str = "answer") -> Reply:
    """An answer with a sample body of a kind."""
    return Reply(status, None if kind is None else json.dumps(kind.sample(tag)))


@frozen
class Outcome:
    """What came of a call: the requests that were sent, and what was given or raised."""

    requests: list[httpx.Request]
    value: Any
    error: Exception | None


class Caller:
    """Calls functions of the generated package. One loop serves all that is awaited."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.close()

    def __call__(
        self,
        operation: Operation,
        variant: str,
        given: Mapping[str, Any],
        answer: Reply,
        *,
        strict: bool = False,
    ) -> Outcome:
        """Call a variant with JSON values of its arguments. `strict` raises on what is unexpected.

        Anything but `UnexpectedStatus` fails the test: these are all calls that must succeed.
        """
        from paperspace_projects_api import AuthenticatedClient
        from paperspace_projects_api.errors import UnexpectedStatus

        function = generated.function_of(operation, variant)
        requests: list[httpx.Request] = []

        def handle(request: httpx.Request) -> httpx.Response:
            request.read()
            requests.append(request)
            return answer.response()

        try:
            client = AuthenticatedClient(
                base_url=server(),
                token=TOKEN,
                raise_on_unexpected_status=strict,
                httpx_args={"transport": httpx.MockTransport(handle)},
            )
            result = function(**python_arguments(operation, given), client=client)
            value = self._runner.run(_awaited(result)) if "asyncio" in variant else result
        except UnexpectedStatus as error:
            return Outcome(requests, None, error)
        except Exception as error:
            fail(
                f"{code_place(function)}: {type(error).__name__}: {error}, with the arguments "
                f"{dict(given)} and the answer {answer}; "
                f"see {operation.place}"
            )
        return Outcome(requests, value, None)


async def _awaited(coroutine: Any) -> Any:
    return await coroutine


def python_arguments(operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as Python values, for JSON values by the arguments' names."""
    kinds = {each.name: each.kind for each in arguments_of(operation)}
    return {name: kinds[name].python(value) for name, value in given.items()}


def samples(operation: Operation, *, optional: bool) -> dict[str, Any]:
    """JSON values for the arguments, each different: for all, or for the required ones only."""
    return {
        each.name: each.sample(f"{operation.id}.{each.name}")
        for each in arguments_of(operation)
        if each.required or optional
    }
