"""Hatchling's build hook: a release whose spec and generated code disagree cannot be built."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from scripts.codegen.provenance import disagreements


class ProvenanceHook(BuildHookInterface[Any]):
    """Compares the record in the generated package with the tree before anything is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- hatchling's
        if version == "editable":  # for work on the tree, which may be half-way
            return
        found = disagreements(Path(self.root))
        if found:
            raise RuntimeError("; ".join([*found, "run `nox -s generate`"]))
