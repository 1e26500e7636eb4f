"""Regenerate `generated/` and the list of its modules from openapi.yaml, or with --check compare.

Runs in the environment of the pinned openapi-python-client (`nox -s generate`). The result
depends only on openapi.yaml, generator-config.yml and the pinned tools.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import yaml

from .outputs import is_check, put
from .provenance import PACKAGE, RECORD, ROOT, files_below, record_text, recorded

TARGET = ROOT / "generated" / PACKAGE
MODULES = ROOT / "overlay" / "paperspace_projects" / "_api" / "api_modules.py"
HEAD = '''"""The generated modules of the operations, for type checkers; derived: do not edit."""

# pyright: reportUnusedImport=false
'''


def generate(into: Path) -> None:
    """Write a package to the folder `into`, which must not exist."""
    command = ["openapi-python-client", "generate", "--meta", "none", "--fail-on-warning"]
    command += ["--path", str(ROOT / "openapi.yaml"), "--output-path", str(into)]
    command += ["--config", str(ROOT / "generator-config.yml")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    # `--meta none` writes no marker, without which type checkers ignore the types.
    (into / "py.typed").touch()
    spec = yaml.safe_load((ROOT / "openapi.yaml").read_bytes())
    tools = {name: version(name) for name in ("openapi-python-client", "ruff")}
    record = record_text(into, root=ROOT, spec_version=spec["info"]["version"], tools=tools)
    (into / RECORD).write_text(record, encoding="utf-8")


def modules_text(package: Path) -> str:
    """The module of the overlay that imports each module of an operation."""
    below = sorted(each for each in files_below(package) if len(each.parts) == 3)
    names = (".".join((PACKAGE, *each.with_suffix("").parts)) for each in below)
    imports = [f"import {name}" for name in names if not name.endswith("__init__")]
    return "\n".join([HEAD, *imports, "", f"api = {PACKAGE}.api", ""])


def main() -> int:
    check = is_check(__doc__)
    if check and (TARGET / RECORD).is_file():
        record = recorded()
        print(
            f"generated/{PACKAGE} was made by {record['GENERATOR']} from openapi.yaml "
            f"{record['SPEC_VERSION']} (sha256 {record['SPEC_SHA256'][:12]}) and "
            f"generator-config.yml (sha256 {record['CONFIG_SHA256'][:12]})"
        )
    with tempfile.TemporaryDirectory() as temporary:
        fresh = Path(temporary) / PACKAGE
        generate(fresh)
        wanted = {TARGET / path: (fresh / path).read_bytes() for path in files_below(fresh)}
        wanted[MODULES] = modules_text(fresh).encode()
    return put(wanted, (TARGET / path for path in files_below(TARGET)), check=check)


if __name__ == "__main__":
    sys.exit(main())
