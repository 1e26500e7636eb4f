"""Whatever text an id or a name is: it is refused before anything is sent, or arrives as itself.

With an id that climbs (`..`) or splits (`/`), a call would quietly be about another resource.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

import httpx
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from support.driving import FLAVOURS, Driver, Flavour
from support.openapi import CONTRACT, OPERATIONS, raw_path_of

from paperspace_projects import InvalidArgumentError
from scripts.operation_calls import CALLS

PIECES = (
    *("..", ".", "/", "\\", "?", "#", "%", "%2e", "%2F", "%2e%2e", "%252F", "%00", "%zz", "//"),
    *(" ", "+", "&", "=", ";", ":", "@", "~", "a", "Z", "é", "e\u0301", "日本", "😀", "\u202e"),
    *("\x00", "\t", "\r\n", "\x7f", "\ufeff", "\uffff", "[", "]", "{", "}", "|", '"', "<", "*"),
)
WELL_FORMED = st.text() | st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
SURROGATES = st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF)
ILL_FORMED = st.tuples(WELL_FORMED, SURROGATES, WELL_FORMED).map("".join)
ANY_TEXT = WELL_FORMED | ILL_FORMED

ANYTHING = {"id": "x", "name": "x", "userId": "x", "items": [], "hasMore": False}
"""A body that any of the operations can be answered with."""

IN_A_PATH = [id_ for id_, call in CALLS.items() if call.in_path]
IN_A_QUERY = "removeProjectTag"
"""The operation with a name in its query, which identifies what it is about."""
WITH_A_NAME = [id_ for id_ in IN_A_PATH if len(CALLS[id_].in_path) > 1 or id_ == IN_A_QUERY]


class Sent:
    """Makes one call after the other, and tells what each of them sent."""

    def __init__(self, flavour: Flavour) -> None:
        self.drive = Driver(flavour)
        self._requests: list[httpx.Request] = []
        self._client = self.drive.client(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self._requests.append(request)
        return httpx.Response(200, json=ANYTHING)

    def by(self, operation: str, project: str, name: str) -> httpx.Request | None:
        """The one request of a call, or None where the argument was refused and none was sent."""
        self._requests.clear()
        try:
            call = CALLS[operation]
            in_query = {"name": name} if operation == IN_A_QUERY else {}
            value = call(self._client, project, *[name] * (len(call.in_path) - 1), **in_query)
            if call.is_list:
                self.drive.items(value)
            else:
                self.drive(value)
        except InvalidArgumentError:
            assert self._requests == []
            return None
        (request,) = self._requests
        return request


@pytest.fixture(scope="module", params=FLAVOURS)
def sent(request: pytest.FixtureRequest) -> Iterator[Sent]:
    sent = Sent(request.param)
    yield sent
    sent.drive.shut_down()


def can_be_sent(text: str) -> bool:
    is_unicode = not any("\ud800" <= character <= "\udfff" for character in text)
    return is_unicode and text not in ("", ".", "..")


def decoded(segment: bytes) -> str:
    return unquote_to_bytes(segment).decode("utf-8")


def check_arrival(operation: str, request: httpx.Request, project: str, name: str) -> None:
    """The raw path has the template's segments, and those of the parameters decode to the texts."""
    template = OPERATIONS[operation].template
    path = raw_path_of(request)
    assert path.count(b"/") == f"/v1{template}".count("/")
    assert path.isascii()
    assert CONTRACT.operation_of(request).id == operation
    parameters = OPERATIONS[operation].parameters_in(path)
    assert parameters is not None
    texts = [project, *[name] * (len(parameters) - 1)]
    assert [decoded(each) for each in parameters] == texts
    if operation == IN_A_QUERY:
        assert request.url.params.multi_items() == [("name", name)]
        assert request.url.query.count(b"=") == 1
    assert not request.url.fragment


def test_every_operation_with_a_path_parameter_is_called_here() -> None:
    assert set(IN_A_PATH) == {each.id for each in OPERATIONS.values() if "{" in each.template}


@pytest.mark.parametrize("operation", IN_A_PATH)
@settings(deadline=None, max_examples=50)
@given(project=ANY_TEXT)
@example(project="..")
@example(project=".")
@example(project="")
@example(project="%2e%2e")
@example(project="../..")
@example(project="/")
@example(project="?")
@example(project="#")
@example(project="\ud800")
@example(project="\udc2e\udc2e")
def test_any_project_id_is_refused_or_one_segment(sent: Sent, operation: str, project: str) -> None:
    request = sent.by(operation, project, "x")
    assert (request is not None) == can_be_sent(project)
    if request is not None:
        check_arrival(operation, request, project, "x")


@pytest.mark.parametrize("operation", WITH_A_NAME)
@settings(deadline=None, max_examples=100)
@given(name=ANY_TEXT)
@example(name="..")
@example(name=".")
@example(name="")
@example(name="%2e%2e")
@example(name="../..")
@example(name="/")
@example(name="?")
@example(name="#")
@example(name="a&name=b")
@example(name="\ud800")
@example(name="\udc2e\udc2e")
def test_any_name_is_refused_or_one_segment(sent: Sent, operation: str, name: str) -> None:
    request = sent.by(operation, "p1", name)
    assert (request is not None) == can_be_sent(name)
    if request is not None:
        check_arrival(operation, request, "p1", name)


@pytest.mark.parametrize("operation", WITH_A_NAME)
@settings(deadline=None, max_examples=50)
@given(project=WELL_FORMED, name=WELL_FORMED)
@example(project="%2e", name="%2e%2e")
@example(project="a/..", name="../b")
def test_any_two_texts_are_two_segments(
    sent: Sent, operation: str, project: str, name: str
) -> None:
    assume(can_be_sent(project) and can_be_sent(name))
    request = sent.by(operation, project, name)
    assert request is not None
    check_arrival(operation, request, project, name)


@pytest.mark.parametrize("operation", IN_A_PATH)
def test_an_id_too_long_for_a_url_is_refused(sent: Sent, operation: str) -> None:
    assert sent.by(operation, "x" * 70_000, "x") is None


@pytest.mark.parametrize("operation", IN_A_PATH)
@pytest.mark.parametrize("wrong", [None, 5, b"p1", True, ["p1"], object()])
def test_an_id_that_is_no_text_is_refused(sent: Sent, operation: str, wrong: Any) -> None:
    assert sent.by(operation, wrong, "x") is None
    if operation in WITH_A_NAME:
        assert sent.by(operation, "p1", wrong) is None
