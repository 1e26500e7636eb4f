"""What is not in order is refused with the vendor's error body, and changes nothing."""

import json
from collections.abc import Callable

import httpx
import pytest

from paperspace_projects.testing import Dialect, Emulator

Connect = Callable[[Emulator], httpx.Client]
P = "/projects/{id}"


def assert_refusal(answer: httpx.Response, status: int, code: str, field: str = "") -> None:
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code)
    assert isinstance(body["message"], str)
    assert body.keys() <= {"code", "message", "issues"}
    if field:
        (issue,) = body["issues"]
        assert issue["message"].startswith(f"{field}: ")
    else:
        assert "issues" not in body


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer emulator-key2",
        "Basic emulator-key",
        "emulator-key",
        "Bearer  emulator-key",
    ],
)
@pytest.mark.parametrize("path", ["/projects", "/projects/p1/secrets/S", "/nowhere"])
def test_a_missing_or_wrong_key(dialect: Dialect, authorization: str | None, path: str) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    with Emulator(dialect) as emulator:
        answer = emulator.handle(httpx.Request("GET", f"https://x.example{path}", headers=headers))

    assert_refusal(answer, 401, "UNAUTHORIZED")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "emulator-key" not in answer.text


def test_a_key_beyond_ascii_is_compared_as_bytes() -> None:
    with Emulator(api_key="schlüssel") as emulator:
        request = httpx.Request(
            "GET",
            "https://x.example/projects",
            headers={b"Authorization": "Bearer schlüssel".encode()},
        )
        assert emulator.handle(request).status_code == 200


def test_a_key_is_read_alike_in_process_and_served() -> None:
    with (
        Emulator(api_key="schl\xfcssel") as emulator,
        emulator.serve() as base_url,
        httpx.Client() as served,
        httpx.Client(transport=emulator.transport()) as in_process,
    ):
        for key, status in (("schl\xfcssel".encode(), 200), (b"schl\xfcssel", 401)):
            headers = [(b"Authorization", b"Bearer " + key)]
            for client in (served, in_process):
                answer = client.get(f"{base_url}/projects", headers=headers)
                assert answer.status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/project",
        "/projects/",
        "//projects",
        "/projects//secrets",
        "/projects/p1/",
        "/projects/p1/nothing",
        "/projects/p1/secrets/",
        "/projects/p1/secrets/a/b",
        "/projects/p1/collaborators//",
        "/v1/projects",
    ],
)
@pytest.mark.parametrize("method", ["GET", "DELETE", "PURGE"])
def test_a_path_that_is_none(either: httpx.Client, method: str, path: str) -> None:
    assert_refusal(either.request(method, f"/v1{path}"), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/projects", "GET, POST"),
        ("OPTIONS", "/projects", "GET, POST"),
        ("PATCH", P, "GET, PUT, DELETE"),
        ("POST", f"{P}/activity", "GET"),
        ("PUT", f"{P}/collaborators", "GET, POST"),
        ("GET", f"{P}/collaborators/u", "DELETE"),
        ("DELETE", f"{P}/secrets", "GET, POST"),
        ("PUT", f"{P}/secrets/S", "GET, PATCH, DELETE"),
        ("PATCH", f"{P}/tags", "GET, POST, DELETE"),
        ("POST", f"{P}/models", "GET"),
        ("GET", f"{P}/models/m", "POST, DELETE"),
    ],
)
def test_a_method_that_a_path_does_not_have(
    either: httpx.Client, project_id: str, method: str, path: str, allowed: str
) -> None:
    answer = either.request(method, path.format(id=project_id))

    assert_refusal(answer, 405, "METHOD_NOT_SUPPORTED")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PUT", "", {"name": "b"}),
        ("DELETE", "", None),
        ("GET", "/activity", None),
        ("GET", "/collaborators", None),
        ("POST", "/collaborators", {"userId": "u"}),
        ("DELETE", "/collaborators/u", None),
        ("GET", "/secrets", None),
        ("POST", "/secrets", {"name": "S", "value": "v"}),
        ("GET", "/secrets/S", None),
        ("PATCH", "/secrets/S", {"value": "v"}),
        ("DELETE", "/secrets/S", None),
        ("GET", "/tags", None),
        ("POST", "/tags", {"name": "t"}),
        ("DELETE", "/tags?name=t", None),
        ("GET", "/models", None),
        ("POST", "/models/m", None),
        ("DELETE", "/models/m", None),
    ],
)
def test_a_project_that_is_not_there(
    either: httpx.Client, method: str, path: str, body: dict[str, str] | None
) -> None:
    assert_refusal(either.request(method, f"/projects/p0{path}", json=body), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/collaborators/u", None),
        ("GET", "/secrets/S", None),
        ("PATCH", "/secrets/S", {"value": "v"}),
        ("DELETE", "/secrets/S", None),
        ("DELETE", "/tags?name=t", None),
        ("DELETE", "/models/m", None),
    ],
)
def test_a_thing_that_is_not_in_the_project(
    either: httpx.Client, project_id: str, method: str, path: str, body: dict[str, str] | None
) -> None:
    elsewhere = either.post("/projects", json={"name": "other"}).json()["id"]
    for below, there in (
        ("/collaborators", {"userId": "u"}),
        ("/secrets", {"name": "S", "value": "v"}),
        ("/tags", {"name": "t"}),
        ("/models/m", None),
    ):
        either.post(f"/projects/{elsewhere}{below}", json=there).raise_for_status()

    answer = either.request(method, f"/projects/{project_id}{path}", json=body)

    assert_refusal(answer, 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/collaborators", {"userId": "u"}),
        ("/secrets", {"name": "S", "value": "v"}),
        ("/tags", {"name": "t"}),
        ("/models/m", None),
    ],
)
def test_a_thing_that_is_there_already(
    either: httpx.Client, project_id: str, path: str, body: dict[str, str] | None
) -> None:
    assert either.post(f"/projects/{project_id}{path}", json=body).is_success
    assert_refusal(either.post(f"/projects/{project_id}{path}", json=body), 409, "CONFLICT")


