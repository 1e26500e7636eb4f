"""The spec-change drill, for real: each change on a clone of the tree, with what is printed, the
exit code, and what became of the files."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from spec.drill.edits import DRILLS, Drill, replaced

from scripts.spec_update.__main__ import DERIVED

ROOT = Path(__file__).resolve().parents[3]
KINDS = {"major": "breaking", "minor": "added", "patch": "changed"}
SPEC = (ROOT / "openapi.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def known_to_mypy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy knows of the tree as it is: most of it stays so when the spec changes."""
    cache = tmp_path_factory.mktemp("known") / "mypy"
    environment = {**os.environ, "MYPY_CACHE_DIR": str(cache)}
    subprocess.run(["mypy", "overlay"], cwd=ROOT, check=True, env=environment, capture_output=True)
    return cache


@pytest.fixture
def clone(tmp_path: Path, known_to_mypy: Path) -> Iterator[Path]:
    """A clone of the tree as it is, uncommitted changes included."""
    listed = subprocess.check_output(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT
    )
    tree = tmp_path / "clone"
    for name in filter(None, os.fsdecode(listed).split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tree / name)
    author = ("-c", "user.name=drill", "-c", "user.email=drill@example.invalid")
    for command in (["init", "-q"], ["add", "-A"], [*author, "commit", "-qm", "before"]):
        subprocess.run(["git", *command], cwd=tree, check=True)
    shutil.copytree(known_to_mypy, tmp_path / "mypy")
    yield tree
    shutil.rmtree(tree)
    shutil.rmtree(tmp_path / "mypy")


