"""A Paperspace Projects server to test against: stateful, local, in both dialects.

It answers all 20 operations of `openapi.yaml`, in process or over HTTP, keeps what is written to it
in SQLite, and can be slow or fail on request. It sends nothing anywhere. The code that answers does
not import the client, so that the server cannot repeat a mistake of the client that it checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_names

if TYPE_CHECKING:
    from .emulator.emulator import SEEDED_VALUE, Dialect, Emulator, Snapshot
    from .emulator.request_log import SentRequest
    from .faults.plan import (
        EVERYDAY_FAULTS,
        Fault,
        FaultKind,
        FaultPlan,
        InjectedFault,
        Latency,
        When,
    )
    from .network_guard import NetworkBlockedError, block_network

__all__ = [
    "EVERYDAY_FAULTS",
    "SEEDED_VALUE",
    "Dialect",
    "Emulator",
    "Fault",
    "FaultKind",
    "FaultPlan",
    "InjectedFault",
    "Latency",
    "NetworkBlockedError",
    "SentRequest",
    "Snapshot",
    "When",
    "block_network",
]

if not TYPE_CHECKING:  # type checkers see the imports above, and refuse any other name
    # Loaded on first use: pytest imports this package, for the plugin, in every run.
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            ".emulator.emulator": "SEEDED_VALUE Dialect Emulator Snapshot",
            ".emulator.request_log": "SentRequest",
            ".faults.plan": "EVERYDAY_FAULTS Fault FaultKind FaultPlan InjectedFault Latency When",
            ".network_guard": "NetworkBlockedError block_network",
        },
    )
