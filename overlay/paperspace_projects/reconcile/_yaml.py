"""Reading and writing YAML, by PyYAML's safe half."""

from __future__ import annotations

from types import ModuleType


def pyyaml() -> ModuleType:
    """PyYAML, which comes with an extra.

    Raises:
        ImportError: it is not installed.
    """
    try:
        import yaml
    except ImportError as missing:
        raise ImportError(
            'YAML needs PyYAML: pip install "paperspace-projects[reconcile]" (JSON needs nothing)'
        ) from missing
    return yaml


def write(document: dict[str, object]) -> str:
    """The document as YAML, in its own order."""
    text: str = pyyaml().safe_dump(
        document, sort_keys=False, allow_unicode=True, default_flow_style=False, width=100
    )
    return text
