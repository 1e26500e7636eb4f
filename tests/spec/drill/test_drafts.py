"""The draft of a new operation: written where the report says, it compiles, and the tests pass."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.live_document.document import load
from scripts.spec_update.__main__ import copy_of
from scripts.spec_update.generated_code import operations
from scripts.spec_update.operation_code import ENTRIES, OperationCode
from scripts.spec_update.skeletons import missing, put

ROOT = Path(__file__).resolve().parents[3]
KNOWN = list(operations(ROOT, load(ROOT / "openapi.yaml")))
PROJECT = {"$ref": "#/components/schemas/Project"}
TEXT = {"type": "string"}


def json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def in_path(name: str) -> dict[str, Any]:
    return {"in": "path", "name": name, "required": True, "schema": TEXT}


def body(*required: str, **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": [*required], "properties": properties}
    return {"requestBody": {"required": True, **json(schema)}}


NOTHING = {"responses": {"204": {"description": "Done."}}}
PROJECTS = {"type": "array", "items": PROJECT}
A_PROJECT = {"responses": {"200": {"description": "Done.", **json(PROJECT)}}}
A_SECRET = {"$ref": "#/components/schemas/Secret"}
NEW: dict[str, tuple[str, str, dict[str, Any]]] = {
    # what is new: the path below a project, the first tag, the operation
    "nothing is given or answered": ("/NAME", "Projects", NOTHING),
    "a tag": ("/NAME", "Lifecycle", NOTHING),
    "a body and an answer": (
        "/NAME",
        "Projects",
        body(
            *("teamId", "mode", "at"),
            teamId=TEXT,
            mode={"type": "string", "enum": ["fast", "slow"]},
            at={"type": "string", "format": "date-time"},
            notify={"type": "boolean"},
            note=TEXT,
        )
        | A_PROJECT,
    ),
    "of a secret": (
        "/secrets/{name}/NAME",
        "Secrets",
        body("value", value=TEXT)
        | {"responses": {"200": {"description": "Done.", **json(A_SECRET)}}},
    ),
    "a list": (
        "/NAME",
        "Projects",
        {"responses": {"200": {"description": "All.", **json(PROJECTS)}}},
    ),
}


def with_operation(spec: dict[str, Any], what: str) -> str:
    """Add an operation that the spec does not have; returns its id."""
    path, tag, operation = NEW[what]
    text = str(spec)
    word = next(each for each in ("probe", "rehearse", "practise") if each not in text)
    names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
    id_ = f"{word}Project{'Secret' if tag == 'Secrets' else ''}"
    spec["paths"]["/projects/{id}" + path.replace("NAME", word)] = {
        "parameters": [in_path(name) for name in ("id", *names)],
        "get" if what == "a list" else "post": {
            "tags": [tag],
            "operationId": id_,
            "summary": "Practise",
            **operation,
        },
    }
    return id_


@pytest.mark.always
@pytest.mark.parametrize("operation", KNOWN, ids=lambda each: each.shape.id)
def test_the_draft_of_an_operation_that_is_there_is_much_like_it(operation: Any) -> None:
    code = OperationCode(ROOT, operation)
    for text in (code.method_code(), code.handler_code(), code.test_code()):
        ast.parse("if True:\n" + "\n".join(f"    {line}" for line in text.splitlines()))
    (drafted,) = (ast.unparse(each.value) for each in parsed(code.entry_code()))
    entries = [ast.unparse(each.value) for each in parsed((ROOT / ENTRIES).read_text("utf-8"))]
    (there,) = (each for each in entries if f"(api.{operation.module}," in each)
    plain = {"NATURAL_KEY": "NO_KEY"}
    kinds = [each.split(", ")[:3] for each in (drafted, there)]
    drafted_parts, there_parts = ([plain.get(word, word).rstrip(")") for word in e] for e in kinds)
    assert drafted_parts == there_parts


def parsed(text: str) -> list[ast.Assign]:
    return [each for each in ast.parse(text).body if isinstance(each, ast.Assign)]


@pytest.mark.always
def test_nothing_is_missing_in_the_tree_as_it_is() -> None:
    assert missing(ROOT) == []


@pytest.mark.parametrize("what", NEW)
def test_drafts_are_four_places_and_all_tests_pass(what: str) -> None:
    with copy_of(ROOT) as tree:

        def run(*command: str) -> None:
            paths = os.pathsep.join(str(tree / each) for each in ("overlay", "generated", "tests"))
            done = subprocess.run(
                [sys.executable, "-m", *command],
                check=False,
                capture_output=True,
                text=True,
                cwd=tree,
                env={**os.environ, "PYTHONPATH": paths},
            )
            assert done.returncode == 0, f"{command}: {done.stdout[-4000:]}{done.stderr[-2000:]}"

        spec = load(tree / "openapi.yaml")
        id_ = with_operation(spec, what)
        (tree / "openapi.yaml").write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
        run("scripts.codegen.generate")
        drafts = missing(tree)
        assert len({each.file for each in drafts}) == 4
        assert all(id_ in each.what or "import" in each.what for each in drafts)
        put(tree, drafts)
        for each in ("derive_sync", "dialect_shapes"):
            run(f"scripts.codegen.{each}")
        run("mypy", "--no-error-summary", "overlay")
        run("ruff", "format", "--check", "--quiet", "overlay", "tests")
        tests = ("client/test_every_method.py", "testing/emulator/test_emulator_contract.py")
        tests += ("spec/contract/test_overlay.py", "spec/live_document/test_decoder.py")
        tests += ("spec/conformance/test_requests_keep_to_the_spec.py",)
        tests += ("spec/live_document/test_answers.py", "spec/live_document/test_document.py")
        run("pytest", "-q", "-x", "-p", "no:cacheprovider", *(f"tests/{each}" for each in tests))
        examples = f"every or {id_.partition('Project')[0]}"
        run(
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/repository/test_examples.py",
            "-k",
            examples,
        )
