"""A number that no float can hold stops no export, and is not written as what is no JSON."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx
import pytest
from inventory.taking import Answering, Taker

from paperspace_projects import Project, ProjectFailure, ProjectSnapshot, RateLimitError
from paperspace_projects.inventory import read_jsonl, write_jsonl
from paperspace_projects.inventory.scheduler import PARTS

NUMBERS = '{"x": 1e400, "y": [-1E+400, {"z": 1e-400}]}'
FORBIDDEN = f'{{"code": "FORBIDDEN", "message": "no", "details": {NUMBERS}}}'
PROJECT = f'{{"id": "p1", "name": "n", "more": {NUMBERS}}}'
ITEM = f'{{"id": "i", "user": {{"id": "u"}}, "userId": "u", "more": {NUMBERS}}}'


def strictly(text: str) -> Any:
    """JSON as others read it: without what Python alone writes."""

    def refuse(constant: str) -> object:
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("is_live", [True, False])
def test_numbers_beyond_all_floats_stop_no_export(taker: Taker, is_live: bool) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        path, items = request.url.path, "[]"
        if path == "/v1/projects/p2":
            return httpx.Response(403, content=FORBIDDEN)
        if path == "/v1/projects/p1":
            return httpx.Response(200, content=PROJECT)
        if path.endswith(("/collaborators", "/models", "/activity")):
            items = f"[{ITEM}]"
        page = f'{{"items": {items}, "hasMore": false}}' if is_live else items
        return httpx.Response(200, content=page)

    taken = taker.take(taker.client(Answering(answer)), ["p1", "p2"], include=PARTS, in_order=True)
    file, more = io.StringIO(), {"x": "1e400", "y": ["-1E+400", {"z": 0.0}]}
    write_jsonl(taken.results, file)
    snapshot, failure = map(strictly, file.getvalue().splitlines())
    assert snapshot["project"]["extra"]["more"] == more
    assert failure["error"]["state"]["details"] == more
    file.seek(0)
    back: list[Any] = list(read_jsonl(file))
    assert back == taken.results
    assert back[0].activity[0].extra["more"] == more


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_a_float_that_json_cannot_hold_is_written_as_text(number: float) -> None:
    """A server sends none; a program may make one."""
    project = Project(id="p", name="n", extra={"x": number, "y": [{"z": number}]})
    made = ProjectSnapshot(project=project, collaborators=(), secrets=(), tags=(), models=())
    error = RateLimitError(
        "429", operation="o", method="GET", path="/", retry_after=number, details=[number]
    )
    failure = ProjectFailure(project_id="p", error=error, is_gone=False)
    file, text = io.StringIO(), str(number)
    write_jsonl([made, failure], file)
    snapshot, failed = map(strictly, file.getvalue().splitlines())
    assert snapshot["project"]["extra"] == {"x": text, "y": [{"z": text}]}
    assert failed["error"]["state"]["details"] == [text]
