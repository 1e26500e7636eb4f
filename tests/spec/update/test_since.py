"""All rehearsals run where a spec update may work otherwise, and where git cannot tell."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scripts.spec_update.since import may_differ

FILES = {
    "openapi.yaml": "openapi: 3.0.3\n",
    "pyproject.toml": 'codegen = ["openapi-python-client==1"]\nspec = ["griffe==1"]\n',
    "scripts/spec_update/report.py": "",
    "README.md": "",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A branch of its own, one commit after main."""
    git(tmp_path, "init", "-q", "-b", "main")
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    commit(tmp_path)
    git(tmp_path, "checkout", "-q", "-b", "branch")
    change(tmp_path, "README.md")
    commit(tmp_path)
    return tmp_path


def git(tree: Path, *command: str) -> None:
    author = ("-c", "user.name=a", "-c", "user.email=a@example.invalid")
    subprocess.run(["git", *author, *command], cwd=tree, check=True, capture_output=True)


def commit(tree: Path) -> None:
    git(tree, "add", "-A")
    git(tree, "commit", "-qm", "change")


def change(tree: Path, name: str, text: str = "# other\n") -> None:
    (tree / name).write_text((FILES.get(name) or "") + text)


def test_other_files_make_no_difference(tree: Path) -> None:
    change(tree, "pyproject.toml", 'docs = ["lunr==1"]\n')
    assert not may_differ(tree)


@pytest.mark.parametrize("name", ["openapi.yaml", "scripts/spec_update/report.py"])
@pytest.mark.parametrize("is_committed", [True, False])
def test_the_spec_and_the_update_make_one(tree: Path, name: str, is_committed: bool) -> None:
    change(tree, name)
    if is_committed:
        commit(tree)
    assert may_differ(tree)


def test_a_new_file_of_the_update_makes_one(tree: Path) -> None:
    change(tree, "scripts/spec_update/new.py")
    assert may_differ(tree)


def test_the_generators_pin_makes_one(tree: Path) -> None:
    project = FILES["pyproject.toml"].replace("client==1", "client==2")
    (tree / "pyproject.toml").write_text(project)
    assert may_differ(tree)


def test_on_main_the_last_commit_is_asked(tree: Path) -> None:
    git(tree, "checkout", "-q", "main")
    git(tree, "merge", "-q", "--ff-only", "branch")
    assert not may_differ(tree)
    change(tree, "openapi.yaml")
    commit(tree)
    assert may_differ(tree)


def test_what_git_cannot_tell_counts_as_a_difference(
    tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    git(tree, "branch", "-m", "main", "trunk")
    assert may_differ(tree)  # main is not known
    assert may_differ(tmp_path_factory.mktemp("no repository"))
