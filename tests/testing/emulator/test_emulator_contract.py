"""In the contract dialect, every answer is what openapi.yaml says."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from support.driving import Driver
from support.usage import with_only_what_is_required
from werkzeug.datastructures import Headers, ImmutableMultiDict

from paperspace_projects.testing import Emulator
from paperspace_projects.testing.emulator.emulator import DEFAULT_API_KEY
from paperspace_projects.testing.emulator.handlers import HANDLERS
from paperspace_projects.testing.emulator.routes import OPERATION_IDS, ROUTES

SPEC_PATH = Path(__file__).parents[3] / "openapi.yaml"
OPENAPI = OpenAPI.from_file_path(str(SPEC_PATH))
PATHS: dict[str, Any] = (OPENAPI.spec / "paths").read_value()
OPERATIONS = {
    (method.upper(), path): operation["operationId"]
    for path, item in PATHS.items()
    for method, operation in item.items()
    if method != "parameters"
}
NOW = "2026-03-18T12:00:01.000Z"


class SpecRequest:
    """An httpx request, as openapi-core wants to see it."""

    def __init__(self, request: httpx.Request) -> None:
        self.host_url = f"{request.url.scheme}://{request.url.host}"
        self.path = request.url.raw_path.partition(b"?")[0].decode()
        self.method = request.method.lower()
        self.body = request.content
        self.content_type = request.headers.get("content-type", "")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(request.url.params.multi_items()),
            header=Headers(dict(request.headers)),
        )


class SpecResponse:
    """An httpx response, as openapi-core wants to see it."""

    def __init__(self, response: httpx.Response) -> None:
        self.status_code = response.status_code
        self.headers: Mapping[str, Any] = dict(response.headers)
        self.content_type = response.headers.get("content-type", "")
        self.data = response.content


class Witness:
    """Holds every answer against the spec, and remembers which operations gave one."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def __call__(self, response: httpx.Response) -> None:
        response.read()
        request, answer = SpecRequest(response.request), SpecResponse(response)
        OPENAPI.validate_response(request, answer)
        found = OPENAPI.unmarshal_request(request)
        assert not found.errors
        for (method, template), operation_id in OPERATIONS.items():
            if set(re.findall(r"{(\w+)}", template)) != set(found.parameters.path):
                continue
            path = template.format(**found.parameters.path)
            if (method, f"/v1{path}") == (response.request.method, request.path):
                self.seen.add(operation_id)
                documented = PATHS[template][method.lower()]["responses"]
                assert str(response.status_code) in documented
                content = documented[str(response.status_code)].get("content")
                assert bool(response.content) == (content is not None)


@pytest.fixture
def witness(contract: httpx.Client) -> Iterator[Witness]:
    """A witness to everything that the `contract` client is answered."""
    it = Witness()
    contract.event_hooks = {"response": [it]}
    yield it
    contract.event_hooks = {}


def test_the_routes_are_the_operations_of_the_spec() -> None:
    routes = {(route.method, route.path): route.operation_id for route in ROUTES}
    assert routes == OPERATIONS


def test_every_operation_has_a_handler_and_no_handler_is_left_over() -> None:
    missing, left_over = OPERATION_IDS - HANDLERS.keys(), HANDLERS.keys() - OPERATION_IDS
    file = "overlay/paperspace_projects/testing/emulator/handlers.py"
    assert not missing, f"write a handler in {file} for {sorted(missing)}"
    assert not left_over, f"remove from {file} the handlers of {sorted(left_over)}"


