"""The locks of .ci/requirements/ cover what pyproject.toml asks for, and name no registry."""

from __future__ import annotations

import json
import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / ".ci" / "requirements"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, GROUPS = PYPROJECT["project"], PYPROJECT["dependency-groups"]
WANTED = [
    each
    for each in chain(
        PYPROJECT["build-system"]["requires"],
        PROJECT["dependencies"],
        *PROJECT["optional-dependencies"].values(),
        *GROUPS.values(),
    )
    if isinstance(each, str)
]


def locked(name: str) -> dict[str, set[str]]:
    """The versions of each package in a lock: more than one where they depend on the Python."""
    versions: dict[str, set[str]] = {}
    for line in (LOCKS / name).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([\w.-]+)==(\S+)", line):
            versions.setdefault(canonicalize_name(match[1]), set()).add(match[2])
    return versions


@pytest.mark.parametrize("wanted", WANTED)
def test_each_requirement_is_locked_at_a_version_that_it_allows(wanted: str) -> None:
    requirement = Requirement(wanted)
    versions = locked("constraints.txt").get(canonicalize_name(requirement.name))
    assert versions, "run `nox -s lock -- --no-upgrade`"
    assert all(requirement.specifier.contains(each, prereleases=True) for each in versions)


def test_nox_and_uv_have_a_lock_of_their_own_that_agrees_with_the_other() -> None:
    ours, of_all = locked("nox.txt"), locked("constraints.txt")
    assert ours.keys() >= {"nox", "uv"}
    assert ours.items() <= of_all.items()


@pytest.mark.parametrize("name", ["constraints.txt", "nox.txt"])
def test_each_version_has_its_hashes(name: str) -> None:
    text = (LOCKS / name).read_text(encoding="utf-8")
    assert "://" not in text
    pins = re.findall(r"^[\w.-]+==.*\n(.*)", text, re.MULTILINE)
    assert pins
    assert all(each.startswith("    --hash=sha256:") for each in pins)


@pytest.mark.parametrize("folder", sorted((LOCKS / "npm").iterdir()), ids=lambda each: each.name)
def test_a_tool_of_node_is_locked_with_all_that_it_needs(folder: Path) -> None:
    wanted: dict[str, str] = json.loads((folder / "package.json").read_bytes())["dependencies"]
    packages: dict[str, dict[str, Any]] = json.loads((folder / "package-lock.json").read_bytes())[
        "packages"
    ]
    for name, version in wanted.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    for path, package in packages.items():
        assert not path or package["integrity"]
        assert "resolved" not in package
