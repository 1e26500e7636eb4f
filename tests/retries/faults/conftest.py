"""Servers that fail, clients that wait by an obedient clock, and nothing left behind by either."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator

import pytest
import trustme
from attrs import frozen
from retries.faults.rig import Rig
from support.driving import Flavour
from support.fault_server import FaultServer

FILES = "/proc/self/fd"  # of Linux alone


def open_files() -> list[str]:
    """What this process has open, by number."""
    found = []
    for number in os.listdir(FILES) if os.path.isdir(FILES) else ():
        try:
            found.append(f"{number} {os.readlink(f'{FILES}/{number}')}")
        except OSError:
            continue  # the listing's own
    return sorted(found)


@pytest.fixture(autouse=True)
def no_file_is_left_open() -> Iterator[None]:
    before = open_files()
    yield
    assert open_files() == before


@pytest.fixture
def drive(flavour: Flavour) -> Iterator[Rig]:
    rig = Rig(flavour)
    yield rig
    rig.shut_down()


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@frozen
class Authority:
    """A certificate authority: a server's context by it, and a client's that trusts it alone."""

    ca: trustme.CA
    server: ssl.SSLContext
    client: ssl.SSLContext


def make_authority(*names: str) -> Authority:
    ca = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*names).configure_cert(server)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ca.configure_trust(client)
    return Authority(ca, server, client)


@pytest.fixture(scope="session")
def authority() -> Authority:
    return make_authority("127.0.0.1")


@pytest.fixture(scope="session")
def another_authority() -> Authority:
    return make_authority("127.0.0.1")
