"""A gateway's 404 is no word of the API's: nothing follows from it, above all no success."""

from __future__ import annotations

import pytest
from retries.faults.rig import Rig
from retries.faults.test_found_out import DELETES, each_write, methods
from retries.faults.writes import Op
from support.fault_server import FaultServer
from support.faults import Fault, answers

from paperspace_projects import NotFoundError, OutcomeUnknownError
from paperspace_projects.errors import OutcomeUnknownNotFoundError

FAILED = answers(502, b"<html>Bad gateway</html>", content_type="text/html")
OF_A_GATEWAY = {
    "text": answers(404, b"404 page not found\n", content_type="text/plain"),
    "a page": answers(404, b"<html>Not Found</html>", content_type="text/html"),
    "JSON of another": answers(404, b'{"message": "no Route matched with those values"}'),
    "an array": answers(404, b"[]"),
    "null": answers(404, b"null"),
}
OF_THE_API = {
    "an error": answers(404, b'{"code": "NOT_FOUND", "message": "no such thing"}'),
    "an error that says more": answers(404, b'{"code": "NOT_FOUND", "message": "", "x": 1}'),
    "nothing": answers(404),
}
each_page = pytest.mark.parametrize("page", OF_A_GATEWAY.values(), ids=OF_A_GATEWAY)
each_answer = pytest.mark.parametrize("answer", OF_THE_API.values(), ids=OF_THE_API)
each_delete = pytest.mark.parametrize("op", DELETES, ids=lambda op: op.id)


@each_page
@each_delete
def test_a_delete_is_not_done_because_a_gateway_answers_404(
    drive: Rig, server: FaultServer, op: Op, page: Fault
) -> None:
    op.before(server.house, "p1")
    server.play(FAILED, page)
    with pytest.raises(OutcomeUnknownNotFoundError, match="no answer of the API") as caught:
        drive(op.call(drive.client_of(server), "p1"))
    assert not caught.value.is_from_api
    assert methods(server) == ["DELETE"] * 2
    assert not server.house.done


@each_answer
@each_delete
def test_a_delete_is_done_once_the_api_answers_404(
    drive: Rig, server: FaultServer, op: Op, answer: Fault
) -> None:
    server.play(FAILED, answer)
    assert drive(op.call(drive.client_of(server), "p1")) is None


@each_page
@each_write
def test_a_look_that_a_gateway_answers_has_failed(
    drive: Rig, server: FaultServer, op: Op, page: Fault
) -> None:
    """It was there long before this call, whose repeat would be refused."""
    server.house.handle(op.request("p1"))
    server.play(FAILED, page)
    with pytest.raises(OutcomeUnknownError, match="failed as well: 404"):
        drive(op.call(drive.client_of(server), "p1"))
    assert methods(server) == ["POST", "GET"]


@pytest.mark.parametrize("method", ["get", "delete"])
@pytest.mark.parametrize(
    ("answer", "is_from_api"),
    [(each, each in OF_THE_API.values()) for each in (OF_A_GATEWAY | OF_THE_API).values()],
    ids=OF_A_GATEWAY | OF_THE_API,
)
def test_any_404_at_once_is_one_that_says_whose_it_is(
    drive: Rig, server: FaultServer, method: str, answer: Fault, is_from_api: bool
) -> None:
    server.play(answer)
    with pytest.raises(NotFoundError) as caught:
        drive(getattr(drive.client_of(server).projects, method)("p1"))
    assert caught.value.is_from_api is is_from_api
    assert not isinstance(caught.value, OutcomeUnknownError)