def test_an_operation_without_a_handler_says_where_to_write_one(
    contract: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(HANDLERS, "getProject")
    with pytest.raises(NotImplementedError, match=r"getProject: see .*/emulator/handlers\.py"):
        contract.get("/projects/p1")


def test_every_operation_answers_as_documented(contract: httpx.Client, witness: Witness) -> None:
    created = contract.post("/projects", json={"name": "a", "description": "b"})
    p = f"/projects/{created.json()['id']}"
    contract.post("/projects", json={"name": "second"})
    for query in ("", "?limit=1", "?orderBy=name&order=asc"):
        contract.get(f"/projects{query}")
    contract.get(p)
    contract.put(p, json={"name": "c", "description": "d"})
    contract.put(p, json={})
    contract.post(f"{p}/collaborators", json={"userId": "u1", "role": "admin"})
    contract.post(f"{p}/collaborators", json={"userId": "u2"})
    contract.get(f"{p}/collaborators")
    contract.delete(f"{p}/collaborators/u1")
    contract.post(f"{p}/secrets", json={"name": "S", "value": "v"})
    contract.get(f"{p}/secrets")
    contract.get(f"{p}/secrets/S")
    contract.patch(f"{p}/secrets/S", json={"value": "w"})
    contract.delete(f"{p}/secrets/S")
    contract.post(f"{p}/tags", json={"name": "t"})
    contract.get(f"{p}/tags")
    contract.delete(f"{p}/tags", params={"name": "t"})
    contract.post(f"{p}/models/m1")
    contract.get(f"{p}/models")
    contract.delete(f"{p}/models/m1")
    contract.get(f"{p}/activity", params={"type": "tag.added", "limit": "3"})
    contract.get(f"{p}/activity")
    contract.delete(p)
    drive = Driver("sync")
    with_only_what_is_required(drive, drive.client(http_client=contract, api_key=DEFAULT_API_KEY))
    drive.shut_down()

    assert witness.seen == set(OPERATIONS.values())


def test_a_project_has_the_keys_of_the_spec(contract: httpx.Client) -> None:
    project = contract.post("/projects", json={"name": "a", "description": "b"}).json()

    assert project == {
        "id": project["id"],
        "name": "a",
        "description": "b",
        "teamId": "temulator",
        "dtCreated": NOW,
    }
    assert contract.get(f"/projects/{project['id']}").json() == project


def test_a_description_that_was_not_given_is_left_out(contract: httpx.Client) -> None:
    assert "description" not in contract.post("/projects", json={"name": "a"}).json()


def test_an_empty_description_is_kept(contract: httpx.Client) -> None:
    project = contract.post("/projects", json={"name": "a", "description": ""}).json()

    assert project["description"] == ""


def test_an_update_changes_only_what_it_gives(contract: httpx.Client) -> None:
    project = contract.post("/projects", json={"name": "a", "description": "b"}).json()
    path = f"/projects/{project['id']}"

    assert contract.put(path, json={"name": "c"}).json() == project | {"name": "c"}
    assert contract.put(path, json={"description": "d"}).json() == project | {
        "name": "c",
        "description": "d",
    }


def test_an_update_of_nothing_changes_and_records_nothing(
    contract: httpx.Client, project_id: str
) -> None:
    path = f"/projects/{project_id}"
    before = contract.get(path).json()

    answer = contract.put(path, json={})

    assert (answer.status_code, answer.json()) == (200, before)
    assert [event["type"] for event in contract.get(f"{path}/activity").json()] == [
        "project.created"
    ]


def test_the_last_page_of_projects_has_no_next_page(contract: httpx.Client) -> None:
    assert contract.get("/projects").json() == {"items": [], "hasMore": False}


def test_a_collaborator_has_the_keys_of_the_spec(contract: httpx.Client, project_id: str) -> None:
    path = f"/projects/{project_id}/collaborators"

    with_role = contract.post(path, json={"userId": "u1", "role": "viewer"}).json()
    without = contract.post(path, json={"userId": "u2"}).json()

    assert with_role == {
        "userId": "u1",
        "email": "u1@users.example",
        "role": "viewer",
        "projectId": project_id,
    }
    assert without == {"userId": "u2", "email": "u2@users.example", "projectId": project_id}
    assert contract.get(path).json() == [with_role, without]


def test_tags_and_models_are_bare_and_in_the_order_they_were_added(
    contract: httpx.Client, project_id: str
) -> None:
    path = f"/projects/{project_id}"
    for name in ("z", "a", "m"):
        assert contract.post(f"{path}/tags", json={"name": name}).content == b""
        assert contract.post(f"{path}/models/{name}").content == b""

    assert contract.get(f"{path}/tags").json() == ["z", "a", "m"]
    assert contract.get(f"{path}/models").json() == [
        {"id": name, "name": f"model-{name}"} for name in ("z", "a", "m")
    ]


def test_lists_within_a_project_are_complete_whatever_the_query_says(
    contract: httpx.Client, project_id: str
) -> None:
    path = f"/projects/{project_id}/tags"
    names = [f"tag{number}" for number in range(130)]
    for name in names:
        contract.post(path, json={"name": name})

    assert contract.get(path, params={"limit": "nonsense", "after": "x"}).json() == names


def test_a_secret_may_have_any_name_that_is_not_blank(
    contract: httpx.Client, project_id: str
) -> None:
    path = f"/projects/{project_id}/secrets"
    created = contract.post(path, json={"name": "7/..\n", "value": ""})

    assert created.status_code == 201
    assert contract.get(f"{path}/7%2F..%0A").json() == created.json()


def test_contract_is_the_default() -> None:
    with Emulator() as emulator:
        assert emulator.dialect == "contract"
