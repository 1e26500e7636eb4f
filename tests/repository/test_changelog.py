"""The changelog: fragments are checked, shown, and made a release of, on a copy of the tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSION = "overlay/paperspace_projects/_version.py"
NEEDED = ("pyproject.toml", "scripts/release/changelog.py", "docs/changes/template.md", VERSION)
HEAD = "# Changelog\n\nWhat is told.\n\n<!-- releases -->\n"
OLD = "\n## 0.0.9 (2020-01-01)\n\n### Fixed\n\n- An old mistake.\n"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["towncrier"]
KINDS = [kind["directory"] for kind in SETTINGS["type"]]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What the changelog is made with, in a repository with no fragment, and one old release."""
    tree = tmp_path / "tree"
    for name in (
        "pyproject.toml",
        "scripts/release/changelog.py",
        "docs/changes/template.md",
        VERSION,
    ):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tree / name)
    (tree / VERSION).write_text('__version__ = "1.2.3"\n', encoding="utf-8")
    (tree / "CHANGELOG.md").write_text(HEAD + OLD, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    return tree


def tell(tree: Path, name: str, text: str) -> None:
    (tree / "docs/changes" / name).write_text(text, encoding="utf-8")


def changelog(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run it as `nox -s changelog -- OPTIONS` does, on the second of January 2030."""
    return subprocess.run(
        [sys.executable, "-m", "scripts.release.changelog", *options],
        check=False,
        capture_output=True,
        text=True,
        cwd=tree,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1893585600", "TZ": "UTC"},
    )


def test_the_fragments_of_this_tree_make_a_changelog() -> None:
    done = changelog(ROOT)
    assert done.returncode == 0, done.stderr
    told = {" ".join(line.split()) for line in done.stdout.split("\n- ")[1:]}
    files = [
        each for each in (ROOT / SETTINGS["directory"]).iterdir() if "template" not in each.name
    ]
    for file in files:
        entry = " ".join(file.read_text(encoding="utf-8").split())
        assert any(each.startswith(entry) for each in told), f"{file.name} is not told of"
    assert changelog(ROOT, "--check").stdout == ""


def test_a_draft_is_in_the_order_of_kinds_and_names_and_writes_nothing(tree: Path) -> None:
    tell(tree, "emulator.added.md", "An emulator.\n")
    tell(tree, "client-pages.added.md", "Pages,\nmany of them.\n")
    tell(tree, "client-pages.breaking.md", "`pages` is gone: use `list`.\n\n- one\n- two\n")
    tell(tree, "+typo.fixed.md", "A typo.\n")
    before = sorted((each, each.read_bytes()) for each in tree.rglob("*.md"))
    done = changelog(tree)
    assert done.stdout == (
        "## 1.2.3 (2030-01-02)\n\n"
        "### Breaking\n\n- `pages` is gone: use `list`.\n\n  - one\n  - two\n\n"
        "### Added\n\n- Pages,\n  many of them.\n- An emulator.\n\n"
        "### Fixed\n\n- A typo.\n"
    )
    assert sorted((each, each.read_bytes()) for each in tree.rglob("*.md")) == before


def test_a_build_moves_the_entries_above_older_releases(tree: Path) -> None:
    tell(tree, "client-pages.added.md", "Pages.\n")
    tell(tree, "+typo.fixed.md", "A typo.\n")
    done = changelog(tree, "--build")
    assert done.returncode == 0, done.stderr
    assert (tree / "CHANGELOG.md").read_text(encoding="utf-8") == (
        f"{HEAD}\n## 1.2.3 (2030-01-02)\n\n### Added\n\n- Pages.\n\n### Fixed\n\n- A typo.\n{OLD}"
    )
    assert [each.name for each in (tree / "docs/changes").iterdir()] == ["template.md"]


@pytest.mark.parametrize("options", [("--check",), ("--build",), ()], ids=str)
@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("client-pages.feature.md", "Pages.", "added, changed, fixed"),
        ("client-pages.md", "Pages.", "NAME.KIND.md"),
        ("client-pages.added.txt", "Pages.", "NAME.KIND.md"),
        ("client.fixed.pages.md", "Pages.", "NAME.KIND.md"),
        ("client-pages.added.md", " \n\n", "is empty"),
        ("client-pages.added.md", "- Pages.", "begins with `-`"),
        ("client-pages.added.md", "## Pages", "begins with `#`"),
    ],
)
def test_a_bad_fragment_is_refused_by_name_and_nothing_is_written(
    tree: Path, name: str, text: str, reason: str, options: tuple[str, ...]
) -> None:
    tell(tree, "good.added.md", "Good.\n")
    tell(tree, name, text)
    done = changelog(tree, *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"docs/changes/{name}" in done.stderr
    assert reason in done.stderr
    assert "good.added.md" not in done.stderr
    assert (tree / "CHANGELOG.md").read_text(encoding="utf-8") == HEAD + OLD
    assert (tree / "docs/changes" / name).exists()


def test_a_version_is_not_released_twice(tree: Path) -> None:
    for text in ("Pages.\n", "More pages.\n"):
        tell(tree, "client-pages.added.md", text)
        done = changelog(tree, "--build")
    assert done.returncode == 1
    assert done.stderr == "CHANGELOG.md has 1.2.3 already: raise the version in _version.py first\n"
    assert (tree / "docs/changes/client-pages.added.md").exists()


def test_a_release_of_which_there_is_nothing_to_tell_is_not_written(tree: Path) -> None:
    done = changelog(tree, "--build")
    assert done.returncode == 1
    assert "docs/changes has no fragments" in done.stderr
    assert (tree / "CHANGELOG.md").read_text(encoding="utf-8") == HEAD + OLD


def test_what_towncrier_says_is_passed_on(tree: Path) -> None:
    tell(tree, "client-pages.added.md", "Pages.\n")
    (tree / "docs/changes/template.md").unlink()
    done = changelog(tree, "--check")
    assert done.returncode == 1
    assert "towncrier failed: " in done.stderr
    assert "template.md' does not exist" in done.stderr


def test_contributing_names_the_kinds_that_there_are() -> None:
    text = (ROOT / "docs/CONTRIBUTING.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^- KIND is (.*?)\.", text, re.MULTILINE)
    assert re.findall(r"`(\w+)`", line) == KINDS
