"""Runs Schemathesis against the served emulator, in both dialects, with every check.

openapi.yaml describes neither errors nor the strings and numbers that a server refuses. This module
adds both to the spec, as the live server has them, so that no check must be switched off. To the
live document it adds that a name is not blank, and that an answer has no other keys.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import yaml

from paperspace_projects.testing import Dialect, Emulator

from ..live_document.document import CONTRACT, live_document, load

DIALECTS: Final[tuple[Dialect, ...]] = ("contract", "live")
REFUSALS: Final = ("400", "401", "404", "409")
ERROR: Final = yaml.safe_load("""
type: object
required: [code, message]
additionalProperties: false
properties:
  code: {type: string, pattern: "^[A-Z_]+$"}
  message: {type: string, minLength: 1}
  issues:
    type: array
    minItems: 1
    items: {type: object, required: [message], properties: {message: {type: string}}}
""")
NOT_BLANK: Final = r"\S"
KNOWN_PARAMETERS: Final = {
    "Limit": {"type": "integer", "minimum": 1, "maximum": 120},
    "OrderBy": {"type": "string", "enum": ["dtCreated", "name"]},
}
STATE: Final = yaml.safe_load("""
version: 1
projects:
- name: seeded
  id: pseeded
  collaborators: {useeded: viewer}
  secrets: {SEEDED: "env:SEEDED"}
  tags: [seeded]
  models: [mseeded]
""")
EXAMPLES: Final = {"id": "pseeded", "userId": "useeded", "modelId": "mseeded", "name": "SEEDED"}

# To the spec, a cursor is any string; the server refuses one that no page has returned.
CONFIGURATION: Final = """
[[operations]]
include-operation-id = {}
[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "404"]
"""


def known_contract() -> dict[str, Any]:
    """The contract with errors and with the limits of strings and numbers."""
    spec = load(CONTRACT)
    for name, schema in KNOWN_PARAMETERS.items():
        spec["components"]["parameters"][name]["schema"] = schema
    refusal = {"description": "Refused.", "content": {"application/json": {"schema": ERROR}}}
    for each in _operations(spec):
        each["responses"] |= {s: refusal for s in REFUSALS if s not in each["responses"]}
    return _with_examples(spec)


def known_live() -> dict[str, Any]:
    """The live document without other keys in answers, and without errors but refusals."""
    spec = deepcopy(live_document())
    for name, schema in spec["components"]["schemas"].items():
        for each in _maps(schema) if name != "SecretCreate" else ():
            if isinstance(each.get("properties"), dict):
                each["additionalProperties"] = False
    for each in _operations(spec):
        error = each["responses"].pop("default")
        each["responses"] |= dict.fromkeys(REFUSALS, error)
    return _with_examples(spec)


def _with_examples(spec: dict[str, Any]) -> dict[str, Any]:
    """Add seeded examples, and that a name is not blank."""
    schemas = spec["components"]["schemas"]
    for each in list(_maps(spec)):
        match each:
            case {"operationId": _, "requestBody": {"content": content}}:
                schema = content["application/json"]["schema"]
                schema = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
                for name in {"name", "userId"} & schema["properties"].keys():
                    schema["properties"][name].setdefault("pattern", NOT_BLANK)
            case {"in": "path", "name": name} if name in EXAMPLES:
                each["example"] = EXAMPLES[name]
            case {"in": "query", "name": "name", "required": True}:
                each["schema"]["pattern"] = NOT_BLANK
    return spec


def _operations(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in _maps(spec["paths"]) if "operationId" in each]


def _maps(value: Any) -> Iterator[dict[str, Any]]:
    """All maps within a value."""
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _maps(each)


def run(dialect: Dialect, arguments: list[str]) -> int:
    """Run schemathesis in a dialect, with more of its arguments; returns its exit status."""
    known = known_live() if dialect == "live" else known_contract()
    with_cursors = [
        each["operationId"]
        for each in _operations(known)
        if {"$ref": "#/components/parameters/After"} in each.get("parameters", ())
    ]
    print(f"The {dialect} dialect:", flush=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        Emulator(dialect) as emulator,
        emulator.serve() as base_url,
    ):
        emulator.seed(STATE)
        spec, configuration = Path(folder, "openapi.json"), Path(folder, "schemathesis.toml")
        spec.write_text(json.dumps(known), encoding="utf-8")
        configuration.write_text(CONFIGURATION.format(json.dumps(with_cursors)), encoding="utf-8")
        command = ["st", "--config-file", str(configuration), "run", str(spec), "--url", base_url]
        command += ["--header", f"Authorization: Bearer {emulator.api_key}", "--checks", "all"]
        command += ["--generation-database", "none", "--continue-on-failure"]
        # How many drafts of a path are thrown away says nothing of the server.
        command += ["--suppress-health-check", "filter_too_much", *arguments]
        return subprocess.run(command, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run it in both dialects, or in the one that the first argument names."""
    chosen = [each for each in DIALECTS if arguments[:1] == [each]]
    return max([run(each, arguments[len(chosen) :]) for each in chosen or DIALECTS])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
