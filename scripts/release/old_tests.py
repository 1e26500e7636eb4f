"""Compare the tree with the last release: every breaking change needs a changelog entry.

The API tests of the last tag run on the tree, the type checkers check its users' programs against
the tree, and griffe compares public names and signatures. Each breaking change needs a changelog
entry of kind breaking that the tag does not have, with the name that griffe reports.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import griffe

from .changelog import BREAKING, FRAGMENTS, breaking_entries

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "paperspace_projects"
TESTS = ("tests/client", "tests/unit/errors", "tests/unit/models", "tests/client/pagination")
"""Tests that use only public names, so that they pass on every compatible version."""
SELECTED = "not every_public and not both_flavours"
"""Leaves out the tests that list all public names: they fail when there are more."""
PROGRAMS = "tests/repository/type_checking/programs"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--against", metavar="REF", help="instead of the last tag")
    ref = parser.parse_args().against or last_tag()
    if ref is None:
        print("There is no tag yet: no release that this could break.")
        return
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder)
        extract(ref, old)
        broken = sorted(set(breakages(old)))
        failed = [
            name for name, passes in (("tests", run_tests), ("types", check)) if not passes(old)
        ]
        missing = list(unannounced(broken, failed, new_entries(old)))
    for what in (*broken, *(f"the {each} of {ref} fail on this tree" for each in failed)):
        print(f"breaking: {what}")
    if missing:
        wanted = "\n".join(f"  {each}" for each in missing)
        sys.exit(
            f"no {FRAGMENTS}/NAME.{BREAKING}.md tells of:\n{wanted}\n"
            "Write one that names it and says what to do instead (docs/CONTRIBUTING.md)."
        )
    print(f"{ref} and this tree: {len(broken) + len(failed)} breaking changes, all of them told")


def last_tag() -> str | None:
    """The last tag before this commit, or of this commit."""
    command = ["git", "describe", "--tags", "--abbrev=0", "--match", "v*", "HEAD"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    return done.stdout.strip() or None


def extract(ref: str, folder: Path) -> None:
    """Write the tree of a commit to a folder."""
    command = ["git", "archive", "--format=tar", ref]
    done = subprocess.run(command, check=False, capture_output=True, cwd=ROOT)
    if done.returncode:
        sys.exit(f"no such commit: {ref}\n{done.stderr.decode()}")
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")


def breakages(old: Path) -> Iterator[str]:
    """The breaking changes that griffe finds: the name, and the kind of change."""
    for each in griffe.find_breaking_changes(load(old), load(ROOT)):
        name = each.obj.path.removeprefix(f"{PACKAGE}.")
        if not re.search(r"__\w+__$", name):  # versions change with every release
            changed = [each.old_value, each.new_value]
            of = next((it.name for it in changed if isinstance(it, griffe.Parameter)), None)
            what = public_name(each.obj) if of is None else f"{public_name(each.obj)}({of})"
            yield f"`{what}`: {each.kind.value.lower()}"


def load(tree: Path) -> griffe.Object:
    places = [tree / "overlay", tree / "generated"]
    loader = griffe.GriffeLoader(search_paths=places, allow_inspection=False)
    loader.load("paperspace_projects_api")
    loaded = loader.load(PACKAGE)
    loader.resolve_aliases(implicit=True)
    assert isinstance(loaded, griffe.Object)
    return loaded


def public_name(thing: griffe.Object | griffe.Alias) -> str:
    """A name without its private modules: `Secrets.set`."""
    parts = thing.path.removeprefix(f"{PACKAGE}.").split(".")
    return ".".join(part for part in parts if not part.startswith("_"))


def run_tests(old: Path) -> bool:
    """Whether the old tests pass with the installed package, that of the tree."""
    there = [each for each in TESTS if (old / each).is_dir()]
    options = ["-c", str(old / "pyproject.toml"), "--rootdir", str(old), "-q", "-k", SELECTED]
    options.append("--continue-on-collection-errors")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, *there]
    return subprocess.run(command, check=False, cwd=old).returncode == 0


def check(old: Path) -> bool:
    """Whether the type checkers accept users' programs for the old package."""
    if not (old / PROGRAMS).is_dir():
        return True
    # In another folder, so that the type checkers do not find the old package.
    project = old / "project"
    shutil.copytree(old / PROGRAMS, project)
    commands = (["mypy", "--strict", "."], ["pyright", "--pythonpath", sys.executable, "."])
    (project / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', encoding="utf-8")
    done = [subprocess.run(each, check=False, cwd=project) for each in commands]
    return not any(each.returncode for each in done)


def new_entries(old: Path) -> list[str]:
    """The breaking entries that the old changelog does not have."""
    known = breaking_entries(old)
    return [entry for entry in breaking_entries(ROOT) if entry not in known]


def unannounced(broken: list[str], failed: list[str], entries: list[str]) -> Iterator[str]:
    """The changes without an entry: a broken name needs its own, failures need any."""
    for each in broken:
        name = each.split("`")[1].partition("(")[0].rpartition(".")[2]
        if not any(re.search(rf"\b{re.escape(name)}\b", entry) for entry in entries):
            yield each
    if failed and not entries:
        yield f"failures of the old {' and '.join(failed)}, which are above"


if __name__ == "__main__":
    main()
