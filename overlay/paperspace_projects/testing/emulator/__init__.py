"""The emulator: a stateful server of the API, in process or over HTTP."""

from __future__ import annotations

from typing import Final

SERVED_BASE_URLS: Final[set[str]] = set()
"""Where this process serves emulators now: `block_network` lets requests through to them."""
