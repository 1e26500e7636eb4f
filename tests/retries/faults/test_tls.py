"""Secure connections: who is trusted, who is not, and that a refusal is final where it must be."""

from __future__ import annotations

import os
import socket
import ssl
from typing import Any

import pytest
import trustme
from retries.faults.conftest import Authority, make_authority
from retries.faults.rig import Rig
from support.fault_server import FaultServer
from support.faults import Connection, Fault, breaks_off, http

from paperspace_projects import APIConnectionError, OutcomeUnknownError


def read(client: Any) -> Any:
    return client.projects.get("p1")


def write(client: Any) -> Any:
    return client.projects.create("new")


each_call = pytest.mark.parametrize("call", [read, write])


@each_call
def test_a_server_of_a_trusted_ca_is_spoken_to(drive: Rig, authority: Authority, call: Any) -> None:
    with FaultServer(tls=authority.server) as server:
        client = drive.client_of(server, ssl_context=authority.client)
        drive(call(client))
        drive(call(client))
        assert (len(server.received), server.connections) == (2, 1)
        drive.shut_down_clients()


@each_call
@pytest.mark.parametrize("context", ["another CA", "httpx's own choice"])
def test_a_server_of_another_ca_is_tried_once_and_told_nothing(
    drive: Rig, authority: Authority, another_authority: Authority, call: Any, context: str
) -> None:
    trusted = another_authority.client if context == "another CA" else None
    with FaultServer(tls=authority.server) as server:
        client = drive.client_of(server, ssl_context=trusted)
        with pytest.raises(APIConnectionError, match=r"certificate was not accepted.*ssl_context"):
            drive(call(client))
        assert (server.received, server.connections) == ([], 1)
        assert drive.clock.sleeps == []
        drive.shut_down_clients()


@each_call
def test_a_certificate_for_another_host_is_tried_once(drive: Rig, call: Any) -> None:
    other = make_authority("api.example")
    with FaultServer(tls=other.server) as server:
        client = drive.client_of(server, ssl_context=other.client)
        with pytest.raises(APIConnectionError, match="certificate was not accepted"):
            drive(call(client))
        assert (server.received, server.connections) == ([], 1)
        drive.shut_down_clients()


NO_TLS_SPOKEN = {
    "an answer in plain http": breaks_off(http(400)),
    "silence and FIN": breaks_off(),
    "RST": breaks_off(reset=True),
}


@each_call
@pytest.mark.parametrize("fault", NO_TLS_SPOKEN.values(), ids=NO_TLS_SPOKEN)
def test_a_server_that_speaks_no_tls_is_tried_again_and_gets_no_request(
    drive: Rig, authority: Authority, call: Any, fault: Fault
) -> None:
    def act(connection: Connection) -> None:
        connection.more()  # the client's hello
        fault.does(connection)

    with FaultServer(tls=authority.server) as server:
        server.play(Fault(act, at="connection"), for_ever=True)
        client = drive.client_of(server, ssl_context=authority.client)
        with pytest.raises(APIConnectionError) as caught:
            drive(call(client))
        assert not isinstance(caught.value, OutcomeUnknownError)
        assert (caught.value.attempts, server.connections, server.received) == (4, 4, [])
        server.play(Fault(act, at="connection"))
        drive(call(client))
        assert len(server.received) == 1
        drive.shut_down_clients()


def contexts_with_client_certificate(
    authority: Authority, *, shown: bool
) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context that demands a certificate, and a client's that has one or none."""
    demanding = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.ca.issue_cert("127.0.0.1").configure_cert(demanding)
    demanding.verify_mode = ssl.CERT_REQUIRED
    authority.ca.configure_trust(demanding)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.ca.configure_trust(client)
    if shown:
        own = trustme.CA(parent_cert=authority.ca).issue_cert("me@example.org")
        own.configure_cert(client)
    return demanding, client


@each_call
def test_a_client_certificate_that_is_demanded_is_shown(
    drive: Rig, authority: Authority, call: Any
) -> None:
    demanding, own = contexts_with_client_certificate(authority, shown=True)
    with FaultServer(tls=demanding) as server:
        drive(call(drive.client_of(server, ssl_context=own)))
        assert len(server.received) == 1
        drive.shut_down_clients()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_without_the_client_certificate_that_is_demanded_nothing_arrives(
    drive: Rig, authority: Authority, version: ssl.TLSVersion
) -> None:
    demanding, own = contexts_with_client_certificate(authority, shown=False)
    demanding.maximum_version = version
    with FaultServer(tls=demanding) as server:
        client = drive.client_of(server, ssl_context=own)
        with pytest.raises(APIConnectionError) as caught:
            drive(read(client))
        assert (caught.value.attempts, server.received) == (4, [])
        # In TLS 1.3 a client is done with the handshake before it is refused. If it has sent its
        # request by then, it cannot tell that the request was not read.
        may_be_late = version is ssl.TLSVersion.TLSv1_3
        errors = (APIConnectionError, *[OutcomeUnknownError] * may_be_late)
        with pytest.raises(errors):
            drive(write(client))
        assert server.received == []
        drive.shut_down_clients()


def breaks_a_record(before: bytes) -> Fault:
    """Sends this, and then what cannot be decrypted."""

    def act(connection: Connection) -> None:
        connection.send(before)
        with socket.socket(fileno=os.dup(connection.socket.fileno())) as raw:
            raw.sendall(b"\x17\x03\x03\x00\x40" + b"?" * 64)
        connection.hold()

    return Fault(act)


BROKEN_RECORDS = {
    "where an answer should be": breaks_a_record(b""),
    "within an answer": breaks_a_record(http(200, b'{"id": "p1", "name": "half"}')[:-5]),
}


@pytest.mark.parametrize("fault", BROKEN_RECORDS.values(), ids=BROKEN_RECORDS)
def test_a_record_that_cannot_be_decrypted_is_a_connection_that_was_lost(
    drive: Rig, authority: Authority, fault: Fault
) -> None:
    with FaultServer(tls=authority.server) as server:
        client = drive.client_of(server, ssl_context=authority.client)
        server.play(fault)
        assert drive(read(client)).name == "project p1"
        server.play(fault)
        with pytest.raises(OutcomeUnknownError):
            drive(write(client))
        assert [each.method for each in server.received] == ["GET", "GET", "POST"]
        drive.shut_down_clients()


def test_such_a_record_is_no_less_with_an_http_client_of_the_users_own(
    drive: Rig, authority: Authority
) -> None:
    with FaultServer(tls=authority.server) as server:
        server.play(breaks_a_record(b""))
        http_client = drive.http_client(verify=authority.client)
        try:
            assert drive(read(drive.client_of(server, http_client=http_client))).name
        finally:
            drive.close(http_client)
