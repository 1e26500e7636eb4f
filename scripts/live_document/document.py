"""Read the overlay, and apply it with oas-patch, a tool that this project has not written."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonpath_ng.ext.parser import parse
from jsonpath_ng.jsonpath import Child, JSONPath

from .openapi_30 import as_30

with warnings.catch_warnings():
    # It imports polars if that is installed; some environments have it for its types alone, without
    # its engine, and it warns.
    warnings.simplefilter("ignore", UserWarning)
    from oas_patch import apply_overlay, validate

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "openapi.yaml"
OVERLAY = ROOT / "overlay" / "live.overlay.yaml"

Document = dict[str, Any]

_SOURCE = re.compile(r"Source: (?P<names>.*?)\.(?: |$)")
_NOT_KNOWN = re.compile(r"Not known: (?P<what>.*?)\.(?: |$)")
_NAME = re.compile(r"(\w+)(?: \([^)]*\))?")


@cache
def _path(target: str) -> JSONPath:
    return parse(target)


@dataclass(frozen=True)
class Action:
    """One action of the overlay; `update` is None where it removes its target."""

    target: str
    description: str
    update: Mapping[str, Any] | None

    @property
    def sources(self) -> tuple[str, ...]:
        """The names, as in `x-sources`, of what the action goes by."""
        found = _SOURCE.search(self.description)
        return tuple(_NAME.findall(found["names"])) if found else ()

    @property
    def not_known(self) -> str:
        """What the sources leave open; empty if nothing is noted."""
        found = _NOT_KNOWN.search(self.description)
        return found["what"] if found else ""

    def matches(self, document: Document) -> list[Any]:
        """The values in a document that the target selects."""
        return [match.value for match in _path(self.target).find(document)]

    def parent_exists(self, document: Document) -> bool:
        """Whether a document has what the last step of the target leads out of."""
        expression = _path(self.target)
        return isinstance(expression, Child) and bool(expression.left.find(document))

    def apply(self, document: Document) -> None:
        """Change a document in place."""
        change = {"remove": True} if self.update is None else {"update": deepcopy(self.update)}
        apply_overlay(document, {"actions": [{"target": self.target, **change}]})


def wrong_with(overlay: Document) -> str:
    """Return how an overlay breaks the rules of Overlay documents, for people; empty if it fits."""
    said: str = validate(overlay, "sh")
    return "" if said == "Validation successful" else said


def load(path: Path) -> Document:
    """Read a document in YAML or JSON; one of OpenAPI 3.1 is written as 3.0 would have it."""
    document: Document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return as_30(document) if "openapi" in document else document


def actions(overlay: Mapping[str, Any]) -> list[Action]:
    """The actions of an overlay, in order."""
    return [
        Action(each["target"], each.get("description", ""), each.get("update"))
        for each in overlay["actions"]
    ]


def apply(contract: Document, steps: Sequence[Action]) -> Document:
    """Return a copy of the contract with the actions applied to it."""
    # oas-patch changes the document in place, and puts parts of the overlay into it as they are.
    document = deepcopy(contract)
    for step in steps:
        step.apply(document)
    return document


@cache
def live_document() -> Document:
    """openapi.yaml with the overlay applied; not to be changed by the caller."""
    return apply(load(CONTRACT), actions(load(OVERLAY)))
