"""A Paperspace Projects server to test against: stateful, local, in both dialects.

It answers all operations of `openapi.yaml`, in process or over HTTP, keeps what is written to it
in SQLite, and can be slow or fail on request. It sends nothing anywhere. The code that answers does
not import the client, so that the server cannot repeat a mistake of the client that it checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_names

if TYPE_CHECKING:
    from .emulator.deployment_events import DeploymentAction as DeploymentAction
    from .emulator.deployment_events import DeploymentEvent as DeploymentEvent
    from .emulator.deployment_events import EventActor as EventActor
    from .emulator.deployment_events import EventData as EventData
    from .emulator.deployment_events import EventDeployment as EventDeployment
    from .emulator.emulator import Dialect as Dialect
    from .emulator.emulator import Emulator as Emulator
    from .emulator.emulator import Snapshot as Snapshot
    from .emulator.request_log import SentRequest as SentRequest
    from .emulator.seeding import SEEDED_VALUE as SEEDED_VALUE
    from .faults.plan import EVERYDAY_FAULTS as EVERYDAY_FAULTS
    from .faults.plan import Fault as Fault
    from .faults.plan import FaultKind as FaultKind
    from .faults.plan import FaultPlan as FaultPlan
    from .faults.plan import InjectedFault as InjectedFault
    from .faults.plan import Latency as Latency
    from .faults.plan import When as When
    from .network_guard import NetworkBlockedError as NetworkBlockedError
    from .network_guard import block_network as block_network
else:  # loaded on first use: pytest imports this package, for the plugin, in every run
    __all__, __getattr__, __dir__ = lazy_names(
        __name__,
        {
            ".emulator.deployment_events": "DeploymentAction DeploymentEvent EventActor EventData"
            " EventDeployment",
            ".emulator.emulator": "Dialect Emulator Snapshot",
            ".emulator.seeding": "SEEDED_VALUE",
            ".emulator.request_log": "SentRequest",
            ".faults.plan": "EVERYDAY_FAULTS Fault FaultKind FaultPlan InjectedFault Latency When",
            ".network_guard": "NetworkBlockedError block_network",
        },
    )
