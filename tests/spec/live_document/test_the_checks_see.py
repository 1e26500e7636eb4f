"""Holding requests and answers to the live document is not vacuous: what is wrong is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from support.live_document import LIVE
from support.openapi import BASE_URL, NotInSpec

KEY = "key-of-the-witness"
TIME = "2026-03-18T09:30:00Z"
TAG = {"id": 1, "name": "blue", "dtCreated": TIME}
PROJECT = {"id": "p1", "name": "a", "dtCreated": TIME}
EVENT = {"id": "5f1c9a52-8d0e-4f7c-9f7e-0d8a2c1b3e4f", "dtCreated": TIME}


def request(method: str, path: str, **more: Any) -> httpx.Request:
    return httpx.Request(
        method, BASE_URL + path, headers={"Authorization": f"Bearer {KEY}"}, **more
    )


def page(*items: object, **more: object) -> dict[str, object]:
    return {"items": items, "hasMore": False, "nextPage": None, **more}


@pytest.mark.parametrize(
    "wrong",
    [
        request("PUT", "/projects/p1", json={}),
        request("PUT", "/projects/p1", json={"description": "a"}),
        request("GET", "/projects?orderBy=name"),
        request("GET", "/projects/p1/tags?limit=121"),
        request("GET", "/projects/p1/tags?colour=red"),
        request("GET", "/projects/p1/models?deploymentId=d"),
        request("POST", "/projects", json={"name": "a", "colour": "red"}),
        request("POST", "/projects/p1/secrets", json={"name": "1st", "value": ""}),
    ],
    ids=lambda each: f"{each.method} {each.url.raw_path.decode()} {each.content.decode()}",
)
def test_a_wrong_request_is_refused(wrong: httpx.Request) -> None:
    with pytest.raises(NotInSpec):
        LIVE.check_request(wrong, KEY)


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/projects/p1", 200, PROJECT),
        ("GET", "/projects/p1", 200, {**PROJECT, "dtDeleted": None, "repoUrl": None}),
        ("DELETE", "/projects/p1", 200, {**PROJECT, "dtDeleted": TIME}),
        ("GET", "/projects/p1/tags", 200, page(TAG)),
        ("GET", "/projects/p1/tags", 200, {"items": [], "hasMore": False}),
        ("GET", "/projects/p1/activity", 200, page({**EVENT, "action": "deployment.scaled"})),
        ("GET", "/projects/p1", 404, {"code": "NOT_FOUND", "message": "No such project."}),
    ],
)
def test_a_right_answer_passes(method: str, path: str, status: int, body: object) -> None:
    LIVE.check_answer(request(method, path), httpx.Response(status, json=body))


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/projects/p1", 201, PROJECT),
        ("GET", "/projects/p1", 200, {"id": "p1", "name": "a"}),
        ("GET", "/projects/p1", 200, {**PROJECT, "name": None}),
        ("GET", "/projects/p1", 200, {**PROJECT, "description": "a"}),
        ("DELETE", "/projects/p1", 204, None),
        ("GET", "/projects/p1/tags", 200, [TAG]),
        ("GET", "/projects/p1/tags", 200, page("blue")),
        ("GET", "/projects/p1/tags", 200, page({**TAG, "id": "1"})),
        ("GET", "/projects/p1/tags", 200, {"items": []}),
        ("GET", "/projects/p1/activity", 200, page({**EVENT, "action": "tag.added"})),
        ("GET", "/projects/p1/activity", 200, page({**EVENT, "type": "deployment.scaled"})),
        ("DELETE", "/projects/p1/tags?name=blue", 200, {"name": "blue"}),
        ("POST", "/projects/p1/models/m1", 200, {"id": "m1"}),
        ("GET", "/projects/p1", 404, {"message": "No such project."}),
        ("GET", "/projects/p1", 404, {"code": "ODD", "message": "No such project."}),
        ("GET", "/projects/p1", 404, None),
    ],
)
def test_a_wrong_answer_is_refused(method: str, path: str, status: int, body: object) -> None:
    answer = httpx.Response(status) if body is None else httpx.Response(status, json=body)
    with pytest.raises(NotInSpec):
        LIVE.check_answer(request(method, path), answer)
