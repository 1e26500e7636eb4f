"""The record in the generated package of its sources.

`generate.py` writes it, `check_generated` shows it, a build fails if the tree disagrees, and users
read it as `paperspace_projects.__spec_sha256__`.
"""

from __future__ import annotations

import hashlib
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "paperspace_projects_api"
RECORD = "generated_from.py"


def sha256(content: bytes) -> str:
    """The digest of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def files_below(folder: Path) -> set[Path]:
    """The files of a package without caches, relative to its folder."""
    return {
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def digest_of_package(folder: Path) -> str:
    """One digest of the names and contents of a generated package without its record."""
    lines = [
        f"{sha256((folder / path).read_bytes())}  {path.as_posix()}"
        for path in sorted(files_below(folder))
        if path.name != RECORD
    ]
    return sha256("\n".join(lines).encode())


def digests(root: Path, folder: Path) -> dict[str, str]:
    """The digests of the spec and the configuration in `root`, and of a generated package."""
    return {
        "SPEC": sha256((root / "openapi.yaml").read_bytes()),
        "CONFIG": sha256((root / "generator-config.yml").read_bytes()),
        "PACKAGE": digest_of_package(folder),
    }


def record_text(folder: Path, *, root: Path, spec_version: str, tools: dict[str, str]) -> str:
    """The text of the record for a new package that was generated from the files in `root`."""
    constants = {
        "SPEC_VERSION": spec_version,
        **{f"{name}_SHA256": digest for name, digest in digests(root, folder).items()},
        "GENERATOR": " with ".join(f"{name} {version}" for name, version in tools.items()),
    }
    lines = [f"{name} = {value!r}" for name, value in constants.items()]
    title = '"""What this package was generated from; written when it was generated."""'
    return "\n".join([title, "", *lines, ""]).replace("'", '"')


def recorded(root: Path = ROOT) -> dict[str, str]:
    """The constants of the record in the tree."""
    values = runpy.run_path(str(root / "generated" / PACKAGE / RECORD))
    return {name: value for name, value in values.items() if name.isupper()}


def disagreements(root: Path = ROOT) -> list[str]:
    """How the record differs from the spec, the configuration and the generated code."""
    if not (root / "generated" / PACKAGE / RECORD).is_file():
        return [f"generated/{PACKAGE}/{RECORD} is missing"]
    record = recorded(root)
    places = {"SPEC": "openapi.yaml", "CONFIG": "generator-config.yml"}
    places["PACKAGE"] = f"generated/{PACKAGE}"
    return [
        f"{places[name]} is not what the generated package was made from ({name}_SHA256 in "
        f"{RECORD}: {record.get(f'{name}_SHA256', 'missing')[:12]}, found: {digest[:12]})"
        for name, digest in digests(root, root / "generated" / PACKAGE).items()
        if record.get(f"{name}_SHA256") != digest
    ]
