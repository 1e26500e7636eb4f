"""`update_spec -- --live`: a document of the vendor's is compared with contract + overlay."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from spec.live_document.vendor import vendor_document

from scripts.live_document.document import ROOT, live_document
from scripts.spec_update.live_comparison import compare

Document = dict[str, Any]
JSON = "application/json"


def test_the_invented_document_is_valid() -> None:
    assert list(OpenAPIV30SpecValidator(vendor_document()).iter_errors()) == []
    assert list(OpenAPIV31SpecValidator(vendor_document("3.1.0")).iter_errors()) == []


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_the_same_in_other_words_is_no_difference(version: str) -> None:
    found = compare(live_document(), vendor_document(version))
    assert found.differences == []
    assert found.more_operations == ["GET /projects/{}/apps"]


def test_an_item_of_a_path_may_be_a_reference() -> None:
    document = vendor_document("3.1.0")
    item = document["paths"].pop("/projects")
    document["components"]["pathItems"] = {"Projects": item}
    document["paths"]["/projects"] = {"$ref": "#/components/pathItems/Projects"}
    assert compare(live_document(), document).differences == []


def test_a_version_in_the_path_is_the_one_in_the_server() -> None:
    document = vendor_document()
    document["paths"] = {f"/v1{path}": item for path, item in document["paths"].items()}
    document["servers"] = [{"url": "https://api.paperspace.com"}]
    assert compare(live_document(), document).differences == []


@pytest.mark.parametrize(
    "url",
    ["https://api.paperspace.com/v2", "https://api.example.com/v1", "http://api.paperspace.com"],
)
def test_another_server_is_a_difference(url: str) -> None:
    document = vendor_document()
    document["servers"] = [{"url": url}]
    (found,) = compare(live_document(), document).differences
    assert (found.operation, found.place) == ("(all)", "server")
    assert (found.ours, found.theirs) == ("https://api.paperspace.com/v1", url)


def test_a_server_without_a_host_says_nothing() -> None:
    document = vendor_document()
    document["servers"] = [{"url": "/v1"}]
    assert compare(live_document(), document).differences == []


def operation(document: Document, method: str, path: str) -> Any:
    return document["paths"][path][method]


def answer(document: Document, method: str, path: str, status: str = "200") -> Any:
    return operation(document, method, path)["responses"][status]["content"][JSON]["schema"]


def body(document: Document, method: str, path: str) -> Any:
    return operation(document, method, path)["requestBody"]["content"][JSON]["schema"]


def item(document: Document, name: str) -> Any:
    return answer(document, "get", f"/projects/{{handle}}/{name}")["properties"]["items"]["items"]


def query(document: Document, path: str, name: str) -> Any:
    parameters = operation(document, "get", path)["parameters"]
    return next(each for each in parameters if each["name"] == name)


PROJECT, TAGS = "/projects/{handle}", "/projects/{handle}/tags"
SECRETS = "/projects/{handle}/secrets"
ACTIONS = live_document()["components"]["schemas"]["ActivityEvent"]["properties"]["action"]["enum"]
ERROR = live_document()["components"]["schemas"]["Error"]["properties"]
CODES = ERROR["code"]["x-extensible-enum"]
DIFFERENCES: list[tuple[Callable[[Document], object], tuple[str, str, str, str]]] = [
    (
        lambda d: operation(d, "post", TAGS)["responses"].update(
            {"201": operation(d, "post", TAGS)["responses"].pop("200")}
        ),
        ("addProjectTag", "answer 201", "missing", "there"),
    ),
    (
        lambda d: operation(d, "delete", PROJECT)["responses"].update(
            {"404": {"description": "Gone."}}
        ),
        ("deleteProject", "answer 404", "missing", "there"),
    ),
    (
        lambda d: operation(d, "delete", PROJECT)["responses"].pop("default"),
        ("deleteProject", "answer default", "there", "missing"),
    ),
    (
        lambda d: operation(d, "delete", TAGS)["responses"]["200"].pop("content"),
        ("removeProjectTag", "answer 200: a body", "there", "missing"),
    ),
    (
        lambda d: operation(d, "get", f"{PROJECT}/activity")["parameters"].append(
            {"in": "query", "name": "type", "schema": {"type": "string"}}
        ),
        ("listProjectActivity", "query type", "missing", "there"),
    ),
    (
        lambda d: operation(d, "get", f"{PROJECT}/models")["parameters"].remove(
            query(d, f"{PROJECT}/models", "name")
        ),
        ("listProjectModels", "query name", "there", "missing"),
    ),
    (
        lambda d: query(d, "/projects", "limit")["schema"].update(type="number"),
        ("listProjects", "query limit, type", "integer", "number"),
    ),
    (
        lambda d: query(d, "/projects", "limit")["schema"].update(maximum=100),
        ("listProjects", "query limit, maximum", "120", "100"),
    ),
    (
        lambda d: query(d, "/projects", "orderBy")["schema"].update(enum=["dtCreated", "name"]),
        ("listProjects", "query orderBy, enum", "dtCreated", "dtCreated, name"),
    ),
    (
        lambda d: query(d, TAGS, "after").update(required=True),
        ("listProjectTags", "query after, required", "no", "yes"),
    ),
    (
        lambda d: body(d, "post", "/projects")["properties"].update(description={"type": "string"}),
        ("createProject", "body: description", "missing", "there"),
    ),
    (
        lambda d: body(d, "put", PROJECT).pop("required"),
        ("updateProject", "body: name, required", "yes", "no"),
    ),
    (
        lambda d: body(d, "patch", f"{SECRETS}/{{name}}")["properties"]["value"].update(
            maxLength=100
        ),
        ("updateProjectSecret", "body: value, maxLength", "none", "100"),
    ),
    (
        lambda d: operation(d, "post", SECRETS)["requestBody"].update(required=False),
        ("createProjectSecret", "body: required", "yes", "no"),
    ),
    (
        lambda d: operation(d, "post", f"{PROJECT}/models/{{modelId}}").update(
            requestBody={"content": {JSON: {"schema": {"type": "object"}}}}
        ),
        ("addProjectModel", "body: a body", "missing", "there"),
    ),
    (
        lambda d: item(d, "collaborators")["properties"].update(role={"type": "string"}),
        ("listProjectCollaborators", "answer 200: items[].role", "missing", "there"),
    ),
    (
        lambda d: item(d, "collaborators")["properties"].pop("user"),
        ("listProjectCollaborators", "answer 200: items[].user", "there", "missing"),
    ),
    (
        lambda d: item(d, "tags")["properties"]["id"].update(type="number"),
        ("listProjectTags", "answer 200: items[].id, type", "integer", "number"),
    ),
    (
        lambda d: item(d, "models")["required"].remove("description"),
        ("listProjectModels", "answer 200: items[].description, required", "yes", "no"),
    ),
    (
        lambda d: item(d, "models")["properties"]["projectId"].pop("nullable"),
        ("listProjectModels", "answer 200: items[].projectId, nullable", "yes", "no"),
    ),
    (
        lambda d: item(d, "activity")["properties"]["action"]["enum"].append("deployment.moved"),
        (
            "listProjectActivity",
            "answer 200: items[].action, enum",
            ", ".join(sorted(ACTIONS)),
            ", ".join(sorted([*ACTIONS, "deployment.moved"])),
        ),
    ),
    (
        lambda d: item(d, "activity")["properties"]["id"].pop("format"),
        ("listProjectActivity", "answer 200: items[].id, format", "uuid", "none"),
    ),
    (
        lambda d: item(d, "activity")["properties"]["deployment"]["properties"]["dtDeleted"].pop(
            "nullable"
        ),
        ("listProjectActivity", "answer 200: items[].deployment.dtDeleted, nullable", "yes", "no"),
    ),
    (
        lambda d: answer(d, "get", PROJECT, "default")["properties"].pop("issues"),
        ("getProject", "answer default: issues", "there", "missing"),
    ),
    (
        lambda d: operation(d, "get", PROJECT)["responses"]["200"]["content"].update(
            {"text/html": {}}
        ),
        ("getProject", "answer 200: media type", JSON, f"{JSON}, text/html"),
    ),
    (
        lambda d: operation(d, "get", PROJECT).update(security=[]),
        ("getProject", "security", "http bearer", ""),
    ),
    (
        lambda d: operation(d, "get", PROJECT).update(security=[{"Authorization": []}, {}]),
        ("getProject", "security", "http bearer", "none, http bearer"),
    ),
    (
        lambda d: operation(d, "get", PROJECT).update(servers=[{"url": "https://other.example"}]),
        ("getProject", "servers", "", "https://other.example"),
    ),
    (
        lambda d: operation(d, "get", PROJECT).update(deprecated=True),
        ("getProject", "deprecated", "no", "yes"),
    ),
    (
        lambda d: query(d, "/projects", "after").update(style="pipeDelimited", explode=False),
        ("listProjects", "query after, style", "none", "pipeDelimited"),
    ),
    (
        lambda d: query(d, "/projects", "after").update(allowReserved=True),
        ("listProjects", "query after, allowReserved", "none", "yes"),
    ),
    (
        lambda d: operation(d, "get", PROJECT)["responses"]["200"].update(
            headers={"ETag": {"schema": {"type": "string"}}}
        ),
        ("getProject", "answer 200: headers", "", "etag"),
    ),
    (
        lambda d: answer(d, "get", PROJECT)["properties"].update(
            parent={"$ref": "#/components/schemas/Parent"}
        ),
        ("getProject", "answer 200: parent", "missing", "there"),
    ),
    (
        lambda d: answer(d, "get", PROJECT)["properties"].update(
            name={"$ref": "#/components/schemas/Text", "nullable": True}
        ),
        ("getProject", "answer 200: name, nullable", "no", "yes"),
    ),
    (
        lambda d: query(d, "/projects", "order").update(
            schema={"anyOf": [{"type": "string", "enum": ["random"]}, {"enum": ["asc", "desc"]}]}
        ),
        ("listProjects", "query order, enum", "asc, desc", "asc, desc, random"),
    ),
    (
        lambda d: answer(d, "get", PROJECT, "default")["properties"]["code"].update(
            {"x-extensible-enum": ["TEAPOT"]}
        ),
        (
            "getProject",
            "answer default: code, known values",
            ", ".join(sorted(CODES)),
            "TEAPOT",
        ),
    ),
    (
        lambda d: answer(d, "get", PROJECT)["properties"].update(meta=True),
        ("getProject", "answer 200: meta", "missing", "there"),
    ),
    (
        lambda d: d["paths"][f"{SECRETS}/{{name}}"].pop("patch"),
        ("updateProjectSecret", "PATCH /projects/{}/secrets/{}", "there", "missing"),
    ),
]


@pytest.mark.parametrize(
    ("change", "wanted"),
    DIFFERENCES,
    ids=[f"{wanted[0]}: {wanted[1]}" for _, wanted in DIFFERENCES],
)
def test_a_difference_is_named(
    change: Callable[[Document], object], wanted: tuple[str, str, str, str]
) -> None:
    document = vendor_document()
    change(document)
    found = compare(live_document(), document).differences
    listed = [(each.operation, each.place, each.ours, each.theirs) for each in found]
    assert wanted in listed
    assert {each[0] for each in listed} == {wanted[0]}
    assert len(listed) <= 2, "and what follows from it alone"


def test_many_differences_are_named_at_once() -> None:
    document = vendor_document()
    for change, _ in DIFFERENCES[3:-1]:  # the others take away what these change
        change(document)
    found = compare(live_document(), document).differences
    listed = {(each.operation, each.place) for each in found}
    assert {wanted[:2] for _, wanted in DIFFERENCES[3:-1]} <= listed


def run(source: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.spec_update", source, "--live"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )


def test_the_command_prints_what_differs(tmp_path: Path) -> None:
    document = vendor_document()
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    done = run(str(file))
    assert done.returncode == 0, done.stderr
    assert "Nothing else differs." in done.stdout
    for change, _ in DIFFERENCES[3:9]:
        change(document)
    file.write_text(json.dumps(document), encoding="utf-8")
    done = run(str(file))
    assert done.returncode == 1, done.stderr
    assert "6 differences." in done.stdout
    for _, (name, place, ours, theirs) in DIFFERENCES[3:9]:
        lines = done.stdout.splitlines()
        line = next(each for each in lines if each.startswith(f"{name} ") and place in each)
        assert ours in line
        assert theirs in line
    assert "GET /projects/{}/apps" in done.stdout


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<html></html>", "no OpenAPI 3 document"),
        (
            '{"openapi": "3.0.3", "paths": {"/a": {"get": {"parameters": [{"$ref": "#/x"}]}}}}',
            "cannot be read as OpenAPI 3",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "openapi.json"
    file.write_text(text, encoding="utf-8")
    done = run(str(file))
    assert done.returncode == 2
    assert "Refused: " in done.stdout
    assert reason in done.stdout
    assert "Traceback" not in done.stderr
