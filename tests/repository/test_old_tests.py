"""The last release against the tree (`nox -s old_tests`), on a small package with one release."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RELEASE = "scripts/release"
PACKAGE = "overlay/paperspace_projects/__init__.py"
RELEASED = 'def pages() -> int:\n    """How many."""\n    return 2\n'
TEST = """
from paperspace_projects import pages

def test_pages() -> None:
    assert pages() == 2
"""
TOLD = "`pages` is gone: use `list`."
FRAGMENT = "docs/changes/client-pages.breaking.md"


def write(tree: Path, name: str, text: str) -> None:
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text(text, encoding="utf-8")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A package that was released as it is, of which nothing breaking was told so far."""
    tree = tmp_path / "tree"
    write(tree, PACKAGE, RELEASED)
    write(tree, "generated/paperspace_projects_api/__init__.py", "")
    write(tree, "tests/client/test_pages.py", TEST)
    write(tree, "pyproject.toml", "[tool.pytest.ini_options]\n")
    write(tree, "CHANGELOG.md", "# Changelog\n")
    for script in ("changelog.py", "old_tests.py"):
        (tree / RELEASE).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / RELEASE / script, tree / RELEASE / script)
    release(tree, "v1.0.0")
    return tree


def release(tree: Path, tag: str) -> None:
    """Commit what there is, and tag it."""
    author = ("-c", "user.name=release", "-c", "user.email=release@example.invalid")
    for command in (["init", "-q"], ["add", "-A"], [*author, "commit", "-qm", tag], ["tag", tag]):
        subprocess.run(["git", *command], cwd=tree, check=True)


def old_tests(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.release.old_tests"],
        check=False,
        capture_output=True,
        text=True,
        cwd=tree,
        env={
            **os.environ,
            "PYTHONPATH": str(tree / "overlay"),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # ours is not in the small package
        },
    )


def test_a_parameter_that_is_gone_is_named(tree: Path) -> None:
    write(tree, PACKAGE, RELEASED.replace("()", "(size: int = 2)"))
    release(tree, "v1.1.0")
    write(tree, PACKAGE, RELEASED.replace("()", "(count: int = 2)"))
    done = old_tests(tree)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "tells of:\n  `pages(size)`: parameter was removed\nWrite one" in done.stderr

    write(tree, FRAGMENT, "`pages` takes `count`, for `size`.")
    assert old_tests(tree).returncode == 0


def break_it(tree: Path) -> None:
    write(tree, PACKAGE, RELEASED.replace("pages", "list_pages"))


def test_a_tree_that_keeps_what_was_promised_needs_no_entry(tree: Path) -> None:
    write(tree, PACKAGE, f"{RELEASED}\n\nMORE = 1\n")
    done = old_tests(tree)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "v1.0.0 and this tree: 0 breaking changes" in done.stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("docs/changes/client-list.added.md", "`list_pages`, for `pages`, which is gone."),
        ("docs/changes/emulator.breaking.md", "The emulator is gone."),
        ("CHANGELOG.md", f"## 2.0.0\n\n### Changed\n\n- {TOLD}\n"),
    ],
    ids=["told as added", "another break told", "told as changed"],
)
def test_a_break_that_is_not_told_as_one_is_named(tree: Path, name: str, text: str) -> None:
    break_it(tree)
    write(tree, name, text)
    done = old_tests(tree)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "docs/changes/NAME.breaking.md tells of:\n  `pages`" in done.stderr
    assert "breaking: the tests of v1.0.0 fail on this tree" in done.stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (FRAGMENT, TOLD),
        ("docs/changes/+pages.breaking.md", TOLD),
        ("CHANGELOG.md", f"# Changelog\n\n## 2.0.0 (2030-01-02)\n\n### Breaking\n\n- {TOLD}\n"),
    ],
    ids=["fragment", "fragment that comes last", "release"],
)
def test_a_break_that_is_told_passes(tree: Path, name: str, text: str) -> None:
    break_it(tree)
    write(tree, name, text)
    done = old_tests(tree)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 breaking changes, all of them told" in done.stdout


def test_what_an_older_release_told_does_not_excuse_a_break_of_today(tree: Path) -> None:
    write(tree, FRAGMENT, TOLD)
    release(tree, "v2.0.0")
    (tree / FRAGMENT).unlink()
    write(tree, "CHANGELOG.md", f"# Changelog\n\n## 2.0.0\n\n### Breaking\n\n- {TOLD}\n")
    break_it(tree)
    assert old_tests(tree).returncode == 1
