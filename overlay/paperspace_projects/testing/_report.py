"""Where a server differs from what is documented of it: a transcript against both dialects.

What is documented is what the emulator answers, which is held to openapi.yaml and to the table of
the live dialect by tests. Only shapes are compared: statuses, the names of fields, the kinds of
values; nothing of a value is told.
"""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

import httpx

from paperspace_projects.testing._http import CODES
from paperspace_projects.testing._requests import sent_request
from paperspace_projects.testing._transcript import Exchange, read_transcript
from paperspace_projects.testing._transport import to_call
from paperspace_projects.testing.emulator import Dialect, Emulator

Spoken = Literal["contract", "live", "either", "neither"]

# All operations, each with all that it can be told.
_SCRIPT: Final[tuple[tuple[str, str, dict[str, object] | None], ...]] = (
    ("POST", "/projects", {"name": "a", "description": "d"}),
    ("GET", "/projects?limit=1", None),
    ("GET", "/projects/p", None),
    ("PUT", "/projects/p", {"name": "b"}),
    ("POST", "/projects/p/collaborators", {"userId": "u", "role": "viewer"}),
    ("GET", "/projects/p/collaborators", None),
    ("DELETE", "/projects/p/collaborators/u", None),
    ("POST", "/projects/p/secrets", {"name": "S", "value": "v"}),
    ("GET", "/projects/p/secrets", None),
    ("GET", "/projects/p/secrets/S", None),
    ("PATCH", "/projects/p/secrets/S", {"value": "w"}),
    ("DELETE", "/projects/p/secrets/S", None),
    ("POST", "/projects/p/tags", {"name": "t"}),
    ("GET", "/projects/p/tags", None),
    ("DELETE", "/projects/p/tags?name=t", None),
    ("POST", "/projects/p/models/m", None),
    ("GET", "/projects/p/models", None),
    ("DELETE", "/projects/p/models/m", None),
    ("GET", "/projects/p/activity", None),
    ("DELETE", "/projects/p", None),
)
_STATE: Final = {"version": 1, "projects": [{"name": "a", "id": "p", "description": "d"}]}
_ERROR: Final = {"code": "", "message": "", "details": None, "issues": [{"message": ""}]}
_OPTIONAL: Final = ("details", "issues", "nextPage")


@dataclass(frozen=True, slots=True)
class OperationReport:
    """What a transcript shows of one operation.

    `operation` is its operation id, or method and path where openapi.yaml has no such operation.
    `answers` is how many there are. `spoken` is the dialect that all of them keep to; `differences`
    are those from the nearer dialect, where it is neither.
    """

    operation: str
    answers: int
    spoken: Spoken
    differences: tuple[str, ...]


def dialect_report(path: str | os.PathLike[str]) -> tuple[OperationReport, ...]:
    """Compare what a server answered with what is documented.

    Arguments:
        path: a transcript, as `Recorder` and `paperspace-projects record` write it.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no transcript; the line is named.
    """
    answers: defaultdict[str, list[Exchange]] = defaultdict(list)
    for exchange in read_transcript(path):
        if exchange.status is not None:
            request = exchange.request
            answers[request.operation or f"{request.method} {request.path}"].append(exchange)
    dialects: tuple[Dialect, ...] = get_args(Dialect)
    documented: dict[Dialect, dict[str, Exchange]] = {
        dialect: _documented(dialect) for dialect in dialects
    }
    return tuple(
        _compared(operation, exchanges, documented) for operation, exchanges in answers.items()
    )


def _documented(dialect: Dialect) -> dict[str, Exchange]:
    """An answer to each operation, as a dialect has it."""
    found: dict[str, Exchange] = {}
    with Emulator(dialect) as emulator:
        emulator.seed(_STATE)
        headers = {"authorization": f"Bearer {emulator.api_key}"}
        for method, path, body in _SCRIPT:
            request = httpx.Request(
                method, f"https://emulator.invalid{path}", json=body, headers=headers
            )
            answer = emulator.handle(request)
            sent = sent_request(to_call(request))
            found[str(sent.operation)] = Exchange(
                sent,
                answer.status_code,
                answer=answer.json() if answer.content else None,
                length=len(answer.content),
            )
    return found


def _compared(
    operation: str, answers: list[Exchange], documented: Mapping[Dialect, Mapping[str, Exchange]]
) -> OperationReport:
    if answers[0].request.operation is None:
        told = ("openapi.yaml has no such operation",)
        return OperationReport(operation, len(answers), "neither", told)
    differences: dict[Dialect, tuple[str, ...]] = {
        dialect: tuple(
            dict.fromkeys(
                each
                for answer in answers
                for each in _differences(answer, answers_of[operation], strict=dialect == "live")
            )
        )
        for dialect, answers_of in documented.items()
    }
    kept: list[Spoken] = [dialect for dialect, found in differences.items() if not found]
    # Of two that are as near it is the live one: the contract does not move without its spec.
    nearer = min(differences["live"], differences["contract"], key=len)
    spoken: Spoken = "neither" if not kept else "either" if len(kept) > 1 else kept[0]
    return OperationReport(operation, len(answers), spoken, nearer)


def _differences(answer: Exchange, documented: Exchange, *, strict: bool) -> Iterator[str]:
    """How an answer differs from the documented one, and an error from what errors are like."""
    status = answer.status or 0
    if status >= 400:
        if status not in (*CODES, 500):
            yield f"status {status} is not documented"
        documented = Exchange(documented.request, status, answer=_ERROR, length=1)
    elif status != documented.status:
        yield f"status {status}, where {documented.status} is documented"
    if not answer.length or not documented.length:
        if bool(answer.length) != bool(documented.length):
            yield "no body" if documented.length else "a body, where none is documented"
    elif answer.answer is None:
        yield f"{status}: the body is not JSON"
    else:
        for each in _in_shape(answer.answer, documented.answer, "$", strict=strict):
            yield f"{status}: {each}"


def _in_shape(found: object, documented: object, path: str, *, strict: bool) -> Iterator[str]:
    """How the shape of a JSON value differs.

    Arguments:
        found, documented: the two; null stands for anything where it is documented.
        path: where in the answer they are.
        strict: whether each documented field has to be there, and may be null. In openapi.yaml none
            has to, and none may.
    """
    if documented is None or (found is None and strict):
        return
    if _kind(found) != _kind(documented):
        yield f"{path} is {_kind(found)}, where {_kind(documented)} is documented"
    elif isinstance(found, dict) and isinstance(documented, dict):
        there, known = cast("dict[str, Any]", found), cast("dict[str, Any]", documented)
        for name in sorted(there.keys() - known.keys()):
            yield f"{path}.{name} is not documented"
        for name in sorted(known.keys() - there.keys()) if strict else ():
            if name not in _OPTIONAL:
                yield f"{path}.{name} is missing"
        for name in sorted(there.keys() & known.keys()):
            yield from _in_shape(there[name], known[name], f"{path}.{name}", strict=strict)
    elif isinstance(found, list) and isinstance(documented, list):
        example = next(iter(cast("list[object]", documented)), None)
        for item in cast("list[object]", found):
            yield from _in_shape(item, example, f"{path}[]", strict=strict)


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"