def update(clone: Path, candidate: str | Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the update on a clone, as `nox -s update_spec -- CANDIDATE` does."""
    if "REDOCLY" not in os.environ:
        pytest.fail("REDOCLY is not set: `nox -s drill` installs redocly and sets it")
    return subprocess.run(
        [
            *(sys.executable, "-m", "scripts.spec_update", "--redocly", os.environ["REDOCLY"]),
            *(str(candidate), *options),
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=clone,
        env={**os.environ, "MYPY_CACHE_DIR": str(clone.parent / "mypy")},
    )


def changed_files(clone: Path) -> set[str]:
    """The files that differ from what was committed, spec-change.md included."""
    status = subprocess.check_output(
        ["git", "status", "--porcelain", "--ignored", "-uall"], cwd=clone, text=True
    )
    return {line[3:] for line in status.splitlines() if "__pycache__" not in line}


def candidate_file(tmp_path: Path, text: str, name: str = "candidate.yaml") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def in_words(done: subprocess.CompletedProcess[str]) -> str:
    return f"--- printed:\n{done.stdout}\n--- stderr:\n{done.stderr}"


@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.name)
def test_a_change_goes_in_and_the_report_says_what_follows(
    clone: Path, tmp_path: Path, drill: Drill
) -> None:
    candidate = candidate_file(tmp_path, drill.edit(SPEC))
    done = update(clone, candidate)
    assert done.returncode == 0, in_words(done)
    assert f"In all: {drill.rating}." in done.stdout, in_words(done)
    for text in (*drill.printed, *drill.follow_ups, drill.overlay, f"A {drill.bump} change"):
        assert text in done.stdout, f"{text!r} was not said: {in_words(done)}"
    if not drill.follow_ups:
        assert "Nothing: the contract tests and the type checkers are content." in done.stdout, (
            in_words(done)
        )

    assert (clone / "openapi.yaml").read_bytes() == candidate.read_bytes()
    digest = hashlib.sha256(candidate.read_bytes()).hexdigest()
    generated = "generated/paperspace_projects_api"
    assert digest in (clone / generated / "generated_from.py").read_text()
    report = (clone / "spec-change.md").read_text(encoding="utf-8")
    assert report in done.stdout
    fragment = f"docs/changes/spec-{digest[:12]}.{KINDS[drill.bump]}.md"
    entry = (clone / fragment).read_text(encoding="utf-8")
    assert entry.startswith(f"Spec v1 (`{digest[:12]}`), a {drill.bump} change:\n")
    assert drill.printed[0] in entry
    assert fragment in report
    command = [sys.executable, "-m", "scripts.release.changelog"]
    assert f"- {entry.splitlines()[0]}" in subprocess.check_output(command, text=True, cwd=clone)
    files = changed_files(clone)
    assert fragment in files
    assert "CHANGELOG.md" not in files
    assert {f"{generated}/{name}" for name in drill.generated} <= files
    by_hand = files - {f"overlay/paperspace_projects/{name}" for name in DERIVED}
    assert not [name for name in by_hand if name.startswith(("overlay/", "tests/", "scripts/"))]


REFUSALS = {
    "a broken YAML": ("openapi: 3.0.3\ninfo: [", "neither YAML nor JSON"),
    "no OpenAPI at all": ("swagger: '2.0'\n", "no OpenAPI 3 document"),
    "an unknown version": (SPEC.replace("3.0.3", "4.0.0"), "only 3.0 and 3.1"),
    "a status without quotes": (SPEC.replace("'200':", "200:"), "put them in quotes: #/paths/"),
    "an invalid document": (SPEC.replace("in: path", "in: nowhere"), "no valid OpenAPI 3.0.3"),
    "one that the generator cannot take": (
        SPEC.replace(
            "        dtCreated:\n          type: string\n          format: date-time\n",
            "        dtCreated:\n          type: string\n          enum: ['a', 1]\n",
            1,
        ),
        "the generator cannot take it",
    ),
}


@pytest.mark.parametrize(("text", "reason"), REFUSALS.values(), ids=REFUSALS)
def test_a_candidate_that_cannot_be_taken_is_refused_and_the_tree_untouched(
    clone: Path, tmp_path: Path, text: str, reason: str
) -> None:
    done = update(clone, candidate_file(tmp_path, text))
    assert done.returncode == 2, in_words(done)
    assert "Refused: " in done.stdout
    assert reason in done.stdout, in_words(done)
    assert "Traceback" not in done.stdout + done.stderr
    assert changed_files(clone) == set()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("https://127.0.0.1:9/openapi.yaml", "cannot be fetched"),
        ("http://127.0.0.1:9/openapi.yaml", "neither a file nor an https URL"),
        ("no-such-file.yaml", "cannot be read"),
    ],
)
def test_a_source_that_cannot_be_read_is_refused(clone: Path, source: str, reason: str) -> None:
    done = update(clone, source)
    assert (done.returncode, reason in done.stdout) == (2, True), in_words(done)
    assert changed_files(clone) == set()


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (replaced("enum: [admin, member, viewer]", "enum: [admin, viewer]"), 1),
        (replaced("summary: Get Project\n", "summary: Get one Project\n"), 0),
    ],
    ids=["breaking", "editorial"],
)
def test_check_only_classifies(clone: Path, tmp_path: Path, edit: object, code: int) -> None:
    assert callable(edit)
    done = update(clone, candidate_file(tmp_path, edit(SPEC)), "--check")
    assert done.returncode == code, in_words(done)
    assert changed_files(clone) == set()


def test_what_yaml_repeats_by_an_alias_is_no_change(clone: Path, tmp_path: Path) -> None:
    document = yaml.safe_load(SPEC)
    properties = document["components"]["schemas"]["Project"]["properties"]
    for name in ("name", "description", "teamId"):
        properties[name] = properties["id"]
    text = yaml.safe_dump(document, sort_keys=False)
    assert "name: *" in text
    done = update(clone, candidate_file(tmp_path, text), "--check")
    assert done.returncode == 0, in_words(done)
    assert "no change that a reader of the spec would notice" in done.stdout, in_words(done)


def test_the_same_spec_is_nothing_to_do(clone: Path) -> None:
    done = update(clone, "openapi.yaml")
    assert done.returncode == 0, in_words(done)
    assert "nothing to do" in done.stdout
    assert changed_files(clone) == set()


def test_keep_leaves_what_was_made_before_a_failure(clone: Path, tmp_path: Path) -> None:
    text, _ = REFUSALS["one that the generator cannot take"]
    candidate = candidate_file(tmp_path, text)
    done = update(clone, candidate, "--keep")
    assert done.returncode == 2, in_words(done)
    assert (clone / "openapi.yaml").read_bytes() == candidate.read_bytes()


def test_a_json_document_is_taken_byte_for_byte(clone: Path, tmp_path: Path) -> None:
    text = json.dumps(yaml.safe_load(SPEC), indent=1)
    candidate = candidate_file(tmp_path, text, "candidate.json")
    done = update(clone, candidate)
    assert done.returncode == 0, in_words(done)
    assert (clone / "openapi.yaml").read_bytes() == candidate.read_bytes()


def test_a_release_whose_spec_and_code_disagree_cannot_be_built(clone: Path) -> None:
    def build() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel"],
            check=False,
            capture_output=True,
            text=True,
            cwd=clone,
        )

    assert build().returncode == 0
    for name in ("openapi.yaml", "generated/paperspace_projects_api/models/project.py"):
        before = (clone / name).read_bytes()
        (clone / name).write_bytes(before + b"\n# changed\n")
        done = build()
        assert done.returncode != 0
        assert "run `nox -s generate`" in done.stderr + done.stdout
        (clone / name).write_bytes(before)
