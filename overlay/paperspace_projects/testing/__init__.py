"""A Paperspace Projects server to test against: stateful, local, in both of the vendor's dialects.

It answers all 20 operations of `openapi.yaml`, in process or over HTTP, keeps what it is told in
SQLite, and can be told to be slow or to fail. It must never call out to anything, and it stands
alone: what answers imports nothing of the client, so that a mistake in the client cannot be
repeated by the server that checks it. Names are loaded on first use, as pytest loads the plugin for
every run.

    from paperspace_projects.testing import Emulator

    with Emulator("live") as emulator, emulator.serve() as base_url:
        ...  # any client, with base_url and emulator.api_key
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .emulator.emulator import Dialect, Emulator
    from .emulator.request_log import SentRequest
    from .emulator.seeding import SEEDED_VALUE
    from .emulator.snapshots import Snapshot
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

_MODULES: Final = {
    "faults.plan": (
        "EVERYDAY_FAULTS",
        "Fault",
        "FaultKind",
        "FaultPlan",
        "InjectedFault",
        "Latency",
        "When",
    ),
    "network_guard": ("NetworkBlockedError", "block_network"),
    "emulator.request_log": ("SentRequest",),
    "emulator.seeding": ("SEEDED_VALUE",),
    "emulator.snapshots": ("Snapshot",),
    "emulator.emulator": ("Dialect", "Emulator"),
}


if not TYPE_CHECKING:  # type checkers are told of every name above, and refuse any other

    def __getattr__(name: str) -> object:
        for module, names in _MODULES.items():
            if name in names:
                value = getattr(import_module(f"{__name__}.{module}"), name)
                globals()[name] = value
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
