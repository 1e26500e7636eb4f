"""What the generated package was made from, recorded in the package itself.

`generate.py` writes the record, `check_generated` shows it, a build is refused where it does not
agree with the tree, and users read it as `paperspace_projects.__spec_sha256__`.
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
    """The files of a package, relative to it, caches left out."""
    return {
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def digest_of_package(folder: Path) -> str:
    """One digest of the names and contents of a generated package, the record left out."""
    lines = [
        f"{sha256((folder / path).read_bytes())}  {path.as_posix()}"
        for path in sorted(files_below(folder))
        if path.name != RECORD
    ]
    return sha256("\n".join(lines).encode())


def record_text(folder: Path, *, root: Path, spec_version: str, tools: dict[str, str]) -> str:
    """The text of the record for a package that was just generated from the files in `root`."""
    constants = {
        "SPEC_VERSION": spec_version,
        "SPEC_SHA256": sha256((root / "openapi.yaml").read_bytes()),
        "CONFIG_SHA256": sha256((root / "generator-config.yml").read_bytes()),
        "PACKAGE_SHA256": digest_of_package(folder),
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
    """Where the record, the spec, the configuration and the generated code do not agree."""
    if not (root / "generated" / PACKAGE / RECORD).is_file():
        return [f"generated/{PACKAGE}/{RECORD} is missing"]
    record = recorded(root)
    found = {
        "SPEC_SHA256": ("openapi.yaml", sha256((root / "openapi.yaml").read_bytes())),
        "CONFIG_SHA256": (
            "generator-config.yml",
            sha256((root / "generator-config.yml").read_bytes()),
        ),
        "PACKAGE_SHA256": (
            f"generated/{PACKAGE}",
            digest_of_package(root / "generated" / PACKAGE),
        ),
    }
    return [
        f"{place} is not what the generated package was made from ({name} in {RECORD}: "
        f"{record.get(name, 'missing')[:12]}, found: {digest[:12]})"
        for name, (place, digest) in found.items()
        if record.get(name) != digest
    ]
