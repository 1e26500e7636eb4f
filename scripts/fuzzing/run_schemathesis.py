"""Runs Schemathesis against the served emulator, in the contract dialect, with every check.

openapi.yaml describes neither errors nor the strings and numbers that a server refuses. This module
adds both to the spec, as the live server has them, so that no check must be switched off.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from paperspace_projects.testing import Emulator

SPEC: Final = Path(__file__).resolve().parents[2] / "openapi.yaml"
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
NOT_BLANK: Final = {"type": "string", "pattern": r"\S"}
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
include-operation-id = ["listProjects", "listProjectActivity"]
[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "404"]
"""


def known_spec() -> dict[str, Any]:
    """The spec with errors and with the limits of strings and numbers."""
    spec: dict[str, Any] = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    schemas, parameters = (spec["components"][each] for each in ("schemas", "parameters"))
    for name, schema in KNOWN_PARAMETERS.items():
        parameters[name]["schema"] = schema
    refusal = {"description": "Refused.", "content": {"application/json": {"schema": ERROR}}}
    for each in list(_maps(spec)):
        if "operationId" in each:
            each["responses"] |= {s: refusal for s in REFUSALS if s not in each["responses"]}
            for content in each.get("requestBody", {}).get("content", {}).values():
                schema = content["schema"]
                schema = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
                for name in {"name", "userId"} & schema["properties"].keys():
                    schema["properties"][name] = NOT_BLANK
        elif each.get("in") == "path" and each["name"] in EXAMPLES:
            each["example"] = EXAMPLES[each["name"]]
        elif each.get("in") == "query" and each["name"] == "name":
            each["schema"] = NOT_BLANK
    return spec


def _maps(value: Any) -> Iterator[dict[str, Any]]:
    """All maps within a value."""
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _maps(each)


def main(arguments: list[str]) -> int:
    """Run schemathesis, with more of its arguments if given; returns its exit status."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Emulator("contract") as emulator,
        emulator.serve() as base_url,
    ):
        emulator.seed(STATE)
        spec, configuration = Path(folder, "openapi.json"), Path(folder, "schemathesis.toml")
        spec.write_text(json.dumps(known_spec()), encoding="utf-8")
        configuration.write_text(CONFIGURATION, encoding="utf-8")
        command = ["st", "--config-file", str(configuration), "run", str(spec), "--url", base_url]
        command += ["--header", f"Authorization: Bearer {emulator.api_key}", "--checks", "all"]
        command += ["--generation-database", "none", "--continue-on-failure", *arguments]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
