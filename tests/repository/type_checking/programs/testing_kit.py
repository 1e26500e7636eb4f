"""Tests that are kept off the network, and guards that see what is about to be sent."""

from __future__ import annotations

from typing import assert_type

import httpx
import httpx2

from paperspace_projects.hooks import OutgoingRequest, before_sending
from paperspace_projects.testing import NetworkBlockedError, block_network


def kept_off(error: NetworkBlockedError) -> None:
    with block_network(allow=["http://127.0.0.1:8080"]) as nothing:
        assert_type(nothing, None)
    with block_network(allow="http://127.0.0.1:8080"):
        pass
    with httpx.Client() as http_client, block_network(allow=http_client):
        pass
    with httpx.Client() as http_client, block_network(allow=["http://[::1]:80", http_client]):
        pass
    with httpx2.Client() as http_client2, block_network(allow=http_client2):
        pass
    assert_type(error.operation, str)
    assert_type(error.method, str)
    assert_type(error.url, str)
    assert_type(error.call_site, str | None)


def guarded(seen: list[OutgoingRequest]) -> None:
    with before_sending(seen.append) as nothing:
        assert_type(nothing, None)
