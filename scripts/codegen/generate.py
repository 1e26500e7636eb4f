"""Regenerate `generated/` from openapi.yaml, or with --check say where the tree differs.

Runs in the environment of the pinned openapi-python-client (`nox -s generate`). The result
depends on openapi.yaml, generator-config.yml and the pinned tools alone.
"""

from __future__ import annotations

import argparse
import filecmp
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import yaml

from .provenance import PACKAGE, RECORD, ROOT, files_below, record_text, recorded

TARGET = ROOT / "generated" / PACKAGE


def generate(into: Path) -> None:
    """Write a fresh package into the folder `into`, which must not exist yet."""
    command = ["openapi-python-client", "generate", "--meta", "none", "--fail-on-warning"]
    command += ["--path", str(ROOT / "openapi.yaml"), "--output-path", str(into)]
    command += ["--config", str(ROOT / "generator-config.yml")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    # `--meta none` writes no marker, and without one type checkers ignore the types.
    (into / "py.typed").touch()
    spec = yaml.safe_load((ROOT / "openapi.yaml").read_bytes())
    tools = {name: version(name) for name in ("openapi-python-client", "ruff")}
    record = record_text(into, root=ROOT, spec_version=spec["info"]["version"], tools=tools)
    (into / RECORD).write_text(record, encoding="utf-8")


def differences(fresh: Path, tree: Path) -> list[str]:
    """One line for each file that differs between a fresh package and the tree."""
    made, there = files_below(fresh), files_below(tree) if tree.is_dir() else set[Path]()
    lines = [f"missing: {path}" for path in made - there]
    lines += [f"not generated: {path}" for path in there - made]
    lines += [
        f"differs: {path}"
        for path in made & there
        if not filecmp.cmp(fresh / path, tree / path, shallow=False)
    ]
    return sorted(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail on a difference")
    check: bool = parser.parse_args().check
    with tempfile.TemporaryDirectory() as temporary:
        fresh = Path(temporary) / PACKAGE
        generate(fresh)
        changed = differences(fresh, TARGET)
        if check:
            return report(changed)
        if changed:
            shutil.rmtree(TARGET, ignore_errors=True)
            shutil.copytree(fresh, TARGET)
    print(f"generated/{PACKAGE}: {len(changed)} files changed")
    return 0


def report(changed: list[str]) -> int:
    """Print what the tree was generated from, and where it differs; returns the exit code."""
    if (TARGET / RECORD).is_file():
        record = recorded()
        print(
            f"generated/{PACKAGE} was made by {record['GENERATOR']} from openapi.yaml "
            f"{record['SPEC_VERSION']} (sha256 {record['SPEC_SHA256'][:12]}) and "
            f"generator-config.yml (sha256 {record['CONFIG_SHA256'][:12]})"
        )
    for line in changed:
        print(f"generated/{PACKAGE}: {line}")
    if changed:
        print("The generated package is not what openapi.yaml gives: run `nox -s generate`.")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
