"""Show, check or write the changelog, which towncrier makes of the fragments in docs/changes.

Without options, print the entries of the next release. --check only checks the fragments. --build
moves the entries to CHANGELOG.md and removes the fragments.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHANGELOG = "CHANGELOG.md"
FRAGMENTS = "docs/changes"
BREAKING = "breaking"
TEMPLATE = "template.md"
MARK = "<!-- releases -->\n"
"""Where towncrier inserts the next release in CHANGELOG.md."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="nox -s changelog --", description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="only check the fragments")
    what.add_argument("--build", action="store_true", help="write this version into CHANGELOG.md")
    options = parser.parse_args()
    found = list(problems(ROOT))
    if found:
        sys.exit("\n".join(found))
    version = version_of(ROOT)
    if options.build:
        print(build(version))
        return
    text = draft(version)
    if not options.check:
        print(text)


def fragments(tree: Path) -> list[Path]:
    """The files of docs/changes, without the template."""
    return sorted(each for each in (tree / FRAGMENTS).glob("*") if each.name != TEMPLATE)


def problems(tree: Path) -> Iterator[str]:
    """The errors in fragments that towncrier accepts."""
    settings = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))
    known = [kind["directory"] for kind in settings["tool"]["towncrier"]["type"]]
    for file in fragments(tree):
        name = f"{FRAGMENTS}/{file.name}"
        if not re.fullmatch(rf"\+?[\w-]+\.({'|'.join(known)})\.md", file.name):
            yield f"{name}: call it NAME.KIND.md, with a KIND of {', '.join(known)}"
        elif not (text := file.read_text(encoding="utf-8").strip()):
            yield f"{name} is empty: write what a user will notice, or remove it"
        elif re.match(r"[-*+] |#+ ", text):
            yield f"{name} begins with `{text[0]}`: it is one entry, and its bullet is added for it"


def version_of(tree: Path) -> str:
    """The package's version, from the one file that states it."""
    file = tree / "overlay" / "paperspace_projects" / "_version.py"
    return file.read_text(encoding="utf-8").split('"')[-2]


def draft(version: str, date: str | None = None) -> str:
    """The text that a release would add to CHANGELOG.md; exits if towncrier fails.

    Args:
        version: The version of the release.
        date: Its date, instead of today; empty for a heading without one.
    """
    when = [] if date is None else ["--date", date]
    return towncrier("--draft", "--version", version, *when).strip()


def build(version: str) -> str:
    """Move the fragments to CHANGELOG.md as a release; returns what towncrier says."""
    if not fragments(ROOT):
        sys.exit(f"{FRAGMENTS} has no fragments: there is nothing to release as {version}")
    released = (ROOT / CHANGELOG).read_text(encoding="utf-8")
    if re.search(rf"^## {re.escape(version)}\b", released, re.MULTILINE):
        sys.exit(f"{CHANGELOG} has {version} already: raise the version in _version.py first")
    return towncrier("--yes", "--version", version).strip()


def towncrier(*options: str) -> str:
    command = [sys.executable, "-m", "towncrier", "build", "--dir", str(ROOT), *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"towncrier failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def breaking_entries(tree: Path) -> list[str]:
    """The breaking entries of all releases and of the fragments."""
    file = tree / CHANGELOG
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    sections = re.findall(r"^### Breaking\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    entries = [entry for each in sections for entry in re.split(r"^- ", each, flags=re.M)[1:]]
    entries += [
        each.read_text(encoding="utf-8")
        for each in fragments(tree)
        if each.suffixes == [f".{BREAKING}", ".md"]
    ]
    return [" ".join(entry.split()) for entry in entries]  # releases indent entries


if __name__ == "__main__":
    main()
