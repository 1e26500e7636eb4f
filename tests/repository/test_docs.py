"""The pages of docs/ hold together: each program is run, each public name has its reference."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import paperspace_projects
from paperspace_projects import PaperspaceError

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
REFERENCE = "".join(
    page.read_text(encoding="utf-8") for page in PAGES if page.parent.name == "reference"
)
NAMES = [name for name in paperspace_projects.__all__ if not name.startswith("__")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_program_of_a_page_escapes_the_test_that_runs_them(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    run = re.findall(r"^```python\n.*?^```$", text, flags=re.MULTILINE | re.DOTALL)
    assert len(run) == len(re.findall(r"[`~]{3}\s*(?:py|\{?\.?python)", text))


@pytest.mark.parametrize("name", NAMES)
def test_each_public_name_has_its_reference(name: str) -> None:
    thing = getattr(paperspace_projects, name)
    if isinstance(thing, type) and issubclass(thing, PaperspaceError):
        assert "::: paperspace_projects.errors\n" in REFERENCE
        assert thing.__module__ == "paperspace_projects.errors"
    else:
        assert f"::: paperspace_projects.{name}\n" in REFERENCE


MODULES = [
    import_module(each.name)
    for each in pkgutil.iter_modules(paperspace_projects.__path__, "paperspace_projects.")
    if "._" not in each.name and not each.name.endswith(".cli")
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_each_public_name_of_a_module_has_its_reference(module: ModuleType) -> None:
    for name in getattr(module, "__all__", ()):
        assert f"::: {module.__name__}.{name}\n" in REFERENCE


PACKAGE = ROOT / "overlay/paperspace_projects"
FILES = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py")}
EXPLAINED = sorted((ROOT / "docs/explanation").iterdir())


@pytest.mark.parametrize("page", EXPLAINED, ids=lambda page: page.name)
def test_each_module_that_an_explanation_names_is_there(page: Path) -> None:
    named = re.findall(r"`([\w/]+\.py)`", page.read_text(encoding="utf-8"))
    assert {name for name in named if not (ROOT / name).is_file()} <= FILES


def test_the_picture_needs_nothing_from_outside() -> None:
    for picture in (ROOT / "docs/assets").glob("*.svg"):
        text = picture.read_text(encoding="utf-8")
        assert "<title>" in text
        assert not re.search(r"(?:href|src|url)\s*[=(]\s*[\"']?https?:", text)
