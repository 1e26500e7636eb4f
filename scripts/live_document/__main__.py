"""`nox -s live_document`: write the live document, valid, to build/live.openapi.json, or elsewhere.

It fails, and says why, if an action of the overlay selects nothing or the result is not valid.
"""

from __future__ import annotations

import argparse
import json
import sys
from copy import deepcopy
from pathlib import Path

from openapi_spec_validator import OpenAPIV30SpecValidator

from .document import CONTRACT, OVERLAY, ROOT, Document, actions, load, wrong_with

FILE = ROOT / "build" / "live.openapi.json"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=FILE, help="default: %(default)s")
    file: Path = parser.parse_args().file
    overlay = load(OVERLAY)
    document, problems = checked(load(CONTRACT), overlay)
    if problems:
        print("\n".join(problems))
        return 1
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"{file}: {len(overlay['actions'])} actions applied to {CONTRACT.name}")
    return 0


def checked(contract: Document, overlay: Document) -> tuple[Document, list[str]]:
    """The contract with the overlay applied, and all that is wrong with either."""
    problems: list[str] = []
    if said := wrong_with(overlay):
        problems.append(f"{OVERLAY.name}: {said}")
    document = deepcopy(contract)
    for step in actions(overlay):
        if not step.matches(document):
            problems.append(f"{OVERLAY.name}: {step.target} selects nothing")
        step.apply(document)
    problems += [
        f"the live document: {'/'.join(map(str, error.path))}: {error.message}"
        for error in OpenAPIV30SpecValidator(document).iter_errors()
    ]
    return document, problems


if __name__ == "__main__":
    sys.exit(main())