def test_two_projects_may_have_one_name(either: httpx.Client) -> None:
    ids = {either.post("/projects", json={"name": "same"}).json()["id"] for _ in range(2)}

    assert len(ids) == 2


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/projects"),
        ("PUT", P),
        ("POST", f"{P}/collaborators"),
        ("POST", f"{P}/secrets"),
        ("PATCH", f"{P}/secrets/S"),
        ("POST", f"{P}/tags"),
    ],
)
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"name=a", b'{"name": NaN}', b"\xff", b"[" * 100_000, b'{"name": "a"} x'],
    ids=["empty", "cut", "form", "nan", "bytes", "deep", "more"],
)
def test_a_body_that_is_no_json(
    either: httpx.Client, project_id: str, method: str, path: str, content: bytes
) -> None:
    answer = either.request(method, path.format(id=project_id), content=content)

    assert_refusal(answer, 400, "PARSE_ERROR")


BOTH_DIALECTS: list[tuple[str, object, str]] = [
    ("POST /projects", [], "body"),
    ("POST /projects", None, "body"),
    ("POST /projects", {}, "name"),
    ("POST /projects", {"name": None}, "name"),
    ("POST /projects", {"name": 7}, "name"),
    ("POST /projects", {"name": ""}, "name"),
    ("POST /projects", {"name": " \t"}, "name"),
    ("POST /projects", {"name": "\ud800"}, "name"),
    (f"PUT {P}", {"name": ""}, "name"),
    (f"PUT {P}", {"name": None}, "name"),
    (f"PUT {P}", {"name": 7}, "name"),
    (f"POST {P}/collaborators", {}, "userId"),
    (f"POST {P}/collaborators", {"userId": " "}, "userId"),
    (f"POST {P}/secrets", {"value": "v"}, "name"),
    (f"POST {P}/secrets", {"name": "", "value": "v"}, "name"),
    (f"POST {P}/secrets", {"name": "S"}, "value"),
    (f"POST {P}/secrets", {"name": "S", "value": 7}, "value"),
    (f"POST {P}/secrets", {"name": "S", "value": "\udfff"}, "value"),
    (f"PATCH {P}/secrets/S", {}, "value"),
    (f"PATCH {P}/secrets/S", {"value": None}, "value"),
    (f"POST {P}/tags", {}, "name"),
    (f"POST {P}/tags", {"name": ["t"]}, "name"),
    (f"DELETE {P}/tags", None, "name"),
    (f"DELETE {P}/tags?name=", None, "name"),
    (f"DELETE {P}/tags?name=t&name=t", None, "query"),
    (f"DELETE {P}/tags?name=%FF", None, "query"),
    ("GET /projects/%FF", None, "path"),
    ("GET /projects?order=up", None, "order"),
    ("GET /projects?orderBy=size", None, "orderBy"),
    (f"GET {P}/activity?after=e0", None, "after"),
    *(
        (f"GET {path}?limit={limit}", None, "limit")
        for path in ("/projects", f"{P}/activity")
        for limit in ("", "0", "121", "-1", "+5", "1.5", "x", "%D9%A5", "9" * 5000, "1%20")
    ),
]


