"""Desired states of one secret, and the files and programs that its value comes from."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

from reconcile.driving import apply, document, failure, plan
from support.driving import Driver

from paperspace_projects import SecretReferenceError
from paperspace_projects.reconcile import load


def script(tmp_path: Path, text: str) -> str:
    """A command line that runs a program of ours."""
    file = tmp_path / "program.py"
    file.write_text(text, encoding="utf-8")
    return f"cmd:{shlex.quote(sys.executable)} program.py"


def state(tmp_path: Path, reference: str) -> Any:
    """A desired state in a file of that folder, with one secret."""
    file = tmp_path / "d.json"
    file.write_text(json.dumps(document({"name": "a", "secrets": {"S": reference}})))
    return load(file)


def resolved(
    drive: Driver, client: Any, tmp_path: Path, reference: str, **options: Any
) -> SecretReferenceError | str:
    """What came of a reference: the project's id, or the error."""
    found = plan(drive, client, state(tmp_path, reference))
    result = apply(drive, client, found, **options)
    if result.is_ok:
        return str(drive(client.projects.find("a")).id)
    _, error, _ = failure(result)
    assert isinstance(error, SecretReferenceError)
    assert error.reference == reference
    assert reference in str(error)
    assert drive(client.projects.find("a")) is None, "nothing is written before values are there"
    return error


def write(path: Path, value: str | bytes) -> None:
    path.write_bytes(value if isinstance(value, bytes) else value.encode())
