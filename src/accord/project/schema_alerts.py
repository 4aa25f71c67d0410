"""What `accord.yaml` says of alerts: who is told of what."""

from typing import Literal, TypeAlias

from pydantic import Field

from accord.connectorkit.manifest_auth import SecretRef
from accord.project.schema_parts import Strict

__all__ = ["AlertKind", "AlertsConfig"]

AlertKind: TypeAlias = Literal[
    "configuration", "guard", "pause", "review", "conflict", "login", "down", "refused", "stopped", "webhooks"
]
_ALL: tuple[AlertKind, ...] = (
    "configuration",
    "guard",
    "pause",
    "review",
    "conflict",
    "login",
    "down",
    "refused",
    "stopped",
    "webhooks",
)


class AlertsConfig(Strict):
    """Who is told when something waits for a person, or does not work."""

    to: list[SecretRef] = Field(
        default_factory=list, description="References to URLs of Apprise: mailto://…, json://…, slack://…"
    )
    about: list[AlertKind] = Field(
        default_factory=lambda: list(_ALL), description="What they are told of; default: all of it."
    )
    down_minutes: float = Field(
        15.0, ge=0, description="So long a system has to be down before they are told."
    )
    per_hour: int = Field(
        6, ge=1, description="So many messages an hour at most; what is new then is told with the next one."
    )
