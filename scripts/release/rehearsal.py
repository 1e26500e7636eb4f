"""`python -m scripts.release.rehearsal FOLDER`: make a release on a clone, and what it publishes.

FOLDER gets the clone of the last commit, the wheel and the sdist in `dist`, and the SBOM.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from .changelog import ROOT

AUTHOR = ("-c", "user.name=rehearsal", "-c", "user.email=rehearsal@example.invalid")
PUBLISHED = """
attestations  .github/workflows/release.yml makes them for the wheel, the sdist and the SBOM. It
              does all this again for the tag that is pushed, and publishes all of it.

This was a rehearsal on a clone of the last commit: nothing has changed here.
"""


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    clone = folder / "clone"
    shutil.rmtree(clone, ignore_errors=True)
    run("git", "clone", "--quiet", *AUTHOR, str(ROOT), str(clone), where=folder)
    module = (sys.executable, "-m")
    run(*module, "scripts.release.release", where=clone)
    for step in ("release_check", "sbom"):
        run(*module, f"scripts.release.{step}", str(folder), where=clone)
    print(PUBLISHED)


def run(*command: str, where: Path) -> None:
    if subprocess.run(command, check=False, cwd=where).returncode:
        sys.exit(f"failed: {' '.join(command)}")


if __name__ == "__main__":
    main()
