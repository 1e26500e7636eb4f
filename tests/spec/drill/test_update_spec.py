"""The spec-change drill, for real: each change on a clone of the tree, with what is printed, the
exit code, and what became of the files."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from spec.drill.choices import Document, NothingToChange, all_is_asked_for
from spec.drill.edits import DRILLS, Drill, Expected, fewer_values, other_words
from spec.drill.pasting import derive, pastes, put_in_place, run

from scripts.live_document.document import OVERLAY, actions, load
from scripts.live_document.openapi_30 import as_30
from scripts.release.changelog import version_of
from scripts.spec_update.__main__ import DERIVED
from scripts.spec_update.overlay_fit import judge
from scripts.spec_update.pull_request import release
from scripts.spec_update.report import KINDS

ROOT = Path(__file__).resolve().parents[3]
SPEC = (ROOT / "openapi.yaml").read_text(encoding="utf-8")


def spec() -> Document:
    """The spec of the tree, to be edited."""
    document: Document = yaml.safe_load(SPEC)
    return document


def edited(edit: Callable[[Document], Expected]) -> tuple[Document, Expected]:
    """The spec of the tree with an edit, and what it must lead to."""
    document = spec()
    try:
        return document, edit(document)
    except NothingToChange as reason:
        pytest.skip(str(reason))


def written(document: Document) -> str:
    return yaml.dump(document, Dumper=Plain, sort_keys=False, allow_unicode=True)


class Plain(yaml.SafeDumper):
    """Writes no aliases."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def parameters(drills: list[Drill]) -> list[object]:
    marks = {True: pytest.mark.always, False: ()}
    return [pytest.param(each, marks=marks[each.always], id=each.name) for each in drills]


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


@pytest.mark.parametrize("drill", parameters(DRILLS))
def test_a_change_goes_in_and_the_report_says_what_follows(
    clone: Path, tmp_path: Path, drill: Drill
) -> None:
    document, expected = edited(drill.edit)
    candidate = candidate_file(tmp_path, written(document))
    done = update(clone, candidate)
    assert done.returncode == 0, in_words(done)
    part, following = release(version_of(clone), drill.rating)
    rated = f"{drill.rating.capitalize()}, so a {part} release: {version_of(clone)} becomes"
    misfits = judge(as_30(spec()), as_30(document), actions(load(OVERLAY)))
    for text in (
        *(f"{rated} {following}.", *expected.printed, *expected.follow_ups),
        *(f"| {each.kind} | {each.target.replace('|', chr(92) + '|')} |" for each in misfits),
    ):
        assert text in done.stdout, f"{text!r} was not said: {in_words(done)}"
    if not expected.follow_ups:
        assert "Nothing: the contract tests and the type checkers are content." in done.stdout, (
            in_words(done)
        )

    assert (clone / "openapi.yaml").read_bytes() == candidate.read_bytes()
    digest = hashlib.sha256(candidate.read_bytes()).hexdigest()
    generated = "generated/paperspace_projects_api"
    assert digest in (clone / generated / "generated_from.py").read_text()
    report = (clone / "spec-change.md").read_text(encoding="utf-8")
    assert report in done.stdout
    fragment = f"docs/changes/spec-{digest[:12]}.{KINDS[drill.rating]}.md"
    entry = (clone / fragment).read_text(encoding="utf-8")
    assert entry.startswith(f"Spec {document['info']['version']} (`{digest[:12]}`): ")
    assert expected.printed[0] in entry
    assert fragment in report.partition("\n## ")[0]
    command = [sys.executable, "-m", "scripts.release.changelog"]
    assert f"- {entry.splitlines()[0]}" in subprocess.check_output(command, text=True, cwd=clone)
    files = changed_files(clone)
    assert fragment in files
    assert "CHANGELOG.md" not in files
    assert {f"{generated}/{name}" for name in expected.generated} <= files
    by_hand = files - {f"overlay/paperspace_projects/{name}" for name in DERIVED}
    assert not [name for name in by_hand if name.startswith(("overlay/", "tests/", "scripts/"))]

    if drill.by_hand:
        follow_to_the_end(clone, report, drill)


