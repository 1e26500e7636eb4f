"""The events that a test puts into a feed: those of deployments, which no operation makes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypedDict

import msgspec

from .determinism import as_text

AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]
Replicas = Annotated[float, msgspec.Meta(ge=0, lt=2.0**53)]

DeploymentAction = Literal[
    "deployment.created",
    "deployment.updated",
    "deployment.deleted",
    "deployment.enabled",
    "deployment.disabled",
    "deployment.scaled",
    "deployment.autoscaling.enabled",
    "deployment.autoscaling.disabled",
]
"""What a live event can tell of; the values are from `overlay/live.overlay.yaml`."""

EventData = TypedDict("EventData", {"from": Replicas, "to": Replicas})
"""The number of replicas before and after."""


class _DeploymentNames(TypedDict):
    id: str
    name: str


class EventDeployment(_DeploymentNames, total=False):
    """The deployment of an event."""

    dtDeleted: AwareTime | None


class EventActor(TypedDict, total=False):
    """Who made an event happen."""

    email: str | None
    fullName: str | None
    avatarUrl: str | None


class _EventAction(TypedDict):
    action: DeploymentAction


class DeploymentEvent(_EventAction, total=False):
    """An event for `Emulator.record_event` and `Emulator.seed`.

    `at` is by default the emulator's time; what else is not given is null in a live answer.
    """

    deployment: EventDeployment | None
    data: EventData | None
    actor: EventActor | None
    at: AwareTime | None


def event_values(event: DeploymentEvent, now: str) -> dict[str, object]:
    """Check an event; return the values of its row but for `id` and `projectId`."""
    taken = msgspec.convert(event, DeploymentEvent)
    _check_names(event, taken)
    deployment, actor, at = taken.get("deployment"), taken.get("actor"), taken.get("at")
    name = deployment and deployment["name"]
    return {
        "noun": "deployment",
        "type": taken["action"],
        "message": f"Deployment {name or ''}: {taken['action'].partition('.')[2]}.",
        "deploymentId": deployment and deployment["id"],
        "name": name,
        **msgspec.to_builtins(
            {"deployment": deployment, "data": event.get("data"), "actor": actor}
        ),
        "dtCreated": as_text(at) if at else now,
    }


def _check_names(given: Any, taken: Mapping[str, Any]) -> None:
    """Raise ValueError for a name that an event does not have."""
    for name, value in given.items():
        if name not in taken:
            raise ValueError(f"an event has no {name!r}")
        if isinstance(taken[name], dict):
            _check_names(value, taken[name])
