"""The emulator: a stateful server of the API, in process or over HTTP."""

from __future__ import annotations

# Where this process serves emulators now: `block_network` lets requests through to them.
SERVED_BASE_URLS: set[str] = set()
