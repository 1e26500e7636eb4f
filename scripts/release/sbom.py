"""`python -m scripts.release.sbom FOLDER`: list the dependencies of the package and of all extras.

FOLDER gets sbom.json, in CycloneDX, and licences.md. pip takes the versions of PIP_CONSTRAINT.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from . import licences
from .changelog import ROOT

EXTRAS = "cli,reconcile,testing"
CYCLONEDX = ("--pyproject", "pyproject.toml", "--mc-type", "library", "--output-reproducible")


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    run(sys.executable, "-m", "venv", "--clear", str(folder / "user"))
    python = str(folder / "user" / "bin" / "python")
    run(python, "-m", "pip", "--quiet", "install", f".[{EXTRAS}]")
    run(python, "-m", "pip", "--quiet", "uninstall", "--yes", "pip", "setuptools")
    sbom = folder / "sbom.json"
    run("cyclonedx-py", "environment", *CYCLONEDX, "--output-file", str(sbom), python)
    licences.write(sbom, folder / "licences.md")


def run(*command: str) -> None:
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        sys.exit(f"failed: {' '.join(command)}")


if __name__ == "__main__":
    main()
