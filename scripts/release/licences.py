"""The licences of what an SBOM lists."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from ..tables import markdown

ACCEPTED = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "PSF-2.0"}
)
"""SPDX ids. certifi has MPL-2.0, and is used unchanged."""


def write(sbom: Path, output: Path) -> None:
    """Write the licences in a CycloneDX SBOM as a table, and exit if one is not accepted."""
    components = json.loads(sbom.read_text(encoding="utf-8"))["components"]
    rows = [[each["name"], each["version"], licence_of(each) or "unknown"] for each in components]
    table = markdown(["package", "version", "licence"], rows)
    output.write_text(table, encoding="utf-8")
    print(table)
    refused = [each["name"] for each in components if not is_accepted(licence_of(each))]
    if refused:
        sys.exit(f"under a licence that is not accepted: {', '.join(refused)}; see {__file__}")


def licence_of(component: dict[str, Any]) -> str:
    """The licence as an SPDX expression, without classifiers."""
    stated: list[dict[str, Any]] = component.get("licenses", [])
    found = [each.get("expression") or each.get("license", {}).get("id") for each in stated]
    return " AND ".join(sorted({each for each in found if each}))


def is_accepted(expression: str) -> bool:
    """Whether all ids of an expression are accepted, whichever a user may choose."""
    ids = set(re.findall(r"[\w.+-]+", expression)) - {"AND", "OR"}
    return bool(ids) and ids <= ACCEPTED
