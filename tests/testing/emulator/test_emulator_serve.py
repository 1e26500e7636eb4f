"""Over real HTTP the emulator is the same, and leaves nothing behind when it stops."""

import asyncio
import gc
import socket
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from http import HTTPStatus

import httpx
import pytest

from paperspace_projects.testing import Dialect, Emulator, Fault, FaultPlan


def bearer(emulator: Emulator) -> dict[str, str]:
    return {"Authorization": f"Bearer {emulator.api_key}"}


def address(base_url: str) -> tuple[str, int]:
    url = httpx.URL(base_url)
    assert url.port is not None
    return url.host, url.port


def test_it_answers_over_http(dialect: Dialect) -> None:
    with (
        Emulator(dialect) as emulator,
        emulator.serve() as base_url,
        httpx.Client(base_url=base_url, headers=bearer(emulator)) as client,
    ):
        created = client.post("/projects", json={"name": "a"})
        path = f"/projects/{created.json()['id']}"

        assert created.status_code == (201 if dialect == "contract" else 200)
        assert client.get(path).json() == created.json()
        assert client.get("/projects?limit=0").status_code == 400
        assert client.patch(path).headers["allow"] == "GET, PUT, DELETE"
        assert client.post(f"{path}/tags", json={"name": "t"}).is_success
        deleted = client.delete(path)
        assert deleted.status_code == (204 if dialect == "contract" else 200)
        assert deleted.headers["x-request-id"]
        assert httpx.get(f"{base_url}/projects").status_code == 401


def test_a_head_request_is_refused_like_any_other_method() -> None:
    with Emulator() as emulator, emulator.serve() as base_url:
        answer = httpx.head(f"{base_url}/projects", headers=bearer(emulator))

    assert (answer.status_code, answer.content) == (405, b"")


@pytest.mark.parametrize("name", ["a/b", "..", "a%2Fb", "é"])
def test_an_encoded_segment_arrives_as_one(name: str) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in name.encode())
    with (
        Emulator() as emulator,
        emulator.serve() as base_url,
        httpx.Client(base_url=base_url, headers=bearer(emulator)) as client,
    ):
        path = f"/projects/{client.post('/projects', json={'name': 'a'}).json()['id']}"
        client.post(f"{path}/secrets", json={"name": name, "value": "v"})

        assert client.get(f"{path}/secrets/{encoded}").json()["name"] == name


def test_dot_segments_are_not_folded() -> None:
    with Emulator() as emulator, emulator.serve() as base_url:
        answer = by_hand(base_url, f"DELETE /v1/projects/p1/secrets/.. HTTP/1.1\r\n{key(emulator)}")

    assert b"No such project" in answer


def key(emulator: Emulator) -> str:
    return f"Authorization: Bearer {emulator.api_key}\r\nHost: x\r\nConnection: close\r\n\r\n"


def by_hand(base_url: str, request: str) -> bytes:
    with socket.create_connection(address(base_url), timeout=10) as connection:
        connection.sendall(request.encode())
        return b"".join(iter(lambda: connection.recv(4096), b""))


@pytest.mark.parametrize("host", ["http://api.example", "HTTP://user:pass@x:80", "https://[::1]:8"])
def test_a_target_with_a_host_is_answered_as_one_without(host: str) -> None:
    with Emulator() as emulator, emulator.serve() as base_url:
        found = by_hand(base_url, f"GET {host}/v1/projects?limit=5 HTTP/1.1\r\n{key(emulator)}")
        none = by_hand(base_url, f"GET {host} HTTP/1.1\r\n{key(emulator)}")
        sent, other = emulator.requests

    assert found.startswith(b"HTTP/1.1 200")
    assert (sent.path, sent.query) == ("/v1/projects", {"limit": "5"})
    assert sent.operation == "listProjects"
    assert none.startswith(b"HTTP/1.1 404")
    assert other.path == "/"


def test_it_may_be_used_as_a_proxy() -> None:
    with (
        Emulator() as emulator,
        emulator.serve() as base_url,
        httpx.Client(proxy=base_url.removesuffix("/v1"), headers=bearer(emulator)) as client,
    ):
        created = client.post("http://api.example/v1/projects", json={"name": "a"})

    assert created.status_code == 201


