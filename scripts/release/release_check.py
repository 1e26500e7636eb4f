"""Build the release and check its files.

Build it twice: the sdist and, from it, the wheel; then both from the tree, with another umask, time
zone and hash seed. All bytes must be the same. Then check the contents, metadata and size of the
wheel, and use it with nothing but its dependencies.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import HeaderParser
from hashlib import sha256
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    ROOT / "overlay" / "paperspace_projects",
    ROOT / "generated" / "paperspace_projects_api",
)
LARGEST_WHEEL = 430_000
"""Bytes: a third are docstrings, a quarter are the command line and the emulator."""
NEEDED = (
    *("Name", "Version", "Summary", "Keywords", "License-Expression", "License-File"),
    *("Requires-Python", "Requires-Dist", "Provides-Extra", "Classifier"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where to build; `dist` in it is the release")
    folder = parser.parse_args().folder.resolve()
    wheel, sdist = build_twice(folder)
    problems = [*wrong_in_wheel(wheel), *wrong_in_sdist(sdist), *wrong_in_metadata(wheel)]
    if problems:
        sys.exit("\n".join(f"wrong: {each}" for each in problems))
    run("twine", "check", "--strict", str(wheel), str(sdist))
    # W002: modules of _sync/ and _async/ may be equal; W009: there are two packages.
    run("check-wheel-contents", "--ignore", "W002,W009", str(wheel))
    try_out(wheel, folder / "clean")
    for file in (wheel, sdist):
        digest = sha256(file.read_bytes()).hexdigest()
        print(f"{file.name}: {file.stat().st_size:,} bytes, sha256 {digest}")


def build_twice(folder: Path) -> tuple[Path, Path]:
    """Build the wheel and the sdist twice, with the same bytes; returns their paths."""
    first, second = folder / "dist", folder / "again"
    # Without options, `python -m build` makes the wheel from the sdist.
    build(first)
    other = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7"}
    build(second, "--sdist", "--wheel", umask=0o077, environment=other)
    made = {file.name: file.read_bytes() for file in first.iterdir()}
    again = {file.name: file.read_bytes() for file in second.iterdir()}
    different = [name for name in made | again if made.get(name) != again.get(name)]
    if different:
        sys.exit(f"the second build differs: {', '.join(different)}; see {folder}")
    (wheel,) = first.glob("*.whl")
    (sdist,) = first.glob("*.tar.gz")
    return wheel, sdist


def build(
    folder: Path, *options: str, umask: int = 0o022, environment: dict[str, str] | None = None
) -> None:
    for old in folder.glob("*"):
        old.unlink()
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), *options]
    variables = {"SOURCE_DATE_EPOCH": commit_time(), **os.environ, **(environment or {})}
    done = subprocess.run(
        [*command, str(ROOT)], check=False, capture_output=True, env=variables, umask=umask
    )
    if done.returncode:
        sys.exit((done.stdout + done.stderr).decode())


def commit_time() -> str:
    """The Unix time of the last commit; outside of a repository, hatchling's default."""
    return git("log", "-1", "--format=%ct").strip() or "1580601600"


def git(*command: str) -> str:
    """The output of git; empty outside of a repository."""
    command = ("git", "-C", str(ROOT), *command)
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout


def wrong_in_wheel(wheel: Path) -> list[str]:
    """Files that are missing from the wheel or should not be in it, and its excess of size."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = {
        file.relative_to(package.parent).as_posix()
        for package in PACKAGES
        for file in package.rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    problems = [f"{name} is in the wheel" for name in sorted(names - wanted)]
    problems += [f"{name} is not in the wheel" for name in sorted(wanted - names)]
    internal = re.compile(r"(^|/)(tests?|scripts|docs|conftest\.py|test_\w+\.py)(/|$)")
    problems += [f"{name} is in the wheel" for name in sorted(wanted) if internal.search(name)]
    packages = [each.name for each in PACKAGES]
    problems += [f"{p} has no py.typed" for p in packages if f"{p}/py.typed" not in names]
    if (size := wheel.stat().st_size) > LARGEST_WHEEL:
        problems.append(f"the wheel has {size:,} bytes, and may have {LARGEST_WHEEL:,}")
    return problems


def wrong_in_metadata(wheel: Path) -> list[str]:
    """Metadata that are missing, or that differ from pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(name).decode())
    problems = [f"the metadata have no {field}" for field in NEEDED if not metadata[field]]
    if len(str(metadata.get_payload())) < 1000:
        problems.append("the metadata do not hold the README")
    if set(metadata.get_all("Provides-Extra", [])) != set(project["optional-dependencies"]):
        problems.append("the metadata do not name the extras of pyproject.toml")
    version = (ROOT / "overlay" / "paperspace_projects" / "_version.py").read_text(encoding="utf-8")
    if f'"{metadata["Version"]}"' not in version:
        problems.append(f"the version is {metadata['Version']}, and not that of _version.py")
    return problems


def wrong_in_sdist(sdist: Path) -> list[str]:
    """Files in the sdist that are not in the repository, such as the remains of a build."""
    with tarfile.open(sdist) as archive:
        names = {PurePosixPath(*PurePosixPath(name).parts[1:]) for name in archive.getnames()}
    listed = git("ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    known = {PurePosixPath(name) for name in [*listed, "PKG-INFO"]}
    return [f"{name} is in the sdist" for name in sorted(names - known)] if listed else []


def try_out(wheel: Path, clean: Path) -> None:
    """Install the wheel in an empty environment, without extras, and use it."""
    run(sys.executable, "-m", "venv", "--clear", str(clean))
    python = str(clean / "bin" / "python")
    run(python, "-m", "pip", "install", "--quiet", str(wheel))
    run(python, "-m", "pip", "check")
    run(python, "-I", str(ROOT / "scripts" / "release" / "smoke.py"), folder=clean)


def run(*command: str, folder: Path | None = None) -> None:
    if subprocess.run(command, check=False, cwd=folder).returncode:
        sys.exit(f"failed: {' '.join(command)}")


if __name__ == "__main__":
    main()
