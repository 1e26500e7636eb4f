"""The contents of a wheel: the two packages as they are in the tree, and nothing else."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from scripts.release.release_check import PACKAGES, ROOT, wrong_in_wheel

SHAPES = "paperspace_projects/dialects/shapes.json"


def files() -> dict[str, Path]:
    """What belongs into a wheel, found in another way than by the check."""
    return {
        f"{package.name}/{file.relative_to(package).as_posix()}": file
        for package in PACKAGES
        for file in package.glob("**/*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def wheel(folder: Path, contents: Mapping[str, Path]) -> Path:
    made = folder / "made.whl"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in contents.items():
            archive.write(file, name)
        archive.writestr("made-1.dist-info/METADATA", "")
    return made


def test_the_two_packages_are_in_it_with_their_data(tmp_path: Path) -> None:
    assert SHAPES in files()
    assert wrong_in_wheel(wheel(tmp_path, files())) == []


def test_the_overlay_document_beside_the_package_does_not_belong_in_it(tmp_path: Path) -> None:
    more = {**files(), "live.overlay.yaml": ROOT / "overlay" / "live.overlay.yaml"}
    assert wrong_in_wheel(wheel(tmp_path, more)) == ["live.overlay.yaml is in the wheel"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    less = {name: file for name, file in files().items() if name != SHAPES}
    assert wrong_in_wheel(wheel(tmp_path, less)) == [f"{SHAPES} is not in the wheel"]
