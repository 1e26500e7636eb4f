"""Every request that the client sends to a live server is one that the live document allows.

The client does not know which dialect a server speaks. So it also sends names that the contract
alone has, and the document cannot say what becomes of that: see "not known" in docs/dialects.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.driving import Driver
from support.live_document import CONTRACT_ONLY_BODY, CONTRACT_ONLY_QUERY, LIVE
from support.openapi import OPERATIONS, Witness
from support.usage import through_a_scope, with_all_arguments, with_only_what_is_required

from paperspace_projects.testing import Emulator


@pytest.mark.parametrize("use", [with_only_what_is_required, with_all_arguments])
def test_all_operations_send_what_the_document_allows(
    drive: Driver,
    client: Any,
    emulator: Emulator,
    witness: Witness,
    use: Callable[[Driver, Any, Emulator], None],
) -> None:
    use(drive, client, emulator)
    assert set(witness.seen) == set(OPERATIONS)


def test_calls_that_are_made_of_several_requests_send_what_the_document_allows(
    drive: Driver, client: Any
) -> None:
    through_a_scope(drive, client)


def test_these_are_the_names_that_the_contract_alone_has() -> None:
    query = {id_: set(names) for id_, names in CONTRACT_ONLY_QUERY.items() if names}
    body = {id_: set(names) for id_, names in CONTRACT_ONLY_BODY.items() if names}
    assert query == {"listProjectActivity": {"type"}}
    assert body == {
        "createProject": {"description"},
        "updateProject": {"description"},
        "addProjectCollaborator": {"role"},
    }


def test_no_operation_has_moved() -> None:
    for id_, operation in OPERATIONS.items():
        live = LIVE.operations[id_]
        assert (live.method, live.template) == (operation.method, operation.template)
