"""Make sections that mkdocstrings knows of those that the docstrings have."""

from __future__ import annotations

import griffe

LATER = "Raises, while it is gone through:"


class Docstrings(griffe.Extension):
    """Show what is raised while something is gone through as what is raised."""

    def on_instance(self, *, obj: griffe.Object, **_: object) -> None:
        """Rewrite the docstring of a module, class, function or attribute."""
        if obj.docstring is not None:
            text = obj.docstring.value
            obj.docstring.value = text.replace(LATER, "While it is gone through:\n\nRaises:")
