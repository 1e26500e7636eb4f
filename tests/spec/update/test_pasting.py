"""What a report gives ready to be pasted can be put in place by a program, as the drill does."""

from __future__ import annotations

from pathlib import Path

from spec.drill.pasting import Paste, pastes, put_in_place

from scripts.spec_update.findings import Finding
from scripts.spec_update.report import follow_ups

MODELS = "overlay/paperspace_projects/models.py"
ADDED = (
    f"add `archived: bool | None = None` to models.Project, before `extra` ({MODELS}:3), "
    "read from 'archived': #/components/schemas/Project/properties/archived"
)
METHOD = "    def archive(self) -> None:\n        pass\n"


def test_a_field_goes_in_front_of_its_line_and_code_behind_it(tmp_path: Path) -> None:
    findings = [
        Finding("contract test", "tests/a.py::test_a[Project]", ADDED, ""),
        Finding("skeleton", "methods.py:2", "the method", "", code=METHOD),
        Finding("skeleton", "methods.py:1", "an import", "", code="import a"),
        Finding("mypy", "methods.py:1", "is wrong", "mend it"),
    ]
    found = list(pastes(follow_ups(findings)))
    assert found == [
        Paste(MODELS, 2, "    archived: bool | None = None"),
        Paste("methods.py", 2, METHOD.rstrip()),
        Paste("methods.py", 1, "import a"),
    ]
    (tmp_path / MODELS).parent.mkdir(parents=True)
    (tmp_path / MODELS).write_text("class Project:\n    id: str\n    extra: dict\n")
    (tmp_path / "methods.py").write_text("import b\nclass A:\n")
    put_in_place(tmp_path, found)
    assert (tmp_path / MODELS).read_text() == (
        "class Project:\n    id: str\n    archived: bool | None = None\n    extra: dict\n"
    )
    assert (tmp_path / "methods.py").read_text() == f"import b\nimport a\nclass A:\n{METHOD}"
