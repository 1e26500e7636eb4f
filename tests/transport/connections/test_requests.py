"""A call's request is the same, whether httpx or httpcore is to take it."""

from __future__ import annotations

from typing import Any

import httpcore
import httpcore2
import httpx
import httpx2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.driving import Driver

import paperspace_projects._api.operations as ops
from paperspace_projects import InvalidArgumentError
from paperspace_projects._api.operations import ApiRequest
from paperspace_projects._http.failures import as_httpx, is_network_error
from paperspace_projects._http.request_builder import RequestBuilder
from paperspace_projects._security.secret_str import as_secret
from paperspace_projects._sync.transport.network_backend import Body
from paperspace_projects_api.models import CreateProjectBody

KEY = "key-that-goes-with-it"
LIMITS = httpx.Timeout(3.0, pool=7.0)
BASE_URLS = [
    "https://api.paperspace.com/v1",
    "http://127.0.0.1:8765",
    "http://[::1]:80/a%20b/../v1",
    "https://bücher.example/é/v1",
]

ids = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,70}", fullmatch=True),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(
        lambda text: text not in (".", "..")
    ),
)
cursors = st.none() | st.text(st.characters(codec="utf-8"), max_size=30) | st.just("x" * 3_000)


def assert_alike(base_url: str, call: ApiRequest[Any]) -> None:
    requests = RequestBuilder(base_url, as_secret(KEY))
    core = requests.build(call, LIMITS, Body)
    wanted = httpx.Request(
        call.method,
        httpx.URL(base_url + call.path, params=call.query or None),
        json=call.body,
    )
    assert core.method == wanted.method.encode()
    assert core.url == httpcore.URL(
        scheme=wanted.url.raw_scheme,
        host=wanted.url.raw_host,
        port=wanted.url.port,
        target=wanted.url.raw_path,
    )
    if call.body is not None:
        assert (b"Content-Length", wanted.headers["Content-Length"].encode()) in core.headers
        assert (b"Content-Type", b"application/json") in core.headers
    assert (b"Authorization", b"Bearer " + KEY.encode()) in core.headers
    assert core.extensions == {"timeout": LIMITS.as_dict()}
    sent: Any = core.stream
    made: Any = wanted.stream
    assert b"".join(sent) == b"".join(made)
    assert str(wanted.url) == str(requests.url(call))


@pytest.mark.parametrize("base_url", BASE_URLS)
@given(project_id=ids, name=ids)
@example(project_id="p1", name="A_SECRET")
@example(project_id="...", name="a/b?c=d#e%2f%")
def test_the_path_is_the_same(base_url: str, project_id: str, name: str) -> None:
    assert_alike(base_url, ops.GET_PROJECT(project_id))
    assert_alike(base_url, ops.GET_SECRET(project_id, name))
    assert_alike(base_url, ops.DELETE_SECRET(project_id, name))


@pytest.mark.parametrize("base_url", BASE_URLS)
@given(limit=st.none() | st.integers(1, 120), after=cursors)
@example(limit=120, after=None)
@example(limit=None, after="a b+c&d=é%")
def test_the_query_is_the_same(base_url: str, limit: int | None, after: str | None) -> None:
    assert_alike(base_url, ops.LIST_PROJECTS().with_query(limit=limit, after=after))


@given(name=st.text(st.characters(codec="utf-8"), min_size=1))
def test_the_body_is_the_same(name: str) -> None:
    assert_alike(BASE_URLS[0], ops.CREATE_PROJECT(body=CreateProjectBody(name=name)))


def test_what_is_too_long_for_a_url_is_refused_in_words() -> None:
    requests = RequestBuilder(BASE_URLS[0], as_secret(KEY))
    with pytest.raises(InvalidArgumentError, match="short enough for a URL, which getProject"):
        requests.build(ops.GET_PROJECT("x" * 70_000), LIMITS, Body)


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_the_parameters_of_an_http_client_come_beside_those_of_a_call(drive: Driver) -> None:
    sent: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.url)
        return httpx.Response(200, json={"id": "p1", "name": "one", "items": []})

    own = drive.http_client(params={"tenant": "a b"}, transport=drive.transport(answer))
    client: Any = drive.client(http_client=own)
    drive(client.projects.list(page_size=7, after="c&d").collect())
    drive(client.projects.get("p1"))
    assert dict(sent[0].params) == {"tenant": "a b", "limit": "7", "after": "c&d"}
    assert str(sent[1]) == "https://api.paperspace.com/v1/projects/p1?tenant=a+b"
    with pytest.raises(InvalidArgumentError, match="short enough for a URL"):
        drive(client.projects.get("x" * 70_000))
    drive.close(own)


CORES = [
    each
    for package in (httpcore, httpcore2)
    for name in package.__all__
    if isinstance(each := getattr(package, name), type) and issubclass(each, Exception)
]


@pytest.mark.parametrize("kind", CORES)
def test_each_error_of_httpcore_is_the_one_of_httpx_that_has_its_name(
    kind: type[Exception],
) -> None:
    error = kind("what happened")
    assert is_network_error(error)
    made = as_httpx(error)
    # A connection that was closed before the request was begun has no name there.
    assert type(made) is getattr(httpx, kind.__name__, httpx.ConnectError)
    assert (str(made), made.__cause__) == ("what happened", error)
