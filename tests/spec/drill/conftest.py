"""Which rehearsals run: all where a spec update may have changed, or DRILL=all asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec.drill.choices import all_is_asked_for

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the rehearsals without the mark `always` where nothing asks for them."""
    if all_is_asked_for():
        return
    left_out = [
        item
        for item in items
        if item.path.parent == HERE and item.get_closest_marker("always") is None
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
