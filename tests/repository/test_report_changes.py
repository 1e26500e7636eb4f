"""The workflow that looks at published documents opens one issue for each version of one."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts/spec_update/report_changes.sh"
OURS = "openapi: 3.0.3\n"
THEIRS = "openapi: 3.0.4\n"
TITLE = f"the source has changed: sha256 {hashlib.sha256(THEIRS.encode()).hexdigest()[:12]}"
pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the script is for bash on the workflow's machine"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with our document, and with stubs of the programs that the script runs."""
    (tmp_path / "openapi.yaml").write_text(OURS)
    stubs = {
        "curl": 'while [ "$1" != --output ]; do shift; done; printf %s "$PUBLISHED" >"$2"',
        "nox": 'echo "$SAID"; exit "$CODE"',
        "gh": 'if [ "$2" = list ]; then echo "$KNOWN"; else echo "$*" >issue; cat >text; fi',
    }
    for name, body in stubs.items():
        file = tmp_path / "bin" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/usr/bin/env bash\n{body}\n")
        file.chmod(0o755)
    return tmp_path


def look(
    folder: Path,
    option: str = "--check",
    *,
    published: str = THEIRS,
    said: str = "Additive",
    code: int = 0,
    known: int = 0,
) -> int:
    path = os.pathsep.join((str(folder / "bin"), os.environ["PATH"]))
    told = {"PUBLISHED": published, "SAID": said, "CODE": str(code), "KNOWN": str(known)}
    bash = shutil.which("bash")
    assert bash
    command = [bash, str(SCRIPT), "the source", "https://spec.example/openapi.yaml", option]
    env = {**os.environ, "PATH": path, **told}
    return subprocess.run(command, check=False, cwd=folder, env=env).returncode


@pytest.mark.parametrize(
    ("option", "said", "code"),
    [
        ("--check", "Additive, so a minor release", 0),
        ("--check", "Breaking, so a major release", 1),
        ("--live", "| listProjects | server |", 1),
    ],
)
def test_a_new_version_has_an_issue_with_its_digest_and_the_report(
    folder: Path, option: str, said: str, code: int
) -> None:
    assert look(folder, option, said=said, code=code) == 0
    assert f"--title {TITLE}" in (folder / "issue").read_text()
    assert said in (folder / "text").read_text()


@pytest.mark.parametrize(
    ("option", "published", "known"),
    [("--check", OURS, 0), ("--live", THEIRS, 0), ("--check", THEIRS, 1)],
    ids=["same file", "nothing differs", "has one already"],
)
def test_nothing_new_opens_none(folder: Path, option: str, published: str, known: int) -> None:
    assert look(folder, option, published=published, known=known) == 0
    assert not (folder / "issue").exists()


@pytest.mark.parametrize("said", ["Refused: it is neither YAML nor JSON", "Failed: redocly", ""])
def test_a_document_that_cannot_be_compared_fails_without_an_issue(folder: Path, said: str) -> None:
    assert look(folder, said=said, code=1) == 1
    assert not (folder / "issue").exists()
