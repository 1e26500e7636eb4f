"""A Paperspace Projects server to test against: stateful, local, in both of the vendor's dialects.

It answers all 20 operations of `openapi.yaml`, in process or over HTTP, keeps what it is told in
SQLite, and can be told to be slow or to fail. It must never call out to anything, and it stands
alone: nothing here imports the client, so that a mistake in the client cannot be repeated by the
server that checks it.

    from paperspace_projects.testing import Emulator

    with Emulator("live") as emulator, emulator.serve() as base_url:
        ...  # any client, with base_url and emulator.api_key
"""

from paperspace_projects.testing._faults import (
    EVERYDAY_FAULTS,
    Fault,
    FaultKind,
    FaultPlan,
    InjectedFault,
    Latency,
    When,
)
from paperspace_projects.testing.emulator import Dialect, Emulator

__all__ = [
    "EVERYDAY_FAULTS",
    "Dialect",
    "Emulator",
    "Fault",
    "FaultKind",
    "FaultPlan",
    "InjectedFault",
    "Latency",
    "When",
]
