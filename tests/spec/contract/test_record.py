"""The record of what the generated package was made from, held against the tree.

It sees any change at all, also one that has no other effect, such as an answer's description; the
place of a change is for the other tests to name.
"""

from __future__ import annotations

import re
import runpy
from pathlib import Path

from spec.contract.verdict import verdict

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "scripts" / "codegen" / "provenance.py"
WHAT_TO_DO = "run `nox -s generate`, and see what changes"


def test_the_package_was_made_from_this_spec_and_has_not_changed_since() -> None:
    found = runpy.run_path(str(SCRIPT))["disagreements"](ROOT)
    verdict(f"{each}: {WHAT_TO_DO}" for each in found)


def test_the_package_was_made_by_the_pinned_generator() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pins = dict(re.findall(r'"(openapi-python-client|ruff)==(.+)"', project))
    pinned = " with ".join(f"{name} {version}" for name, version in sorted(pins.items()))
    recorded = runpy.run_path(str(SCRIPT))["recorded"](ROOT).get("GENERATOR")
    if recorded != pinned:
        verdict([f"generated_from.py: made by {recorded}, pinned is {pinned}: {WHAT_TO_DO}"])
