"""Loading a desired state."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal

from ._desired import DesiredState


def load(
    source: str | os.PathLike[str] | Mapping[str, object],
    *,
    format: Literal["yaml", "json"] | None = None,
) -> DesiredState:
    """Load a desired state.

    Args:
        source: The path of a YAML or JSON file, or what such a file holds, as a mapping.
        format: What the file is written in; None goes by its suffix.
    """
    raise NotImplementedError