def follow_to_the_end(clone: Path, report: str, drill: Drill) -> None:
    """Write what the report gives, and nothing else: all tests about the change must pass.

    The contract tests run each time, the others, which take minutes, where all is rehearsed.
    """
    found = list(pastes(report))
    assert len(found) <= drill.by_hand, found
    put_in_place(clone, found)
    derive(clone, sorted({each.file for each in found}))
    tests = ["spec/contract", *(drill.green if all_is_asked_for() else ())]
    options = ("-q", "-p", "no:cacheprovider")
    done = run(clone, "-m", "pytest", *options, *(f"tests/{each}" for each in tests))
    assert done.returncode == 0, in_words(done)


def with_mixed_values(document: Document) -> Document:
    """A document that is valid, with an enum of which the generator makes no type."""
    schema = {"type": "object", "properties": {"mixed": {"type": "string", "enum": ["a", 1]}}}
    document["components"]["schemas"] |= {"Mixed": schema}
    return document


UNTAKEN = written(with_mixed_values(spec()))
REFUSALS = {
    "a broken YAML": ("openapi: 3.0.3\ninfo: [", "neither YAML nor JSON"),
    "no OpenAPI at all": ("swagger: '2.0'\n", "no OpenAPI 3 document"),
    "an unknown version": (written({**spec(), "openapi": "4.0.0"}), "only 3.0 and 3.1"),
    "a status without quotes": (
        SPEC.replace("'200':", "200:").replace('"200":', "200:"),
        "put them in quotes: #/paths/",
    ),
    "an invalid document": (SPEC.replace("in: path", "in: nowhere"), "no valid OpenAPI 3."),
    "one that the generator cannot take": (UNTAKEN, "the generator cannot take it"),
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
    ("edit", "code"), [(fewer_values, 1), (other_words, 0)], ids=["breaking", "editorial"]
)
def test_check_says_in_three_lines_whether_it_is_worth_a_look(
    clone: Path, tmp_path: Path, edit: Callable[[Document], Expected], code: int
) -> None:
    document, _ = edited(edit)
    candidate = candidate_file(tmp_path, written(document))
    done = update(clone, candidate, "--check")
    assert done.returncode == code, in_words(done)
    assert [line.partition(":")[0] for line in done.stdout.splitlines()][2:] == ["Worth a look"]
    assert changed_files(clone) == set()
    listed = update(clone, candidate, "--check", "--verbose").stdout
    assert listed.startswith(done.stdout)
    assert len(listed.splitlines()) > 3


def test_what_yaml_repeats_by_an_alias_is_no_change(clone: Path, tmp_path: Path) -> None:
    document = yaml.safe_load(SPEC)
    properties = document["components"]["schemas"]["Project"]["properties"]
    plain = [name for name, each in properties.items() if each == {"type": "string"}]
    assert len(plain) > 1
    for name in plain:
        properties[name] = properties[plain[0]]
    text = yaml.safe_dump(document, sort_keys=False)
    assert ": *" in text
    done = update(clone, candidate_file(tmp_path, text), "--check")
    assert done.returncode == 0, in_words(done)
    assert "no change that a reader of the spec would notice" in done.stdout, in_words(done)


def test_the_same_spec_is_nothing_to_do(clone: Path) -> None:
    done = update(clone, "openapi.yaml")
    assert done.returncode == 0, in_words(done)
    assert "nothing to do" in done.stdout
    assert changed_files(clone) == set()


def test_keep_leaves_what_was_made_before_a_failure(clone: Path, tmp_path: Path) -> None:
    candidate = candidate_file(tmp_path, UNTAKEN)
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
