"""The validation of requests and answers is not vacuous: what is wrong is refused by it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from support.openapi import BASE_URL, CONTRACT, NotInSpec, Witness

KEY = "key-of-the-witness"
BEARER = {"Authorization": f"Bearer {KEY}"}


def request(method: str, path: str, *, base: str = BASE_URL, **more: Any) -> httpx.Request:
    more.setdefault("headers", BEARER)
    return httpx.Request(method, base + path, **more)


@pytest.mark.parametrize(
    ("operation", "right"),
    [
        ("listProjects", request("GET", "/projects?limit=5&order=asc&orderBy=name&after=x")),
        ("createProject", request("POST", "/projects", json={"name": "a", "description": "b"})),
        ("updateProject", request("PUT", "/projects/p%2F1", json={})),
        ("deleteProject", request("DELETE", "/projects/..%2F..")),
        ("listProjectTags", request("GET", "/projects/p1/tags?after=x&limit=3")),
        ("removeProjectTag", request("DELETE", "/projects/p1/tags?name=a%26b")),
        (
            "createProjectSecret",
            request("POST", "/projects/p/secrets", json={"name": "A", "value": ""}),
        ),
        ("addProjectModel", request("POST", "/projects/p1/models/m%3F1")),
    ],
)
def test_a_right_request_passes(operation: str, right: httpx.Request) -> None:
    assert CONTRACT.check_request(right, KEY).id == operation


WRONG: list[tuple[str, httpx.Request, str]] = [
    # What is wrong, the request, and what the refusal says.
    ("unknown query name", request("GET", "/projects?colour=red"), "query names"),
    ("query name twice", request("GET", "/projects?limit=1&limit=2"), "twice"),
    ("query value of a wrong type", request("GET", "/projects?limit=many"), "limit"),
    ("query value not in the enum", request("GET", "/projects?order=up"), "order"),
    ("live paging elsewhere", request("GET", "/projects/p1?limit=1"), "query names"),
    ("live name of no use", request("GET", "/projects/p1/tags?orderBy=x"), "query names"),
    ("live name twice", request("GET", "/projects/p1/tags?limit=1&limit=2"), "twice"),
    ("our own argument", request("GET", "/projects/p1/activity?since=2026"), "query names"),
    ("no required query name", request("DELETE", "/projects/p1/tags"), "MissingRequired.*name"),
    ("empty query value", request("DELETE", "/projects/p1/tags?name="), "EmptyQuery.*name"),
    ("wrong type in a body", request("POST", "/projects", json={"name": 1}), "Body.*InvalidSchema"),
    ("null in a body", request("POST", "/projects", json={"name": None}), "Body.*InvalidSchema"),
    ("no required field", request("POST", "/projects", json={}), "Body.*InvalidSchema"),
    ("body of a wrong type", request("POST", "/projects", json=["name"]), "Body.*InvalidSchema"),
    ("unknown field", request("POST", "/projects", json={"name": "a", "x": 1}), "undocumented"),
    ("no value", request("POST", "/projects/p/secrets", json={"name": "A"}), "InvalidSchema"),
    (
        "body value not in the enum",
        request("POST", "/projects/p/collaborators", json={"userId": "u", "role": "king"}),
        "InvalidSchema",
    ),
    ("no body", request("POST", "/projects"), "MissingRequiredRequestBody"),
    ("a body on a GET", request("GET", "/projects", json={}), "a body where none"),
    ("a body on a DELETE", request("DELETE", "/projects/p1", json={}), "a body where none"),
    (
        "wrong media type",
        request("POST", "/projects", content=b"{}", headers={**BEARER, "Content-Type": "text/x"}),
        "MediaType",
    ),
    ("no media type", request("POST", "/projects", content=b'{"name": "a"}'), "MediaType"),
    (
        "a media type without a body",
        request("GET", "/projects", headers={**BEARER, "Content-Type": "application/json"}),
        "media type",
    ),
    (
        "a media type on a POST without a body",
        request("POST", "/projects/p1/models/m", headers={**BEARER, "Content-Type": "text/x"}),
        "media type",
    ),
    ("wrong method", request("PATCH", "/projects/p1", json={"name": "a"}), "means 0"),
    ("POST for PATCH", request("POST", "/projects/p1/secrets/A", json={"value": ""}), "means 0"),
    ("unknown path", request("GET", "/project"), "means 0"),
    ("empty last segment", request("GET", "/projects/"), "empty segment"),
    ("empty segment", request("GET", "/projects//tags"), "empty segment"),
    ("one segment too many", request("GET", "/projects/a/b/tags"), "means 0"),
    ("no /v1", request("GET", "/projects", base="https://api.paperspace.com"), "means 0"),
    ("other host", request("GET", "/projects", base="https://example.com/v1"), "ServerNotFound"),
    (
        "plain http",
        request("GET", "/projects", base="http://api.paperspace.com/v1"),
        "ServerNotFound",
    ),
    ("no key", request("GET", "/projects", headers={}), "Security"),
    ("no scheme", request("GET", "/projects", headers={"Authorization": KEY}), "Security"),
    ("other key", request("GET", "/projects", headers={"Authorization": "Bearer x"}), "wrong one"),
    ("key twice", request("GET", "/projects", headers=[*BEARER.items()] * 2), "2 keys"),
]


@pytest.mark.parametrize(
    ("wrong", "refusal"), [pytest.param(wrong, why, id=what) for what, wrong, why in WRONG]
)
def test_a_wrong_request_is_refused(wrong: httpx.Request, refusal: str) -> None:
    with pytest.raises(NotInSpec, match=refusal):
        CONTRACT.check_request(wrong, KEY)


GET_PROJECT = request("GET", "/projects/p1")
DELETE_PROJECT = request("DELETE", "/projects/p1")
LIST_TAGS = request("GET", "/projects/p1/tags")
ADD_TAG = request("POST", "/projects/p1/tags", json={"name": "blue"})
CREATED = {"id": "p1", "name": "a", "dtCreated": "2026-03-18T09:30:00Z"}


@pytest.mark.parametrize(
    ("to", "right"),
    [
        (GET_PROJECT, httpx.Response(200, json=CREATED)),
        (DELETE_PROJECT, httpx.Response(204)),
        (LIST_TAGS, httpx.Response(200, json=["blue"])),
        (ADD_TAG, httpx.Response(201)),
    ],
)
def test_a_right_answer_passes(to: httpx.Request, right: httpx.Response) -> None:
    CONTRACT.check_answer(to, right)


@pytest.mark.parametrize(
    ("to", "wrong"),
    [
        pytest.param(GET_PROJECT, httpx.Response(201, json=CREATED), id="other status"),
        pytest.param(GET_PROJECT, httpx.Response(200, json={"id": 1}), id="wrong type"),
        pytest.param(GET_PROJECT, httpx.Response(200, json={"id": None}), id="null"),
        pytest.param(GET_PROJECT, httpx.Response(200, json=[]), id="array for an object"),
        pytest.param(
            GET_PROJECT, httpx.Response(200, json={"dtCreated": "today"}), id="no date-time"
        ),
        pytest.param(GET_PROJECT, httpx.Response(200), id="no body"),
        pytest.param(GET_PROJECT, httpx.Response(200, html="<p>hello</p>"), id="no JSON"),
        pytest.param(DELETE_PROJECT, httpx.Response(204, json=CREATED), id="a body with a 204"),
        pytest.param(DELETE_PROJECT, httpx.Response(200, json=CREATED), id="live removal"),
        pytest.param(LIST_TAGS, httpx.Response(200, json=[{"name": "blue"}]), id="live tag"),
        pytest.param(LIST_TAGS, httpx.Response(200, json={"items": []}), id="live page"),
        pytest.param(ADD_TAG, httpx.Response(201, json={"name": "blue"}), id="undocumented body"),
    ],
)
def test_a_wrong_answer_is_refused(to: httpx.Request, wrong: httpx.Response) -> None:
    with pytest.raises(NotInSpec):
        CONTRACT.check_answer(to, wrong)


def test_a_witness_refuses_before_the_server_is_asked() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        pytest.fail(f"{request.url} reached the server")

    witness = Witness(handle, KEY, check_answers=True)
    with httpx.Client(transport=httpx.MockTransport(witness)) as http, pytest.raises(NotInSpec):
        http.get(f"{BASE_URL}/projects?colour=red", headers=BEARER)
    assert witness.seen == []


@pytest.mark.parametrize(("check_answers", "expected"), [(True, NotInSpec), (False, None)])
def test_a_witness_checks_answers_where_it_is_to(
    check_answers: bool, expected: type[Exception] | None
) -> None:
    live_answer = httpx.Response(200, json={"items": ["blue"]})
    witness = Witness(lambda _: live_answer, KEY, check_answers=check_answers)
    if expected is None:
        assert witness(LIST_TAGS) is live_answer
        return
    with pytest.raises(expected):
        witness(LIST_TAGS)
