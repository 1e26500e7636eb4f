"""The live dialect's document, `overlay/live.overlay.yaml` applied to `openapi.yaml`, for tests."""

from __future__ import annotations

from scripts.live_document.document import live_document
from support.openapi import CONTRACT, Described

_LIVE = Described(live_document())

CONTRACT_ONLY_QUERY = {
    operation.id: operation.query - _LIVE.operations[operation.id].query
    for operation in CONTRACT.operations.values()
}
CONTRACT_ONLY_BODY = {
    operation.id: (operation.body or frozenset()) - (_LIVE.operations[operation.id].body or set())
    for operation in CONTRACT.operations.values()
}
"""What the client sends to any server, as the contract has it, though the live dialect has not."""

LIVE = Described(
    live_document(),
    more_query=CONTRACT_ONLY_QUERY,
    more_body=CONTRACT_ONLY_BODY,
    has_strict_answers=True,
)
