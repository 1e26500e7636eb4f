"""Schemathesis against the served emulator, in both dialects, with every check on.

openapi.yaml describes no errors, and not which strings and numbers a server refuses. What is known
of both from the live server is added to the spec here, so that no check has to be left out: an
error must look like one, and nothing else may be refused. To the live document only the blank names
that are refused are added, and an answer may have no key that is not in it.
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

# A cursor is a string to the spec, and one that no page has given is refused, as it should be.
CONFIGURATION: Final = """
[[operations]]
include-operation-id = {}
[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "404"]
"""


def known_contract() -> dict[str, Any]:
    """The contract, and what is known beyond it."""
    spec = load(CONTRACT)
    refusal = {"description": "Refused.", "content": {"application/json": {"schema": ERROR}}}
    for operation in _operations(spec):
        for status in REFUSALS:
            operation["responses"].setdefault(status, refusal)
    for name, schema in KNOWN_PARAMETERS.items():
        spec["components"]["parameters"][name]["schema"] = schema
    return _with_examples(spec)


def known_live() -> dict[str, Any]:
    """The live document, with no more keys in an answer, and no other error than a refusal."""
    spec = deepcopy(live_document())
    for schema in _objects(spec["components"]["schemas"]):
        schema["additionalProperties"] = False
    for operation in _operations(spec):
        error = operation["responses"].pop("default")
        operation["responses"] |= dict.fromkeys(REFUSALS, error)
    spec["components"]["schemas"]["SecretCreate"].pop("additionalProperties")
    return _with_examples(spec)


def _with_examples(spec: dict[str, Any]) -> dict[str, Any]:
    """Change a spec: name what is there, and say that a name is not blank."""
    for schema in _schemas_of_bodies(spec):
        for name in {"name", "userId"} & schema["properties"].keys():
            schema["properties"][name].setdefault("pattern", NOT_BLANK)
    for parameter in _parameters(spec):
        if parameter.get("in") == "path" and parameter["name"] in EXAMPLES:
            parameter["example"] = EXAMPLES[parameter["name"]]
        if (
            parameter.get("in") == "query"
            and parameter["name"] == "name"
            and "required" in parameter
        ):
            parameter["schema"]["pattern"] = NOT_BLANK
    return spec


def _objects(thing: Any) -> Iterator[dict[str, Any]]:
    """The schemas of objects within a thing."""
    if isinstance(thing, dict):
        if isinstance(thing.get("properties"), dict):
            yield thing
        thing = list(thing.values())
    if isinstance(thing, list):
        for each in thing:
            yield from _objects(each)


def _operations(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in spec["paths"].values():
        yield from (value for key, value in path.items() if key != "parameters")


def _parameters(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from spec["components"]["parameters"].values()
    for path in spec["paths"].values():
        yield from path.get("parameters", ())
    for operation in _operations(spec):
        yield from operation.get("parameters", ())


def _schemas_of_bodies(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operation in _operations(spec):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schema: dict[str, Any] = content["schema"]
            name = schema.get("$ref", "").rpartition("/")[2]
            yield spec["components"]["schemas"][name] if name else schema


def run(dialect: Dialect, arguments: list[str]) -> int:
    """Run schemathesis in a dialect, with more of its arguments; returns its exit status."""
    known = known_live() if dialect == "live" else known_contract()
    with_cursors = [
        operation["operationId"]
        for operation in _operations(known)
        if {"$ref": "#/components/parameters/After"} in operation.get("parameters", ())
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
        command += ["--generation-database", "none", "--continue-on-failure", *arguments]
        return subprocess.run(command, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run it in both dialects, or in the one that the first argument names."""
    chosen = [each for each in DIALECTS if arguments[:1] == [each]]
    return max(run(each, arguments[len(chosen) :]) for each in chosen or DIALECTS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
