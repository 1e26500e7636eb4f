"""Hatchling's build hook: refuses to build if the spec and the generated code disagree."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from scripts.codegen.provenance import disagreements


class ProvenanceHook(BuildHookInterface[Any]):
    """Compares the record in the generated package with the tree before a build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- hatchling's
        if version == "editable":  # an unfinished tree may disagree
            return
        found = disagreements(Path(self.root))
        if found:
            raise RuntimeError("; ".join([*found, "run `nox -s generate`"]))
