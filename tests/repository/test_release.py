"""A release's commit and tag (`scripts.release.release`), on a small repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSION = "overlay/paperspace_projects/_version.py"
COPIED = ("pyproject.toml", "docs/changes/template.md", "CHANGELOG.md")
SCRIPTS = ("changelog.py", "release.py")
FRAGMENT = "docs/changes/client-pages.added.md"
ME = "release@example.invalid"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one entry for the changelog of 1.2.3, all committed."""
    files = {name: (ROOT / name).read_text(encoding="utf-8") for name in COPIED}
    files |= {VERSION: '__version__ = "1.2.3"\n', FRAGMENT: "Pages.\n"}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "scripts/release").mkdir(parents=True)
    for name in SCRIPTS:
        shutil.copy(ROOT / "scripts/release" / name, tmp_path / "scripts/release")
    git(tmp_path, "init", "-q")
    for name in ("user.name", "user.email"):
        git(tmp_path, "config", name, ME)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "Add pages")
    return tmp_path


def git(tree: Path, *command: str) -> str:
    command = ("git", *command)
    done = subprocess.run(command, cwd=tree, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def release(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", "-m", "scripts.release.release"],
        check=False,
        capture_output=True,
        text=True,
        cwd=tree,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1893585600", "TZ": "UTC"},
    )


def test_it_makes_the_changelog_the_commit_and_the_tag_and_shows_them(tree: Path) -> None:
    done = release(tree)
    assert done.returncode == 0, done.stderr
    for shown in ("1.2.3", "## 1.2.3 (2030-01-02)", "- Pages.", ": Release 1.2.3", "v1.2.3"):
        assert shown in done.stdout
    assert git(tree, "log", "--format=%s") == "Release 1.2.3\nAdd pages"
    assert git(tree, "rev-parse", "v1.2.3^{commit}") == git(tree, "rev-parse", "HEAD")
    assert git(tree, "show", "--name-status", "--no-renames", "--format=", "HEAD").split() == [
        *("M", "CHANGELOG.md"),
        *("D", FRAGMENT),
    ]
    assert not git(tree, "status", "--porcelain")


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ("changed", "changes that are not committed"),
        ("tagged", "v1.2.3 exists: raise the version"),
        ("untold", "nothing to release"),
    ],
)
def test_it_refuses_and_leaves_everything_as_it_was(tree: Path, cause: str, reason: str) -> None:
    if cause == "changed":
        (tree / FRAGMENT).write_text("More pages.\n")
    elif cause == "tagged":
        git(tree, "tag", "v1.2.3")
    else:
        git(tree, "rm", "-q", FRAGMENT)
        git(tree, "commit", "-qm", "Tell nothing")
    before = git(tree, "status", "--porcelain"), git(tree, "rev-parse", "HEAD"), git(tree, "tag")
    done = release(tree)
    assert done.returncode == 1
    assert reason in done.stderr
    after = git(tree, "status", "--porcelain"), git(tree, "rev-parse", "HEAD"), git(tree, "tag")
    assert after == before
