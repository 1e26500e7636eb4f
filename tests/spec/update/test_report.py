"""What is said of a change of the spec: its release, three lines, and ten that a reviewer reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.spec_update.changes import Change, rows
from scripts.spec_update.findings import Finding
from scripts.spec_update.overlay_fit import CONTRADICTS, Verdict
from scripts.spec_update.pull_request import release, verdict
from scripts.spec_update.report import Update, entry, markdown
from scripts.spec_update.surface import SurfaceChange

VERSIONS = Path(__file__).parents[3] / "docs" / "explanation" / "versions.md"
ADDED = Change("additive", "schema Project", "property {} was added", ("archived",))
REMOVED = Change("breaking", "getProject", "path was removed")
WORDS = Change("editorial", "getProject", "`summary` changed")


def an_update(*changes: Change, findings: tuple[Finding, ...] = ()) -> Update:
    return Update(
        old_version="v1",
        new_version="v2",
        old_digest="a" * 64,
        new_digest="b" * 64,
        changes=changes,
        overlay=[Verdict(CONTRADICTS, "$.paths", "it differs")],
        surface=[SurfaceChange("breaking", "generated/a.py:1", "public object was removed, `A`")],
        findings=findings,
    )


@pytest.mark.parametrize(
    ("version", "rating", "following"),
    [
        ("1.2.3", "breaking", ("major", "2.0.0")),
        ("1.2.3", "additive", ("minor", "1.3.0")),
        ("1.2.3", "editorial", ("patch", "1.2.4")),
        ("0.1.2", "breaking", ("minor", "0.2.0")),
        ("0.1.2", "additive", ("minor", "0.2.0")),
        ("0.1.2", "editorial", ("patch", "0.1.3")),
    ],
)
def test_the_release_is_that_of_our_promise_about_versions(
    version: str, rating: str, following: tuple[str, str]
) -> None:
    assert release(version, rating) == following
    major = int(version[0])
    promised = re.search(rf"^\| {rating} \| (\w+) \| (\w+) \|$", VERSIONS.read_text(), re.MULTILINE)
    assert promised, f"{VERSIONS.name} does not say what a change rated {rating} needs"
    assert promised[2 if major == 0 else 1] == following[0]


@pytest.mark.parametrize(
    ("changes", "rating", "kind"),
    [
        ((WORDS, ADDED, REMOVED), "breaking", "breaking"),
        ((WORDS, ADDED), "additive", "added"),
        ((WORDS,), "editorial", "changed"),
        ((), "editorial", "changed"),
    ],
)
def test_the_worst_change_of_the_spec_decides(
    changes: tuple[Change, ...], rating: str, kind: str
) -> None:
    update = an_update(*changes)
    assert (update.rating, update.fragment) == (rating, f"docs/changes/spec-{'b' * 12}.{kind}.md")
    assert markdown(update, "0.1.0").splitlines()[2].startswith(f"{rating.capitalize()}, so a ")


def test_three_lines_say_whether_a_candidate_is_worth_a_look() -> None:
    first, second, third = verdict(rows([WORDS, ADDED]), 2, "0.1.0").splitlines()
    assert first == (
        "Additive, so a minor release: 0.1.0 becomes 0.2.0. "
        "Changes of the spec: 1 additive, 1 editorial."
    )
    assert second == ("schema Project: property `archived` was added; 1 more with --verbose.")
    assert third == (
        "Worth a look: yes, there is something new to offer. "
        "Live dialect: 2 actions of its overlay need a look."
    )


def test_a_reviewer_reads_ten_lines_first() -> None:
    place = "overlay/paperspace_projects/models.py:70"
    test, code = "tests/spec/contract/test_fields.py::test_it", "archived: bool | None = None"
    todo = Finding("contract test", test, f"add it to models.Project ({place})", "", code=code)
    text = markdown(an_update(ADDED, WORDS, findings=(todo,)), "0.1.0")
    top, _, rest = text.partition("\n\n## ")
    title, *lines = top.splitlines()
    assert len(lines) == 9
    assert title == (
        "# openapi.yaml v1 -> v2: schema Project: property `archived` was added (and 1 more)"
    )
    for said in (f"`{place}`", "0.1.0 becomes 0.2.0", "1 action of", "1 breaking", ".added.md"):
        assert said in top
    assert rest.startswith("To follow up by hand")
    assert "```python\n  archived: bool | None = None\n  ```" in rest


def test_the_changelogs_entry_names_the_spec_and_lists_its_changes() -> None:
    assert entry(an_update(ADDED)) == (
        f"Spec v2 (`{'b' * 12}`): 1 additive.\n\n"
        "- additive: schema Project: property `archived` was added\n"
    )
