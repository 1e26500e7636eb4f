"""`python -m scripts.release.downstream RESOLUTION FOLDER`: run programs that depend on the wheel.

First with nothing but its required dependencies, then with all extras, each at the versions that
uv's RESOLUTION takes: `lowest-direct` or `highest`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


def main() -> None:
    resolution, folder = sys.argv[1], Path(sys.argv[2]).resolve()
    shutil.rmtree(folder / "dist", ignore_errors=True)
    build = ("uv", "build", "--quiet", "--wheel", "--out-dir", str(folder / "dist"))
    run(*build, "--build-constraints", ".ci/requirements/constraints.txt")
    (wheel,) = (folder / "dist").glob("*.whl")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    options = ("--quiet", "--python", sys.executable, "--resolution", resolution, "--upgrade")
    install = ("uv", "pip", "install", *options, f"--reinstall-package={project['name']}")
    # `lowest-direct` takes the lowest of what is named here, and not of what that requires.
    run(*install, str(wheel), *project["dependencies"])
    run(sys.executable, "-I", str(HERE.parent / "smoke.py"))
    needed = [each for requirements in extras.values() for each in requirements]
    run(*install, f"{wheel}[{','.join(extras)}]", *project["dependencies"], *needed, "pytest>=8.3")
    run("uv", "pip", "list", "--quiet", "--python", sys.executable)
    program = str(shutil.copy(HERE / "test_program.py", folder))
    run(sys.executable, "-I", "-m", "pytest", "-q", "-W", "error", program, where=folder)


def run(*command: str, where: Path = ROOT) -> None:
    if subprocess.run(command, check=False, cwd=where).returncode:
        sys.exit(f"failed: {' '.join(command)}")


if __name__ == "__main__":
    main()
