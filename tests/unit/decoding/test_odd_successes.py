"""A success whose JSON neither dialect describes: a write may have been carried out, or refused."""

from __future__ import annotations

import json as codec
from collections.abc import Callable
from typing import Any

import pytest
from retries.calls import DELETES, WRITES_AND_WHAT_TELLS
from support.driving import Driver
from support.servers import Script, json

from paperspace_projects import ResponseError

WITHOUT_RESULT = [*DELETES.values(), *(call for _, call, _ in WRITES_AND_WHAT_TELLS[-2:])]
ODD: list[Any] = [
    *({"success": False}, {"error": "denied"}, {"errors": [{"message": "denied"}]}),
    *({"message": "denied"}, {"code": 403, "message": "denied"}, {"code": None, "message": "no"}),
    *({"code": "QUOTA", "message": "denied", "requestId": "r1"}, {"status": "pending"}),
    *("maintenance", "blue", "", False, True, 0, 1.5, [], ["blue"], [{"name": "blue"}]),
]
ERRORS: list[Any] = [  # of which the client does not know the code
    {"code": "QUOTA", "message": "denied", "id": "r1"},
    {"code": 1, "message": "", "name": "QuotaError"},
]


@pytest.mark.parametrize("body", ODD + ERRORS, ids=codec.dumps)
@pytest.mark.parametrize("call", WITHOUT_RESULT)
def test_an_operation_without_a_result_takes_no_other_json_for_a_success(
    drive: Driver, call: Callable[[Any], Any], body: Any
) -> None:
    server = Script(json(body))
    with pytest.raises(ResponseError, match=r"may have been carried out.*before you send it again"):
        drive(call(drive.client(server)))
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", ODD, ids=codec.dumps)
@pytest.mark.parametrize(
    ("call", "tells"), [(call, tells) for _, call, tells in WRITES_AND_WHAT_TELLS]
)
def test_of_no_write_it_is_said_that_the_server_has_accepted_it(
    drive: Driver, call: Callable[[Any], Any], tells: str, body: Any
) -> None:
    with pytest.raises(ResponseError, match="may have been carried out") as caught:
        drive(call(drive.client(Script(json(body)))))
    assert "accepted" not in str(caught.value)
    assert tells in str(caught.value)