@pytest.mark.parametrize(
    ("line", "body", "field"),
    BOTH_DIALECTS,
    ids=[f"{case[0][:30]}-{number}" for number, case in enumerate(BOTH_DIALECTS)],
)
def test_a_request_that_is_not_valid(
    either: httpx.Client, project_id: str, line: str, body: object, field: str
) -> None:
    method, path = line.format(id=project_id).split(" ", 1)
    # json.dumps, as httpx sends no body for None and refuses a lone surrogate.
    answer = either.request(method, path, content=json.dumps(body))

    assert_refusal(answer, 400, "BAD_REQUEST", field)


def test_a_model_whose_id_is_blank_is_not_there(either: httpx.Client, project_id: str) -> None:
    assert_refusal(either.post(f"/projects/{project_id}/models/%20"), 404, "NOT_FOUND")


@pytest.mark.parametrize("role", ["owner", None])
def test_contract_refuses_a_role_that_is_none(
    contract: httpx.Client, project_id: str, role: str | None
) -> None:
    path = f"/projects/{project_id}/collaborators"

    answer = contract.post(path, json={"userId": "u", "role": role})

    assert_refusal(answer, 400, "BAD_REQUEST", "role")


@pytest.mark.parametrize("body", [{}, {"description": "new"}])
def test_live_refuses_an_update_without_a_name(
    live: httpx.Client, project_id: str, body: dict[str, str]
) -> None:
    assert_refusal(live.put(f"/projects/{project_id}", json=body), 400, "BAD_REQUEST", "name")


def test_contract_refuses_a_description_that_is_no_string(
    contract: httpx.Client, project_id: str
) -> None:
    for answer in (
        contract.post("/projects", json={"name": "a", "description": None}),
        contract.put(f"/projects/{project_id}", json={"description": 7}),
    ):
        assert_refusal(answer, 400, "BAD_REQUEST", "description")


@pytest.mark.parametrize("kind", ["collaborators", "secrets", "tags", "models", "activity"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("order=up", "order"),
        ("orderBy=name", "orderBy"),
        ("after=x", "after"),
    ],
)
def test_live_lists_within_a_project_check_their_query(
    live: httpx.Client, project_id: str, kind: str, query: str, field: str
) -> None:
    answer = live.get(f"/projects/{project_id}/{kind}?{query}")

    assert_refusal(answer, 400, "BAD_REQUEST", field)


def test_live_projects_do_not_sort_by_name(live: httpx.Client) -> None:
    assert_refusal(live.get("/projects?orderBy=name"), 400, "BAD_REQUEST", "orderBy")


def test_every_answer_has_its_own_request_id(either: httpx.Client, project_id: str) -> None:
    answers = [
        either.get("/projects"),
        either.post("/projects", json={}),
        either.get("/nowhere"),
        either.patch("/projects"),
        either.delete(f"/projects/{project_id}"),
    ]

    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)


@pytest.mark.parametrize("name", ["a/b", "a%2Fb", "..", ".", "a b", "é", "a?b", "a#b", "+"])
def test_an_encoded_segment_is_one_name(contract: httpx.Client, project_id: str, name: str) -> None:
    path = f"/projects/{project_id}/secrets"
    contract.post(path, json={"name": name, "value": "v"}).raise_for_status()
    encoded = "".join(f"%{byte:02X}" for byte in name.encode())

    assert contract.get(f"{path}/{encoded}").json()["name"] == name


def test_neither_host_nor_prefix_matters(connect: Connect) -> None:
    with Emulator() as emulator:
        client = connect(emulator)
        for base in ("https://api.paperspace.com/v1", "http://localhost:1", "http://x.example/v1"):
            assert client.get(f"{base}/projects").status_code == 200
