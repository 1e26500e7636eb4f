"""The document that the vendor would publish if it described what its server sends today."""

from __future__ import annotations

import yaml

from scripts.live_document.document import OVERLAY, actions, apply, load


def live_dialect(text: str) -> str:
    """openapi.yaml as the live server would have it."""
    document = apply(yaml.safe_load(text), actions(load(OVERLAY)))
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
