"""The JSON Schema of the document."""

from __future__ import annotations


def schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of a desired state."""
    raise NotImplementedError