def test_a_status_is_of_one_type_in_process_and_served(dialect: Dialect) -> None:
    with (
        Emulator(dialect) as emulator,
        emulator.serve() as base_url,
        httpx.Client(base_url=base_url, headers=bearer(emulator)) as served,
        httpx.Client(
            base_url=base_url, headers=bearer(emulator), transport=emulator.transport()
        ) as in_process,
    ):
        for method, path, body in (
            ("POST", "/projects", {"name": "a"}),
            ("GET", "/projects", None),
            ("GET", "/projects/p0", None),
            ("PATCH", "/projects", None),
        ):
            statuses = [
                each.request(method, path, json=body).status_code for each in (served, in_process)
            ]
            assert statuses[0] == statuses[1]
            assert {type(each) for each in statuses} == {int}
        emulator.faults = FaultPlan.script([Fault.status(HTTPStatus.BAD_GATEWAY), Fault.cut_off()])
        assert type(in_process.get("/projects").status_code) is int
        with in_process.stream("GET", "/projects") as answer:
            assert type(answer.status_code) is int


def test_many_async_clients_at_once() -> None:
    async def create(base_url: str, headers: dict[str, str]) -> set[int]:
        async with httpx.AsyncClient(base_url=base_url, headers=headers) as client:
            answers = await asyncio.gather(
                *(client.post("/projects", json={"name": f"p{n}"}) for n in range(50))
            )
        return {answer.status_code for answer in answers}

    with Emulator() as emulator, emulator.serve() as base_url:
        assert asyncio.run(create(base_url, bearer(emulator))) == {201}


@contextmanager
def nothing_left_behind() -> Generator[None, None, None]:
    """No thread outlives what is inside, and what is left open fails the test (-W error)."""
    before = set(threading.enumerate())
    yield
    gc.collect()
    assert set(threading.enumerate()) <= before


@contextmanager
def done_within(seconds: float) -> Generator[None, None, None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


def test_it_stops_at_once_although_clients_keep_connections() -> None:
    with nothing_left_behind(), Emulator() as emulator, httpx.Client() as client:
        serving = emulator.serve()
        base_url = serving.__enter__()
        client.get(f"{base_url}/projects", headers=bearer(emulator))
        with done_within(2):
            serving.__exit__(None, None, None)

        with pytest.raises(httpx.TransportError):
            client.get(f"{base_url}/projects")


@pytest.mark.parametrize(
    "sent",
    ["", "GET /v1/pro", "POST /v1/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"],
    ids=["nothing", "half a line", "half a body"],
)
def test_it_stops_soon_although_a_client_never_finishes(sent: str) -> None:
    with nothing_left_behind(), Emulator() as emulator:
        serving = emulator.serve()
        with socket.create_connection(address(serving.__enter__())) as connection:
            connection.sendall(sent.encode())
            with done_within(4):
                serving.__exit__(None, None, None)


def test_it_can_start_and_stop_again_and_again() -> None:
    with nothing_left_behind(), Emulator() as emulator:
        for _ in range(3):
            with emulator.serve():
                pass
        with emulator.serve() as one, emulator.serve() as other:
            assert one != other
            httpx.post(f"{one}/projects", json={"name": "a"}, headers=bearer(emulator))
            page = httpx.get(f"{other}/projects", headers=bearer(emulator)).json()
            assert len(page["items"]) == 1


@pytest.mark.parametrize(
    ("host", "shown"), [("localhost", "localhost"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]")]
)
def test_the_base_url_can_be_reached_whatever_the_host(host: str, shown: str) -> None:
    if ":" in host and not has_ipv6():
        pytest.skip("this machine has no IPv6")

    with Emulator() as emulator, emulator.serve(host=host) as base_url:
        assert base_url.startswith(f"http://{shown}:")
        assert httpx.get(f"{base_url}/projects", headers=bearer(emulator)).status_code == 200


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def test_a_port_that_is_taken_is_an_os_error() -> None:
    with nothing_left_behind(), Emulator() as emulator, emulator.serve() as base_url:
        _, port = address(base_url)
        with pytest.raises(OSError, match=str(port)), emulator.serve(port=port):
            pass


def test_without_uvicorn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "paperspace_projects.testing.emulator.server", raising=False)

    with Emulator() as emulator, pytest.raises(ImportError) as raised:
        emulator.serve()

    assert 'pip install ".[testing]" in a clone' in str(raised.value)
